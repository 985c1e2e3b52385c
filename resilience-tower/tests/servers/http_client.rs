//! reqwest and hyper as clients.

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_body_util::Empty;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use resilience_tower::{BulkheadLayer, CircuitBreakerLayer, TimeLimiterLayer};
use resilience4rs::{
    CircuitBreaker, Clock, Failure, PolicyError, Registry, State, circuit_breaker,
};
use tokio::sync::mpsc::unbounded_channel;
use tower::{Service, ServiceBuilder};

use crate::serving::{Script, closed_port, serve, status};

fn breaker(registry: &Registry) -> CircuitBreaker {
    registry
        .circuit_breaker_with("rates", |config| config.sliding_window_size(4))
        .unwrap()
}

fn get(url: &str) -> reqwest::Request {
    reqwest::Request::new(reqwest::Method::GET, url.parse().unwrap())
}

#[tokio::test]
async fn a_breaker_opens_by_500s_and_rejects_without_asking() {
    let server = Script::of([500, 502, 503, 599].map(status)).await;
    let breaker = breaker(&Registry::new());
    let mut client = ServiceBuilder::new()
        .layer(CircuitBreakerLayer::new(breaker.clone()))
        .service(reqwest::Client::new());

    for expected in [500, 502, 503, 599] {
        assert_eq!(breaker.state(), State::Closed);
        let response = client.call(get(&server.url())).await.unwrap();
        assert_eq!(response.status(), expected);
    }
    assert_eq!(breaker.state(), State::Open);
    let rejected = client.call(get(&server.url())).await.unwrap_err();
    assert!(matches!(
        rejected,
        Failure::Policy(PolicyError::CircuitOpen(_))
    ));
    assert_eq!(server.asked().len(), 4);
}

#[tokio::test]
async fn a_breaker_stays_closed_by_what_is_the_callers_fault() {
    let server = Script::of([404, 400, 429, 499].map(status)).await;
    let breaker = breaker(&Registry::new());
    let mut client = ServiceBuilder::new()
        .layer(CircuitBreakerLayer::new(breaker.clone()))
        .service(reqwest::Client::new());

    for _ in 0..4 {
        client.call(get(&server.url())).await.unwrap();
    }
    let metrics = breaker.metrics();
    assert_eq!((metrics.successful_calls, metrics.failed_calls), (4, 0));
    assert_eq!(breaker.state(), State::Closed);
}

#[tokio::test]
async fn a_breaker_opens_by_connections_that_are_refused() {
    let url = format!("http://{}/", closed_port().await);
    let breaker = breaker(&Registry::new());
    let mut client = ServiceBuilder::new()
        .layer(CircuitBreakerLayer::new(breaker.clone()).boxed())
        .service(reqwest::Client::new());

    for _ in 0..4 {
        let error = client.call(get(&url)).await.unwrap_err();
        assert!(error.downcast_ref::<reqwest::Error>().unwrap().is_connect());
    }
    assert_eq!(breaker.state(), State::Open);
    let rejected = client.call(get(&url)).await.unwrap_err();
    assert!(matches!(
        rejected.downcast_ref(),
        Some(PolicyError::CircuitOpen(_))
    ));
}

#[tokio::test]
async fn hypers_client_goes_through_a_layer_too() {
    let server = Script::of([status(500)]).await;
    let breaker = breaker(&Registry::new());
    let hyper = Client::builder(TokioExecutor::new()).build_http::<Empty<Bytes>>();
    let mut client = ServiceBuilder::new()
        .layer(CircuitBreakerLayer::new(breaker.clone()))
        .service(hyper);

    for _ in 0..2 {
        let request = Request::get(server.url()).body(Empty::new()).unwrap();
        client.call(request).await.unwrap();
    }
    let metrics = breaker.metrics();
    assert_eq!((metrics.successful_calls, metrics.failed_calls), (1, 1));
}

#[circuit_breaker("rates", registry = registry)]
async fn rate(registry: &Registry) -> Result<f64, PolicyError> {
    Ok(1.08)
}

#[tokio::test]
async fn an_attribute_of_the_same_name_shares_the_instance() {
    let server = Script::of([500, 500, 500, 500].map(status)).await;
    let registry = Registry::new();
    let breaker = breaker(&registry);
    let mut client = ServiceBuilder::new()
        .layer(CircuitBreakerLayer::new(breaker))
        .service(reqwest::Client::new());

    assert!(rate(&registry).await.is_ok());
    for _ in 0..3 {
        client.call(get(&server.url())).await.unwrap();
    }
    let rejected = rate(&registry).await.unwrap_err();
    assert!(
        matches!(rejected, PolicyError::CircuitOpen(_)),
        "{rejected}"
    );
}

#[tokio::test]
async fn a_call_that_takes_too_long_is_a_failure_and_frees_its_place() {
    let (entered, mut entries) = unbounded_channel();
    let hangs = axum::Router::new().fallback(async move || {
        entered.send(()).unwrap();
        std::future::pending::<()>().await;
    });
    let url = format!("http://{}/", serve(hangs).await);

    let time = Clock::manual();
    let registry = Registry::builder().clock(&time).build();
    let (breaker, bulkhead) = (breaker(&registry), registry.bulkhead("rates"));
    let limiter = registry
        .time_limiter_with("rates", |config| {
            config.timeout_duration(Duration::from_secs(2))
        })
        .unwrap();
    let mut client = ServiceBuilder::new()
        .layer(CircuitBreakerLayer::new(breaker.clone()).flattened())
        .layer(TimeLimiterLayer::new(limiter).flattened())
        .layer(BulkheadLayer::new(bulkhead.clone()))
        .service(reqwest::Client::new());

    let call = tokio::spawn(client.call(get(&url)));
    entries.recv().await.unwrap();
    let all = bulkhead.config().max_concurrent_calls();
    assert_eq!(bulkhead.metrics().available_concurrent_calls, all - 1);
    time.advance(Duration::from_secs(2));
    let late = call.await.unwrap().unwrap_err();
    assert!(matches!(late, Failure::Policy(PolicyError::TimedOut(_))));
    assert_eq!(breaker.metrics().failed_calls, 1);
    assert_eq!(bulkhead.metrics().available_concurrent_calls, all);
}
