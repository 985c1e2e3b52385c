//! The bulkhead.

use resilience4rs::{Bulkhead, BulkheadConfigBuilder as Config, Registry};

use super::ours;
use crate::call::{CallError, now, succeed};
use crate::case::{Case, Workload, repeat};
use crate::group::{BULKHEAD, BULKHEAD_FULL};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        ours(BULKHEAD, "Bulkhead::call", |_| call(of_25())),
        ours(BULKHEAD, "call_blocking", |_| call_blocking(of_25())),
        ours(BULKHEAD, "try_acquire", |_| acquire(of_25())),
        ours(BULKHEAD_FULL, "Bulkhead::call", |_| call(full())),
        ours(BULKHEAD_FULL, "call_blocking", |_| call_blocking(full())),
        ours(BULKHEAD_FULL, "try_acquire", |_| acquire(full())),
    ]
}

fn of_25() -> Bulkhead {
    bulkhead(|config| config)
}

fn full() -> Bulkhead {
    bulkhead(|config| config.max_concurrent_calls(0))
}

#[expect(
    clippy::expect_used,
    reason = "a benchmark whose settings are wrong must end"
)]
fn bulkhead(configure: fn(Config) -> Config) -> Bulkhead {
    Registry::new()
        .bulkhead_with("benchmark", configure)
        .expect("the settings fit")
}

fn call(bulkhead: Bulkhead) -> Workload {
    repeat(move |number| now(bulkhead.call(async move { succeed::<CallError>(number) })))
}

fn call_blocking(bulkhead: Bulkhead) -> Workload {
    repeat(move |number| bulkhead.call_blocking(|| succeed::<CallError>(number)))
}

/// A permit that is dropped gives its place back, as one of tokio's does.
fn acquire(bulkhead: Bulkhead) -> Workload {
    repeat(move |_| bulkhead.try_acquire().map(drop))
}
