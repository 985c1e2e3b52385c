//! Calls that end otherwise than by a value or an error.

use std::future::{Ready, pending, ready};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use resilience_runtime::{
    AttemptFailure, Failure, PolicyError, Retry, RetryEventKind, RetryVerdict,
};

use super::{WAIT, events_of, finish, plainly, poll_once, retry_with, timers};

/// Counts of calls that end otherwise: cancelled, panicked, and the total of attempts.
fn others(retry: &Retry) -> (u64, u64, u64) {
    let metrics = retry.metrics();
    assert_eq!(metrics.failed_calls_with_retry, 0);
    assert_eq!(metrics.failed_calls_without_retry, 0);
    (
        metrics.cancelled_calls,
        metrics.panicked_calls,
        metrics.total_calls,
    )
}

#[test]
fn a_future_dropped_before_its_first_poll_counts_for_nothing() {
    let (retry, _) = retry_with(|config| config);
    drop(retry.call(pending::<Result<(), ()>>));
    assert_eq!(others(&retry), (0, 0, 0));
}

#[test]
fn a_future_dropped_in_an_attempt_is_a_cancelled_call() {
    let (retry, time) = retry_with(|config| config);
    let held = Arc::new(());
    let attempt = Arc::clone(&held);
    let mut call = Box::pin(retry.call(|| {
        let attempt = Arc::clone(&attempt);
        async move {
            pending::<()>().await;
            drop(attempt);
            Ok::<_, ()>(())
        }
    }));
    for _ in 0..3 {
        assert!(poll_once(call.as_mut()).is_pending());
    }
    assert_eq!(Arc::strong_count(&held), 3);
    drop(call);
    assert_eq!(Arc::strong_count(&held), 2, "what the attempt held is gone");
    assert_eq!(others(&retry), (1, 0, 0));
    assert_eq!(timers(&time), 0);
}

#[test]
fn a_future_dropped_in_a_wait_is_a_cancelled_call_and_leaves_no_timer() {
    let (retry, time) = retry_with(|config| config);
    let mut attempts = 0;
    let mut call = Box::pin(retry.call(|| {
        attempts += 1;
        ready(Err::<(), _>("down"))
    }));
    assert!(poll_once(call.as_mut()).is_pending());
    assert!(poll_once(call.as_mut()).is_pending());
    assert_eq!(timers(&time), 1);
    drop(call);
    assert_eq!(timers(&time), 0);
    time.advance(WAIT * 2);
    assert_eq!(attempts, 1);
    assert_eq!(others(&retry), (1, 0, 1));
}

#[test]
fn a_call_that_waits_to_its_end_is_not_cancelled() {
    let (retry, time) = retry_with(|config| config);
    let mut call = Box::pin(retry.call(|| ready(Err::<(), _>("down"))));
    assert!(finish(call.as_mut(), &time).is_err());
    drop(call);
    assert_eq!(retry.metrics().cancelled_calls, 0);
    assert_eq!(timers(&time), 0);
}

#[test]
fn a_panic_in_an_attempt_unwinds_and_is_not_retried() {
    let (retry, _) = retry_with(|config| config.wait_duration(Duration::ZERO));
    let mut attempts = 0;
    let mut call = Box::pin(retry.call(|| {
        attempts += 1;
        let fails = attempts == 1;
        async move {
            if fails {
                Err(())
            } else {
                panic!("async") as Result<(), ()>
            }
        }
    }));
    let unwound = catch_unwind(AssertUnwindSafe(|| poll_once(call.as_mut())));
    assert_eq!(*unwound.unwrap_err().downcast::<&str>().unwrap(), "async");
    drop(call);
    assert_eq!(attempts, 2);
    assert_eq!(others(&retry), (0, 1, 2));

    let plain = || retry.call_blocking(|| panic!("plain") as Result<(), ()>);
    assert!(catch_unwind(AssertUnwindSafe(plain)).is_err());
    assert_eq!(others(&retry), (0, 2, 3));
}

#[test]
fn a_panic_where_the_future_of_an_attempt_is_made_counts_too() {
    let (retry, _) = retry_with(|config| config);
    let make = || -> Ready<Result<(), ()>> { panic!("no future") };
    let mut call = Box::pin(retry.call(make));
    let unwound = catch_unwind(AssertUnwindSafe(|| poll_once(call.as_mut())));
    assert!(unwound.is_err());
    assert_eq!(others(&retry), (0, 1, 1));
}

#[test]
fn a_panic_of_a_predicate_or_a_wait_function_counts_once() {
    let (judged, _) = retry_with(|config| config.ignore_error(|_: &i32| panic!("predicate")));
    let (waiting, _) = retry_with(|config| config.interval_bi_function(|_, _| panic!("wait")));
    for retry in [judged, waiting] {
        let call = || retry.call_blocking(|| Err::<(), i32>(1));
        assert!(catch_unwind(AssertUnwindSafe(call)).is_err());
        assert_eq!(others(&retry), (0, 1, 1));

        let mut attempts = retry.attempts();
        let _ = catch_unwind(AssertUnwindSafe(|| {
            let failed: Result<Result<(), i32>, _> = Ok(Err(1));
            attempts.judge(|_| panic!("classification"), failed)
        }));
        assert_eq!(others(&retry), (0, 2, 2));
    }
}

#[test]
fn a_wait_function_of_the_attempt_that_panics_is_stood_in_for_by_the_plain_wait() {
    let (retry, _) = retry_with(|config| {
        config
            .wait_duration(Duration::ZERO)
            .interval_function(|_| panic!("no idea how long"))
    });
    assert!(retry.call_blocking(|| Err::<(), _>("down")).is_err());
    assert_eq!(retry.metrics().total_calls, 3);
}

#[test]
fn a_wait_function_that_panics_within_the_loop_of_ones_own_counts_once() {
    let (retry, _) = retry_with(|config| config.interval_bi_function(|_, _| panic!("wait")));
    let mut attempts = retry.attempts();
    let judged = catch_unwind(AssertUnwindSafe(|| {
        let failed: Result<Result<(), i32>, _> = Ok(Err(1));
        attempts.judge(plainly, failed)
    }));
    assert!(judged.is_err());
    assert_eq!(others(&retry), (0, 1, 1));
}

#[test]
fn the_outcome_of_the_last_attempt_is_the_callers() {
    let (retry, _) = retry_with(|config| {
        config
            .wait_duration(Duration::ZERO)
            .retry_on_result(|status: &u16| *status >= 500)
    });
    let mut statuses = [501, 502, 503, 504].into_iter();
    assert_eq!(
        retry.call_blocking(|| Ok::<u16, ()>(statuses.next().unwrap())),
        Ok(503)
    );
    let strict = retry.config().to_builder().fail_after_max_attempts(true);
    let (strict, _) = retry_with(|_| strict);
    let mut statuses = [501, 502, 503, 504].into_iter();
    let Err(Failure::Policy(PolicyError::RetriesExhausted(exhausted))) =
        strict.call_blocking(|| Ok::<u16, ()>(statuses.next().unwrap()))
    else {
        panic!("503 is not good enough")
    };
    assert_eq!((&*exhausted.name, exhausted.attempts), ("tested", 3));
}

/// The outcome of an attempt is gone before the wait for the next begins.
#[test]
fn a_call_moves_between_threads_even_if_its_errors_cannot() {
    fn sent<F: Send>(future: F) -> F {
        future
    }
    let (retry, time) = retry_with(|config| config);
    let held = Rc::new(());
    let call = sent(retry.call(|| async { Err::<(), Rc<()>>(Rc::new(())) }));
    assert!(finish(Box::pin(call).as_mut(), &time).is_err());
    let mut failing = Box::pin(retry.call(|| ready(Err::<(), _>(Rc::clone(&held)))));
    assert!(poll_once(failing.as_mut()).is_pending());
    assert_eq!(Rc::strong_count(&held), 1);
}

#[test]
fn a_value_that_a_classification_gives_up_on_is_the_outcome_of_a_call_that_failed() {
    for retried in [0, 1] {
        let (retry, _) = retry_with(|config| config);
        let events = events_of(&retry);
        let mut attempts = retry.attempts();
        for _ in 0..retried {
            let judged = attempts.judge(|_| RetryVerdict::Retry, Ok(Ok::<_, ()>(503)));
            assert!(judged.is_continue());
        }
        let judged = attempts.judge(|_| RetryVerdict::GiveUp, Ok(Ok::<_, ()>(503)));
        assert!(matches!(judged, ControlFlow::Break(Ok(Ok(503)))));

        let metrics = retry.metrics();
        assert_eq!(metrics.failed_calls_without_retry, 1, "{metrics:?}");
        assert_eq!(metrics.total_calls, retried + 1, "{metrics:?}");
        let ignored = RetryEventKind::IgnoredError {
            failure: AttemptFailure::Result,
        };
        assert_eq!(events.lock().unwrap().last(), Some(&ignored));
    }
}
