use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use resilience_runtime::Failure;
use tower_layer::Layer;
use tower_service::Service;

use crate::deliver::{Answering, AnsweringWith, AsFailure, Boxed, Deliver, Flattened};

/// One policy as a layer of tower: `P` is the policy, `D` how its failures reach the caller.
///
/// It goes by the names of its aliases, such as
/// [`CircuitBreakerLayer`](crate::CircuitBreakerLayer), which have the constructors.
///
/// ```
/// use resilience4rs::Registry;
/// use resilience_tower::{AnyError, CircuitBreakerLayer};
/// use tower::{ServiceBuilder, ServiceExt, service_fn};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let breaker = Registry::new().circuit_breaker("payments");
/// let service = ServiceBuilder::new()
///     .layer(CircuitBreakerLayer::new(breaker.clone()).classify(AnyError))
///     .service(service_fn(|amount: u32| async move { Ok::<_, std::io::Error>(amount) }));
///
/// assert_eq!(service.oneshot(42).await.unwrap(), 42);
/// assert_eq!(breaker.metrics().successful_calls, 1);
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "a layer does nothing until it is around a service"]
pub struct PolicyLayer<P, D = AsFailure> {
    pub(crate) policy: P,
    pub(crate) deliver: D,
}

impl<P> PolicyLayer<P> {
    pub(crate) fn of(policy: P) -> Self {
        Self {
            policy,
            deliver: AsFailure,
        }
    }
}

impl<P, D> PolicyLayer<P, D> {
    /// The service's error is a [`Failure`] already, of a layer further inside: it stays one, and the
    /// policy knows the failures of the others. See [`Flattened`].
    pub fn flattened(self) -> PolicyLayer<P, Flattened> {
        self.deliver(Flattened)
    }

    /// Failures are boxed, as those of tower's own layers are. See [`Boxed`].
    pub fn boxed(self) -> PolicyLayer<P, Boxed> {
        self.deliver(Boxed)
    }

    /// The policy's failure becomes a response, and the service's error stays as it is: what a router
    /// of axum wants, whose errors are `Infallible`. See [`Answering`].
    pub fn answering(self) -> PolicyLayer<P, Answering> {
        self.deliver(Answering)
    }

    /// The same, with a response of one's own. See [`AnsweringWith`].
    pub fn answering_with<F>(self, answer: F) -> PolicyLayer<P, AnsweringWith<F>> {
        self.deliver(AnsweringWith(answer))
    }

    fn deliver<N>(self, deliver: N) -> PolicyLayer<P, N> {
        PolicyLayer {
            policy: self.policy,
            deliver,
        }
    }
}

impl<S, P: Clone, D: Clone> Layer<S> for PolicyLayer<P, D> {
    type Service = PolicyService<S, P, D>;

    fn layer(&self, inner: S) -> Self::Service {
        PolicyService {
            inner,
            policy: self.policy.clone(),
            deliver: self.deliver.clone(),
        }
    }
}

/// A service in a policy, from a [`PolicyLayer`].
///
/// It is always ready: it asks the inner service in the call's future, on a clone of its own, once the
/// policy has let the call through. See the crate's documentation for why.
///
/// # Cancel safety
/// Dropping the future of a call gives back what the policy has given it, and counts the call as
/// cancelled.
#[derive(Debug, Clone)]
pub struct PolicyService<S, P, D = AsFailure> {
    inner: S,
    policy: P,
    deliver: D,
}

/// What a policy does around a call; the policies of this crate implement it.
pub trait Around<S, Req, D>: sealed::Sealed
where
    S: Service<Req>,
    D: Deliver<S::Response, S::Error>,
{
    /// Makes the call.
    ///
    /// # Errors
    /// When the policy ended it, or it failed.
    fn around(
        &self,
        service: S,
        request: Req,
        deliver: D,
    ) -> impl Future<Output = Result<S::Response, Failure<S::Error>>> + Send + 'static;
}

pub(crate) mod sealed {
    /// Keeps [`Around`](super::Around) free to change.
    pub trait Sealed {}
}

impl<S, P, D, Req> Service<Req> for PolicyService<S, P, D>
where
    S: Service<Req> + Clone,
    P: Around<S, Req, D>,
    D: Deliver<S::Response, S::Error>,
{
    type Response = S::Response;
    type Error = D::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, D::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Req) -> Self::Future {
        let (service, deliver) = (self.inner.clone(), self.deliver.clone());
        let outcome = self.policy.around(service, request, deliver.clone());
        Box::pin(async move { deliver.outcome(outcome.await) })
    }
}

/// Asks a service whether it is ready, and then makes the call: a clone need not be ready where its
/// original is.
pub(crate) async fn make_call<S, Req>(mut service: S, request: Req) -> Result<S::Response, S::Error>
where
    S: Service<Req>,
{
    poll_fn(|cx| service.poll_ready(cx)).await?;
    service.call(request).await
}

#[cfg(feature = "tonic")]
impl<S: tonic::server::NamedService, P, D> tonic::server::NamedService for PolicyService<S, P, D> {
    const NAME: &'static str = S::NAME;
}
