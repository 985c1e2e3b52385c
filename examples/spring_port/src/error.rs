//! How a backend's calls fail, and what the policies make of it.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use resilience4rs::{ErrorClass, PolicyError};

/// Why a call of a backend came to nothing.
///
/// Java's file had the exceptions' names in `recordExceptions`, `retryExceptions` and `ignoreExceptions`,
/// once for each policy. Here each says itself what it is, to every attribute that says `classify`.
#[derive(Debug, thiserror::Error, ErrorClass)]
pub(crate) enum BackendError {
    /// `HttpServerErrorException`: what breakers and retries are for.
    #[error("the backend has failed")]
    #[class(failure)]
    Remote,
    /// `HttpClientErrorException`: the backend's failure too, but to ask again would not help.
    #[error("the backend did not take the request")]
    #[class(no_retry)]
    BadRequest,
    /// `BusinessException`: an answer, if not a welcome one. No policy is to mind.
    #[error("the customer is not allowed to do that")]
    #[class(ignore)]
    Business,
    /// `CallNotPermittedException` and its like, which no method throws itself.
    #[error(transparent)]
    #[class(transparent)]
    Policy(#[from] PolicyError),
}

/// What `@ResponseStatus` and `@ExceptionHandler` said. Of the policies' failures the library knows it: 503,
/// 429 or 504, with `Retry-After` where that is known.
impl IntoResponse for BackendError {
    fn into_response(self) -> Response {
        let status = match self {
            Self::Remote => StatusCode::BAD_GATEWAY,
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::Business => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Policy(error) => return error.into_response(),
        };
        (status, self.to_string()).into_response()
    }
}
