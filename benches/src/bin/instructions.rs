//! Prints the instructions that a call of each of our cases takes, a case a line. The counts are
//! the gate that `cargo xtask instructions` keeps, so no peer is compiled for them.
#![allow(clippy::print_stdout, reason = "printing is what it is for")]

use resilience_benches::{By, callgrind, cases};

fn main() -> std::io::Result<()> {
    let cases = cases();
    if !callgrind::run_if_asked(&cases) {
        for case in cases.iter().filter(|case| case.by == By::Us) {
            println!("{:.1}\t{}", callgrind::instructions(case)?, case.id());
        }
    }
    Ok(())
}
