//! Counts instructions by running this very program under valgrind's callgrind, which simulates
//! the processor: the counts are the same on every run.

use std::hint::black_box;
use std::io;
use std::process::Command;

use crate::Case;

/// The argument that makes a program that calls [`run_if_asked`] run one case and end.
const RUN: &str = "--run-under-callgrind";

/// Calls before those that are counted: the largest window is full by then, statics are set up.
const WARM_UP: u64 = 100_000;
/// Enough that what is counted once, calling the workload, does not show.
const CALLS: u64 = 10_000;

/// Runs the case that the arguments name, if they do; `false` if they are about something else.
#[must_use]
pub fn run_if_asked(cases: &[Case]) -> bool {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() != Some(RUN) {
        return false;
    }
    let id = arguments.next();
    if let Some(case) = cases.iter().find(|case| Some(case.id()) == id) {
        let workload = case.workload(0);
        workload(WARM_UP);
        counted(&workload);
    }
    true
}

/// What callgrind counts.
#[inline(never)]
fn counted(workload: &dyn Fn(u64)) {
    workload(black_box(CALLS));
    // Or the call above became a jump, and this function no frame of its own.
    black_box(());
}

/// Instructions per call.
///
/// # Errors
/// When there is no valgrind, or it fails.
pub fn instructions(case: &Case) -> io::Result<f64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(format!("--toggle-collect={}::counted*", module_path!()))
        .arg(std::env::current_exe()?)
        .args([RUN, &case.id()])
        .output()?;
    let report = String::from_utf8_lossy(&output.stderr);
    report
        .lines()
        .find_map(|line| line.split_once("Collected :"))
        .and_then(|(_, count)| count.trim().parse::<u64>().ok())
        .map(|count| count as f64 / CALLS as f64)
        .ok_or_else(|| {
            io::Error::other(format!("valgrind did not count '{}':\n{report}", case.id()))
        })
}
