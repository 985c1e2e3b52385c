//! Calls that end in every way: permits and counts balance, in CLOSED and in HALF_OPEN.

#![allow(
    clippy::unwrap_used,
    reason = "a test that meets something unforeseen is to fail"
)]

use std::future::{Future, pending};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use resilience_runtime::{
    CancelledCalls, CircuitBreaker, CircuitBreakerConfig, CircuitBreakerConfigBuilder,
    CircuitBreakerEventKind, Clock, Failure, FailureCause, ManualClock, OpenFor, PolicyError,
    Registry, State,
};

const SLOW: Duration = Duration::from_secs(1);
const PROBES: u32 = 3;

fn breaker_with(
    configure: impl FnOnce(CircuitBreakerConfigBuilder) -> CircuitBreakerConfigBuilder,
) -> (CircuitBreaker, ManualClock) {
    let time = Clock::manual();
    let breaker = Registry::builder()
        .clock(&time)
        .build()
        .circuit_breaker_with("tested", |config| {
            configure(
                config
                    .slow_call_duration_threshold(SLOW)
                    .permitted_number_of_calls_in_half_open_state(PROBES),
            )
        })
        .unwrap();
    (breaker, time)
}

fn half_open(breaker: &CircuitBreaker) {
    breaker.transition_to_open().unwrap();
    breaker.transition_to_half_open().unwrap();
}

/// How many probes the round would still let through.
fn free_probes(breaker: &CircuitBreaker) -> usize {
    let probes: Vec<_> = std::iter::from_fn(|| breaker.try_acquire().ok()).collect();
    probes.len()
}

fn poll_once<F: Future>(future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn a_panic_counts_as_one_failure_and_unwinds_on() {
    for state in [State::Closed, State::HalfOpen] {
        let (breaker, _) = breaker_with(|config| config);
        if state == State::HalfOpen {
            half_open(&breaker);
        }
        let plain = catch_unwind(AssertUnwindSafe(|| {
            breaker.call_blocking(|| -> Result<(), ()> { panic!("plain") })
        }));
        assert_eq!(*plain.unwrap_err().downcast::<&str>().unwrap(), "plain");
        let mut call = Box::pin(breaker.call(async { panic!("async") as Result<(), ()> }));
        let unwound = catch_unwind(AssertUnwindSafe(|| poll_once(call.as_mut())));
        assert!(unwound.is_err());
        drop(call);
        let metrics = breaker.metrics();
        assert_eq!(
            (metrics.failed_calls, metrics.cancelled_calls),
            (2, 0),
            "{state}"
        );
    }
}

#[test]
fn a_hundred_panics_open_the_breaker() {
    let (breaker, _) = breaker_with(|config| config);
    for _ in 0..100 {
        let call = || breaker.call_blocking(|| -> Result<(), ()> { panic!("again") });
        assert!(catch_unwind(AssertUnwindSafe(call)).is_err());
    }
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn after_a_panicking_probe_the_breaker_is_not_wedged() {
    let (breaker, time) =
        breaker_with(|config| config.permitted_number_of_calls_in_half_open_state(1));
    half_open(&breaker);
    let call = || breaker.call_blocking(|| -> Result<(), ()> { panic!("probe") });
    assert!(catch_unwind(AssertUnwindSafe(call)).is_err());
    assert_eq!(breaker.state(), State::Open, "the probe failed");
    time.advance(Duration::from_secs(61));
    assert!(breaker.call_blocking(|| Ok::<_, ()>(())).is_ok());
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn a_breaker_recovers_under_steady_traffic() {
    let (breaker, time) = breaker_with(|config| config.sliding_window_size(10));
    let mut is_healthy = false;
    let mut answered_after = None;
    for tick in 0..1_000 {
        time.advance(Duration::from_millis(100));
        is_healthy |= tick == 50;
        let answer = breaker.call_blocking(|| if is_healthy { Ok(()) } else { Err("down") });
        if is_healthy && answer.is_ok() && breaker.state() == State::Closed {
            answered_after.get_or_insert(tick);
        }
    }
    // Opened by tick 9, so probed from tick 610 on, and closed by the third probe.
    assert_eq!(answered_after, Some(612));
}

#[test]
fn a_future_dropped_before_its_first_poll_takes_no_permit() {
    let (breaker, _) = breaker_with(|config| config);
    half_open(&breaker);
    drop(breaker.call(async { Ok::<(), ()>(()) }));
    assert_eq!(breaker.metrics().cancelled_calls, 0);
    assert_eq!(free_probes(&breaker), PROBES as usize);
}

#[test]
fn a_cancelled_probe_gives_its_permit_back_and_counts_as_nothing() {
    let (breaker, _) = breaker_with(|config| config);
    half_open(&breaker);
    let mut call = Box::pin(breaker.call(pending::<Result<(), ()>>()));
    assert!(poll_once(call.as_mut()).is_pending());
    drop(call);
    let metrics = breaker.metrics();
    assert_eq!((metrics.buffered_calls, metrics.cancelled_calls), (0, 1));
    assert_eq!(free_probes(&breaker), PROBES as usize);
}

#[test]
fn a_call_cancelled_past_the_slow_call_threshold_is_a_slow_failure() {
    let (breaker, time) = breaker_with(|config| config);
    let mut call = Box::pin(breaker.call(pending::<Result<(), ()>>()));
    assert!(poll_once(call.as_mut()).is_pending());
    time.advance(SLOW + Duration::from_nanos(1));
    drop(call);
    let metrics = breaker.metrics();
    assert_eq!((metrics.slow_failed_calls, metrics.cancelled_calls), (1, 1));
}

#[test]
fn a_hundred_hanging_calls_cut_off_by_an_outer_timeout_open_the_breaker() {
    let (breaker, time) = breaker_with(|config| config);
    for _ in 0..100 {
        let mut call = Box::pin(breaker.call(pending::<Result<(), ()>>()));
        assert!(poll_once(call.as_mut()).is_pending());
        time.advance(SLOW * 2);
        drop(call);
    }
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn cancelled_calls_can_be_made_to_count_as_failures() {
    let (breaker, _) = breaker_with(|config| config.cancelled_calls(CancelledCalls::Failure));
    let causes = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&causes);
    breaker.on_event(move |event| {
        if let CircuitBreakerEventKind::Error { cause, .. } = event.kind {
            seen.lock().unwrap().push(cause);
        }
    });
    let mut call = Box::pin(breaker.call(pending::<Result<(), ()>>()));
    assert!(poll_once(call.as_mut()).is_pending());
    drop(call);
    let metrics = breaker.metrics();
    assert_eq!((metrics.failed_calls, metrics.slow_calls), (1, 0));
    assert_eq!(*causes.lock().unwrap(), [FailureCause::Cancelled]);
}

#[test]
fn the_outcome_of_each_call_is_counted_once() {
    let (breaker, time) = breaker_with(|config| config.ignore_error(|error: &i32| *error == 404));
    let _ = breaker.call_blocking(|| Ok::<_, i32>(()));
    let _ = breaker.call_blocking(|| Err::<(), _>(500));
    let _ = breaker.call_blocking(|| Err::<(), _>(404));
    let _ = breaker.call_blocking(|| {
        time.advance(SLOW * 2);
        Ok::<_, i32>(())
    });
    let metrics = breaker.metrics();
    assert_eq!(metrics.buffered_calls, 3);
    assert_eq!(
        (metrics.failed_calls, metrics.slow_successful_calls),
        (1, 1)
    );
}

#[test]
fn a_call_as_long_as_the_slow_call_threshold_is_not_slow() {
    let (breaker, time) = breaker_with(|config| config);
    let _ = breaker.call_blocking(|| {
        time.advance(SLOW);
        Ok::<_, ()>(())
    });
    assert_eq!(breaker.metrics().slow_calls, 0);
}

#[test]
fn a_rejected_call_is_not_made_and_says_when_to_try_again() {
    let (breaker, time) = breaker_with(|config| config);
    breaker
        .transition_to_open_for(Duration::from_secs(30))
        .unwrap();
    time.advance(Duration::from_secs(10));
    let rejected = breaker.call_blocking(|| -> Result<(), ()> { unreachable!("it is open") });
    let Err(Failure::Policy(PolicyError::CircuitOpen(open))) = rejected else {
        panic!("not rejected")
    };
    assert_eq!(open.state, State::Open);
    time.advance(open.retry_after.unwrap());
    assert!(
        breaker.try_acquire().is_ok(),
        "whoever waits so long is let through"
    );
}

#[test]
fn a_classification_that_panics_counts_as_a_failure_and_keeps_no_permit() {
    let (breaker, _) = breaker_with(|config| config.ignore_error(|_: &i32| panic!("predicate")));
    let call = || breaker.call_blocking(|| Err::<(), i32>(1));
    assert!(catch_unwind(AssertUnwindSafe(call)).is_err());
    assert_eq!(breaker.metrics().failed_calls, 1);
}

#[test]
fn an_error_behind_the_body_is_the_callers_own() {
    let (breaker, _) = breaker_with(|config| config);
    let mut call = pin!(breaker.call(async { Err::<(), _>("declined") }));
    assert_eq!(
        poll_once(call.as_mut()),
        Poll::Ready(Err(Failure::Call("declined")))
    );
}

#[test]
fn a_late_outcome_that_asks_for_a_transition_does_not_open_a_later_era() {
    let (breaker, _) = breaker_with(|config| {
        config.transition_on_result(|outcome| {
            outcome
                .is_err()
                .then_some(OpenFor::Duration(Duration::from_secs(1)))
        })
    });
    let (resetting, late) = (breaker.clone(), breaker.clone());
    let _ = late.call_blocking(|| {
        resetting.reset();
        Err::<(), _>("maintenance")
    });
    assert_eq!(breaker.state(), State::Closed);
    let _ = breaker.call_blocking(|| Err::<(), _>("maintenance"));
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn a_wait_function_that_panics_is_stood_in_for_by_the_plain_wait() {
    let wait = Duration::from_secs(5);
    let (breaker, time) = breaker_with(|config| {
        config
            .sliding_window_size(1)
            .wait_duration_in_open_state(wait)
            .wait_interval_function_in_open_state(|_| panic!("no idea how long"))
    });
    // The breaker opens while the call's own panic unwinds: a second one would end the process.
    let call = || breaker.call_blocking(|| -> Result<(), ()> { panic!("the call") });
    assert!(catch_unwind(AssertUnwindSafe(call)).is_err());
    assert_eq!(breaker.state(), State::Open);
    time.advance(wait);
    assert!(breaker.try_acquire().is_err());
    time.advance(Duration::from_nanos(1));
    assert!(breaker.try_acquire().is_ok());
}

#[test]
fn a_random_wait_strays_as_far_as_it_is_told_to() {
    let config = |factor| {
        let builder = CircuitBreakerConfig::builder()
            .wait_duration_in_open_state(Duration::from_secs(1))
            .enable_randomized_wait(true)
            .randomized_wait_factor(factor);
        builder.build().unwrap()
    };
    assert_eq!(config(0.0).wait_in_open_state(1), Duration::from_secs(1));
    let strayed = config(0.5);
    let waits: Vec<_> = (0..200)
        .map(|_| strayed.wait_in_open_state(1).as_millis())
        .collect();
    assert!(
        waits.iter().all(|wait| (500..=1500).contains(wait)),
        "{waits:?}"
    );
    assert!(waits.iter().any(|wait| *wait < 900) && waits.iter().any(|wait| *wait > 1100));
}
