//! Answers of axum's handlers.

use std::time::Duration;

use axum_core::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};

use super::{detail, retry_after};
use crate::failure::{Failure, PolicyError};

/// The answer of a service whose policy stepped in, with the feature `axum`.
///
/// | failure | status | `Retry-After` |
/// |---|---|---|
/// | [`CircuitOpen`](crate::CircuitOpen) | 503 | until the breaker lets a call through again, while it is OPEN |
/// | [`RateLimited`](crate::RateLimited) | 429 | until there are permissions again, where that is known |
/// | [`BulkheadFull`](crate::BulkheadFull) | 503 | none: nobody knows when a call ends |
/// | [`TimedOut`](crate::TimedOut) | 504 | none |
/// | [`RetriesExhausted`](crate::RetriesExhausted) | 503 | none |
///
/// `Retry-After` is in seconds, rounded up and never 0. The body is a problem of RFC 9457
/// (`application/problem+json`), which programs read as well as people do, in words that are the same
/// for all instances: it tells nobody outside what the instance is called, how it is set, or what error
/// lies behind it. The error itself goes along in the response's extensions, which never leave the
/// process, for a layer that logs or counts.
///
/// ```
/// use axum::http::StatusCode;
/// use axum::response::{IntoResponse, Response};
/// use resilience4rs::{PolicyError, Registry};
///
/// let breaker = Registry::new().circuit_breaker("payments");
/// breaker.transition_to_open().unwrap();
///
/// let response = breaker.try_acquire().unwrap_err().into_response();
/// assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
/// assert_eq!(response.headers()["retry-after"], "60");
/// assert_eq!(response.headers()["content-type"], "application/problem+json");
/// assert!(response.extensions().get::<PolicyError>().is_some());
/// ```
impl IntoResponse for PolicyError {
    fn into_response(self) -> Response {
        let (status, title) = status_of(&self);
        let (code, detail) = (status.as_u16(), detail(&self));
        let body = format!(
            r#"{{"type":"about:blank","title":"{title}","status":{code},"detail":"{detail}"}}"#
        );
        let json = HeaderValue::from_static("application/problem+json");
        let mut response = (status, [(CONTENT_TYPE, json)], body).into_response();
        if let Some(wait) = retry_after(&self) {
            let seconds = HeaderValue::from(whole_seconds(wait));
            response.headers_mut().insert(RETRY_AFTER, seconds);
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// The answer of a service that returns what a guarded call failed with, with the feature `axum`: the
/// policy's, or the call's own.
///
/// ```
/// use axum::http::StatusCode;
/// use axum::response::IntoResponse;
/// use resilience4rs::{Failure, Registry};
///
/// async fn price() -> Result<String, Failure<StatusCode>> {
///     let breaker = Registry::global().circuit_breaker("prices");
///     breaker.call(async { Err(StatusCode::NOT_FOUND) }).await
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// assert_eq!(price().await.into_response().status(), StatusCode::NOT_FOUND);
/// # }
/// ```
impl<E: IntoResponse> IntoResponse for Failure<E> {
    fn into_response(self) -> Response {
        match self {
            Self::Policy(error) => error.into_response(),
            Self::Call(error) => error.into_response(),
        }
    }
}

fn status_of(error: &PolicyError) -> (StatusCode, &'static str) {
    match error {
        PolicyError::RateLimited(_) => (StatusCode::TOO_MANY_REQUESTS, "Too Many Requests"),
        PolicyError::TimedOut(_) => (StatusCode::GATEWAY_TIMEOUT, "Gateway Timeout"),
        PolicyError::CircuitOpen(_)
        | PolicyError::BulkheadFull(_)
        | PolicyError::RetriesExhausted(_) => {
            (StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable")
        }
    }
}

/// Rounded up, as sooner would be in vain; but the nanosecond by which a breaker's wait must be exceeded
/// makes no second of it. Never 0, which reads as an invitation to try at once.
fn whole_seconds(wait: Duration) -> u64 {
    let seconds = wait.as_millis().div_ceil(1000).max(1);
    u64::try_from(seconds).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit_breaker::State;
    use crate::failure::{BulkheadFull, CircuitOpen, RateLimited, RetriesExhausted, TimedOut};

    fn every_error(wait: Option<Duration>) -> [(PolicyError, u16, Option<&'static str>); 5] {
        let name = || "internal-ledger-db".into();
        let hint = wait.map(|_| "3");
        [
            (
                PolicyError::CircuitOpen(CircuitOpen {
                    name: name(),
                    state: State::Open,
                    retry_after: wait,
                }),
                503,
                hint,
            ),
            (
                PolicyError::RateLimited(RateLimited {
                    name: name(),
                    limit_for_period: 4711,
                    retry_after: wait,
                }),
                429,
                hint,
            ),
            (
                PolicyError::BulkheadFull(BulkheadFull {
                    name: name(),
                    max_concurrent_calls: 4711,
                    max_wait_duration: Duration::ZERO,
                }),
                503,
                None,
            ),
            (
                PolicyError::TimedOut(TimedOut {
                    name: name(),
                    timeout_duration: Duration::from_millis(4711),
                }),
                504,
                None,
            ),
            (
                PolicyError::RetriesExhausted(RetriesExhausted {
                    name: name(),
                    attempts: 4711,
                }),
                503,
                None,
            ),
        ]
    }

    #[test]
    fn each_failure_has_its_status_and_says_when_to_come_back_where_it_knows() {
        for wait in [Some(Duration::from_millis(2001)), None] {
            for (error, status, hint) in every_error(wait) {
                let response = error.clone().into_response();
                assert_eq!(response.status().as_u16(), status, "{error:?}");
                let said = response.headers().get(RETRY_AFTER);
                assert_eq!(said.map(|said| said.to_str().unwrap()), hint, "{error:?}");
                assert_eq!(response.extensions().get(), Some(&error));
            }
        }
    }

    #[test]
    fn a_wait_is_rounded_up_and_never_nothing() {
        let seconds = |nanos| whole_seconds(Duration::from_nanos(nanos));
        assert_eq!([0, 1, 999_999_999].map(seconds), [1, 1, 1]);
        assert_eq!([1_000_000_001, 1_001_000_000].map(seconds), [1, 2]);
        assert_eq!(whole_seconds(Duration::MAX), u64::MAX);
    }
}
