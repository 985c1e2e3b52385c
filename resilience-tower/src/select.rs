use resilience_runtime::{Bulkhead, CircuitBreaker, RateLimiter, Retry, TimeLimiter};

/// Which instance a request goes through: always the same, which is what a handle says, or one that a
/// closure finds for it, such as one for each host.
///
/// ```
/// use http::{Request, Response};
/// use resilience4rs::Registry;
/// use resilience_tower::CircuitBreakerLayer;
/// use tower::{ServiceBuilder, ServiceExt, service_fn};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let registry = Registry::new();
/// let instances = registry.clone();
/// let of_host = move |request: &Request<()>| {
///     instances.circuit_breaker(request.uri().host().unwrap_or_default())
/// };
/// let client = ServiceBuilder::new()
///     .layer(CircuitBreakerLayer::new(of_host))
///     .service(service_fn(|_: Request<()>| async { Ok::<_, std::io::Error>(Response::new(())) }));
///
/// client.oneshot(Request::get("http://rates.example/usd").body(()).unwrap()).await.unwrap();
/// assert_eq!(registry.circuit_breaker("rates.example").metrics().successful_calls, 1);
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not select a `{Instance}` for requests of type `{Req}`",
    note = "give the layer an instance, as a registry hands it out, or a closure from `&{Req}` to one"
)]
pub trait Select<Req, Instance>: Clone + Send + Sync + 'static {
    /// The instance for this request.
    fn select(&self, request: &Req) -> Instance;
}

impl<Req, Instance, F> Select<Req, Instance> for F
where
    F: Fn(&Req) -> Instance + Clone + Send + Sync + 'static,
{
    fn select(&self, request: &Req) -> Instance {
        self(request)
    }
}

macro_rules! select_itself {
    ($($instance:ty),*) => {
        $(impl<Req> Select<Req, $instance> for $instance {
            fn select(&self, _: &Req) -> $instance {
                self.clone()
            }
        })*
    };
}

select_itself!(Bulkhead, CircuitBreaker, RateLimiter, Retry, TimeLimiter);
