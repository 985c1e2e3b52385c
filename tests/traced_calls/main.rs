//! What a subscriber of `tracing` is told of guarded calls.

#![allow(clippy::unwrap_used, reason = "a test")]

mod log_lines;
mod outcomes;
mod recording;
mod stacks;
mod threads;

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use resilience4rs::{Clock, ManualClock, PolicyError, Registry};

use crate::recording::Recording;

/// What the calls of these tests fail with.
#[derive(Debug, Clone, PartialEq, Eq, resilience4rs::ErrorClass)]
pub(crate) enum CallError {
    #[class(failure)]
    Down,
    #[class(failure)]
    Slow,
    #[class(ignore)]
    Declined,
    #[class(failure)]
    Policy(PolicyError),
}

impl From<PolicyError> for CallError {
    fn from(error: PolicyError) -> Self {
        Self::Policy(error)
    }
}

type Answer = Result<u8, CallError>;

/// A recording, and a registry with a clock that stands still.
fn start() -> (
    Recording,
    tracing::subscriber::DefaultGuard,
    Registry,
    Arc<ManualClock>,
) {
    let (recording, guard) = Recording::start();
    let clock = Clock::manual();
    let registry = Registry::builder().clock(&clock).build();
    (recording, guard, registry, Arc::new(clock))
}

/// Not ready at its first poll.
async fn later() {
    let mut is_ready = false;
    poll_fn(|_| {
        if std::mem::replace(&mut is_ready, true) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Polls a future until it is ready; nobody is in a span in between.
fn finish<F: Future>(recording: &Recording, future: F) -> F::Output {
    let mut future = Box::pin(future);
    for _ in 0..100 {
        if let Poll::Ready(output) = poll(future.as_mut()) {
            return output;
        }
        recording.assert_none_entered();
    }
    panic!("it is never ready");
}
