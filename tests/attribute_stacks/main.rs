//! Several attributes on one function: one call under all of them, in the order as written.

#![allow(
    clippy::needless_pass_by_value,
    clippy::unnecessary_wraps,
    clippy::unused_async,
    clippy::unused_self,
    reason = "a fallback has the signature of its function, whether or not it needs all of it"
)]
#![allow(clippy::unwrap_used, reason = "a test")]

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use resilience4rs::{
    CircuitBreaker, CircuitBreakerEventKind, Clock, Failure, Permit, PolicyError, Registry, State,
    circuit_breaker,
};

#[derive(Debug, Clone, PartialEq, Eq)]
enum ApiError {
    Down,
    Declined,
    /// The name of the breaker that rejected the call.
    Rejected(String),
}

impl From<PolicyError> for ApiError {
    fn from(error: PolicyError) -> Self {
        Self::Rejected(rejecting(&error))
    }
}

fn rejecting(error: &PolicyError) -> String {
    match error {
        PolicyError::CircuitOpen(open) => open.name.to_string(),
        other => panic!("{other}"),
    }
}

/// An error that cannot hold a rejection.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Down;

fn registry() -> Registry {
    Registry::builder().clock(Clock::manual()).build()
}

fn open(registry: &Registry, name: &str) {
    registry.circuit_breaker(name).transition_to_open().unwrap();
}

/// Successful and failed calls.
fn counts(breaker: &CircuitBreaker) -> (u64, u64) {
    let metrics = breaker.metrics();
    (metrics.successful_calls, metrics.failed_calls)
}

fn counts_of(registry: &Registry, name: &str) -> (u64, u64) {
    counts(&registry.circuit_breaker(name))
}

fn poll_once<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

fn sendable<T: Send>(value: T) -> T {
    value
}

mod classes;
mod endings;
mod fallbacks;
mod fallbacks_by_pattern;
mod five;
mod functions_that_cannot_fail;
mod order;
mod paths;
mod receivers;
