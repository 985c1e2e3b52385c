//! Calls with a deadline: who is late, what is dropped when, and what is counted.

#![allow(
    clippy::unwrap_used,
    reason = "a test that meets something unforeseen is to fail"
)]

use std::future::{Future, pending, poll_fn, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use resilience_runtime::__private::{in_circuit_breaker, in_time_limiter, run};
use resilience_runtime::{
    Clock, Failure, ManualClock, PolicyError, Registry, State, TimeLimiter, TimeLimiterEventKind,
    Verdict,
};

const TIMEOUT: Duration = Duration::from_secs(2);
const JUST_BEFORE: Duration = Duration::from_nanos(1_999_999_999);
const NANO: Duration = Duration::from_nanos(1);

fn limiter_of(timeout: Duration) -> (TimeLimiter, ManualClock) {
    let time = Clock::manual();
    let limiter = Registry::builder()
        .clock(&time)
        .build()
        .time_limiter_with("tested", |config| config.timeout_duration(timeout))
        .unwrap();
    (limiter, time)
}

/// Successful, failed, timed out.
fn counts(limiter: &TimeLimiter) -> [u64; 3] {
    let metrics = limiter.metrics();
    [
        metrics.successful_calls,
        metrics.failed_calls,
        metrics.timed_out_calls,
    ]
}

fn timers(time: &ManualClock) -> String {
    let shown = format!("{time:?}");
    shown[shown.find("timers").unwrap()..].to_owned()
}

#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

fn poll_once<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

fn assert_timed_out<T: std::fmt::Debug, E: std::fmt::Debug>(
    poll: Poll<Result<T, Failure<E>>>,
    limiter: &TimeLimiter,
) {
    let Poll::Ready(Err(Failure::Policy(PolicyError::TimedOut(timed_out)))) = poll else {
        panic!("{poll:?}");
    };
    assert_eq!(&*timed_out.name, limiter.name());
    assert_eq!(
        timed_out.timeout_duration,
        limiter.config().timeout_duration()
    );
}

/// Adds a line when it is dropped.
struct Logs(Arc<Mutex<Vec<&'static str>>>, &'static str);

impl Drop for Logs {
    fn drop(&mut self) {
        self.0.lock().unwrap().push(self.1);
    }
}

#[test]
fn what_is_ready_at_once_sets_no_timer() {
    let (limiter, time) = limiter_of(TIMEOUT);
    let mut call = pin!(limiter.call(ready(Ok::<_, ()>(42))));
    assert_eq!(poll_once(call.as_mut()), Poll::Ready(Ok(42)));
    assert_eq!(timers(&time), "timers: 0 }");
    assert_eq!(counts(&limiter), [1, 0, 0]);
}

#[test]
fn the_time_is_over_at_the_deadline_and_not_before() {
    let (limiter, time) = limiter_of(TIMEOUT);
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(Arc::clone(&woken));
    let mut cx = Context::from_waker(&waker);
    let mut call = pin!(limiter.call(pending::<Result<(), ()>>()));
    assert!(call.as_mut().poll(&mut cx).is_pending());
    time.advance(JUST_BEFORE);
    assert_eq!(woken.0.load(Ordering::SeqCst), 0);
    assert!(call.as_mut().poll(&mut cx).is_pending());
    time.advance(NANO);
    assert_eq!(woken.0.load(Ordering::SeqCst), 1, "by the timer");
    assert_timed_out(call.as_mut().poll(&mut cx), &limiter);
    assert_eq!(counts(&limiter), [0, 0, 1]);
}

#[test]
fn the_time_counts_from_the_first_poll_and_not_from_the_making() {
    let (limiter, time) = limiter_of(TIMEOUT);
    let mut call = pin!(limiter.call(pending::<Result<(), ()>>()));
    time.advance(TIMEOUT * 10);
    assert!(poll_once(call.as_mut()).is_pending());
    time.advance(JUST_BEFORE);
    assert!(poll_once(call.as_mut()).is_pending());
}

#[test]
fn the_time_that_the_first_poll_takes_counts() {
    let (limiter, time) = limiter_of(TIMEOUT);
    let clock = time.clone();
    let slow_to_begin = poll_fn(move |_| {
        clock.advance(TIMEOUT);
        Poll::<Result<(), ()>>::Pending
    });
    let mut call = pin!(limiter.call(slow_to_begin));
    assert_timed_out(poll_once(call.as_mut()), &limiter);
    assert_eq!(timers(&time), "timers: 0 }");
}

#[test]
fn who_is_ready_when_the_time_is_over_wins() {
    let (limiter, time) = limiter_of(TIMEOUT);
    let mut polls = 0;
    let second_time_lucky = poll_fn(|_| {
        polls += 1;
        if polls == 2 {
            Poll::Ready(Ok::<_, ()>(42))
        } else {
            Poll::Pending
        }
    });
    let mut call = pin!(limiter.call(second_time_lucky));
    assert!(poll_once(call.as_mut()).is_pending());
    time.advance(TIMEOUT * 3);
    assert_eq!(poll_once(call.as_mut()), Poll::Ready(Ok(42)));
    assert_eq!(counts(&limiter), [1, 0, 0]);
}

#[test]
fn a_call_that_is_done_leaves_no_timer_even_while_it_is_kept() {
    let (limiter, time) = limiter_of(TIMEOUT);
    let (sender, receiver) = tokio::sync::oneshot::channel::<()>();
    let mut call = pin!(limiter.call(receiver));
    assert!(poll_once(call.as_mut()).is_pending());
    assert_eq!(timers(&time), "timers: 1 }");
    sender.send(()).unwrap();
    assert_eq!(poll_once(call.as_mut()), Poll::Ready(Ok(())));
    assert_eq!(timers(&time), "timers: 0 }");
}

#[test]
fn a_timeout_of_zero_lets_through_what_need_not_wait() {
    let (limiter, time) = limiter_of(Duration::ZERO);
    let mut quick = pin!(limiter.call(ready(Ok::<_, ()>(42))));
    assert_eq!(poll_once(quick.as_mut()), Poll::Ready(Ok(42)));
    let mut call = pin!(limiter.call(pending::<Result<(), ()>>()));
    assert_timed_out(poll_once(call.as_mut()), &limiter);
    assert_eq!(timers(&time), "timers: 0 }");
    assert_eq!(counts(&limiter), [1, 0, 1]);
}

#[test]
fn the_longest_timeout_never_ends() {
    let (limiter, time) = limiter_of(Duration::MAX);
    let mut call = pin!(limiter.call(pending::<Result<(), ()>>()));
    assert!(poll_once(call.as_mut()).is_pending());
    time.advance(Duration::from_secs(1_000_000_000));
    assert!(poll_once(call.as_mut()).is_pending());
}

#[test]
fn the_body_is_dropped_after_the_announcement_and_before_the_caller_learns() {
    let (limiter, time) = limiter_of(TIMEOUT);
    let log = Arc::new(Mutex::new(Vec::new()));
    let lines = Arc::clone(&log);
    limiter.on_event(move |event| {
        assert_eq!(event.kind, TimeLimiterEventKind::Timeout);
        lines.lock().unwrap().push("timeout");
    });
    let held = Logs(Arc::clone(&log), "dropped");
    let mut call = pin!(limiter.call(async move {
        let _held = held;
        pending::<Result<(), ()>>().await
    }));
    assert!(poll_once(call.as_mut()).is_pending());
    time.advance(TIMEOUT);
    assert_timed_out(poll_once(call.as_mut()), &limiter);
    // The call itself is still there.
    assert_eq!(*log.lock().unwrap(), ["timeout", "dropped"]);
}

#[test]
fn a_probe_inside_gives_its_permit_back_at_the_timeout() {
    let (limiter, time) = limiter_of(TIMEOUT);
    let breaker = Registry::builder()
        .clock(&time)
        .build()
        .circuit_breaker_with("inside", |config| {
            config.permitted_number_of_calls_in_half_open_state(1)
        })
        .unwrap();
    breaker.transition_to_open().unwrap();
    breaker.transition_to_half_open().unwrap();
    let verdict = |_: Result<&(), &()>| Verdict::Success;
    let body = pending::<Result<(), ()>>();
    let mut call = pin!(run(in_time_limiter(
        &limiter,
        in_circuit_breaker(&breaker, verdict, body)
    )));
    assert!(poll_once(call.as_mut()).is_pending());
    assert!(breaker.try_acquire().is_err(), "the one permit is out");
    time.advance(TIMEOUT);
    assert_timed_out(poll_once(call.as_mut()), &limiter);
    assert_eq!(breaker.state(), State::HalfOpen);
    assert!(breaker.try_acquire().is_ok());
}

#[test]
fn errors_and_the_failures_of_policies_inside_count_as_errors() {
    let (outer, time) = limiter_of(TIMEOUT);
    let mut call = pin!(outer.call(ready(Err::<(), _>("declined"))));
    let failed = Poll::Ready(Err(Failure::Call("declined")));
    assert_eq!(poll_once(call.as_mut()), failed);
    assert_eq!(counts(&outer), [0, 1, 0]);

    let inner = Registry::builder()
        .clock(&time)
        .build()
        .time_limiter_with("inner", |config| config.timeout_duration(Duration::ZERO))
        .unwrap();
    let body = pending::<Result<(), ()>>();
    let mut call = pin!(run(in_time_limiter(&outer, in_time_limiter(&inner, body))));
    assert_timed_out(poll_once(call.as_mut()), &inner);
    assert_eq!(counts(&inner), [0, 0, 1]);
    assert_eq!(counts(&outer), [0, 2, 0]);
}

#[test]
fn a_panic_counts_as_one_error_and_unwinds_on() {
    let (limiter, _) = limiter_of(TIMEOUT);
    let panics = async { panic!("on purpose") };
    let caught = catch_unwind(AssertUnwindSafe(|| {
        let mut call = pin!(limiter.call::<_, Result<(), ()>>(panics));
        poll_once(call.as_mut())
    }));
    assert!(caught.is_err());
    assert_eq!(counts(&limiter), [0, 1, 0]);
}

#[test]
fn a_dropped_future_counts_as_nothing_and_leaves_no_timer() {
    let (limiter, time) = limiter_of(TIMEOUT);
    {
        let mut call = pin!(limiter.call(pending::<Result<(), ()>>()));
        assert!(poll_once(call.as_mut()).is_pending());
        assert_eq!(timers(&time), "timers: 1 }");
    }
    assert_eq!(timers(&time), "timers: 0 }");
    assert_eq!(counts(&limiter), [0; 3]);
}

#[test]
fn every_outcome_is_announced_once_with_its_time() {
    let (limiter, time) = limiter_of(Duration::ZERO);
    let events = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&events);
    let same = limiter.clone();
    limiter.on_event(move |event| {
        let counted = counts(&same).iter().sum::<u64>();
        log.lock()
            .unwrap()
            .push((event.kind, event.created_at, counted));
    });
    limiter.on_event(|_| panic!("on purpose: a listener must not break the call"));
    let clock = Clock::from(&time);
    let start = clock.now();
    let second = Duration::from_secs(1);
    let _ = poll_once(pin!(limiter.call(ready(Ok::<_, ()>(())))));
    time.advance(second);
    let _ = poll_once(pin!(limiter.call(ready(Err::<(), _>(())))));
    time.advance(second);
    let _ = poll_once(pin!(limiter.call(pending::<Result<(), ()>>())));
    assert_eq!(
        *events.lock().unwrap(),
        [
            (TimeLimiterEventKind::Success, start, 1),
            (TimeLimiterEventKind::Error, start + second, 2),
            (TimeLimiterEventKind::Timeout, start + second * 2, 3),
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn tokios_paused_time_is_followed() {
    let limiter = Registry::builder()
        .clock(Clock::tokio())
        .build()
        .time_limiter_with("tested", |config| config.timeout_duration(TIMEOUT))
        .unwrap();
    let sleeping = |time| {
        limiter.call(async move {
            tokio::time::sleep(time).await;
            Ok::<_, ()>(())
        })
    };
    let start = tokio::time::Instant::now();
    assert_eq!(sleeping(TIMEOUT / 2).await, Ok(()));
    assert_timed_out(Poll::Ready(sleeping(TIMEOUT * 2).await), &limiter);
    // tokio's timers round up to the next millisecond.
    let late = start.elapsed().checked_sub(TIMEOUT * 3 / 2).unwrap();
    assert!(late < Duration::from_millis(3), "{late:?}");
    assert_eq!(counts(&limiter), [1, 0, 1]);
}

#[tokio::test]
async fn the_system_clock_ends_a_call_that_nothing_else_would_wake() {
    let registry = Registry::new();
    for (name, timeout) in [("past", NANO), ("ahead", Duration::from_millis(1))] {
        let limiter = registry
            .time_limiter_with(name, |config| config.timeout_duration(timeout))
            .unwrap();
        let outcome = limiter.call(pending::<Result<(), ()>>()).await;
        assert_timed_out(Poll::Ready(outcome), &limiter);
    }
}
