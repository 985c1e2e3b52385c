//! One attribute on a whole `impl` block.

#![allow(
    clippy::needless_pass_by_value,
    clippy::unnecessary_wraps,
    clippy::unused_async,
    clippy::unused_self,
    reason = "a fallback has the signature of its function, whether or not it needs all of it"
)]
#![allow(clippy::unwrap_used, reason = "a test")]

use std::future::Future;
use std::pin::Pin;

use resilience4rs::{Clock, Failure, PolicyError, Registry, circuit_breaker};

#[derive(Debug, Clone, PartialEq, Eq)]
enum ApiError {
    Down,
    /// The name of the breaker that rejected the call.
    Rejected(String),
}

impl From<PolicyError> for ApiError {
    fn from(error: PolicyError) -> Self {
        match error {
            PolicyError::CircuitOpen(open) => Self::Rejected(open.name.to_string()),
            other => panic!("{other}"),
        }
    }
}

type Answer = Result<u8, ApiError>;

fn rejected(name: &str) -> Answer {
    Err(ApiError::Rejected(name.to_owned()))
}

fn registry() -> Registry {
    Registry::builder().clock(Clock::manual()).build()
}

fn open(registry: &Registry, name: &str) {
    registry.circuit_breaker(name).transition_to_open().unwrap();
}

/// Successful and failed calls.
fn counts(registry: &Registry, name: &str) -> (u64, u64) {
    let metrics = registry.circuit_breaker(name).metrics();
    (metrics.successful_calls, metrics.failed_calls)
}

mod boxed_by_async_trait;
mod fallbacks;
mod fallbacks_by_pattern;
mod inherent;
mod stacks;
mod traits;
mod values;
