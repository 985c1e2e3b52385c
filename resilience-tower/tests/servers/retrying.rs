//! Retries over reqwest.

use std::future::ready;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use resilience_tower::{AnyMethod, BulkheadLayer, CircuitBreakerLayer, HttpStatus, RetryLayer};
use resilience4rs::{Clock, ManualClock, PolicyError, Registry, Retry};
use tower::{Service, ServiceBuilder, service_fn};

use crate::serving::{Script, closed_port, pass_waits, status, with_header};

const CONFIGURED: Duration = Duration::from_millis(500);

fn manual() -> (ManualClock, Registry) {
    let time = Clock::manual();
    let registry = Registry::builder().clock(&time).build();
    (time, registry)
}

fn retry(registry: &Registry) -> Retry {
    registry
        .retry_with("rates", |config| {
            config.max_attempts(4).wait_duration(CONFIGURED)
        })
        .unwrap()
}

fn request(method: reqwest::Method, url: &str) -> reqwest::Request {
    let mut request = reqwest::Request::new(method, url.parse().unwrap());
    *request.body_mut() = Some("1.08".into());
    request
}

#[tokio::test]
async fn each_wait_is_as_long_as_the_server_asks_for_in_either_form() {
    let server = Script::of([
        with_header(status(503), "retry-after", "7"),
        with_header(
            with_header(status(429), "date", "Sun, 06 Nov 1994 08:49:37 GMT"),
            "retry-after",
            "Sun, 06 Nov 1994 08:49:48 GMT",
        ),
        with_header(status(503), "retry-after", "0"),
    ])
    .await;
    let (time, registry) = manual();
    let retry = retry(&registry);
    let waits = pass_waits(&time, &retry);
    let mut client = ServiceBuilder::new()
        .layer(RetryLayer::new(retry))
        .service(reqwest::Client::new());

    let response = client
        .call(request(reqwest::Method::PUT, &server.url()))
        .await
        .unwrap();
    assert_eq!(response.text().await.unwrap(), "served");
    // What asks for less than is configured does not make the wait shorter.
    let asked_for = [Duration::from_secs(7), Duration::from_secs(11), CONFIGURED];
    assert_eq!(*waits.lock().unwrap(), asked_for);
    assert_eq!(
        server.asked(),
        ["PUT 1.08"; 4],
        "each attempt has the whole request"
    );
}

#[tokio::test]
async fn a_header_that_other_statuses_have_is_not_asked() {
    let server = Script::of([with_header(status(500), "retry-after", "7")]).await;
    let (time, registry) = manual();
    let retry = retry(&registry);
    let waits = pass_waits(&time, &retry);
    let mut client = ServiceBuilder::new()
        .layer(RetryLayer::new(retry))
        .service(reqwest::Client::new());

    client
        .call(request(reqwest::Method::GET, &server.url()))
        .await
        .unwrap();
    assert_eq!(*waits.lock().unwrap(), [CONFIGURED]);
}

#[tokio::test]
async fn a_wait_past_the_cap_is_left_to_the_caller() {
    let server = Script::of([with_header(status(503), "retry-after", "31")]).await;
    let (time, registry) = manual();
    let retry = retry(&registry);
    pass_waits(&time, &retry);
    let by_status = HttpStatus::new().max_retry_after(Duration::from_secs(30));
    let mut client = ServiceBuilder::new()
        .layer(RetryLayer::new(retry).classify(by_status))
        .service(reqwest::Client::new());

    let response = client
        .call(request(reqwest::Method::GET, &server.url()))
        .await
        .unwrap();
    assert_eq!(response.status(), 503);
    assert_eq!(response.headers()["retry-after"], "31");
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_404_is_not_retried() {
    let server = Script::of([status(404)]).await;
    let (time, registry) = manual();
    let retry = retry(&registry);
    pass_waits(&time, &retry);
    let mut client = ServiceBuilder::new()
        .layer(RetryLayer::new(retry))
        .service(reqwest::Client::new());

    let response = client
        .call(request(reqwest::Method::GET, &server.url()))
        .await
        .unwrap();
    assert_eq!(response.status(), 404);
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_post_is_made_once_unless_the_caller_knows_better() {
    let server = Script::of([500, 500, 500].map(status)).await;
    let (time, registry) = manual();
    let retry = retry(&registry);
    pass_waits(&time, &retry);
    let post = || request(reqwest::Method::POST, &server.url());

    let mut client = ServiceBuilder::new()
        .layer(RetryLayer::new(retry.clone()))
        .service(reqwest::Client::new());
    assert_eq!(client.call(post()).await.unwrap().status(), 500);
    assert_eq!(server.asked().len(), 1);

    let mut known = post();
    known
        .headers_mut()
        .insert("idempotency-key", "4711".parse().unwrap());
    assert_eq!(client.call(known).await.unwrap().status(), 200);
    assert_eq!(server.asked().len(), 1 + 3);

    let again = Script::of([status(500)]).await;
    let mut client = ServiceBuilder::new()
        .layer(RetryLayer::new(retry).clone_request(AnyMethod))
        .service(reqwest::Client::new());
    let response = client
        .call(request(reqwest::Method::POST, &again.url()))
        .await
        .unwrap();
    assert_eq!((response.status().as_u16(), again.asked().len()), (200, 2));
}

#[tokio::test]
async fn a_refused_connection_is_tried_again_until_the_breaker_inside_opens() {
    let url = format!("http://{}/", closed_port().await);
    let (time, registry) = manual();
    let retry = retry(&registry);
    let waits = pass_waits(&time, &retry);
    let breaker = registry
        .circuit_breaker_with("rates", |config| config.sliding_window_size(2))
        .unwrap();
    let mut client = ServiceBuilder::new()
        .layer(RetryLayer::new(retry.clone()).boxed())
        .layer(CircuitBreakerLayer::new(breaker.clone()).boxed())
        .service(reqwest::Client::new());

    let error = client
        .call(request(reqwest::Method::GET, &url))
        .await
        .unwrap_err();
    // Two attempts opened it, and the third was rejected, which is not retried.
    assert!(
        matches!(error.downcast_ref(), Some(PolicyError::CircuitOpen(_))),
        "{error}"
    );
    assert_eq!(waits.lock().unwrap().len(), 2);
    assert_eq!(retry.metrics().total_calls, 3);
    assert_eq!(breaker.metrics().not_permitted_calls, 1);
}

#[tokio::test]
async fn an_answer_of_a_policy_inside_is_retried_as_its_failure_would_be() {
    let (time, registry) = manual();
    let retry = retry(&registry);
    pass_waits(&time, &retry);
    let bulkhead = registry
        .bulkhead_with("rates", |config| {
            config
                .max_concurrent_calls(1)
                .max_wait_duration(Duration::ZERO)
        })
        .unwrap();
    let breaker = registry.circuit_breaker("rates");
    let mut client = ServiceBuilder::new()
        .layer(RetryLayer::new(retry.clone()).answering())
        .layer(CircuitBreakerLayer::new(breaker.clone()).answering())
        .layer(BulkheadLayer::new(bulkhead.clone()).answering())
        .service(service_fn(|_: http::Request<()>| async {
            Ok::<axum::response::Response, std::convert::Infallible>(http::Response::default())
        }));
    let get = || http::Request::new(());

    let place = bulkhead.try_acquire().unwrap();
    let full = client.call(get()).await.unwrap();
    assert_eq!(full.status(), 503);
    let error = full.extensions().get();
    assert!(matches!(error, Some(PolicyError::BulkheadFull(_))));
    assert_eq!(retry.metrics().total_calls, 4);
    place.complete();

    breaker.transition_to_open().unwrap();
    let open = client.call(get()).await.unwrap();
    assert_eq!(open.headers()["retry-after"], "60");
    assert_eq!(
        retry.metrics().total_calls,
        4 + 1,
        "an open circuit is not retried"
    );
    assert_eq!(breaker.metrics().not_permitted_calls, 1);
}

#[tokio::test]
async fn a_post_that_a_policy_inside_ended_is_a_call_that_failed() {
    let (_, registry) = manual();
    let (retry, breaker) = (retry(&registry), registry.circuit_breaker("rates"));
    let unasked = |_: Result<&axum::response::Response, &std::convert::Infallible>| {
        unreachable!("what a policy did is not for the closure to judge")
    };
    let mut client = ServiceBuilder::new()
        .layer(RetryLayer::new(retry.clone()).classify(unasked).answering())
        .layer(CircuitBreakerLayer::new(breaker.clone()).answering())
        .service(service_fn(|_: http::Request<()>| async {
            Ok::<axum::response::Response, std::convert::Infallible>(http::Response::default())
        }));

    breaker.transition_to_open().unwrap();
    let post = http::Request::post("/").body(()).unwrap();
    assert_eq!(client.call(post).await.unwrap().status(), 503);
    let metrics = retry.metrics();
    assert_eq!(metrics.failed_calls_without_retry, 1, "{metrics:?}");
    assert_eq!(metrics.total_calls, 1, "{metrics:?}");
}

#[tokio::test]
async fn each_attempt_has_all_that_the_request_had() {
    let (time, registry) = manual();
    let retry = retry(&registry);
    pass_waits(&time, &retry);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let mut client = ServiceBuilder::new()
        .layer(RetryLayer::new(retry))
        .service(service_fn(move |request: http::Request<&'static str>| {
            let extension = *request.extensions().get::<u32>().unwrap();
            let header = request.headers()["x-tenant"].clone();
            let line = (extension, header, request.version(), *request.body());
            log.lock().unwrap().push(line);
            ready(Err::<http::Response<()>, _>("down"))
        }));

    let request = http::Request::put("/usd")
        .version(http::Version::HTTP_2)
        .header("x-tenant", "acme")
        .extension(4711_u32)
        .body("1.08")
        .unwrap();
    client.call(request).await.unwrap_err();
    let header = http::HeaderValue::from_static("acme");
    let expected = (4711, header, http::Version::HTTP_2, "1.08");
    assert_eq!(*seen.lock().unwrap(), vec![expected; 4]);
}

#[tokio::test]
async fn a_wait_without_end_is_one_where_the_cap_allows_it() {
    let digits = "99999999999999999999999";
    let server = Script::of([with_header(status(503), "retry-after", digits)]).await;
    let (time, registry) = manual();
    let retry = retry(&registry);
    let waits = pass_waits(&time, &retry);
    let patient = HttpStatus::new().max_retry_after(Duration::MAX);
    let mut client = ServiceBuilder::new()
        .layer(RetryLayer::new(retry).classify(patient))
        .service(reqwest::Client::new());

    let response = client
        .call(request(reqwest::Method::GET, &server.url()))
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(*waits.lock().unwrap(), [Duration::from_secs(u64::MAX)]);
}
