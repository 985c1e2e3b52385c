//! All five attributes on one function, by literal names.

use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use resilience4rs::{
    PolicyError, Registry, State, bulkhead, circuit_breaker, rate_limiter, retry, time_limiter,
};

use super::{Load, reload_text, vary};

/// How a call ends that does not go well.
#[derive(Debug)]
pub(crate) enum CallError {
    /// By itself.
    Refused,
    /// By a policy, of which none is to say no here.
    Rejected(#[allow(dead_code, reason = "for the message of a panic")] PolicyError),
}

impl From<PolicyError> for CallError {
    fn from(error: PolicyError) -> Self {
        Self::Rejected(error)
    }
}

thread_local! {
    /// Whether the call of this thread has been refused once.
    static WAS_REFUSED: Cell<bool> = const { Cell::new(false) };
}

/// Every tenth call is refused at its first attempt.
#[retry("reloaded")]
#[circuit_breaker("reloaded")]
#[rate_limiter("reloaded")]
#[time_limiter("reloaded")]
#[bulkhead("reloaded")]
async fn guarded(number: u64) -> Result<u64, CallError> {
    if number.is_multiple_of(10) && !WAS_REFUSED.replace(true) {
        return Err(CallError::Refused);
    }
    Ok(number)
}

/// Makes the call of this number.
#[inline]
pub(crate) fn call(number: u64) {
    WAS_REFUSED.set(false);
    let answer = pin!(guarded(number)).poll(&mut Context::from_waker(Waker::noop()));
    match answer {
        Poll::Ready(Ok(answer)) => assert_eq!(answer, number),
        Poll::Ready(Err(error)) => panic!("{error:?}"),
        Poll::Pending => panic!("nothing here is to be waited for"),
    }
}

/// What an operator's file says at its so-manieth change, of every policy.
pub(crate) fn text(change: u64) -> String {
    format!(
        "
resilience4j:
  circuitbreaker.instances.reloaded:
    failureRateThreshold: {}
    slowCallRateThreshold: {}
    minimumNumberOfCalls: {}
    permittedNumberOfCallsInHalfOpenState: {}
    waitDurationInOpenState: {}s
  retry.instances.reloaded:
    maxAttempts: {}
    waitDuration: 0ms
    failAfterMaxAttempts: {}
  ratelimiter.instances.reloaded:
    limitForPeriod: {}
    limitRefreshPeriod: {}s
  timelimiter.instances.reloaded:
    timeoutDuration: {}s
  bulkhead.instances.reloaded:
    maxConcurrentCalls: {}
    fairCallHandlingEnabled: {}
",
        vary(change, 50, 100),
        vary(change, 50, 100),
        vary(change, 60, 100),
        vary(change, 1, 20),
        vary(change, 1, 60),
        vary(change, 2, 6),
        change.is_multiple_of(2),
        vary(change, 1_000_000_000, 2_000_000_000),
        vary(change / 10, 1, 60),
        vary(change, 60, 90),
        vary(change, 2, 30),
        change.is_multiple_of(3),
    )
}

/// Changes settings of every policy: by what a file says, and by hand. Returns how many instances the file
/// has given other settings.
pub(crate) fn change(registry: &Registry, change: u64) -> usize {
    let changed = reload_text(registry, &text(change));
    let seconds = Duration::from_secs(vary(change, 60, 90));
    registry
        .circuit_breaker("reloaded")
        .change_config(|config| config.slow_call_duration_threshold(seconds))
        .unwrap();
    registry
        .retry("reloaded")
        .change_config(|config| config.max_duration(seconds))
        .unwrap();
    registry
        .rate_limiter("reloaded")
        .change_config(|config| config.timeout_duration(seconds))
        .unwrap();
    registry
        .time_limiter("reloaded")
        .change_config(|config| config.cancel_running_future(change.is_multiple_of(2)))
        .unwrap();
    registry
        .bulkhead("reloaded")
        .change_config(|config| config.max_wait_duration(seconds))
        .unwrap();
    changed
}

/// What has been counted so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counted {
    at_once: u64,
    with_retry: u64,
    attempts: u64,
    in_time: u64,
    failed_in_time: u64,
}

impl Counted {
    pub(crate) fn now() -> Self {
        let registry = Registry::global();
        let retry = registry.retry("reloaded").metrics();
        let limiter = registry.time_limiter("reloaded").metrics();
        Self {
            at_once: retry.successful_calls_without_retry,
            with_retry: retry.successful_calls_with_retry,
            attempts: retry.total_calls,
            in_time: limiter.successful_calls,
            failed_in_time: limiter.failed_calls,
        }
    }

    /// Since then, so many calls have been made, of numbers from 0 on.
    pub(crate) fn assert_all_since(self, before: Self, calls: u64) {
        let retried = calls.div_ceil(10);
        let registry = Registry::global();
        let expected = Self {
            at_once: before.at_once + calls - retried,
            with_retry: before.with_retry + retried,
            attempts: before.attempts + calls + retried,
            in_time: before.in_time + calls,
            failed_in_time: before.failed_in_time + retried,
        };
        assert_eq!(self, expected);
        let breaker = registry.circuit_breaker("reloaded");
        let metrics = breaker.metrics();
        assert_eq!(breaker.state(), State::Closed);
        assert_eq!(metrics.buffered_calls, 100, "the window is full");
        assert_eq!(
            (metrics.not_permitted_calls, metrics.cancelled_calls),
            (0, 0)
        );
        let bulkhead = registry.bulkhead("reloaded").metrics();
        assert_eq!(bulkhead.waiting_calls, 0);
        assert_eq!(
            bulkhead.available_concurrent_calls,
            bulkhead.max_allowed_concurrent_calls
        );
        let limiter = registry.rate_limiter("reloaded").metrics();
        assert_eq!(limiter.number_of_waiting_threads, 0);
        let timed_out = registry.time_limiter("reloaded").metrics().timed_out_calls;
        assert_eq!(timed_out, 0);
    }
}

pub(super) fn settle(load: Load) -> String {
    let registry = Registry::global();
    change(registry, load.changes + 1);
    let before = Counted::now();
    load.run(
        |(), number| call(number),
        |number| {
            // What is in seconds may be as it was.
            assert!(change(registry, number) >= 4);
        },
    );
    let after = Counted::now();
    after.assert_all_since(before, load.calls);
    format!(
        "{} calls well, {} of them at the second attempt; {} attempts in time",
        load.calls,
        after.with_retry - before.with_retry,
        after.in_time + after.failed_in_time - before.in_time - before.failed_in_time,
    )
}
