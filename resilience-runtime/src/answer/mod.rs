//! A policy's failure as what a service answers.
//!
//! What is answered goes to whoever asked, so the words are fixed: neither the name of an instance nor
//! its settings, which say how the service is built, leave it.

#[cfg(feature = "axum")]
mod axum;
#[cfg(feature = "tonic")]
mod tonic;

use std::time::Duration;

use crate::failure::PolicyError;

/// When to try again, where that is known.
fn retry_after(error: &PolicyError) -> Option<Duration> {
    match error {
        PolicyError::CircuitOpen(open) => open.retry_after,
        PolicyError::RateLimited(limited) => limited.retry_after,
        PolicyError::BulkheadFull(_)
        | PolicyError::TimedOut(_)
        | PolicyError::RetriesExhausted(_) => None,
    }
}

/// What whoever asked is told.
const fn detail(error: &PolicyError) -> &'static str {
    match error {
        PolicyError::CircuitOpen(_) => "the service does not take this call at the moment",
        PolicyError::RateLimited(_) => "there are too many calls in this period",
        PolicyError::BulkheadFull(_) => "there are too many calls at the same time",
        PolicyError::TimedOut(_) => "the call took too long",
        PolicyError::RetriesExhausted(_) => "the call did not succeed, however often it was made",
    }
}
