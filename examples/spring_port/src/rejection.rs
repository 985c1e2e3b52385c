//! What a client is told when a policy has stepped in.

use std::time::Duration;

use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};
use resilience4rs::PolicyError;

pub(crate) fn response(error: &PolicyError) -> Response {
    let (status, retry_after) = match error {
        PolicyError::RateLimited(limited) => (StatusCode::TOO_MANY_REQUESTS, limited.retry_after),
        PolicyError::TimedOut(_) => (StatusCode::GATEWAY_TIMEOUT, None),
        PolicyError::CircuitOpen(open) => (StatusCode::SERVICE_UNAVAILABLE, open.retry_after),
        _ => (StatusCode::SERVICE_UNAVAILABLE, None),
    };
    let mut response = (status, error.to_string()).into_response();
    if let Some(wait) = retry_after {
        response
            .headers_mut()
            .insert(RETRY_AFTER, whole_seconds(wait).into());
    }
    response
}

/// Rounded up: to come sooner would be in vain.
fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}
