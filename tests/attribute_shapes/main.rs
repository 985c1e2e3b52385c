//! Every kind of function that the attribute takes, each run with its breaker closed and open.

#![allow(
    clippy::needless_pass_by_value,
    clippy::unnecessary_wraps,
    clippy::unused_async,
    clippy::unused_self,
    reason = "a fallback has the signature of its function, whether or not it needs all of it"
)]
#![allow(clippy::unwrap_used, reason = "a test")]

use std::borrow::Cow;
use std::fmt::{Debug, Display};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use resilience4rs::{CircuitBreaker, Clock, Failure, PolicyError, Registry, circuit_breaker};

#[derive(Debug, Clone, PartialEq, Eq)]
enum ApiError {
    Down,
    Rejected(PolicyError),
}

impl From<PolicyError> for ApiError {
    fn from(error: PolicyError) -> Self {
        Self::Rejected(error)
    }
}

fn registry() -> Registry {
    Registry::builder().clock(Clock::manual()).build()
}

/// Opens the breaker of that name.
fn open(registry: &Registry, name: &str) -> CircuitBreaker {
    let breaker = registry.circuit_breaker(name);
    breaker.transition_to_open().unwrap();
    breaker
}

fn is_rejected<T: Debug>(result: Result<T, ApiError>) -> bool {
    matches!(result, Err(ApiError::Rejected(PolicyError::CircuitOpen(_))))
}

/// A call's count, for functions in the global registry, whose names are their own.
fn successes(name: &str) -> u64 {
    Registry::global()
        .circuit_breaker(name)
        .metrics()
        .successful_calls
}

fn sendable<T: Send>(value: T) -> T {
    value
}

mod async_trait_methods;
mod free_functions;
mod futures;
mod generic_functions;
mod methods;
mod other_outcomes;
mod threads;
mod traits;
