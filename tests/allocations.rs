//! A call through a breaker allocates nothing, whether it is made or rejected, and whether or not
//! somebody listens. One test, since the allocator counts for the whole process.

#![allow(
    clippy::unwrap_used,
    reason = "a test that meets something unforeseen is to fail"
)]

use std::alloc::System;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use resilience4rs::{PolicyError, Registry, circuit_breaker};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

#[circuit_breaker("allocations")]
async fn guarded(is_well: bool) -> Result<u8, PolicyError> {
    if is_well { Ok(7) } else { Err(rejection()) }
}

/// The only `PolicyError` that there is comes from a breaker.
fn rejection() -> PolicyError {
    let breaker = Registry::global()
        .find_circuit_breaker("always open")
        .unwrap();
    breaker.try_acquire().unwrap_err()
}

fn ready<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("nothing to wait for"),
    }
}

/// How many allocations a hundred calls make.
fn allocations_of(call: impl Fn()) -> usize {
    call();
    let region = Region::new(ALLOCATOR);
    for _ in 0..100 {
        call();
    }
    let change = region.change();
    change.allocations + change.reallocations
}

#[test]
fn no_call_allocates() {
    let always_open = Registry::global().circuit_breaker("always open");
    always_open.transition_to_forced_open().unwrap();
    assert_eq!(
        allocations_of(|| drop(ready(guarded(true)))),
        0,
        "successes"
    );
    assert_eq!(
        allocations_of(|| drop(ready(guarded(false)))),
        0,
        "failures"
    );

    let breaker = Registry::global().circuit_breaker("allocations");
    breaker.transition_to_open().unwrap();
    assert_eq!(
        allocations_of(|| drop(ready(guarded(true)))),
        0,
        "rejections"
    );

    breaker.on_event(|_| ());
    assert_eq!(
        allocations_of(|| drop(ready(guarded(true)))),
        0,
        "announced rejections"
    );
    breaker.reset();
    assert_eq!(
        allocations_of(|| drop(ready(guarded(true)))),
        0,
        "announced successes"
    );
}
