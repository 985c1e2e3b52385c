//! What an outcome counts as.

use resilience_runtime::{RetryVerdict, Verdict};

/// What a circuit breaker makes of an outcome.
///
/// Closures are classifications, and so are [`HttpStatus`](crate::HttpStatus), for responses of HTTP,
/// and [`AnyError`], for any.
///
/// ```
/// use http::{Response, StatusCode};
/// use resilience4rs::Verdict;
/// use resilience_tower::Classify;
///
/// let teapots_too = |outcome: Result<&Response<()>, &std::io::Error>| match outcome {
///     Ok(response) if response.status() != StatusCode::IM_A_TEAPOT => Verdict::Success,
///     _ => Verdict::Failure,
/// };
/// assert_eq!(teapots_too.classify(Ok(&Response::new(()))), Verdict::Success);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not classify responses of type `{Res}`",
    note = "for responses that are not HTTP's, give the layer `.classify(AnyError)`, or a closure from `Result<&{Res}, &{E}>` to a verdict"
)]
pub trait Classify<Res, E>: Clone + Send + Sync + 'static {
    /// How the breaker is to count it.
    fn classify(&self, outcome: Result<&Res, &E>) -> Verdict;
}

impl<Res, E, F> Classify<Res, E> for F
where
    F: Fn(Result<&Res, &E>) -> Verdict + Clone + Send + Sync + 'static,
{
    fn classify(&self, outcome: Result<&Res, &E>) -> Verdict {
        self(outcome)
    }
}

/// What a retry makes of the outcome of an attempt.
///
/// Closures are classifications, and so are [`HttpStatus`](crate::HttpStatus),
/// [`GrpcStatus`](crate::GrpcStatus) and [`AnyError`].
///
/// ```
/// use http::{Response, StatusCode};
/// use resilience4rs::RetryVerdict;
/// use resilience_tower::ClassifyRetry;
///
/// let locked = |outcome: Result<&Response<()>, &std::io::Error>| match outcome {
///     Ok(response) if response.status() == StatusCode::LOCKED => RetryVerdict::Retry,
///     Ok(_) => RetryVerdict::Accept,
///     Err(_) => RetryVerdict::GiveUp,
/// };
/// assert_eq!(locked.classify_retry(Ok(&Response::new(()))), RetryVerdict::Accept);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say which responses of type `{Res}` are retried",
    note = "for responses that are not HTTP's, give the layer `.classify(AnyError)`, or a closure from `Result<&{Res}, &{E}>` to a verdict"
)]
pub trait ClassifyRetry<Res, E>: Clone + Send + Sync + 'static {
    /// What is to follow on it.
    fn classify_retry(&self, outcome: Result<&Res, &E>) -> RetryVerdict;
}

impl<Res, E, F> ClassifyRetry<Res, E> for F
where
    F: Fn(Result<&Res, &E>) -> RetryVerdict + Clone + Send + Sync + 'static,
{
    fn classify_retry(&self, outcome: Result<&Res, &E>) -> RetryVerdict {
        self(outcome)
    }
}

/// Every error is a failure and is retried; no response is.
///
/// ```
/// use resilience4rs::Verdict;
/// use resilience_tower::{AnyError, Classify};
///
/// assert_eq!(AnyError.classify(Err::<&(), _>(&"down")), Verdict::Failure);
/// assert_eq!(AnyError.classify(Ok::<_, &()>(&"anything")), Verdict::Success);
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct AnyError;

impl<Res, E> Classify<Res, E> for AnyError {
    fn classify(&self, outcome: Result<&Res, &E>) -> Verdict {
        match outcome {
            Ok(_) => Verdict::Success,
            Err(_) => Verdict::Failure,
        }
    }
}

impl<Res, E> ClassifyRetry<Res, E> for AnyError {
    fn classify_retry(&self, outcome: Result<&Res, &E>) -> RetryVerdict {
        match outcome {
            Ok(_) => RetryVerdict::Accept,
            Err(_) => RetryVerdict::Retry,
        }
    }
}
