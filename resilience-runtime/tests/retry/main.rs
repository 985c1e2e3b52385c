//! Retries: what they make again, when, and what is left of a call that ends in the middle.

#![allow(
    clippy::unchecked_time_subtraction,
    clippy::unwrap_used,
    reason = "a test that meets something unforeseen is to fail"
)]

mod budgets;
mod changes;
mod endings;
mod policies;
mod waits;

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use resilience_runtime::{
    Clock, ManualClock, Registry, Retry, RetryConfigBuilder, RetryEventKind, RetryVerdict,
};

const WAIT: Duration = Duration::from_millis(500);
const NANO: Duration = Duration::from_nanos(1);

fn retry_with(
    configure: impl FnOnce(RetryConfigBuilder) -> RetryConfigBuilder,
) -> (Retry, ManualClock) {
    let time = Clock::manual();
    let registry = Registry::builder().clock(&time).build();
    (registry.retry_with("tested", configure).unwrap(), time)
}

/// The events from now on.
fn events_of(retry: &Retry) -> Arc<Mutex<Vec<RetryEventKind>>> {
    let events = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&events);
    retry.on_event(move |event| log.lock().unwrap().push(event.kind.clone()));
    events
}

fn poll_once<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Polls to the end; whenever it waits, for as long as it takes, but no longer than a minute.
fn finish<F: Future>(mut future: Pin<&mut F>, time: &ManualClock) -> F::Output {
    for _ in 0..600_000 {
        if let Poll::Ready(output) = poll_once(future.as_mut()) {
            return output;
        }
        time.advance(Duration::from_micros(100));
    }
    panic!("it waits for more than a minute");
}

fn plainly<V, E>(result: Result<&V, &E>) -> RetryVerdict {
    if result.is_ok() {
        RetryVerdict::Accept
    } else {
        RetryVerdict::Retry
    }
}

fn timers(time: &ManualClock) -> usize {
    let shown = format!("{time:?}");
    let (_, timers) = shown.split_once("timers: ").unwrap();
    timers.trim_end_matches([' ', '}']).parse().unwrap()
}
