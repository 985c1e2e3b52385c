//! The bulkhead.

use resilience4rs::{Bulkhead, Registry, bulkhead};

use super::ours;
use crate::call::{CallError, now, succeed};
use crate::case::{Case, Workload, repeat};
use crate::group::{BULKHEAD, BULKHEAD_FULL};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        ours(BULKHEAD, "#[bulkhead]", attributed),
        ours(BULKHEAD, "#[bulkhead], plain", attributed_plain),
        ours(BULKHEAD, "Bulkhead::call", |_| call(of_25())),
        ours(BULKHEAD, "call_blocking", |_| call_blocking(of_25())),
        ours(BULKHEAD, "try_acquire", |_| acquire(of_25())),
        ours(BULKHEAD_FULL, "#[bulkhead]", attributed_full),
        ours(BULKHEAD_FULL, "Bulkhead::call", |_| call(full())),
        ours(BULKHEAD_FULL, "call_blocking", |_| call_blocking(full())),
        ours(BULKHEAD_FULL, "try_acquire", |_| acquire(full())),
    ]
}

fn of_25() -> Bulkhead {
    Registry::new().bulkhead("benchmark")
}

fn full() -> Bulkhead {
    made_full(&Registry::new(), "benchmark")
}

#[expect(
    clippy::expect_used,
    reason = "a benchmark whose settings are wrong must end"
)]
fn made_full(registry: &Registry, name: &str) -> Bulkhead {
    registry
        .bulkhead_with(name, |config| config.max_concurrent_calls(0))
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

type Answer = Result<u64, CallError>;

#[bulkhead("first")]
async fn first(number: u64) -> Answer {
    succeed(number)
}

#[bulkhead("second")]
async fn second(number: u64) -> Answer {
    succeed(number)
}

#[bulkhead("first, plain")]
fn first_plain(number: u64) -> Answer {
    succeed(number)
}

#[bulkhead("second, plain")]
fn second_plain(number: u64) -> Answer {
    succeed(number)
}

#[bulkhead("first, full")]
async fn first_full(number: u64) -> Answer {
    succeed(number)
}

#[bulkhead("second, full")]
async fn second_full(number: u64) -> Answer {
    succeed(number)
}

fn attributed(instance: usize) -> Workload {
    match instance {
        0 => repeat(|number| now(first(number))),
        _ => repeat(|number| now(second(number))),
    }
}

fn attributed_plain(instance: usize) -> Workload {
    match instance {
        0 => repeat(first_plain),
        _ => repeat(second_plain),
    }
}

fn attributed_full(instance: usize) -> Workload {
    for name in ["first, full", "second, full"] {
        made_full(Registry::global(), name);
    }
    match instance {
        0 => repeat(|number| now(first_full(number))),
        _ => repeat(|number| now(second_full(number))),
    }
}
