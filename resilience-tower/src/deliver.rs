//! How the failures of a policy reach the caller.

use std::any::Any;

use resilience_runtime::{Failure, PolicyError};

use crate::BoxError;
#[cfg(feature = "tonic")]
use crate::grpc::GrpcBody;
use crate::http_response::HttpResponse;

/// How the failures of a policy reach the caller of a service whose responses are `Res` and whose errors
/// are `E`; and what the policy sees of others further inside.
///
/// Choose one with the methods of [`PolicyLayer`](crate::PolicyLayer).
///
/// ```
/// use resilience4rs::{Failure, Registry};
/// use resilience_tower::{AsFailure, Boxed, Deliver};
///
/// let breaker = Registry::new().circuit_breaker("payments");
/// breaker.transition_to_open().unwrap();
/// let rejected = breaker.try_acquire().unwrap_err();
///
/// let failure = Deliver::<(), std::fmt::Error>::reject(&AsFailure, rejected.clone()).unwrap_err();
/// assert_eq!(failure, Failure::Policy(rejected.clone()));
///
/// let boxed = Deliver::<(), std::fmt::Error>::reject(&Boxed, rejected.clone()).unwrap_err();
/// assert_eq!(boxed.downcast_ref(), Some(&rejected));
/// ```
pub trait Deliver<Res, E>: Clone + Send + Sync + 'static {
    /// The error of the service in the policy.
    type Error;

    /// The policy ended the call.
    ///
    /// # Errors
    /// Where a policy's failure is an error.
    fn reject(&self, error: PolicyError) -> Result<Res, Self::Error>;

    /// The call failed.
    fn fail(&self, error: E) -> Self::Error;

    /// The failure of a policy further inside, if that is what the service returned.
    fn seen<'a>(&self, outcome: Result<&'a Res, &'a E>) -> Option<&'a PolicyError>;

    /// What the caller gets of an outcome.
    ///
    /// # Errors
    /// As [`reject`](Self::reject) and [`fail`](Self::fail) say.
    fn outcome(&self, outcome: Result<Res, Failure<E>>) -> Result<Res, Self::Error> {
        match outcome {
            Ok(response) => Ok(response),
            Err(Failure::Policy(error)) => self.reject(error),
            Err(Failure::Call(error)) => Err(self.fail(error)),
        }
    }
}

/// The error is a [`Failure`]: the policy's, or the service's own. What layers do unless told otherwise.
#[derive(Debug, Clone, Copy, Default)]
pub struct AsFailure;

impl<Res, E: 'static> Deliver<Res, E> for AsFailure {
    type Error = Failure<E>;

    fn reject(&self, error: PolicyError) -> Result<Res, Failure<E>> {
        Err(Failure::Policy(error))
    }

    fn fail(&self, error: E) -> Failure<E> {
        Failure::Call(error)
    }

    fn seen<'a>(&self, outcome: Result<&'a Res, &'a E>) -> Option<&'a PolicyError> {
        policy_error_in(outcome.err()?)
    }
}

/// The service's error is a [`Failure`] already, which stays one, instead of a failure in a failure.
///
/// ```
/// use resilience4rs::{Failure, PolicyError, Registry};
/// use resilience_tower::{AnyError, BulkheadLayer, CircuitBreakerLayer};
/// use tower::{ServiceBuilder, ServiceExt, service_fn};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let registry = Registry::new();
/// let breaker = registry.circuit_breaker("payments");
/// let bulkhead = registry.bulkhead("payments");
/// bulkhead.change_max_concurrent_calls(1);
/// bulkhead.change_max_wait_duration(std::time::Duration::ZERO);
/// let service = ServiceBuilder::new()
///     .layer(CircuitBreakerLayer::new(breaker.clone()).classify(AnyError).flattened())
///     .layer(BulkheadLayer::new(bulkhead.clone()))
///     .service(service_fn(|_: u32| async { Ok::<_, std::fmt::Error>(()) }));
///
/// let taken = bulkhead.try_acquire().unwrap();
/// let failure: Failure<std::fmt::Error> = service.oneshot(1).await.unwrap_err();
/// assert!(matches!(failure, Failure::Policy(PolicyError::BulkheadFull(_))));
/// assert_eq!(breaker.metrics().failed_calls, 0, "a full bulkhead says nothing about the backend");
/// # taken.complete();
/// # }
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Flattened;

impl<Res, E> Deliver<Res, Failure<E>> for Flattened {
    type Error = Failure<E>;

    fn reject(&self, error: PolicyError) -> Result<Res, Failure<E>> {
        Err(Failure::Policy(error))
    }

    fn fail(&self, error: Failure<E>) -> Failure<E> {
        error
    }

    fn seen<'a>(&self, outcome: Result<&'a Res, &'a Failure<E>>) -> Option<&'a PolicyError> {
        match outcome {
            Err(Failure::Policy(error)) => Some(error),
            _ => None,
        }
    }
}

/// Errors are boxed: a [`PolicyError`], or the service's own, to be told apart by `downcast_ref`.
///
/// Layers of it stack in any number, among tower's own; each knows the policies further inside.
///
/// ```
/// use resilience4rs::{PolicyError, Registry};
/// use resilience_tower::TimeLimiterLayer;
/// use tower::{ServiceBuilder, ServiceExt, service_fn};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let limiter = Registry::new()
///     .time_limiter_with("search", |config| config.timeout_duration(std::time::Duration::from_millis(1)))
///     .unwrap();
/// let service = ServiceBuilder::new()
///     .layer(TimeLimiterLayer::new(limiter).boxed())
///     .service(service_fn(|_: ()| std::future::pending::<Result<(), std::fmt::Error>>()));
///
/// let error = service.oneshot(()).await.unwrap_err();
/// assert!(matches!(error.downcast_ref(), Some(PolicyError::TimedOut(_))));
/// # }
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Boxed;

impl<Res, E: Into<BoxError> + 'static> Deliver<Res, E> for Boxed {
    type Error = BoxError;

    fn reject(&self, error: PolicyError) -> Result<Res, BoxError> {
        Err(error.into())
    }

    fn fail(&self, error: E) -> BoxError {
        error.into()
    }

    fn seen<'a>(&self, outcome: Result<&'a Res, &'a E>) -> Option<&'a PolicyError> {
        policy_error_in(outcome.err()?)
    }
}

/// A response that a policy's failure can become.
///
/// With the feature `axum`, axum's can: see `IntoResponse` of
/// [`PolicyError`](resilience_runtime::PolicyError#impl-IntoResponse-for-PolicyError). With the feature
/// `tonic`, tonic's can, with the status that a
/// [`PolicyError`](resilience_runtime::PolicyError) becomes. For others there is
/// [`PolicyLayer::answering_with`](crate::PolicyLayer::answering_with).
pub trait Answer: HttpResponse {
    /// The response.
    fn answer(error: PolicyError) -> Self;
}

#[cfg(feature = "axum")]
impl Answer for axum_core::response::Response {
    fn answer(error: PolicyError) -> Self {
        axum_core::response::IntoResponse::into_response(error)
    }
}

#[cfg(feature = "tonic")]
impl Answer for http::Response<tonic::body::Body> {
    fn answer(error: PolicyError) -> Self {
        tonic::Status::from(error).into_http()
    }
}

/// In a [`GrpcCircuitBreakerLayer`](crate::GrpcCircuitBreakerLayer) further inside. Not for every body
/// whose responses can be answers: inference would try bodies in bodies without end.
#[cfg(feature = "tonic")]
impl Answer for http::Response<GrpcBody<tonic::body::Body>> {
    fn answer(error: PolicyError) -> Self {
        http::Response::<tonic::body::Body>::answer(error).map(GrpcBody::counted)
    }
}

/// The policy's failure becomes a response, and the service's errors stay what they are.
///
/// The response has the [`PolicyError`] in its extensions, by which the layers further out know it from
/// a response of the service. They do not leave the process.
#[derive(Debug, Clone, Copy, Default)]
pub struct Answering;

impl<Res: Answer, E> Deliver<Res, E> for Answering {
    type Error = E;

    fn reject(&self, error: PolicyError) -> Result<Res, E> {
        Ok(marked(Res::answer(error.clone()), error))
    }

    fn fail(&self, error: E) -> E {
        error
    }

    fn seen<'a>(&self, outcome: Result<&'a Res, &'a E>) -> Option<&'a PolicyError> {
        behind(outcome.ok()?)
    }
}

/// The policy's failure becomes the response that a closure makes of it; otherwise as [`Answering`].
///
/// ```
/// use http::{Response, StatusCode};
/// use resilience4rs::{PolicyError, Registry};
/// use resilience_tower::CircuitBreakerLayer;
/// use tower::{ServiceBuilder, ServiceExt, service_fn};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let breaker = Registry::new().circuit_breaker("payments");
/// breaker.transition_to_open().unwrap();
///
/// let closed = |_: &PolicyError| {
///     let mut response = Response::new("come back later");
///     *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
///     response
/// };
/// let service = ServiceBuilder::new()
///     .layer(CircuitBreakerLayer::new(breaker).answering_with(closed))
///     .service(service_fn(|_: ()| async { Ok::<_, std::convert::Infallible>(Response::new("paid")) }));
/// assert_eq!(service.oneshot(()).await.unwrap().into_body(), "come back later");
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct AnsweringWith<F>(pub(crate) F);

impl<Res, E, F> Deliver<Res, E> for AnsweringWith<F>
where
    Res: HttpResponse,
    F: Fn(&PolicyError) -> Res + Clone + Send + Sync + 'static,
{
    type Error = E;

    fn reject(&self, error: PolicyError) -> Result<Res, E> {
        Ok(marked((self.0)(&error), error))
    }

    fn fail(&self, error: E) -> E {
        error
    }

    fn seen<'a>(&self, outcome: Result<&'a Res, &'a E>) -> Option<&'a PolicyError> {
        behind(outcome.ok()?)
    }
}

/// A response with the failure that it stands for.
fn marked<Res: HttpResponse>(mut response: Res, error: PolicyError) -> Res {
    response.extensions_mut().insert(error);
    response
}

/// The failure that a response stands for.
fn behind<Res: HttpResponse>(response: &Res) -> Option<&PolicyError> {
    let extensions = response.extensions();
    #[cfg(feature = "tonic")]
    let of_status = || {
        // Where a handler, or an attribute on it, has made a status of it.
        let status: &tonic::Status = extensions.get()?;
        std::error::Error::source(status)?.downcast_ref()
    };
    #[cfg(not(feature = "tonic"))]
    let of_status = || None;
    extensions.get().or_else(of_status)
}

/// The failure of a policy, as it is or in a box.
fn policy_error_in<E: 'static>(error: &E) -> Option<&PolicyError> {
    let error: &dyn Any = error;
    match error.downcast_ref::<BoxError>() {
        Some(boxed) => boxed.downcast_ref(),
        None => error.downcast_ref(),
    }
}
