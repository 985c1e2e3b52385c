//! What the routes answer while the breakers are closed, and what is counted.

use crate::service::serve;

#[tokio::test]
async fn what_goes_well_is_answered() {
    let service = serve().await;
    for (path, body) in [
        ("/backendA/success", "hello from backend A"),
        (
            "/backendA/blockingSuccess",
            "hello from backend A, on a thread",
        ),
        ("/backendA/futureSuccess", "hello from bulkhead-backendA-1"),
        ("/backendA/fallback/tea", "tea from backend A"),
        ("/backendB/success", "hello from backend B"),
    ] {
        assert_eq!(service.get(path).await.says(), (200, body), "{path}");
    }
    let breaker = service.registry.circuit_breaker("backendA");
    assert_eq!(breaker.metrics().successful_calls, 4);
    let breaker = service.registry.circuit_breaker("backendB");
    assert_eq!(
        breaker.metrics().successful_calls,
        1,
        "by the class's attribute"
    );
}

#[tokio::test]
async fn a_failure_is_tried_again_as_the_file_says() {
    let thrice = &[100, 100];
    for (path, backend, waits, status, body) in [
        (
            "/backendA/failure",
            "backendA",
            &thrice[..],
            502,
            "the backend has failed",
        ),
        (
            "/backendA/blockingFailure",
            "backendA",
            thrice,
            502,
            "the backend has failed",
        ),
        (
            "/backendA/fallback",
            "backendA",
            thrice,
            200,
            "instead of backend A: the backend has failed",
        ),
        (
            "/backendB/failure",
            "backendB",
            &[200, 400, 800],
            502,
            "the backend has failed",
        ),
        (
            "/backendB/fallback",
            "backendB",
            &[200, 400, 800],
            200,
            "instead of backend B: the backend has failed",
        ),
        (
            "/backendB/decorated",
            "backendB",
            &[200, 400, 800],
            200,
            "decorated: the backend has failed",
        ),
    ] {
        let service = serve().await;
        let answer = service.get_after(waits, path).await;
        assert_eq!(answer.says(), (status, body), "{path}");
        let breaker = service.registry.circuit_breaker(backend).metrics();
        assert_eq!(breaker.failed_calls, waits.len() as u64 + 1, "{path}");
        let retry = service.registry.retry(backend).metrics();
        assert_eq!(retry.failed_calls_with_retry, 1, "{path}");
    }
}

#[tokio::test]
async fn an_attempt_that_goes_well_is_the_last() {
    let service = serve().await;
    let answer = service.get_after(&[100, 100], "/backendA/recovery").await;
    assert_eq!(answer.says(), (200, "attempt 3 went well"));
    let retry = service.registry.retry("backendA").metrics();
    assert_eq!(retry.successful_calls_with_retry, 1);
    let retries = service
        .event_types("retryEvents", "/retryevents/backendA")
        .await;
    assert_eq!(retries, ["RETRY", "RETRY", "SUCCESS"]);
}

#[tokio::test]
async fn a_failure_that_another_attempt_would_not_better_is_counted_once() {
    let service = serve().await;
    let answer = service.get("/backendA/badRequest").await;
    assert_eq!(answer.says(), (400, "the backend did not take the request"));
    let breaker = service.registry.circuit_breaker("backendA").metrics();
    assert_eq!(breaker.failed_calls, 1);
}

#[tokio::test]
async fn the_error_of_the_business_is_no_failure_to_anybody() {
    let service = serve().await;
    for (path, backend) in [
        ("/backendA/ignore", "backendA"),
        ("/backendA/fallback/business", "backendA"),
        ("/backendB/ignore", "backendB"),
    ] {
        // More than it takes to open the breaker, if they counted.
        for _ in 0..10 {
            let answer = service.get(path).await;
            let says = (422, "the customer is not allowed to do that");
            assert_eq!(answer.says(), says, "{path}");
        }
        let breaker = service.registry.circuit_breaker(backend).metrics();
        assert_eq!(breaker.buffered_calls, 0, "{path}");
        let retry = service.registry.retry(backend).metrics();
        assert_eq!(retry.failed_calls_with_retry, 0, "{path}");
        let path = format!("/circuitbreakerevents/{backend}");
        let events = service.event_types("circuitBreakerEvents", &path).await;
        assert!(
            events.iter().all(|event| event == "IGNORED_ERROR"),
            "{events:?}"
        );
    }
}

#[tokio::test]
async fn a_fallback_is_chosen_by_the_type_of_the_failure() {
    let service = serve().await;
    for (order, status, body) in [
        (
            "remote",
            200,
            "remote from another backend, since the backend has failed",
        ),
        (
            "bad-request",
            200,
            "bad-request from another backend, since the backend did not take the request",
        ),
        ("business", 422, "the customer is not allowed to do that"),
    ] {
        let answer = service.get(&format!("/backendA/fallback/{order}")).await;
        assert_eq!(answer.says(), (status, body));
    }
    let breaker = service.registry.circuit_breaker("backendA");
    assert_eq!(
        breaker.metrics().failed_calls,
        2,
        "though they were answered"
    );
    breaker.transition_to_open().unwrap();
    let answer = service.get("/backendA/fallback/remote").await;
    assert_eq!(answer.says(), (200, "remote as of yesterday"));
}

#[tokio::test]
async fn a_failure_on_the_bulkhead_s_threads_comes_back_to_the_caller() {
    let service = serve().await;
    let answer = service.get("/backendA/futureFailure").await;
    assert_eq!(answer.says(), (502, "the backend has failed"));
    let breaker = service.registry.circuit_breaker("backendA").metrics();
    assert_eq!(breaker.failed_calls, 1);
}
