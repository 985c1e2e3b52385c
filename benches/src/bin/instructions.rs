//! Prints the instructions that a call of each of our cases takes, a case a line. The counts are
//! the gate that `cargo xtask instructions` keeps, so no peer is compiled for them. `--case NAME`, once
//! or several times, asks for some only.
#![allow(clippy::print_stdout, reason = "printing is what it is for")]

use resilience_benches::{By, callgrind, cases};

fn main() -> std::io::Result<()> {
    let cases = cases();
    if !callgrind::run_if_asked(&cases) {
        let wanted: Vec<_> = std::env::args()
            .skip(1)
            .filter(|argument| argument != "--case")
            .collect();
        let is_wanted = |id: &str| wanted.is_empty() || wanted.iter().any(|case| case == id);
        for case in cases.iter().filter(|case| case.by == By::Us) {
            if !is_wanted(&case.id()) {
                continue;
            }
            println!("{:.1}\t{}", callgrind::instructions(case)?, case.id());
        }
    }
    Ok(())
}
