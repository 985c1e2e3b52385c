//! Layers around axum's router.

use std::future::pending;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use resilience_tower::{BulkheadLayer, CircuitBreakerLayer, RateLimiterLayer, TimeLimiterLayer};
use resilience4rs::{Bulkhead, Clock, Registry, State};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::serving::serve;

async fn ask(address: std::net::SocketAddr) -> reqwest::Response {
    reqwest::get(format!("http://{address}/")).await.unwrap()
}

/// Says when it is dropped.
struct Told(UnboundedSender<&'static str>);

impl Drop for Told {
    fn drop(&mut self) {
        // The test may be over.
        let _ = self.0.send("left");
    }
}

/// A handler that says when it is entered, and when it is dropped, which it waits for.
fn hanging(say: UnboundedSender<&'static str>) -> Router {
    Router::new().route(
        "/",
        get(async move || {
            let told = Told(say);
            told.0.send("entered").unwrap();
            pending::<()>().await;
            drop(told);
        }),
    )
}

fn one_place(registry: &Registry) -> Bulkhead {
    registry
        .bulkhead_with("reports", |config| {
            config
                .max_concurrent_calls(1)
                .max_wait_duration(Duration::ZERO)
        })
        .unwrap()
}

#[tokio::test]
async fn a_breaker_that_is_open_answers_in_place_of_the_handler() {
    let time = Clock::manual();
    let breaker = Registry::builder()
        .clock(&time)
        .build()
        .circuit_breaker_with("internal-ledger", |config| {
            config
                .sliding_window_size(2)
                .wait_duration_in_open_state(Duration::from_millis(30_500))
        })
        .unwrap();
    let router = Router::new()
        .route("/", get(async || StatusCode::INTERNAL_SERVER_ERROR))
        .layer(CircuitBreakerLayer::new(breaker.clone()).answering());
    let address = serve(router).await;

    assert_eq!(ask(address).await.status(), 500);
    assert_eq!(ask(address).await.status(), 500);
    assert_eq!(breaker.state(), State::Open);

    let rejected = ask(address).await;
    assert_eq!(rejected.status(), 503);
    assert_eq!(rejected.headers()["retry-after"], "31");
    assert_eq!(
        rejected.headers()["content-type"],
        "application/problem+json"
    );
    let body: serde_json::Value = rejected.json().await.unwrap();
    assert_eq!(body["status"], 503);
    assert_eq!(body["title"], "Service Unavailable");
    assert!(!body.to_string().contains("ledger"), "{body}");
}

#[tokio::test]
async fn a_call_above_the_limit_is_told_when_to_come_back() {
    let time = Clock::manual();
    let limiter = Registry::builder()
        .clock(&time)
        .build()
        .rate_limiter_with("search", |config| {
            config
                .limit_for_period(1)
                .limit_refresh_period(Duration::from_secs(20))
                .timeout_duration(Duration::ZERO)
        })
        .unwrap();
    let router = Router::new()
        .route("/", get(async || "found"))
        .layer(RateLimiterLayer::new(limiter).answering());
    let address = serve(router).await;

    assert_eq!(ask(address).await.text().await.unwrap(), "found");
    let refused = ask(address).await;
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.headers()["retry-after"], "20");
    time.advance(Duration::from_secs(20));
    assert_eq!(ask(address).await.status(), 200);
}

#[tokio::test]
async fn a_handler_that_takes_too_long_is_dropped_and_answered_for() {
    let time = Clock::manual();
    let limiter = Registry::builder()
        .clock(&time)
        .build()
        .time_limiter_with("reports", |config| {
            config.timeout_duration(Duration::from_secs(3))
        })
        .unwrap();
    let (say, mut said) = unbounded_channel();
    let address = serve(hanging(say).layer(TimeLimiterLayer::new(limiter).answering())).await;

    let call = tokio::spawn(ask(address));
    assert_eq!(said.recv().await, Some("entered"));
    time.advance(Duration::from_secs(3));
    assert_eq!(said.recv().await, Some("left"));
    assert_eq!(call.await.unwrap().status(), 504);
}

#[tokio::test]
async fn a_client_that_goes_away_gives_its_place_back() {
    let registry = Registry::new();
    let (bulkhead, breaker) = (one_place(&registry), registry.circuit_breaker("reports"));
    let (say, mut said) = unbounded_channel();
    let router = hanging(say)
        .layer(BulkheadLayer::new(bulkhead.clone()).answering())
        .layer(CircuitBreakerLayer::new(breaker.clone()).answering());
    let address = serve(router).await;

    let call = tokio::spawn(ask(address));
    assert_eq!(said.recv().await, Some("entered"));
    assert_eq!(bulkhead.metrics().available_concurrent_calls, 0);
    let full = ask(address).await;
    assert_eq!(
        (full.status().as_u16(), full.headers().get("retry-after")),
        (503, None)
    );

    call.abort();
    assert_eq!(said.recv().await, Some("left"));
    assert_eq!(bulkhead.metrics().available_concurrent_calls, 1);
    let metrics = breaker.metrics();
    assert_eq!(metrics.cancelled_calls, 1);
    // The full bulkhead's 503 is no word about the handler.
    assert_eq!((metrics.failed_calls, metrics.successful_calls), (0, 0));
}

#[tokio::test]
async fn a_503_of_the_handlers_own_is_a_failure() {
    let breaker = Registry::new().circuit_breaker("reports");
    let handler = async || -> Response {
        axum::response::IntoResponse::into_response(StatusCode::SERVICE_UNAVAILABLE)
    };
    let router = Router::new()
        .route("/", get(handler))
        .layer(CircuitBreakerLayer::new(breaker.clone()).answering());
    assert_eq!(ask(serve(router).await).await.status(), 503);
    assert_eq!(breaker.metrics().failed_calls, 1);
}
