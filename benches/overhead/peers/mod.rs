//! The other breakers, set up to do what ours does as far as they can. None times its calls unless
//! its case says so.

mod breaker;
mod failsafe;
mod recloser;
mod seatbelt;
mod tower_resilience;

use std::hint::black_box;
use std::time::Duration;

use resilience_benches::{By, Case, Workload};
use tokio::runtime::{Builder, Runtime};

/// Longer than the benchmark runs.
const OPEN_WAIT: Duration = Duration::from_secs(3_600);

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = recloser::cases();
    cases.extend(failsafe::cases());
    cases.extend(breaker::cases());
    cases.extend(seatbelt::cases());
    cases.extend(tower_resilience::cases());
    cases
}

fn peer(group: &'static str, name: &'static str, make: fn() -> Workload) -> Case {
    Case::new(group, By::Peer, name, move |_| make())
}

/// Makes the calls in a runtime of this thread, for those that wait for a lock or a timer when two
/// threads call.
fn await_each<F: Future>(calls: u64, mut call: impl FnMut(u64) -> F) {
    runtime().block_on(async {
        for number in 0..calls {
            black_box(call(black_box(number)).await);
        }
    });
}

#[expect(clippy::expect_used, reason = "a benchmark without a runtime must end")]
fn runtime() -> Runtime {
    Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime")
}
