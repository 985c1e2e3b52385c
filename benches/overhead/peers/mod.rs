//! The other libraries, set up to do what ours does as far as they can. No breaker of theirs times
//! its calls unless its case says so.

mod backon;
mod breaker;
mod composed;
mod failsafe;
mod governor;
mod maps;
mod primitives;
mod recloser;
mod seatbelt;
mod tower_resilience;
mod tower_service;

use std::hint::black_box;
use std::time::Duration;

use resilience_benches::{By, Case, Workload, repeat};
use tokio::runtime::{Builder, Runtime};

/// Longer than the benchmark runs.
const OPEN_WAIT: Duration = Duration::from_secs(3_600);
/// A rate limit that no benchmark reaches.
const CALLS_PER_SECOND: u32 = 1_000_000_000;
const CONCURRENT_CALLS: usize = 25;
const TIME_LIMIT: Duration = Duration::from_secs(1);

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = recloser::cases();
    cases.extend(failsafe::cases());
    cases.extend(breaker::cases());
    cases.extend(governor::cases());
    cases.extend(maps::cases());
    cases.extend(primitives::cases());
    cases.extend(backon::cases());
    cases.extend(composed::cases());
    cases.extend(seatbelt::cases());
    cases.extend(tower_resilience::cases());
    cases
}

fn peer(group: &'static str, name: &'static str, make: fn() -> Workload) -> Case {
    Case::new(group, By::Peer, name, move |_| make())
}

/// Makes the calls in a runtime of this thread, for those that wait for a lock when two threads
/// call.
fn await_each<T>(calls: u64, mut call: impl AsyncFnMut(u64) -> T) {
    runtime().block_on(async {
        for number in 0..calls {
            black_box(call(black_box(number)).await);
        }
    });
}

/// Makes calls that set timers, and are polled by hand: the runtime itself is no part of them.
fn among_timers<T>(call: impl Fn(u64) -> T + Send + Sync + 'static) -> Workload {
    let runtime = runtime();
    let workload = repeat(call);
    Box::new(move |calls| {
        let _entered = runtime.enter();
        workload(calls);
    })
}

#[expect(clippy::expect_used, reason = "a benchmark without a runtime must end")]
fn runtime() -> Runtime {
    Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime")
}
