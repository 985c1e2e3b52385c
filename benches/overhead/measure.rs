//! The clock side of the benchmark: every case in turn, several rounds of it.
//!
//! A round makes each measurement of each case once, so that a machine that gets slower or busier
//! meanwhile does so for all of them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use resilience_benches::{Case, Workload};

const ROUNDS: usize = 9;
/// How long one measurement takes, about.
const SLICE: Duration = Duration::from_millis(5);
/// Calls before the first measurement; the largest window is full by then.
const WARM_UP: u64 = 150_000;

/// Nanoseconds per call and thread.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Nanos {
    pub(crate) min: f64,
    pub(crate) median: f64,
}

/// What a case takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    pub(crate) one_thread: Nanos,
    pub(crate) two_threads_shared: Nanos,
    pub(crate) two_threads_apart: Nanos,
}

pub(crate) fn measure(cases: &[Case]) -> Vec<Times> {
    let mut subjects: Vec<_> = cases.iter().map(Subject::new).collect();
    for _ in 0..ROUNDS {
        subjects.iter_mut().for_each(Subject::measure);
    }
    subjects.iter().map(Subject::times).collect()
}

struct Subject {
    instances: [Workload; 2],
    calls: u64,
    one_thread: Vec<f64>,
    two_threads_shared: Vec<f64>,
    two_threads_apart: Vec<f64>,
}

impl Subject {
    fn new(case: &Case) -> Self {
        let instances = [case.workload(0), case.workload(1)];
        for workload in &instances {
            workload(WARM_UP);
        }
        Self {
            calls: calls_in_a_slice(&instances[0]),
            instances,
            one_thread: Vec::new(),
            two_threads_shared: Vec::new(),
            two_threads_apart: Vec::new(),
        }
    }

    fn measure(&mut self) {
        let Self {
            instances: [one, other],
            calls,
            ..
        } = self;
        self.one_thread.push(time(one, *calls));
        self.two_threads_shared
            .push(time_side_by_side(one, one, *calls));
        self.two_threads_apart
            .push(time_side_by_side(one, other, *calls));
    }

    fn times(&self) -> Times {
        Times {
            one_thread: nanos(&self.one_thread),
            two_threads_shared: nanos(&self.two_threads_shared),
            two_threads_apart: nanos(&self.two_threads_apart),
        }
    }
}

fn calls_in_a_slice(workload: &Workload) -> u64 {
    let mut calls = 1_000;
    loop {
        let start = Instant::now();
        workload(calls);
        if start.elapsed() >= SLICE {
            return calls;
        }
        calls *= 2;
    }
}

fn time(workload: &Workload, calls: u64) -> f64 {
    let start = Instant::now();
    workload(calls);
    start.elapsed().as_nanos() as f64 / calls as f64
}

/// The mean of what two threads take that start together. Each makes all the calls.
fn time_side_by_side(one: &Workload, other: &Workload, calls: u64) -> f64 {
    let arrived = AtomicUsize::new(0);
    let timed = |workload: &Workload| {
        // Spinning, so that both begin within a few nanoseconds of one another.
        arrived.fetch_add(1, Ordering::SeqCst);
        while arrived.load(Ordering::SeqCst) < 2 {
            std::hint::spin_loop();
        }
        time(workload, calls)
    };
    let (one, other) = thread::scope(|scope| {
        let beside = scope.spawn(|| timed(other));
        (timed(one), beside.join())
    });
    match other {
        Ok(other) => f64::midpoint(one, other),
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

fn nanos(samples: &[f64]) -> Nanos {
    let mut samples = samples.to_vec();
    samples.sort_by(f64::total_cmp);
    Nanos {
        min: samples[0],
        median: samples[samples.len() / 2],
    }
}
