//! A call through a policy, or through a stack of them, allocates nothing, whether it is made or
//! rejected, and whether or not somebody listens. One test, since the allocator counts for the whole
//! process.

#![allow(
    clippy::unwrap_used,
    reason = "a test that meets something unforeseen is to fail"
)]

use std::alloc::System;
use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use resilience4rs::{
    PolicyError, Registry, bulkhead, circuit_breaker, rate_limiter, retry, time_limiter,
};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

type Answer = Result<u8, PolicyError>;

#[circuit_breaker("allocations")]
async fn guarded(is_well: bool) -> Answer {
    if is_well { Ok(7) } else { Err(rejection()) }
}

/// A failure like any other.
fn rejection() -> PolicyError {
    let breaker = Registry::global()
        .find_circuit_breaker("always open")
        .unwrap();
    breaker.try_acquire().unwrap_err()
}

#[retry("allocations")]
async fn retried() -> Answer {
    Ok(7)
}

#[retry("allocations")]
fn retried_plain() -> Answer {
    Ok(7)
}

#[retry("allocations, again", wait_duration = "0s")]
async fn retried_again(has_failed: &Cell<bool>) -> Answer {
    if has_failed.replace(true) {
        Ok(7)
    } else {
        Err(rejection_to_retry())
    }
}

/// A bulkhead may be free the next time; a breaker that is open is not asked again.
fn rejection_to_retry() -> PolicyError {
    let bulkhead = Registry::global().find_bulkhead("full").unwrap();
    bulkhead.try_acquire().map(drop).unwrap_err()
}

#[rate_limiter(
    "allocations",
    limit_for_period = 1_000_000_000,
    limit_refresh_period = "1s"
)]
async fn limited() -> Answer {
    Ok(7)
}

#[rate_limiter(
    "allocations",
    limit_for_period = 1_000_000_000,
    limit_refresh_period = "1s"
)]
fn limited_plain() -> Answer {
    Ok(7)
}

#[rate_limiter(
    "exhausted",
    limit_for_period = 1,
    limit_refresh_period = "1h",
    timeout_duration = "0s"
)]
async fn exhausted() -> Answer {
    Ok(7)
}

#[time_limiter("allocations")]
async fn timed() -> Answer {
    Ok(7)
}

#[bulkhead("allocations")]
async fn in_bulkhead() -> Answer {
    Ok(7)
}

#[bulkhead("allocations")]
fn in_bulkhead_plain() -> Answer {
    Ok(7)
}

#[bulkhead("full")]
async fn in_full_bulkhead() -> Answer {
    Ok(7)
}

#[retry("stack")]
#[circuit_breaker("stack")]
#[rate_limiter("stack", limit_for_period = 1_000_000_000, limit_refresh_period = "1s")]
#[time_limiter("stack")]
#[bulkhead("stack")]
async fn stacked() -> Answer {
    Ok(7)
}

#[retry("stack")]
#[circuit_breaker("stack")]
#[rate_limiter("stack", limit_for_period = 1_000_000_000, limit_refresh_period = "1s")]
#[bulkhead("stack")]
fn stacked_plain() -> Answer {
    Ok(7)
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

fn assert_allocates_nothing(what: &str, call: impl Fn() -> Answer, outcome: fn(&Answer) -> bool) {
    let allocations = allocations_of(|| {
        let answer = call();
        assert!(outcome(&answer), "{what}: {answer:?}");
    });
    assert_eq!(allocations, 0, "{what}");
}

#[test]
fn no_call_allocates() {
    breaker_allocates_nothing();
    policies_allocate_nothing();
    stacks_allocate_nothing();
}

fn breaker_allocates_nothing() {
    let always_open = Registry::global().circuit_breaker("always open");
    always_open.transition_to_forced_open().unwrap();
    assert_allocates_nothing("successes", || ready(guarded(true)), Result::is_ok);
    assert_allocates_nothing("failures", || ready(guarded(false)), Result::is_err);

    let breaker = Registry::global().circuit_breaker("allocations");
    breaker.transition_to_open().unwrap();
    assert_allocates_nothing("rejections", || ready(guarded(true)), Result::is_err);

    breaker.on_event(|_| ());
    assert_allocates_nothing(
        "announced rejections",
        || ready(guarded(true)),
        Result::is_err,
    );
    breaker.reset();
    assert_allocates_nothing(
        "announced successes",
        || ready(guarded(true)),
        Result::is_ok,
    );
}

fn policies_allocate_nothing() {
    Registry::global()
        .bulkhead_with("full", |config| config.max_concurrent_calls(0))
        .unwrap();
    assert_allocates_nothing("retry", || ready(retried()), Result::is_ok);
    assert_allocates_nothing("plain retry", retried_plain, Result::is_ok);
    assert_allocates_nothing("rate limit", || ready(limited()), Result::is_ok);
    assert_allocates_nothing("plain rate limit", limited_plain, Result::is_ok);
    assert_allocates_nothing("time limit", || ready(timed()), Result::is_ok);
    assert_allocates_nothing("bulkhead", || ready(in_bulkhead()), Result::is_ok);
    assert_allocates_nothing("plain bulkhead", in_bulkhead_plain, Result::is_ok);

    assert!(ready(exhausted()).is_ok(), "the one permit there is");
    assert_allocates_nothing(
        "rate limit, rejected",
        || ready(exhausted()),
        |answer| matches!(answer, Err(PolicyError::RateLimited(_))),
    );
    assert_allocates_nothing(
        "full bulkhead",
        || ready(in_full_bulkhead()),
        |answer| matches!(answer, Err(PolicyError::BulkheadFull(_))),
    );
    assert_allocates_nothing(
        "a second attempt",
        || ready(retried_again(&Cell::new(false))),
        Result::is_ok,
    );
}

fn stacks_allocate_nothing() {
    assert_allocates_nothing("stack", || ready(stacked()), Result::is_ok);
    assert_allocates_nothing("plain stack", stacked_plain, Result::is_ok);

    read_later_allocates_nothing();

    Registry::global().circuit_breaker("stack").on_event(|_| ());
    Registry::global().retry("stack").on_event(|_| ());
    Registry::global().rate_limiter("stack").on_event(|_| ());
    Registry::global().time_limiter("stack").on_event(|_| ());
    Registry::global().bulkhead("stack").on_event(|_| ());
    assert_allocates_nothing("announced stack", || ready(stacked()), Result::is_ok);
    assert_allocates_nothing("announced plain stack", stacked_plain, Result::is_ok);
}

/// What is kept has its place from the beginning, also when the oldest goes for the newest.
fn read_later_allocates_nothing() {
    let registry = Registry::global();
    let (breaker, retry) = (registry.circuit_breaker("stack"), registry.retry("stack"));
    breaker.buffer_events(10);
    retry.buffer_events(10);
    let stream = breaker.events();
    assert_allocates_nothing("recorded stack", || ready(stacked()), Result::is_ok);
    assert_allocates_nothing("recorded plain stack", stacked_plain, Result::is_ok);
    assert_eq!(breaker.buffered_events().len(), 10);
    drop(stream);
    breaker.stop_buffering_events();
    retry.stop_buffering_events();
    assert_allocates_nothing("stack, left", || ready(stacked()), Result::is_ok);
}
