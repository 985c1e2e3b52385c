//! A library of annotated functions, of which its program calls one.

#![deny(warnings, missing_docs, clippy::all, clippy::pedantic, clippy::nursery)]
#![forbid(unsafe_code)]
#![allow(
    clippy::missing_errors_doc,
    clippy::unnecessary_wraps,
    clippy::unused_async,
    clippy::unused_self,
    reason = "nobody calls them"
)]

mod private;
pub mod shapes;

pub use resilience4rs as resilience;
use resilience4rs::{PolicyError, circuit_breaker, rate_limiter, retry};

/// The one that is called.
#[circuit_breaker("called", sliding_window_size = 5)]
pub fn called() -> Result<u32, PolicyError> {
    Ok(7)
}

/// A stack, with its settings in ways that the builder is not told of.
#[retry(
    "stacked",
    config = "patient",
    wait_duration = "90 s",
    max_attempts = 0x4,
    fallback = nobody
)]
#[rate_limiter(name = "stacked")]
#[circuit_breaker("stacked", failure_rate_threshold = 50.0)]
pub fn stacked() -> Result<u32, PolicyError> {
    Ok(7)
}

fn nobody(_: PolicyError) -> Result<u32, PolicyError> {
    Ok(0)
}

/// Not there.
#[cfg(any())]
#[circuit_breaker("cut out")]
pub fn cut_out() -> Result<u32, PolicyError> {
    Ok(7)
}
