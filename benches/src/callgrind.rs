//! Counts instructions by running this very program under valgrind's callgrind, which simulates
//! the processor: the counts are the same on every run.

use std::hint::black_box;
use std::io;
use std::process::Command;

use crate::Case;

/// The argument that makes a program that calls [`run_if_asked`] run one case and end.
const RUN: &str = "--run-under-callgrind";

/// Calls before those that are counted: windows are full by then, statics set up.
const WARM_UP: u64 = 100_000;
const CALLS: u64 = 10_000;

/// Runs the case that the arguments name, if they do; `false` if they are about something else.
pub fn run_if_asked(cases: &[Case]) -> bool {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [flag, id, calls] = arguments.as_slice() else {
        return false;
    };
    let case = cases.iter().find(|case| case.id() == *id);
    let (RUN, Some(case), Ok(calls)) = (flag.as_str(), case, calls.parse()) else {
        return false;
    };
    let workload = case.workload(0);
    workload(WARM_UP);
    counted(&workload, calls);
    true
}

/// What callgrind counts.
#[inline(never)]
fn counted(workload: &dyn Fn(u64), calls: u64) {
    workload(black_box(calls));
    // Or the call above became a jump, and this function no frame of its own.
    black_box(());
}

/// Instructions per call, without those of calling the workload.
///
/// # Errors
/// When there is no valgrind, or it fails.
pub fn instructions(case: &Case) -> io::Result<f64> {
    let once = count(case, CALLS)?;
    let twice = count(case, 2 * CALLS)?;
    Ok((twice - once) as f64 / CALLS as f64)
}

fn count(case: &Case, calls: u64) -> io::Result<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(format!("--toggle-collect={}::counted*", module_path!()))
        .arg(std::env::current_exe()?)
        .args([RUN, &case.id(), &calls.to_string()])
        .output()?;
    let report = String::from_utf8_lossy(&output.stderr);
    report
        .lines()
        .find_map(|line| line.split_once("Collected :"))
        .and_then(|(_, count)| count.trim().parse().ok())
        .ok_or_else(|| {
            io::Error::other(format!("valgrind did not count '{}':\n{report}", case.id()))
        })
}
