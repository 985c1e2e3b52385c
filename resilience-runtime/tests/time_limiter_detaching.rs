//! Calls that run on in the background when their time is over.

#![allow(
    clippy::unwrap_used,
    reason = "a test that meets something unforeseen is to fail"
)]

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::task::{Context, Poll, Waker};
use std::thread::{self, ThreadId};
use std::time::Duration;

use resilience_runtime::__private::{in_circuit_breaker, in_detaching_time_limiter, run};
use resilience_runtime::{
    CircuitBreaker, Clock, Failure, ManualClock, PolicyError, Registry, TimeLimiter, Verdict,
};
use tokio::sync::oneshot;

const TIMEOUT: Duration = Duration::from_secs(2);
/// So that a call that nobody finishes fails its test instead of holding it up.
const PATIENCE: Duration = Duration::from_mins(1);

fn limiter_that_cancels(cancels: bool) -> (TimeLimiter, ManualClock) {
    let time = Clock::manual();
    let limiter = Registry::builder()
        .clock(&time)
        .build()
        .time_limiter_with("tested", |config| {
            config
                .timeout_duration(TIMEOUT)
                .cancel_running_future(cancels)
        })
        .unwrap();
    (limiter, time)
}

fn poll_once<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// A body that waits at a gate, and then says on which thread it went through.
fn gated() -> (
    oneshot::Sender<()>,
    mpsc::Receiver<ThreadId>,
    impl Future<Output = Result<(), ()>> + Send + 'static,
) {
    let (gate, opened) = oneshot::channel();
    let (tell, told) = mpsc::channel();
    let body = async move {
        opened.await.unwrap();
        tell.send(thread::current().id()).unwrap();
        Ok(())
    };
    (gate, told, body)
}

fn is_timeout(poll: &Poll<Result<(), Failure<()>>>) -> bool {
    matches!(
        poll,
        Poll::Ready(Err(Failure::Policy(PolicyError::TimedOut(_))))
    )
}

#[test]
fn without_a_runtime_a_thread_finishes_the_call() {
    // The setting is for attributes; the method says by its name what it does.
    for cancels in [false, true] {
        let (limiter, time) = limiter_that_cancels(cancels);
        let (gate, told, body) = gated();
        {
            let mut call = pin!(limiter.call_detaching(body));
            assert!(poll_once(call.as_mut()).is_pending());
            time.advance(TIMEOUT);
            assert!(is_timeout(&poll_once(call.as_mut())));
        }
        assert_eq!(told.try_recv(), Err(mpsc::TryRecvError::Empty));
        gate.send(()).unwrap();
        let thread = told.recv_timeout(PATIENCE).unwrap();
        assert_ne!(thread, thread::current().id());
        assert_eq!(limiter.metrics().timed_out_calls, 1);
        assert_eq!(
            limiter.metrics().successful_calls,
            0,
            "what comes late is not counted"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_runtime_finishes_the_call_as_a_task() {
    let limiter = Registry::builder()
        .clock(Clock::tokio())
        .build()
        .time_limiter_with("tested", |config| config.timeout_duration(TIMEOUT))
        .unwrap();
    let (gate, told, body) = gated();
    let outcome = limiter.call_detaching(body).await;
    assert!(is_timeout(&Poll::Ready(outcome)));
    gate.send(()).unwrap();
    // The runtime has one thread: this one, which has to let the task run.
    tokio::task::yield_now().await;
    assert_eq!(told.try_recv(), Ok(thread::current().id()));
}

#[test]
fn in_time_it_is_a_call_like_any_other() {
    let (limiter, time) = limiter_that_cancels(false);
    let (gate, _told, body) = gated();
    let mut call = pin!(limiter.call_detaching(body));
    assert!(poll_once(call.as_mut()).is_pending());
    gate.send(()).unwrap();
    assert_eq!(poll_once(call.as_mut()), Poll::Ready(Ok(())));
    assert_eq!(limiter.metrics().successful_calls, 1);
    time.advance(TIMEOUT);
    assert_eq!(limiter.metrics().timed_out_calls, 0);
}

#[test]
fn dropping_the_future_in_time_drops_the_call() {
    let (limiter, _time) = limiter_that_cancels(false);
    let (gate, told, body) = gated();
    {
        let mut call = pin!(limiter.call_detaching(body));
        assert!(poll_once(call.as_mut()).is_pending());
    }
    assert!(gate.send(()).is_err());
    assert_eq!(
        told.recv_timeout(PATIENCE),
        Err(RecvTimeoutError::Disconnected)
    );
}

/// Static, as a body must be that is left behind with the policies inside it.
fn breaker() -> &'static CircuitBreaker {
    Box::leak(Box::new(Registry::new().circuit_breaker("inside")))
}

#[test]
fn at_an_attribute_the_settings_decide_and_the_policies_inside_hear_of_the_outcome() {
    for cancels in [false, true] {
        let (limiter, time) = limiter_that_cancels(cancels);
        let breaker = breaker();
        let (heard, outcomes) = mpsc::channel();
        breaker.on_event(move |event| heard.send(event.kind).unwrap());
        let (gate, _told, body) = gated();
        let verdict = |_: Result<&(), &()>| Verdict::Success;
        let body = in_circuit_breaker(breaker, verdict, body);
        let mut call = pin!(run(in_detaching_time_limiter(&limiter, body)));
        assert!(poll_once(call.as_mut()).is_pending());
        time.advance(TIMEOUT);
        assert!(is_timeout(&poll_once(call.as_mut())));
        assert_eq!(gate.send(()).is_err(), cancels, "dropped, or running on");
        outcomes.recv_timeout(PATIENCE).unwrap();
        let expected = if cancels { (0, 1) } else { (1, 0) };
        // An outcome is announced before it is counted.
        while successful_and_cancelled(breaker) != expected {
            thread::yield_now();
        }
    }
}

fn successful_and_cancelled(breaker: &CircuitBreaker) -> (u64, u64) {
    let metrics = breaker.metrics();
    (metrics.successful_calls, metrics.cancelled_calls)
}
