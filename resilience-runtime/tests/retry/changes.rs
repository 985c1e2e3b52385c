//! Settings that change while calls run.

use std::ops::ControlFlow;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use resilience_runtime::{Failure, GiveUpReason, PolicyError, Retry, RetryConfig, RetryEventKind};

use super::{WAIT, events_of, finish, plainly, poll_once, retry_with};

const DOWN: Result<Result<(), &str>, PolicyError> = Ok(Err("down"));

/// How often a call is tried that fails for ever.
fn tries(retry: &Retry) -> u64 {
    let before = retry.metrics().total_calls;
    assert!(retry.call_blocking(|| Err::<(), _>("down")).is_err());
    retry.metrics().total_calls - before
}

#[test]
fn a_call_that_waits_is_tried_as_often_as_the_new_settings_say() {
    let (retry, time) = retry_with(|config| config);
    let mut call = pin!(retry.call(|| async { Err::<(), _>("down") }));
    assert!(poll_once(call.as_mut()).is_pending(), "it waits");
    let changes = retry
        .change_config(|config| config.max_attempts(5))
        .unwrap();
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].to_string(), "`max_attempts` from 3 to 5");
    assert_eq!(finish(call.as_mut(), &time), Err(Failure::Call("down")));
    assert_eq!(retry.metrics().total_calls, 5);
}

#[test]
fn a_call_that_was_tried_more_often_already_ends_at_its_next_failure() {
    let (retry, _) = retry_with(|config| config.max_attempts(10).wait_duration(Duration::ZERO));
    let events = events_of(&retry);
    let mut attempts = retry.attempts();
    for _ in 0..4 {
        assert!(attempts.judge(plainly, DOWN).is_continue());
    }
    retry
        .change_config(|config| config.max_attempts(2))
        .unwrap();
    assert!(attempts.is_last());
    assert!(attempts.judge(plainly, DOWN).is_break());
    assert!(matches!(
        events.lock().unwrap().last(),
        Some(RetryEventKind::Error {
            attempts: 5,
            reason: GiveUpReason::MaxAttempts,
            ..
        })
    ));
}

#[test]
fn an_attempt_that_was_told_to_be_the_last_is_the_last() {
    let (retry, _) = retry_with(|config| config.max_attempts(1));
    let mut attempts = retry.attempts();
    assert!(attempts.is_last(), "the arguments may go now");
    retry
        .change_config(|config| config.max_attempts(9))
        .unwrap();
    assert!(attempts.judge(plainly, DOWN).is_break());

    let mut attempts = retry.attempts();
    retry
        .change_config(|config| config.max_attempts(2))
        .unwrap();
    assert!(attempts.judge(plainly, DOWN).is_continue(), "nobody asked");
}

#[test]
fn a_wait_keeps_its_length_and_the_next_has_the_new_one() {
    let (retry, time) = retry_with(|config| config);
    let mut call = pin!(retry.call(|| async { Err::<(), _>("down") }));
    assert!(poll_once(call.as_mut()).is_pending());
    retry
        .change_config(|config| config.wait_duration(WAIT * 4))
        .unwrap();
    time.advance(WAIT);
    assert!(poll_once(call.as_mut()).is_pending());
    assert_eq!(
        retry.metrics().total_calls,
        2,
        "the first wait was the old one"
    );
    time.advance(WAIT * 4 - Duration::from_nanos(1));
    assert!(poll_once(call.as_mut()).is_pending());
    time.advance(Duration::from_nanos(1));
    assert!(poll_once(call.as_mut()).is_ready());
}

#[test]
fn the_way_in_which_waits_grow_and_stray_changes() {
    let (retry, _) = retry_with(|config| config.wait_duration(Duration::from_millis(100)));
    let waits = || [1, 2, 3].map(|failed| retry.config().interval(failed).as_millis());
    assert_eq!(waits(), [100, 100, 100]);
    let changes = retry
        .change_config(|config| {
            config
                .enable_exponential_backoff(true)
                .exponential_backoff_multiplier(2.0)
                .exponential_max_wait_duration(Duration::from_millis(300))
        })
        .unwrap();
    let changes: Vec<_> = changes.iter().map(ToString::to_string).collect();
    assert_eq!(
        changes,
        [
            "`enable_exponential_backoff` from false to true",
            "`exponential_backoff_multiplier` from 1.5 to 2",
            "`exponential_max_wait_duration` from none to 300ms",
        ]
    );
    assert_eq!(waits(), [100, 200, 300]);
    retry
        .change_config(|config| {
            config
                .enable_randomized_wait(true)
                .randomized_wait_factor(0.0)
        })
        .unwrap();
    assert_eq!(waits(), [100, 200, 300], "strays by nothing");
    retry
        .change_config(|config| config.interval_function(|_| Duration::from_millis(7)))
        .unwrap();
    assert_eq!(waits(), [7, 7, 7]);
    retry
        .change_config(|config| config.enable_exponential_backoff(false))
        .unwrap();
    assert_eq!(
        retry.config().interval(1).as_millis(),
        100,
        "as before the function"
    );
}

#[test]
fn a_call_that_began_without_a_bound_ends_without_one() {
    let (retry, time) = retry_with(|config| config.wait_duration(Duration::ZERO));
    let mut before = retry.attempts();
    retry
        .change_config(|config| config.max_duration(Duration::from_secs(1)))
        .unwrap();
    let mut after = retry.attempts();
    time.advance(Duration::from_secs(2));
    assert!(before.judge(plainly, DOWN).is_continue());
    assert!(after.judge(plainly, DOWN).is_break());

    let mut longer = retry.attempts();
    retry
        .change_config(|config| config.max_duration(Duration::from_secs(3)))
        .unwrap();
    time.advance(Duration::from_secs(2));
    assert!(
        longer.judge(plainly, DOWN).is_continue(),
        "from when it began"
    );
}

#[test]
fn a_value_becomes_a_failure_by_the_settings_of_its_last_attempt() {
    let (retry, _) = retry_with(|config| {
        config
            .wait_duration(Duration::ZERO)
            .retry_on_result(|status: &u16| *status >= 500)
    });
    let unavailable = || Ok::<u16, &str>(503);
    assert_eq!(retry.call_blocking(unavailable), Ok(503));
    retry
        .change_config(|config| config.fail_after_max_attempts(true))
        .unwrap();
    assert!(matches!(
        retry.call_blocking(unavailable),
        Err(Failure::Policy(PolicyError::RetriesExhausted(_)))
    ));
}

#[test]
fn predicates_are_replaced_by_those_given_and_others_stay() {
    let (retry, _) = retry_with(|config| config.wait_duration(Duration::ZERO));
    assert_eq!(tries(&retry), 3);
    retry
        .change_config(|config| config.ignore_error(|_: &&str| true))
        .unwrap();
    assert_eq!(tries(&retry), 1);
    retry
        .change_config(|config| config.max_attempts(4))
        .unwrap();
    assert_eq!(tries(&retry), 1, "still ignored");
    retry
        .change_config(|config| config.ignore_error(|_: &u16| true))
        .unwrap();
    assert_eq!(tries(&retry), 4, "another takes its place");
    retry
        .change_config(|config| config.retry_on_error(|_: &u16| true))
        .unwrap();
    assert_eq!(tries(&retry), 1);
    retry
        .change_config(|_| {
            RetryConfig::default()
                .to_builder()
                .wait_duration(Duration::ZERO)
        })
        .unwrap();
    assert_eq!(tries(&retry), 3, "none is left");
    retry
        .change_config(|config| config.retry_on_result(|_: &u16| true))
        .unwrap();
    let before = retry.metrics().total_calls;
    assert_eq!(retry.call_blocking(|| Ok::<_, &str>(1_u16)), Ok(1));
    assert_eq!(
        retry.metrics().total_calls - before,
        4,
        "three and the end of such a call"
    );
}

#[test]
fn a_wait_that_errors_ask_for_and_a_function_of_the_outcome_come_in_while_it_runs() {
    let (retry, time) = retry_with(|config| config);
    let wait_of = |retry: &Retry| {
        let mut call = pin!(retry.call(|| async { Err::<(), _>(3_u64) }));
        assert_eq!(poll_once(call.as_mut()), Poll::Pending);
        format!("{time:?}")
    };
    retry
        .change_config(|config| {
            config.retry_after(|seconds: &u64| Some(Duration::from_secs(*seconds)))
        })
        .unwrap();
    let events = events_of(&retry);
    wait_of(&retry);
    retry
        .change_config(|_| RetryConfig::default().to_builder())
        .unwrap();
    wait_of(&retry);
    retry
        .change_config(|config| config.interval_bi_function(|_, _| Some(Duration::from_secs(9))))
        .unwrap();
    wait_of(&retry);
    let waits: Vec<_> = events
        .lock()
        .unwrap()
        .iter()
        .map(|event| match event {
            RetryEventKind::Retry { wait, .. } => *wait,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        waits,
        [Duration::from_secs(3), WAIT, Duration::from_secs(9)]
    );
}

#[test]
fn an_open_circuit_is_tried_again_from_when_the_settings_say_so() {
    let (retry, _) = retry_with(|config| config.wait_duration(Duration::ZERO));
    let breaker = resilience_runtime::Registry::new().circuit_breaker("inner");
    breaker.transition_to_forced_open().unwrap();
    let rejected = || Err::<(), _>(breaker.try_acquire().map(drop).unwrap_err());
    let judge = || {
        let mut attempts = retry.attempts();
        let outcome: Result<Result<(), ()>, _> = rejected().map(Ok);
        attempts.judge(plainly, outcome).is_continue()
    };
    assert!(!judge());
    retry
        .change_config(|config| config.retry_on_circuit_open(true))
        .unwrap();
    assert!(judge());
    retry
        .change_config(|config| config.retry_on_policy_error(|_| false))
        .unwrap();
    assert!(!judge(), "it takes the place of the flag");
}

#[test]
fn a_change_that_does_not_fit_changes_nothing() {
    let (retry, _) = retry_with(|config| config.wait_duration(Duration::ZERO));
    let error = retry
        .change_config(|config| config.max_attempts(9).randomized_wait_factor(2.0))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "`randomized_wait_factor` takes a number from 0 to 1, but was 2"
    );
    assert_eq!(tries(&retry), 3);
    retry
        .change_config(|config| config.enable_randomized_wait(true))
        .unwrap();
    assert_eq!(
        retry.config().max_attempts(),
        3,
        "nor did it leave anything behind"
    );
}

#[test]
fn counts_stay_through_every_change() {
    let (retry, _) = retry_with(|config| config.wait_duration(Duration::ZERO));
    tries(&retry);
    let before = retry.metrics();
    let changed = RetryConfig::builder()
        .max_attempts(9)
        .max_duration(Duration::from_secs(1))
        .ignore_error(|_: &u8| true)
        .build();
    retry
        .change_config(|_| changed.unwrap().to_builder())
        .unwrap();
    assert_eq!(retry.metrics(), before);
    let mut attempts = retry.attempts();
    let ControlFlow::Break(Ok(Ok(()))) = attempts.judge(plainly, Ok(Ok::<_, ()>(()))) else {
        panic!("it went well");
    };
}
