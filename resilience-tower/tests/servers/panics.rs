//! Panics of what a layer is around, and of the closures that it was given.

use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use http::{Request, Response, StatusCode};
use resilience_tower::{BulkheadLayer, CircuitBreakerLayer, GrpcCircuitBreakerLayer, RetryLayer};
use resilience4rs::{Bulkhead, CircuitBreaker, Registry, RetryVerdict, Verdict};
use tower::{Service, ServiceBuilder, service_fn};

use crate::serving::serve;

fn instances() -> (CircuitBreaker, Bulkhead, Registry) {
    let registry = Registry::new();
    let bulkhead = registry
        .bulkhead_with("rates", |config| {
            config
                .max_concurrent_calls(1)
                .max_wait_duration(Duration::ZERO)
        })
        .unwrap();
    (registry.circuit_breaker("rates"), bulkhead, registry)
}

fn panics<T>(future: impl Future<Output = T>) -> bool {
    let mut future = pin!(future);
    let mut cx = Context::from_waker(Waker::noop());
    catch_unwind(AssertUnwindSafe(|| match future.as_mut().poll(&mut cx) {
        Poll::Ready(_) => {}
        Poll::Pending => unreachable!("it does not wait"),
    }))
    .is_err()
}

#[tokio::test]
async fn a_handler_that_panics_is_a_failure_and_frees_its_place() {
    let (breaker, bulkhead, _) = instances();
    let router = Router::new()
        .route("/", get(async || -> StatusCode { panic!("as intended") }))
        .layer(BulkheadLayer::new(bulkhead.clone()).answering())
        .layer(CircuitBreakerLayer::new(breaker.clone()).answering());
    let url = format!("http://{}/", serve(router).await);

    for failed in 1..=2 {
        reqwest::get(&url).await.unwrap_err();
        assert_eq!(breaker.metrics().failed_calls, failed);
        assert_eq!(bulkhead.metrics().available_concurrent_calls, 1);
    }
}

#[test]
fn a_service_that_panics_before_it_has_a_future_is_a_failure_too() {
    let (breaker, bulkhead, _) = instances();
    let mut service = ServiceBuilder::new()
        .layer(CircuitBreakerLayer::new(breaker.clone()).flattened())
        .layer(BulkheadLayer::new(bulkhead.clone()))
        .service(service_fn(
            |(): ()| -> std::future::Ready<Result<Response<()>, Infallible>> {
                panic!("as intended")
            },
        ));
    assert!(panics(service.call(())));
    assert_eq!(breaker.metrics().failed_calls, 1);
    assert_eq!(bulkhead.metrics().available_concurrent_calls, 1);
}

#[test]
fn a_classification_that_panics_is_a_failure() {
    let (breaker, _, registry) = instances();
    let served = service_fn(|_: Request<()>| async { Ok::<_, Infallible>(Response::new(())) });
    let classify = |_: Result<&Response<()>, &Infallible>| -> Verdict { panic!("as intended") };
    let mut service = ServiceBuilder::new()
        .layer(CircuitBreakerLayer::new(breaker.clone()).classify(classify))
        .service(served);
    assert!(panics(service.call(Request::default())));
    assert_eq!(breaker.metrics().failed_calls, 1);

    let retry = registry.retry("rates");
    let classify =
        |_: Result<&Response<()>, &Infallible>| -> RetryVerdict { panic!("as intended") };
    let mut service = ServiceBuilder::new()
        .layer(RetryLayer::new(retry.clone()).classify(classify))
        .service(served);
    assert!(panics(service.call(Request::default())));
    assert_eq!(retry.metrics().panicked_calls, 1);
}

#[test]
fn a_classification_of_codes_that_panics_is_a_failure() {
    let (breaker, _, _) = instances();
    let layer = GrpcCircuitBreakerLayer::new(breaker.clone())
        .classify_codes(|_| -> Verdict { panic!("as intended") });
    let mut in_head = ServiceBuilder::new()
        .layer(layer.clone())
        .service(service_fn(|_: Request<()>| async {
            let response = Response::builder().header("grpc-status", "0");
            Ok::<_, Infallible>(response.body(String::new()).unwrap())
        }));
    assert!(panics(in_head.call(Request::default())));
    assert_eq!(breaker.metrics().failed_calls, 1);

    let mut in_body =
        ServiceBuilder::new()
            .layer(layer)
            .service(service_fn(|_: Request<()>| async {
                Ok::<_, Infallible>(Response::new("ends without a status".to_owned()))
            }));
    assert!(panics(async {
        let body = in_body.call(Request::default()).await.unwrap().into_body();
        http_body_util::BodyExt::collect(body).await
    }));
    assert_eq!(breaker.metrics().failed_calls, 2);
}

#[test]
fn a_selection_that_panics_has_taken_nothing() {
    let (breaker, bulkhead, _) = instances();
    let select = |(): &()| -> Bulkhead { panic!("as intended") };
    let mut service = ServiceBuilder::new()
        .layer(CircuitBreakerLayer::new(breaker.clone()).flattened())
        .layer(BulkheadLayer::new(bulkhead.clone()).flattened())
        .layer(BulkheadLayer::new(select))
        .service(service_fn(|(): ()| async {
            Ok::<_, Infallible>(Response::new(()))
        }));
    assert!(panics(service.call(())));
    assert_eq!(breaker.metrics().failed_calls, 1);
    assert_eq!(bulkhead.metrics().available_concurrent_calls, 1);
}
