use std::pin::Pin;
use std::task::{Context, Poll};

use http::Response;
use http_body::Body;
use resilience_runtime::{CircuitBreaker, Failure, OwnedPermit, Verdict};
use tower_layer::Layer;
use tower_service::Service;

use super::body::{GrpcBody, Open, settle};
use super::status::{code_of_head, grpc_verdict};
use crate::deliver::{Answering, AnsweringWith, AsFailure, Boxed, Deliver, Flattened};
use crate::policy_layer::make_call;
use crate::select::Select;

/// A circuit breaker as a layer around a service of gRPC, a client or a server.
///
/// It judges calls by their status code, wherever that is: in the head of the response, or in the
/// trailers, for which it watches the body, a [`GrpcBody`]. A call that streams is therefore a call
/// until its stream is over, for the breaker's slow calls too. An error of the transport is a failure.
/// How codes count is said by [`grpc_verdict`] unless [told otherwise](Self::classify_codes).
///
/// A stream that its reader drops is a cancelled call, and as every cancelled call, a slow failure once
/// it has run past `slow_call_duration_threshold`. For streams that go on until somebody has had enough,
/// put them in a [`CircuitBreakerLayer`](crate::CircuitBreakerLayer) with
/// [`GrpcStatus`](crate::GrpcStatus) instead, which judges them when they have begun.
///
/// What is around it should be gRPC alone: a response without a status, such as one of a route of HTTP
/// beside it, is a failure. With gRPC-Web, whose trailers are in the data, it belongs inside the layer
/// that translates.
///
/// ```
/// use http::{Request, Response};
/// use resilience4rs::Registry;
/// use resilience_tower::GrpcCircuitBreakerLayer;
/// use tower::{ServiceBuilder, ServiceExt, service_fn};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let breaker = Registry::new().circuit_breaker("rates");
/// let client = ServiceBuilder::new()
///     .layer(GrpcCircuitBreakerLayer::new(breaker.clone()))
///     .service(service_fn(|_: Request<()>| async {
///         let unavailable = Response::builder().header("grpc-status", "14");
///         Ok::<_, std::io::Error>(unavailable.body(String::new()).unwrap())
///     }));
/// client.oneshot(Request::new(())).await.unwrap();
/// assert_eq!(breaker.metrics().failed_calls, 1);
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "a layer does nothing until it is around a service"]
pub struct GrpcCircuitBreakerLayer<I = CircuitBreaker, C = fn(i32) -> Verdict, D = AsFailure> {
    instance: I,
    classify: C,
    deliver: D,
}

impl<I> GrpcCircuitBreakerLayer<I> {
    /// In this instance, or in the one that a closure [selects](Select) for the request.
    pub fn new(instance: I) -> Self {
        Self {
            instance,
            classify: grpc_verdict,
            deliver: AsFailure,
        }
    }
}

impl<I, C, D> GrpcCircuitBreakerLayer<I, C, D> {
    /// How status codes count.
    ///
    /// ```
    /// use resilience4rs::{Registry, Verdict};
    /// use resilience_tower::{GrpcCircuitBreakerLayer, grpc_verdict};
    ///
    /// let aborted_too = |code| if code == 10 { Verdict::Failure } else { grpc_verdict(code) };
    /// let breaker = Registry::new().circuit_breaker("rates");
    /// let layer = GrpcCircuitBreakerLayer::new(breaker).classify_codes(aborted_too).answering();
    /// # let _ = layer;
    /// # assert_eq!(aborted_too(10), Verdict::Failure);
    /// ```
    pub fn classify_codes<N>(self, classify: N) -> GrpcCircuitBreakerLayer<I, N, D>
    where
        N: Fn(i32) -> Verdict + Clone + Send + Sync + 'static,
    {
        GrpcCircuitBreakerLayer {
            instance: self.instance,
            classify,
            deliver: self.deliver,
        }
    }

    /// As [`PolicyLayer::flattened`](crate::PolicyLayer::flattened).
    pub fn flattened(self) -> GrpcCircuitBreakerLayer<I, C, Flattened> {
        self.deliver(Flattened)
    }

    /// As [`PolicyLayer::boxed`](crate::PolicyLayer::boxed).
    pub fn boxed(self) -> GrpcCircuitBreakerLayer<I, C, Boxed> {
        self.deliver(Boxed)
    }

    /// As [`PolicyLayer::answering`](crate::PolicyLayer::answering): a rejected call is answered with a
    /// status, which tonic's clients hand to their callers.
    pub fn answering(self) -> GrpcCircuitBreakerLayer<I, C, Answering> {
        self.deliver(Answering)
    }

    /// As [`PolicyLayer::answering_with`](crate::PolicyLayer::answering_with).
    pub fn answering_with<F>(self, answer: F) -> GrpcCircuitBreakerLayer<I, C, AnsweringWith<F>> {
        self.deliver(AnsweringWith(answer))
    }

    fn deliver<N>(self, deliver: N) -> GrpcCircuitBreakerLayer<I, C, N> {
        GrpcCircuitBreakerLayer {
            instance: self.instance,
            classify: self.classify,
            deliver,
        }
    }
}

impl<S, I: Clone, C: Clone, D: Clone> Layer<S> for GrpcCircuitBreakerLayer<I, C, D> {
    type Service = GrpcCircuitBreakerService<S, I, C, D>;

    fn layer(&self, inner: S) -> Self::Service {
        GrpcCircuitBreakerService {
            inner,
            layer: self.clone(),
        }
    }
}

/// A service in a circuit breaker, from a [`GrpcCircuitBreakerLayer`]. It is always ready, as a
/// [`PolicyService`](crate::PolicyService) is.
#[derive(Debug, Clone)]
pub struct GrpcCircuitBreakerService<S, I = CircuitBreaker, C = fn(i32) -> Verdict, D = AsFailure> {
    inner: S,
    layer: GrpcCircuitBreakerLayer<I, C, D>,
}

impl<S, I, C, D, Req, B> Service<Req> for GrpcCircuitBreakerService<S, I, C, D>
where
    S: Service<Req, Response = Response<B>, Error: Send + 'static, Future: Send>
        + Clone
        + Send
        + 'static,
    B: Body + Send + 'static,
    Req: Send + 'static,
    I: Select<Req, CircuitBreaker>,
    C: Fn(i32) -> Verdict + Clone + Send + Sync + 'static,
    D: Deliver<Response<B>, S::Error>,
{
    type Response = Response<GrpcBody<B>>;
    type Error = D::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, D::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Req) -> Self::Future {
        let breaker = self.layer.instance.select(&request);
        let service = self.inner.clone();
        let GrpcCircuitBreakerLayer {
            classify, deliver, ..
        } = self.layer.clone();
        Box::pin(async move {
            let permit = match breaker.try_acquire_owned() {
                Ok(permit) => permit,
                Err(error) => {
                    return deliver
                        .reject(error)
                        .map(|rejected| rejected.map(GrpcBody::counted));
                }
            };
            let outcome = make_call(service, request).await;
            if let Some(error) = deliver.seen(outcome.as_ref()) {
                settle(permit, Verdict::from(error));
                let outcome = deliver.outcome(outcome.map_err(Failure::Call));
                return outcome.map(|response| response.map(GrpcBody::counted));
            }
            match outcome {
                Ok(response) => Ok(judge_head(response, permit, classify)),
                Err(error) => {
                    permit.failure();
                    Err(deliver.fail(error))
                }
            }
        })
    }
}

fn judge_head<B, C>(
    response: Response<B>,
    permit: OwnedPermit,
    classify: C,
) -> Response<GrpcBody<B>>
where
    B: Body,
    C: Fn(i32) -> Verdict + Send + Sync + 'static,
{
    if let Some(code) = code_of_head(&response) {
        settle(permit, classify(code));
        return response.map(GrpcBody::counted);
    }
    let classify = Box::new(classify);
    response.map(|body| GrpcBody::open(body, Open { permit, classify }))
}

#[cfg(feature = "tonic")]
impl<S, I, C, D> tonic::server::NamedService for GrpcCircuitBreakerService<S, I, C, D>
where
    S: tonic::server::NamedService,
{
    const NAME: &'static str = S::NAME;
}
