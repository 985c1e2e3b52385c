use resilience_runtime::{Failure, TimeLimiter};
use tower_service::Service;

use crate::deliver::{AsFailure, Deliver};
use crate::policy_layer::{Around, PolicyLayer, make_call, sealed};
use crate::select::Select;

/// A time limiter as a layer: a call that takes too long is dropped.
///
/// The time runs from the first poll of the call's future until the head of its response is there; that
/// the service becomes ready is part of it. `cancel_running_future = false` has no effect here: what is
/// late is dropped.
///
/// ```
/// use resilience4rs::{Failure, PolicyError, Registry};
/// use resilience_tower::TimeLimiterLayer;
/// use tower::{ServiceBuilder, ServiceExt, service_fn};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let limiter = Registry::new()
///     .time_limiter_with("rates", |config| config.timeout_duration(std::time::Duration::from_millis(1)))
///     .unwrap();
/// let service = ServiceBuilder::new()
///     .layer(TimeLimiterLayer::new(limiter))
///     .service(service_fn(|_: ()| std::future::pending::<Result<(), std::io::Error>>()));
/// let late = service.oneshot(()).await.unwrap_err();
/// assert!(matches!(late, Failure::Policy(PolicyError::TimedOut(_))));
/// # }
/// ```
pub type TimeLimiterLayer<I = TimeLimiter, D = AsFailure> = PolicyLayer<TimeLimiterPolicy<I>, D>;

/// What [`TimeLimiterLayer`] puts around a service.
#[derive(Debug, Clone)]
pub struct TimeLimiterPolicy<I> {
    instance: I,
}

impl<I> TimeLimiterLayer<I> {
    /// By this instance, or by the one that a closure [selects](Select) for the request.
    pub fn new(instance: I) -> Self {
        Self::of(TimeLimiterPolicy { instance })
    }
}

impl<I> sealed::Sealed for TimeLimiterPolicy<I> {}

impl<S, Req, I, D> Around<S, Req, D> for TimeLimiterPolicy<I>
where
    S: Service<Req, Response: Send, Error: Send, Future: Send> + Send + 'static,
    Req: Send + 'static,
    I: Select<Req, TimeLimiter>,
    D: Deliver<S::Response, S::Error>,
{
    fn around(
        &self,
        service: S,
        request: Req,
        _: D,
    ) -> impl Future<Output = Result<S::Response, Failure<S::Error>>> + Send + 'static {
        let limiter = self.instance.select(&request);
        async move { limiter.call(make_call(service, request)).await }
    }
}
