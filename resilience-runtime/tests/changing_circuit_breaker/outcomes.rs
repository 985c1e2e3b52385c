//! What the outcome of a call counts as.

use std::sync::{Arc, OnceLock};

use resilience_runtime::{CancelledCalls, CircuitBreaker, OpenFor, State};

use super::{WAIT, breaker, change, counts};

#[test]
fn cancelled_calls_count_as_they_are_told_to_when_they_are_dropped() {
    let (breaker, _) = breaker(|config| config);
    let cancelled = breaker.try_acquire().unwrap();
    change(&breaker, |config| {
        config.cancelled_calls(CancelledCalls::Failure)
    });
    drop(cancelled);
    assert_eq!(counts(&breaker), (1, 1));
    change(&breaker, |config| {
        config.cancelled_calls(CancelledCalls::Ignore)
    });
    drop(breaker.try_acquire().unwrap());
    assert_eq!(counts(&breaker), (1, 1));
}

#[test]
fn predicates_that_are_given_take_the_place_of_those_before() {
    let (breaker, _) = breaker(|config| config.ignore_error(|status: &u16| *status < 500));
    let call = |status: u16| drop(breaker.call_blocking(move || Err::<(), _>(status)));
    call(404);
    assert_eq!(counts(&breaker), (0, 0));
    change(&breaker, |config| {
        config.ignore_error(|status: &u16| *status == 503)
    });
    call(404);
    call(503);
    assert_eq!(counts(&breaker), (1, 1));
    change(&breaker, |config| {
        config.record_error(|status: &u16| *status == 500)
    });
    call(404);
    call(503);
    call(500);
    assert_eq!(counts(&breaker), (3, 2), "both lists hold");
    change(&breaker, |config| {
        config.record_result(|value: &i32| *value < 0)
    });
    drop(breaker.call_blocking(|| Ok::<_, ()>(-1)));
    assert_eq!(counts(&breaker), (4, 3));
    change(&breaker, |config| {
        config.transition_on_result(|outcome| {
            outcome.err()?.downcast_ref::<u16>()?;
            Some(OpenFor::Duration(WAIT))
        })
    });
    call(500);
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn an_outcome_may_open_the_breaker_after_its_window_has_changed() {
    let (breaker, _) = breaker(|config| {
        config.transition_on_result(|outcome| outcome.err().map(|_| OpenFor::Duration(WAIT)))
    });
    let handle = breaker.clone();
    let _ = breaker.call_blocking(move || {
        change(&handle, |config| config.sliding_window_size(200));
        Err::<(), _>("maintenance")
    });
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn predicates_may_change_the_settings_of_their_breaker() {
    let handle: Arc<OnceLock<CircuitBreaker>> = Arc::default();
    let own = Arc::clone(&handle);
    let (breaker, _) = breaker(|config| {
        config.record_error(move |(): &()| {
            change(own.get().unwrap(), |config| config.sliding_window_size(5));
            true
        })
    });
    handle.set(breaker.clone()).unwrap();
    let _ = breaker.call_blocking(|| Err::<(), _>(()));
    assert_eq!(breaker.config().sliding_window_size(), 5);
    assert_eq!(counts(&breaker), (1, 1));
}
