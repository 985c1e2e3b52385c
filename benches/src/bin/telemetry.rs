//! What a call costs with nobody to watch it, and with this or that: one build of several that
//! `cargo xtask telemetry-overhead` makes, with features of its own. A call a line: with `--time`, the
//! nanoseconds that it takes in the fastest slice; with `--count`, its instructions.
#![allow(clippy::print_stdout, reason = "printing is what it is for")]

use std::time::{Duration, Instant};

use resilience_benches::{Case, Workload, callgrind, telemetry};

const SLICES: usize = 40;
/// How long one takes, about.
const SLICE: Duration = Duration::from_millis(2);
/// Calls before the first of them: the window is full by then.
const WARM_UP: u64 = 10_000;

fn main() -> std::io::Result<()> {
    let all = telemetry::cases();
    if callgrind::run_if_asked(&all) {
        return Ok(());
    }
    let mut arguments: Vec<_> = std::env::args().skip(1).collect();
    let counts = arguments.first().is_some_and(|first| first == "--count");
    let watched = arguments.pop().unwrap_or_default();
    let cases = all.iter().filter(|case| case.group == watched);
    if counts {
        for case in cases {
            println!("{:.1}\t{}", callgrind::instructions(case)?, case.name);
        }
        return Ok(());
    }
    let mut subjects: Vec<_> = cases.map(Subject::new).collect();
    for _ in 0..SLICES {
        subjects.iter_mut().for_each(Subject::measure);
    }
    for Subject { name, fastest, .. } in subjects {
        println!("{fastest:.2}\t{name}");
    }
    Ok(())
}

struct Subject {
    name: &'static str,
    workload: Workload,
    calls: u64,
    fastest: f64,
}

impl Subject {
    fn new(case: &Case) -> Self {
        let workload = case.workload(0);
        workload(WARM_UP);
        let mut calls = 1_000;
        while time(&workload, calls) < SLICE {
            calls *= 2;
        }
        Self {
            name: case.name,
            workload,
            calls,
            fastest: f64::INFINITY,
        }
    }

    fn measure(&mut self) {
        let nanos = time(&self.workload, self.calls).as_nanos() as f64;
        self.fastest = self.fastest.min(nanos / self.calls as f64);
    }
}

fn time(workload: &Workload, calls: u64) -> Duration {
    let start = Instant::now();
    workload(calls);
    start.elapsed()
}
