use resilience_runtime::{CircuitBreaker, Failure, Verdict};
use tower_service::Service;

use crate::classify::Classify;
use crate::deliver::{AsFailure, Deliver};
use crate::http_status::HttpStatus;
use crate::policy_layer::{Around, PolicyLayer, make_call, sealed};
use crate::select::Select;

/// A circuit breaker as a layer.
///
/// A call is judged by the head of its response, with [`HttpStatus`] unless
/// [told otherwise](Self::classify). For gRPC, whose status may be in the trailers, there is
/// [`GrpcCircuitBreakerLayer`](crate::GrpcCircuitBreakerLayer). The predicates of the instance's
/// configuration are not asked, as with the attribute where it names patterns.
///
/// ```
/// use http::{Request, Response};
/// use resilience4rs::{Failure, PolicyError, Registry, State};
/// use resilience_tower::CircuitBreakerLayer;
/// use tower::{Service, ServiceBuilder, service_fn};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let breaker = Registry::new()
///     .circuit_breaker_with("rates", |config| config.sliding_window_size(4))
///     .unwrap();
/// let mut client = ServiceBuilder::new()
///     .layer(CircuitBreakerLayer::new(breaker.clone()))
///     .service(service_fn(|_: Request<()>| async {
///         Ok::<_, std::io::Error>(Response::builder().status(500).body(()).unwrap())
///     }));
///
/// for _ in 0..4 {
///     assert_eq!(client.call(Request::new(())).await.unwrap().status(), 500);
/// }
/// assert_eq!(breaker.state(), State::Open);
/// let rejected = client.call(Request::new(())).await.unwrap_err();
/// assert!(matches!(rejected, Failure::Policy(PolicyError::CircuitOpen(_))));
/// # }
/// ```
pub type CircuitBreakerLayer<I = CircuitBreaker, C = HttpStatus, D = AsFailure> =
    PolicyLayer<CircuitBreakerPolicy<I, C>, D>;

/// What [`CircuitBreakerLayer`] puts around a service.
#[derive(Debug, Clone)]
pub struct CircuitBreakerPolicy<I, C> {
    instance: I,
    classify: C,
}

impl<I> CircuitBreakerLayer<I> {
    /// In this instance, or in the one that a closure [selects](Select) for the request.
    pub fn new(instance: I) -> Self {
        Self::of(CircuitBreakerPolicy {
            instance,
            classify: HttpStatus::new(),
        })
    }
}

impl<I, C, D> CircuitBreakerLayer<I, C, D> {
    /// What counts as a failure: a closure from `Result<&Response, &Error>` to a [`Verdict`], or any
    /// other [`Classify`].
    ///
    /// ```
    /// use resilience4rs::{Registry, Verdict};
    /// use resilience_tower::CircuitBreakerLayer;
    /// use tower::{ServiceBuilder, ServiceExt, service_fn};
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let breaker = Registry::new().circuit_breaker("rates");
    /// let layer = CircuitBreakerLayer::new(breaker.clone()).classify(
    ///     |outcome: Result<&i32, &std::io::Error>| match outcome {
    ///         Ok(0..) => Verdict::Success,
    ///         _ => Verdict::Failure,
    ///     },
    /// );
    /// let service = ServiceBuilder::new()
    ///     .layer(layer)
    ///     .service(service_fn(|n: i32| async move { Ok::<_, std::io::Error>(n) }));
    /// assert_eq!(service.oneshot(-1).await.unwrap(), -1);
    /// assert_eq!(breaker.metrics().failed_calls, 1);
    /// # }
    /// ```
    pub fn classify<N>(self, classify: N) -> CircuitBreakerLayer<I, N, D> {
        PolicyLayer {
            policy: CircuitBreakerPolicy {
                instance: self.policy.instance,
                classify,
            },
            deliver: self.deliver,
        }
    }
}

impl<I, C> sealed::Sealed for CircuitBreakerPolicy<I, C> {}

impl<S, Req, I, C, D> Around<S, Req, D> for CircuitBreakerPolicy<I, C>
where
    S: Service<Req, Response: Send + 'static, Error: Send + 'static, Future: Send> + Send + 'static,
    Req: Send + 'static,
    I: Select<Req, CircuitBreaker>,
    C: Classify<S::Response, S::Error>,
    D: Deliver<S::Response, S::Error>,
{
    fn around(
        &self,
        service: S,
        request: Req,
        deliver: D,
    ) -> impl Future<Output = Result<S::Response, Failure<S::Error>>> + Send + 'static {
        let breaker = self.instance.select(&request);
        let classify = self.classify.clone();
        async move {
            let judge = |outcome: Result<&S::Response, &S::Error>| {
                deliver
                    .seen(outcome)
                    .map_or_else(|| classify.classify(outcome), Verdict::from)
            };
            breaker
                .call_judged(judge, make_call(service, request))
                .await
        }
    }
}
