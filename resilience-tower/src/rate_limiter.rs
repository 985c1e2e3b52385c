use resilience_runtime::{Failure, RateLimiter};
use tower_service::Service;

use crate::deliver::{AsFailure, Deliver};
use crate::policy_layer::{Around, PolicyLayer, make_call, sealed};
use crate::select::Select;

/// A rate limiter as a layer: so many calls in each period.
///
/// A call that has to wait for its permission waits in its future, for as long as the instance's
/// `timeout_duration` allows. Dropped while it waits, it gives back what it has reserved.
///
/// ```
/// use resilience4rs::{Failure, PolicyError, Registry};
/// use resilience_tower::RateLimiterLayer;
/// use std::time::Duration;
/// use tower::{ServiceBuilder, ServiceExt, service_fn};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let limiter = Registry::new()
///     .rate_limiter_with("search", |config| {
///         config
///             .limit_for_period(1)
///             .limit_refresh_period(Duration::from_secs(60))
///             .timeout_duration(Duration::ZERO)
///     })
///     .unwrap();
/// let service = ServiceBuilder::new()
///     .layer(RateLimiterLayer::new(limiter))
///     .service(service_fn(|_: ()| async { Ok::<_, std::io::Error>("found") }));
///
/// assert_eq!(service.clone().oneshot(()).await.unwrap(), "found");
/// let refused = service.oneshot(()).await.unwrap_err();
/// assert!(matches!(refused, Failure::Policy(PolicyError::RateLimited(_))));
/// # }
/// ```
pub type RateLimiterLayer<I = RateLimiter, D = AsFailure> = PolicyLayer<RateLimiterPolicy<I>, D>;

/// What [`RateLimiterLayer`] puts around a service.
#[derive(Debug, Clone)]
pub struct RateLimiterPolicy<I> {
    instance: I,
}

impl<I> RateLimiterLayer<I> {
    /// By this instance, or by the one that a closure [selects](Select) for the request, such as one
    /// for each tenant.
    pub fn new(instance: I) -> Self {
        Self::of(RateLimiterPolicy { instance })
    }
}

impl<I> sealed::Sealed for RateLimiterPolicy<I> {}

impl<S, Req, I, D> Around<S, Req, D> for RateLimiterPolicy<I>
where
    S: Service<Req, Response: Send + 'static, Error: Send + 'static, Future: Send> + Send + 'static,
    Req: Send + 'static,
    I: Select<Req, RateLimiter>,
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
