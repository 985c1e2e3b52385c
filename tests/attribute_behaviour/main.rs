//! What the attribute makes of calls: what counts, what is let through, and who answers.

#![allow(
    clippy::needless_pass_by_value,
    clippy::unnecessary_wraps,
    clippy::unused_async,
    clippy::unused_self,
    reason = "a fallback has the signature of its function, whether or not it needs all of it"
)]
#![allow(clippy::unwrap_used, reason = "a test")]

use std::cell::Cell;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::Poll;
use std::time::Duration;

use resilience4rs::{
    CancelledCalls, CircuitBreaker, Clock, Failure, ManualClock, PolicyError, Registry,
    SlidingWindowType, State, circuit_breaker,
};

#[derive(Debug, Clone, PartialEq, Eq)]
enum ApiError {
    Down,
    Declined { code: u16 },
    Rejected,
}

impl From<PolicyError> for ApiError {
    fn from(_: PolicyError) -> Self {
        Self::Rejected
    }
}

struct Backend {
    registry: Registry,
    clock: ManualClock,
    calls: AtomicU32,
}

impl Backend {
    fn new() -> Self {
        let clock = Clock::manual();
        Self {
            registry: Registry::builder().clock(clock.clone()).build(),
            clock,
            calls: AtomicU32::new(0),
        }
    }

    fn called(&self) {
        self.calls.fetch_add(1, Ordering::Relaxed);
    }

    fn calls(&self) -> u32 {
        self.calls.load(Ordering::Relaxed)
    }

    fn breaker(&self, name: &str) -> CircuitBreaker {
        self.registry.circuit_breaker(name)
    }
}

/// Successful and failed calls in the window.
fn counts(breaker: &CircuitBreaker) -> (u64, u64) {
    let metrics = breaker.metrics();
    (metrics.successful_calls, metrics.failed_calls)
}

mod classification;
mod endings;
mod names;
mod opening;
mod settings;
