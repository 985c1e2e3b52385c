//! Waiting for a rate limiter, in tasks and threads, and going away.

#![allow(
    clippy::unwrap_used,
    reason = "a test that meets something unforeseen is to fail"
)]

use std::future::{Future, pending};
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use resilience_runtime::{
    Clock, Failure, ManualClock, PolicyError, RateLimiter, RateLimiterConfigBuilder,
    RateLimiterEventKind, Registry,
};

const PERIOD: Duration = Duration::from_secs(1);

fn limiter_with(
    configure: impl FnOnce(RateLimiterConfigBuilder) -> RateLimiterConfigBuilder,
) -> (RateLimiter, ManualClock) {
    let time = Clock::manual();
    let limiter = Registry::builder()
        .clock(&time)
        .build()
        .rate_limiter_with("tested", |config| {
            configure(
                config
                    .limit_for_period(1)
                    .limit_refresh_period(PERIOD)
                    .timeout_duration(10 * PERIOD),
            )
        })
        .unwrap();
    (limiter, time)
}

fn poll_once<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

fn not_made() -> Result<(), ()> {
    panic!("the call was refused")
}

fn kinds(limiter: &RateLimiter) -> Arc<Mutex<Vec<RateLimiterEventKind>>> {
    let log = Arc::new(Mutex::new(Vec::new()));
    let kinds = Arc::clone(&log);
    limiter.on_event(move |event| kinds.lock().unwrap().push(event.kind));
    log
}

fn retry_after<T: std::fmt::Debug>(refused: Result<T, PolicyError>) -> Option<Duration> {
    match refused.unwrap_err() {
        PolicyError::RateLimited(limited) => limited.retry_after,
        other => panic!("{other}"),
    }
}

#[test]
fn a_task_goes_when_its_permit_comes_and_not_before() {
    let (limiter, time) = limiter_with(|config| config);
    let log = kinds(&limiter);
    limiter.try_acquire().unwrap();
    let mut call = pin!(limiter.call(async { Ok::<_, ()>(7) }));
    assert!(poll_once(call.as_mut()).is_pending());
    assert_eq!(limiter.metrics().number_of_waiting_threads, 1);
    assert_eq!(log.lock().unwrap().len(), 1, "announced after the wait");
    time.advance(Duration::from_nanos(999_999_999));
    assert!(poll_once(call.as_mut()).is_pending());
    time.advance(Duration::from_nanos(1));
    assert_eq!(poll_once(call.as_mut()), Poll::Ready(Ok(7)));
    assert_eq!(limiter.metrics().number_of_waiting_threads, 0);
    let got = RateLimiterEventKind::SuccessfulAcquire { permits: 1 };
    assert_eq!(*log.lock().unwrap(), [got, got]);
}

#[test]
fn the_first_nanosecond_of_a_period_is_its_own() {
    let (limiter, time) = limiter_with(|config| config.limit_for_period(10));
    for _ in 0..3 {
        limiter.try_acquire().unwrap();
        time.advance(Duration::from_nanos(999_999_999));
        limiter.try_acquire().unwrap();
        assert_eq!(limiter.available_permissions(), 8);
        time.advance(Duration::from_nanos(1));
        limiter.try_acquire().unwrap();
        assert_eq!(limiter.available_permissions(), 9);
        time.advance(PERIOD);
    }
}

#[test]
fn a_task_that_cannot_be_let_through_in_time_is_told_at_once() {
    let (limiter, time) = limiter_with(|config| config.timeout_duration(PERIOD));
    let log = kinds(&limiter);
    assert!(limiter.reserve(2).is_ok());
    let call = pin!(limiter.call(async { not_made() }));
    let Poll::Ready(Err(Failure::Policy(error))) = poll_once(call) else {
        panic!("it does not wait");
    };
    assert_eq!(retry_after::<()>(Err(error)), Some(2 * PERIOD));
    let refused = RateLimiterEventKind::FailedAcquire { permits: 1 };
    assert_eq!(log.lock().unwrap().last(), Some(&refused));
    assert!(format!("{time:?}").contains("timers: 0"), "{time:?}");
}

#[test]
fn a_thread_that_cannot_be_let_through_has_waited_the_whole_timeout() {
    let (limiter, time) = limiter_with(|config| config.timeout_duration(PERIOD));
    assert!(limiter.reserve(2).is_ok());
    let caller = {
        let limiter = limiter.clone();
        thread::spawn(move || limiter.call_blocking(not_made))
    };
    while limiter.metrics().number_of_waiting_threads == 0 {
        thread::yield_now();
    }
    time.advance(PERIOD);
    let Err(Failure::Policy(error)) = caller.join().unwrap() else {
        panic!("it was refused");
    };
    assert_eq!(
        retry_after::<()>(Err(error)),
        Some(PERIOD),
        "what is left of it"
    );
}

#[test]
fn a_place_given_back_goes_to_who_comes_next_and_nobody_else_is_moved() {
    let (limiter, time) = limiter_with(|config| config);
    limiter.try_acquire().unwrap();
    let mut waiting: Vec<_> = (0..3).map(|_| Box::pin(limiter.acquire(1))).collect();
    for task in &mut waiting {
        assert!(poll_once(task.as_mut()).is_pending());
    }
    assert_eq!(limiter.available_permissions(), -3);
    drop(waiting.remove(0));
    assert_eq!(limiter.available_permissions(), -2);
    assert_eq!(limiter.metrics().nanos_to_wait, 1_000_000_000);

    let mut newcomer = Box::pin(limiter.acquire(1));
    assert!(poll_once(newcomer.as_mut()).is_pending());
    assert_eq!(limiter.available_permissions(), -3);
    time.advance(PERIOD);
    assert!(poll_once(newcomer.as_mut()).is_ready());
    assert!(poll_once(waiting[0].as_mut()).is_pending());
    time.advance(PERIOD);
    assert!(poll_once(waiting[0].as_mut()).is_ready());
    assert!(!poll_once(waiting[1].as_mut()).is_ready());
    time.advance(PERIOD);
    assert!(poll_once(waiting[1].as_mut()).is_ready());
    assert_eq!(limiter.available_permissions(), 0);
}

#[test]
fn when_the_last_of_those_who_wait_goes_away_nothing_is_left_of_it() {
    let (limiter, time) = limiter_with(|config| config.limit_for_period(10));
    limiter.try_acquire_many(10).unwrap();
    let mut waiting = Box::pin(limiter.acquire(15));
    assert!(poll_once(waiting.as_mut()).is_pending());
    drop(waiting);
    assert_eq!(limiter.available_permissions(), 0);
    time.advance(PERIOD);
    assert_eq!(limiter.available_permissions(), 10);
    assert!(limiter.try_acquire_many(10).is_ok());
    assert!(limiter.try_acquire().is_err());
    time.advance(PERIOD);
    assert!(limiter.try_acquire_many(10).is_ok());
}

#[test]
fn what_is_open_in_the_running_period_is_shown_though_others_wait_for_later_ones() {
    let (limiter, _) = limiter_with(|config| config.limit_for_period(10));
    let mut first = Box::pin(limiter.acquire(15));
    let mut second = Box::pin(limiter.acquire(25));
    assert!(poll_once(first.as_mut()).is_pending() && poll_once(second.as_mut()).is_pending());
    assert_eq!(limiter.available_permissions(), -30);
    drop(first);
    let metrics = limiter.metrics();
    assert_eq!(
        (metrics.available_permissions, metrics.nanos_to_wait),
        (10, 0)
    );
    assert!(limiter.try_acquire_many(10).is_ok());
    assert_eq!(limiter.available_permissions(), -25);
}

#[test]
fn a_permit_that_came_while_nobody_looked_is_given_back_within_its_period() {
    for late in [Duration::ZERO, PERIOD] {
        let (limiter, time) = limiter_with(|config| config);
        limiter.try_acquire().unwrap();
        let mut waiting = Box::pin(limiter.acquire(1));
        assert!(poll_once(waiting.as_mut()).is_pending());
        time.advance(PERIOD + late);
        drop(waiting);
        assert!(limiter.try_acquire().is_ok());
        assert!(limiter.try_acquire().is_err(), "one, not two");
    }
}

#[test]
fn a_call_that_was_let_through_has_used_its_permit() {
    let (limiter, _) = limiter_with(|config| config);
    let mut call = Box::pin(limiter.call(pending::<Result<(), ()>>()));
    assert!(poll_once(call.as_mut()).is_pending());
    drop(call);
    assert_eq!(limiter.available_permissions(), 0);
}

#[test]
fn a_future_that_was_never_polled_has_asked_for_nothing() {
    let (limiter, _) = limiter_with(|config| config);
    drop(limiter.acquire(1));
    drop(limiter.call(async { Ok::<_, ()>(()) }));
    assert_eq!(limiter.available_permissions(), 1);
}

#[test]
fn those_who_wait_keep_their_time_when_the_limit_changes() {
    let (limiter, time) = limiter_with(|config| config);
    limiter.try_acquire().unwrap();
    let mut first = Box::pin(limiter.acquire(1));
    let mut second = Box::pin(limiter.acquire(1));
    assert!(poll_once(first.as_mut()).is_pending() && poll_once(second.as_mut()).is_pending());
    limiter.change_limit_for_period(10).unwrap();
    // An opening is passed on as it was reserved.
    drop(first);
    let mut newcomer = Box::pin(limiter.acquire(1));
    assert!(poll_once(newcomer.as_mut()).is_pending());
    time.advance(PERIOD);
    assert!(poll_once(newcomer.as_mut()).is_ready());
    assert!(poll_once(second.as_mut()).is_pending());
    assert_eq!(limiter.available_permissions(), 8, "two were reserved");
    time.advance(PERIOD);
    assert!(poll_once(second.as_mut()).is_ready());
}

#[test]
fn changes_at_the_same_time_lose_nothing() {
    let (limiter, _) = limiter_with(|config| config);
    thread::scope(|scope| {
        let limiter = &limiter;
        scope.spawn(|| {
            for limit in 1..=1_000 {
                limiter.change_limit_for_period(limit).unwrap();
            }
        });
        scope.spawn(|| {
            for millis in 1..=1_000 {
                limiter.change_timeout_duration(Duration::from_millis(millis));
            }
        });
    });
    let config = limiter.config();
    assert_eq!(config.limit_for_period(), 1_000);
    assert_eq!(config.timeout_duration(), Duration::from_secs(1));
    assert_eq!(config.limit_refresh_period(), PERIOD);
}

#[test]
fn draining_leaves_nothing_and_says_how_much_it_took() {
    let (limiter, time) = limiter_with(|config| config.limit_for_period(10));
    let log = kinds(&limiter);
    limiter.try_acquire_many(7).unwrap();
    time.advance(PERIOD);
    limiter.drain_permissions();
    assert_eq!(
        limiter.available_permissions(),
        0,
        "also in a period that nobody used yet"
    );
    assert!(limiter.reserve(4).is_ok());
    limiter.drain_permissions();
    assert_eq!(limiter.available_permissions(), -4, "what is owed, is owed");
    let drained: Vec<_> = log
        .lock()
        .unwrap()
        .iter()
        .filter_map(|kind| match kind {
            RateLimiterEventKind::Drained { permits } => Some(*permits),
            _ => None,
        })
        .collect();
    assert_eq!(drained, [10, 0]);
}

#[test]
fn an_outcome_drains_where_the_predicate_asks_for_it() {
    let limiter = || {
        let (limiter, _) = limiter_with(|config| {
            config
                .limit_for_period(10)
                .drain_permissions_on_result(|outcome| match outcome {
                    Ok(value) => value.downcast_ref() == Some(&"last one"),
                    Err(error) => error.downcast_ref() == Some(&429),
                })
        });
        limiter
    };
    for (outcome, left) in [
        (Ok("one"), 9),
        (Ok("last one"), 0),
        (Err(500), 9),
        (Err(429), 0),
    ] {
        let plain = limiter();
        assert_eq!(plain.call_blocking(|| outcome).is_ok(), outcome.is_ok());
        assert_eq!(plain.available_permissions(), left);
        let task = limiter();
        assert!(poll_once(pin!(task.call(async { outcome }))).is_ready());
        assert_eq!(task.available_permissions(), left);
    }
    let by_hand = limiter();
    by_hand.on_result(&"one");
    assert_eq!(by_hand.available_permissions(), 10);
    by_hand.on_error(&429);
    assert_eq!(by_hand.available_permissions(), 0);
}

#[test]
fn no_permits_wait_for_nobody_but_those_before_them() {
    let (limiter, _) = limiter_with(|config| config);
    limiter.try_acquire().unwrap();
    assert!(limiter.try_acquire_many(0).is_ok());
    assert_eq!(limiter.reserve(1), Ok(PERIOD));
    assert!(limiter.try_acquire_many(0).is_err());
    assert_eq!(limiter.reserve(0), Ok(PERIOD));
    assert_eq!(limiter.available_permissions(), -1);
}

#[test]
fn more_than_can_ever_be_had_is_refused_without_a_time() {
    let (limiter, _) = limiter_with(|config| config.timeout_duration(Duration::MAX));
    assert_eq!(retry_after(limiter.reserve(u32::MAX)), None);
    let deepest = i32::MAX.unsigned_abs() + 2;
    assert!(limiter.reserve(deepest).is_ok());
    assert_eq!(limiter.available_permissions(), i32::MIN);
    assert_eq!(retry_after(limiter.reserve(1)), None);
}

#[test]
fn the_default_period_of_half_a_microsecond_is_half_a_microsecond() {
    let time = Clock::manual();
    let limiter = Registry::builder()
        .clock(&time)
        .build()
        .rate_limiter("default");
    for _ in 0..1_000 {
        assert!(limiter.try_acquire_many(50).is_ok());
        assert_eq!(
            retry_after(limiter.try_acquire()),
            Some(Duration::from_nanos(500))
        );
        time.advance(Duration::from_nanos(500));
    }
}

#[test]
fn handles_are_as_safe_as_what_is_in_them() {
    fn check<T: Send + Sync + UnwindSafe + RefUnwindSafe>(_: &T) {}
    let (limiter, _) = limiter_with(|config| config);
    check(&limiter);
    let _one_thread_starts_it_and_another_ends_it: &dyn Send = &limiter.acquire(1);
    assert!(format!("{limiter:?}").contains("tested"));
}

#[tokio::test(start_paused = true)]
async fn tasks_wait_by_tokios_time() {
    let limiter = Registry::builder()
        .clock(Clock::tokio())
        .build()
        .rate_limiter_with("tested", |config| {
            config.limit_for_period(2).limit_refresh_period(PERIOD)
        })
        .unwrap();
    let start = tokio::time::Instant::now();
    let tasks = (0..6).map(|_| {
        let limiter = limiter.clone();
        tokio::spawn(async move {
            limiter.acquire(1).await.unwrap();
            start.elapsed()
        })
    });
    let tasks: Vec<_> = tasks.collect();
    for (index, task) in tasks.into_iter().enumerate() {
        let begin = PERIOD * u32::try_from(index / 2).unwrap();
        let waited = task.await.unwrap();
        // tokio's timers count in milliseconds.
        assert!(
            waited >= begin && waited < begin + PERIOD,
            "{index}: {waited:?}"
        );
    }
}
