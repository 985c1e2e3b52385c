use resilience_runtime::{Bulkhead, Failure};
use tower_service::Service;

use crate::deliver::{AsFailure, Deliver};
use crate::policy_layer::{Around, PolicyLayer, make_call, sealed};
use crate::select::Select;

/// A bulkhead as a layer: so many calls at the same time.
///
/// A call has its place from when it is let through until the head of its response is there, or its
/// future is dropped, as it is when a client of a server goes away. The time that a body takes to be
/// sent is not part of it.
///
/// ```
/// use resilience4rs::{Failure, PolicyError, Registry};
/// use resilience_tower::BulkheadLayer;
/// use tower::{ServiceBuilder, ServiceExt, service_fn};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let bulkhead = Registry::new()
///     .bulkhead_with("reports", |config| config.max_concurrent_calls(1))
///     .unwrap();
/// let service = ServiceBuilder::new()
///     .layer(BulkheadLayer::new(bulkhead.clone()))
///     .service(service_fn(|_: ()| async { Ok::<_, std::io::Error>("report") }));
///
/// let place = bulkhead.try_acquire().unwrap();
/// let full = service.clone().oneshot(()).await.unwrap_err();
/// assert!(matches!(full, Failure::Policy(PolicyError::BulkheadFull(_))));
/// place.complete();
/// assert_eq!(service.oneshot(()).await.unwrap(), "report");
/// # }
/// ```
pub type BulkheadLayer<I = Bulkhead, D = AsFailure> = PolicyLayer<BulkheadPolicy<I>, D>;

/// What [`BulkheadLayer`] puts around a service.
#[derive(Debug, Clone)]
pub struct BulkheadPolicy<I> {
    instance: I,
}

impl<I> BulkheadLayer<I> {
    /// In this instance, or in the one that a closure [selects](Select) for the request.
    pub fn new(instance: I) -> Self {
        Self::of(BulkheadPolicy { instance })
    }
}

impl<I> sealed::Sealed for BulkheadPolicy<I> {}

impl<S, Req, I, D> Around<S, Req, D> for BulkheadPolicy<I>
where
    S: Service<Req, Response: Send, Error: Send, Future: Send> + Send + 'static,
    Req: Send + 'static,
    I: Select<Req, Bulkhead>,
    D: Deliver<S::Response, S::Error>,
{
    fn around(
        &self,
        service: S,
        request: Req,
        _: D,
    ) -> impl Future<Output = Result<S::Response, Failure<S::Error>>> + Send + 'static {
        let bulkhead = self.instance.select(&request);
        async move { bulkhead.call(make_call(service, request)).await }
    }
}
