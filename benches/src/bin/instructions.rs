//! Prints the instructions that each of our cases takes per call, a case a line.
#![allow(clippy::print_stdout, reason = "printing is what it is for")]

use resilience_benches::{callgrind, cases};

fn main() -> std::io::Result<()> {
    let cases = cases();
    if !callgrind::run_if_asked(&cases) {
        for case in &cases {
            println!("{:.1}\t{}", callgrind::instructions(case)?, case.id());
        }
    }
    Ok(())
}
