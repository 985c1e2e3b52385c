//! Services that have to be asked whether they are ready.

use std::convert::Infallible;
use std::future::{Ready, pending, ready};
use std::task::{Context, Poll};

use resilience_tower::{AnyError, BulkheadLayer, CircuitBreakerLayer, RetryLayer};
use resilience4rs::{Clock, Failure, PolicyError, Registry};
use tower::limit::ConcurrencyLimitLayer;
use tower::{Service, ServiceBuilder, ServiceExt, service_fn};

use crate::serving::pass_waits;

/// One that must be ready when it is called, and whose clones are not.
struct Strict {
    is_ready: bool,
}

impl Clone for Strict {
    fn clone(&self) -> Self {
        Self { is_ready: false }
    }
}

impl Service<u32> for Strict {
    type Response = u32;
    type Error = u32;
    type Future = Ready<Result<u32, u32>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), u32>> {
        self.is_ready = true;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: u32) -> Self::Future {
        assert!(
            std::mem::take(&mut self.is_ready),
            "called before it was ready"
        );
        ready(if request == 0 { Err(0) } else { Ok(request) })
    }
}

#[tokio::test]
async fn every_call_and_every_attempt_is_of_a_service_that_is_ready() {
    let time = Clock::manual();
    let registry = Registry::builder().clock(&time).build();
    let retry = registry.retry("strict");
    pass_waits(&time, &retry);
    let mut service = ServiceBuilder::new()
        .layer(
            RetryLayer::new(retry.clone())
                .classify(AnyError)
                .clone_request(|n: &u32| Some(*n))
                .flattened(),
        )
        .layer(BulkheadLayer::new(registry.bulkhead("strict")))
        .service(Strict { is_ready: false });

    for _ in 0..2 {
        assert_eq!(service.ready().await.unwrap().call(7).await, Ok(7));
    }
    assert_eq!(
        service.ready().await.unwrap().call(0).await,
        Err(Failure::Call(0))
    );
    assert_eq!(retry.metrics().total_calls, 2 + 3);
}

#[tokio::test]
async fn a_service_that_is_ready_and_dropped_holds_nothing() {
    let registry = Registry::new();
    let bulkhead = registry
        .bulkhead_with("reports", |config| config.max_concurrent_calls(1))
        .unwrap();
    let service = ServiceBuilder::new()
        .layer(BulkheadLayer::new(bulkhead.clone()))
        .layer(ConcurrencyLimitLayer::new(1))
        .service(service_fn(|()| ready(Ok::<_, Infallible>(()))));

    let mut asked = service.clone();
    asked.ready().await.unwrap();
    assert_eq!(bulkhead.metrics().available_concurrent_calls, 1);
    // Nor does the limit inside: another handle may call.
    assert!(service.clone().oneshot(()).await.is_ok());

    // A call whose future is never polled has taken nothing either.
    let unpolled = asked.call(());
    assert_eq!(bulkhead.metrics().available_concurrent_calls, 1);
    drop(unpolled);
    assert!(service.oneshot(()).await.is_ok());
}

/// One that is never ready.
#[derive(Clone)]
struct Stuck;

impl Service<()> for Stuck {
    type Response = ();
    type Error = Infallible;
    type Future = std::future::Pending<Result<(), Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Pending
    }

    fn call(&mut self, (): ()) -> Self::Future {
        pending()
    }
}

#[tokio::test]
async fn an_open_breaker_rejects_although_the_service_is_not_ready() {
    let breaker = Registry::new().circuit_breaker("stuck");
    breaker.transition_to_open().unwrap();
    let layer = CircuitBreakerLayer::new(breaker).classify(AnyError);
    let service = ServiceBuilder::new().layer(layer).service(Stuck);
    let rejected = service.oneshot(()).await.unwrap_err();
    assert!(matches!(
        rejected,
        Failure::Policy(PolicyError::CircuitOpen(_))
    ));
}

/// One that fails instead of becoming ready, as one does that connects first.
#[derive(Clone)]
struct Unreachable;

impl Service<()> for Unreachable {
    type Response = ();
    type Error = &'static str;
    type Future = Ready<Result<(), &'static str>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), &'static str>> {
        Poll::Ready(Err("refused"))
    }

    fn call(&mut self, (): ()) -> Self::Future {
        unreachable!("it is never ready")
    }
}

#[tokio::test]
async fn an_error_in_becoming_ready_is_a_failure_of_the_call() {
    let breaker = Registry::new().circuit_breaker("unreachable");
    let layer = CircuitBreakerLayer::new(breaker.clone()).classify(AnyError);
    let service = ServiceBuilder::new().layer(layer).service(Unreachable);
    assert_eq!(service.oneshot(()).await, Err(Failure::Call("refused")));
    assert_eq!(breaker.metrics().failed_calls, 1);
}
