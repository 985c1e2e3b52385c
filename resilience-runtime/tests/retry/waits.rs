//! How long a call waits.

use std::any::Any;
use std::future::ready;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use resilience_runtime::{
    AttemptFailure, Clock, GiveUpReason, Registry, RetryAfter, RetryEventKind, RetryVerdict,
};

use super::{NANO, WAIT, events_of, finish, plainly, poll_once, retry_with, timers};

/// The waits that were announced.
fn waits(events: &Mutex<Vec<RetryEventKind>>) -> Vec<Duration> {
    let events = events.lock().unwrap();
    let waits = events.iter().filter_map(|event| match event {
        RetryEventKind::Retry { wait, .. } => Some(*wait),
        _ => None,
    });
    waits.collect()
}

struct Busy(Option<Duration>);

impl RetryAfter for Busy {
    fn retry_after(&self) -> Option<Duration> {
        self.0
    }
}

#[test]
fn what_an_error_asks_for_takes_the_place_of_the_configured_wait() {
    let (retry, time) = retry_with(|config| {
        config
            .max_attempts(5)
            .retry_after(Busy::retry_after)
            .retry_after(|status: &u16| (*status == 503).then_some(Duration::from_secs(3)))
            .retry_on_result(|status: &u16| *status >= 500)
    });
    let events = events_of(&retry);
    let (short, long) = (Duration::from_nanos(7), Duration::from_secs(9));
    let mut outcomes = [
        Err(Busy(Some(short))),
        Err(Busy(Some(long))),
        Err(Busy(None)),
        Ok(503_u16),
        Ok(200),
    ]
    .into_iter();
    let mut call = pin!(retry.call(|| ready(outcomes.next().unwrap())));
    assert_eq!(finish(call.as_mut(), &time).ok(), Some(200));
    assert_eq!(waits(&events), [short, long, WAIT, Duration::from_secs(3)]);
}

#[test]
fn a_verdict_may_say_how_long_to_wait() {
    let (retry, time) = retry_with(|config| config);
    let mut attempts = retry.attempts();
    let asked = Duration::from_secs(3);
    let failed: Result<Result<(), ()>, _> = Ok(Err(()));
    let wait = attempts.judge(|_| RetryVerdict::RetryAfter(asked), failed);
    let mut wait = pin!(wait.continue_value().unwrap());
    assert!(poll_once(wait.as_mut()).is_pending());
    time.advance(asked - NANO);
    assert!(poll_once(wait.as_mut()).is_pending());
    time.advance(NANO);
    assert!(poll_once(wait.as_mut()).is_ready());
}

#[test]
fn a_custom_function_sees_the_attempt_and_its_outcome() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let show = |outcome: &dyn Any| outcome.downcast_ref().copied().unwrap_or("unseen");
    let (retry, _) = retry_with(|config| {
        config
            .max_attempts(4)
            .retry_on_result(|value: &&str| *value == "bad")
            .interval_bi_function(move |failed, outcome| {
                log.lock()
                    .unwrap()
                    .push((failed, outcome.map(show).map_err(show)));
                Some(Duration::ZERO)
            })
    });
    let mut outcomes = [Err("down"), Ok("bad"), Err("slow"), Err("gone")].into_iter();
    assert!(retry.call_blocking(|| outcomes.next().unwrap()).is_err());
    assert_eq!(
        *seen.lock().unwrap(),
        [(1, Err("down")), (2, Ok("bad")), (3, Err("slow"))],
        "after the last attempt there is nothing to wait for"
    );

    seen.lock().unwrap().clear();
    let mut attempts = retry.attempts();
    for outcome in [Ok("bad"), Err("down")] {
        let _ = attempts.judge(|_| RetryVerdict::Retry, Ok(outcome));
    }
    assert_eq!(
        *seen.lock().unwrap(),
        [(1, Ok("unseen")), (2, Err("unseen"))]
    );
}

#[test]
fn a_custom_function_can_end_the_call() {
    let (retry, _) = retry_with(|config| {
        config
            .max_attempts(9)
            .interval_bi_function(|failed, _| (failed < 3).then_some(Duration::ZERO))
    });
    let events = events_of(&retry);
    assert!(retry.call_blocking(|| Err::<(), _>("down")).is_err());
    assert_eq!(retry.metrics().total_calls, 3);
    assert_eq!(retry.metrics().failed_calls_with_retry, 1);
    let last = events.lock().unwrap().last().cloned();
    assert_eq!(
        last,
        Some(RetryEventKind::Error {
            attempts: 3,
            failure: AttemptFailure::Error,
            reason: GiveUpReason::Interval,
        })
    );
}

#[test]
fn of_two_custom_functions_the_last_counts() {
    let (retry, _) = retry_with(|config| {
        config
            .interval_bi_function(|_, _| None)
            .interval_function(|_| Duration::ZERO)
    });
    assert!(retry.call_blocking(|| Err::<(), _>("down")).is_err());
    assert_eq!(retry.metrics().total_calls, 3);
}

#[test]
fn no_attempt_begins_whose_wait_would_end_past_the_bound() {
    for (bound, attempts) in [(WAIT * 2, 3), (WAIT * 2 - NANO, 2), (WAIT - NANO, 1)] {
        let (retry, time) = retry_with(|config| config.max_attempts(9).max_duration(bound));
        let events = events_of(&retry);
        let mut call = pin!(retry.call(|| ready(Err::<(), _>("down"))));
        assert!(finish(call.as_mut(), &time).is_err());
        assert_eq!(retry.metrics().total_calls, attempts, "{bound:?}");
        assert_eq!(retry.metrics().failed_calls_with_retry, 1);
        let last = events.lock().unwrap().last().cloned();
        let Some(RetryEventKind::Error { reason, .. }) = last else {
            panic!("{last:?}")
        };
        assert_eq!(reason, GiveUpReason::MaxDuration);
    }
}

#[test]
fn the_time_that_attempts_take_counts_towards_the_bound() {
    let (retry, time) = retry_with(|config| {
        config
            .max_attempts(9)
            .wait_duration(Duration::ZERO)
            .max_duration(Duration::from_secs(10))
    });
    let failed = retry.call_blocking(|| {
        time.advance(Duration::from_secs(4));
        Err::<(), _>("down")
    });
    assert!(failed.is_err());
    assert_eq!(retry.metrics().total_calls, 3, "after 4, 8 and 12 s");
}

#[test]
fn a_wait_without_length_sets_no_timer() {
    let (retry, time) = retry_with(|config| config.wait_duration(Duration::ZERO));
    let mut call = pin!(retry.call(|| {
        assert_eq!(timers(&time), 0);
        ready(Err::<(), _>("down"))
    }));
    assert!(poll_once(call.as_mut()).is_ready());
}

#[test]
fn a_plain_call_blocks_until_the_clock_shows_the_end_of_its_wait() {
    let (retry, time) = retry_with(|config| config.max_attempts(2));
    let registry_time = time.clone();
    let caller = thread::spawn(move || {
        let mut began = Vec::new();
        let failed = retry.call_blocking(|| {
            began.push(Clock::from(&registry_time).now());
            Err::<(), _>("down")
        });
        assert!(failed.is_err());
        began[1].duration_since(began[0]).unwrap()
    });
    while timers(&time) == 0 {
        thread::yield_now();
    }
    time.advance(WAIT - NANO);
    assert_eq!(timers(&time), 1);
    time.advance(NANO);
    assert_eq!(caller.join().unwrap(), WAIT);
}

#[tokio::test(start_paused = true)]
async fn it_waits_on_tokios_time_where_the_registry_does() {
    let registry = Registry::builder().clock(Clock::tokio()).build();
    let retry = registry.retry("tested");
    let began = tokio::time::Instant::now();
    assert!(retry.call(|| ready(Err::<(), _>("down"))).await.is_err());
    let took = began.elapsed();
    assert!(
        took >= WAIT * 2 && took < WAIT * 2 + Duration::from_millis(5),
        "{took:?}"
    );
}

#[test]
fn attempts_know_which_is_the_last() {
    let (retry, _) = retry_with(|config| config.max_attempts(3));
    let mut attempts = retry.attempts();
    let mut lasts = Vec::new();
    loop {
        lasts.push(attempts.is_last());
        let failed: Result<Result<(), ()>, _> = Ok(Err(()));
        if attempts.judge(plainly, failed).is_break() {
            break;
        }
    }
    assert_eq!(lasts, [false, false, true]);
}
