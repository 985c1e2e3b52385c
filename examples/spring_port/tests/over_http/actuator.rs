//! The endpoints that operators of the Java service know, in the same server.

use serde_json::json;

use crate::service::{OPEN, Service, TOKEN, serve, text};

#[tokio::test]
async fn what_the_file_names_is_listed_before_its_first_call() {
    let service = serve().await;
    let both = json!(["backendA", "backendB"]);
    for (path, list, names) in [
        ("/retries", "retries", &both),
        ("/ratelimiters", "rateLimiters", &both),
        // Those of both kinds.
        (
            "/bulkheads",
            "bulkheads",
            &json!(["backendA", "backendA", "backendB"]),
        ),
        ("/timelimiters", "timeLimiters", &json!(["backendA"])),
    ] {
        assert_eq!(service.actuator(path).await, json!({ list: names }));
    }
    assert_eq!(
        service.actuator("/circuitbreakers").await["circuitBreakers"]["backendA"],
        json!({
            "failureRate": "-1.0%",
            "slowCallRate": "-1.0%",
            "failureRateThreshold": "50.0%",
            "slowCallRateThreshold": "60.0%",
            "bufferedCalls": 0,
            "failedCalls": 0,
            "slowCalls": 0,
            "slowFailedCalls": 0,
            "notPermittedCalls": 0,
            "state": "CLOSED",
        })
    );
}

async fn open_both(service: &Service) {
    for _ in 0..5 {
        service.get("/backendA/badRequest").await;
    }
    for _ in 0..2 {
        service
            .get_after(&[200, 400, 800], "/backendB/failure")
            .await;
    }
}

#[tokio::test]
async fn events_are_those_of_the_calls() {
    let service = serve().await;
    open_both(&service).await;
    service.get("/backendA/success").await;

    let path = "/circuitbreakerevents/backendA";
    let types = service.event_types("circuitBreakerEvents", path).await;
    let mut expected = vec!["ERROR"; 5];
    expected.extend(["FAILURE_RATE_EXCEEDED", "STATE_TRANSITION", "NOT_PERMITTED"]);
    assert_eq!(types, expected);
    let path = "/circuitbreakerevents/backendA/STATE_TRANSITION";
    let events = service.actuator(path).await;
    assert_eq!(
        events["circuitBreakerEvents"],
        json!([{
            "circuitBreakerName": "backendA",
            "type": "STATE_TRANSITION",
            "creationTime": "1970-01-01T00:00:00.000Z[UTC]",
            "stateTransition": "CLOSED_TO_OPEN",
        }])
    );

    let retries = service.actuator("/retryevents/backendB").await;
    let retries = retries["retryEvents"].as_array().unwrap();
    let attempts: Vec<_> = retries
        .iter()
        .map(|event| {
            (
                text(&event["type"]),
                event["numberOfAttempts"].as_u64().unwrap(),
            )
        })
        .collect();
    let of_one = [("RETRY", 1), ("RETRY", 2), ("RETRY", 3), ("ERROR", 4)];
    let of_two = of_one.iter().chain(&of_one);
    let of_two: Vec<_> = of_two
        .map(|(kind, made)| ((*kind).to_owned(), *made))
        .collect();
    assert_eq!(attempts, of_two);
}

#[tokio::test]
async fn as_many_events_are_kept_as_the_file_says() {
    let service = serve().await;
    for _ in 0..25 {
        service.get("/backendA/success").await;
    }
    let path = "/circuitbreakerevents/backendA";
    let types = service.event_types("circuitBreakerEvents", path).await;
    assert_eq!(types.len(), 20);
}

#[tokio::test]
async fn the_service_is_down_by_the_backend_that_may_fail_it() {
    let service = serve().await;
    let health = service.get("/actuator/health").await;
    assert_eq!(health.status, 200);
    open_both(&service).await;

    let health = service.get("/actuator/health").await;
    assert_eq!(health.status, 503);
    let breakers = &service.actuator("/health").await["components"]["circuitBreakers"];
    assert_eq!(breakers["status"], "DOWN");
    assert_eq!(breakers["details"]["backendA"]["status"], "CIRCUIT_OPEN");
    assert_eq!(breakers["details"]["backendB"]["status"], "DOWN");

    service.registry.circuit_breaker("backendB").reset();
    assert_eq!(service.get("/actuator/health").await.status, 200);
}

#[tokio::test]
async fn metrics_have_their_old_names() {
    let service = serve().await;
    service.get_after(&[100, 100], "/backendA/recovery").await;
    let page = service.get("/actuator/prometheus").await.body;
    for line in [
        r#"resilience4j_circuitbreaker_state{name="backendA",state="closed"} 1"#,
        r#"resilience4j_circuitbreaker_buffered_calls{kind="failed",name="backendA"} 2"#,
        r#"resilience4j_circuitbreaker_calls_seconds_count{kind="failed",name="backendA"} 2"#,
        r#"resilience4j_retry_calls_total{kind="successful_with_retry",name="backendA"} 1"#,
        r#"resilience4j_bulkhead_max_allowed_concurrent_calls{name="backendA"} 4"#,
        r#"resilience4j_ratelimiter_available_permissions{name="backendB"} 2"#,
    ] {
        assert!(
            page.lines().any(|of_page| of_page == line),
            "{line}\n{page}"
        );
    }
}

#[tokio::test]
async fn a_breaker_is_forced_open_by_whom_the_service_knows() {
    let service = serve().await;
    let force = async |token: &str, to: &str| {
        let url = service.url("/actuator/circuitbreakers/backendA");
        let request = service
            .client
            .post(url)
            .bearer_auth(token)
            .header("content-type", "application/json")
            .body(json!({ "updateState": to }).to_string());
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(force("a guess", "FORCE_OPEN").await, 401);
    assert_eq!(service.get("/backendA/success").await.status, 200);

    assert_eq!(force(TOKEN, "FORCE_OPEN").await, 200);
    let refused = service.get("/backendA/success").await;
    assert_eq!(refused.refuses(), (503, OPEN.to_owned()));
    assert_eq!(refused.retry_after(), None, "nobody knows");

    assert_eq!(force(TOKEN, "CLOSE").await, 200);
    assert_eq!(service.get("/backendA/success").await.status, 200);
}
