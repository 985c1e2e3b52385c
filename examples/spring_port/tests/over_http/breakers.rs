//! The states of the breakers, as clients and operators see them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::service::{OPEN, Service, serve, until};

/// The fewest failures that open the breaker of backend A.
async fn open_backend_a(service: &Service) {
    for made in 0..5 {
        assert_eq!(service.state_of("backendA").await, "CLOSED", "after {made}");
        assert_eq!(service.get("/backendA/badRequest").await.status, 400);
    }
    assert_eq!(service.state_of("backendA").await, "OPEN");
}

#[tokio::test]
async fn failures_open_it_and_good_probes_close_it_again() {
    let service = serve().await;
    open_backend_a(&service).await;

    service.time.advance(Duration::from_millis(250));
    let refused = service.get("/backendA/success").await;
    assert_eq!(refused.refuses(), (503, OPEN.to_owned()));
    assert_eq!(refused.retry_after(), Some("5"));
    service.time.advance(Duration::from_millis(3_850));
    for path in ["badRequest", "blockingSuccess", "futureSuccess", "timeout"] {
        let refused = service.get(&format!("/backendA/{path}")).await;
        assert_eq!(refused.status, 503, "{path}");
        assert_eq!(refused.retry_after(), Some("1"), "rounded up");
    }

    service.time.advance(Duration::from_millis(900));
    assert_eq!(service.state_of("backendA").await, "HALF_OPEN", "by itself");
    for _ in 0..3 {
        assert_eq!(service.state_of("backendA").await, "HALF_OPEN");
        assert_eq!(service.get("/backendA/success").await.status, 200);
    }
    assert_eq!(service.state_of("backendA").await, "CLOSED");
}

#[tokio::test]
async fn bad_probes_open_it_again() {
    let service = serve().await;
    open_backend_a(&service).await;
    service.time.advance(Duration::from_secs(5));
    for path in ["success", "badRequest", "badRequest"] {
        assert_eq!(service.state_of("backendA").await, "HALF_OPEN");
        service.get(&format!("/backendA/{path}")).await;
    }
    assert_eq!(service.state_of("backendA").await, "OPEN");
    service.time.advance(Duration::from_millis(500));
    let refused = service.get("/backendA/success").await;
    assert_eq!((refused.status, refused.retry_after()), (503, Some("5")));
}

#[tokio::test]
async fn slow_calls_open_it_though_all_go_well() {
    let service = serve().await;
    for _ in 0..5 {
        let answer = service.get_after(&[3_000], "/backendA/slowSuccess").await;
        assert_eq!(answer.says(), (200, "hello from backend A, at last"));
    }
    assert_eq!(service.state_of("backendA").await, "OPEN");
    let breaker = service.actuator("/circuitbreakers/backendA").await;
    assert_eq!(breaker["slowCallRate"], "100.0%");
    assert_eq!(breaker["failureRate"], "0.0%");
    let path = "/circuitbreakerevents/backendA/SLOW_CALL_RATE_EXCEEDED";
    let exceeded = service.event_types("circuitBreakerEvents", path).await;
    assert_eq!(exceeded.len(), 1);
}

#[tokio::test]
async fn what_is_slow_to_one_backend_need_not_be_to_the_other() {
    let service = serve().await;
    for _ in 0..6 {
        let answer = service.get_after(&[3_000], "/backendB/slowSuccess").await;
        assert_eq!(answer.says(), (200, "hello from backend B, at last"));
    }
    let breaker = service.registry.circuit_breaker("backendB").metrics();
    assert_eq!((breaker.buffered_calls, breaker.slow_calls), (6, 0));
}

#[tokio::test]
async fn one_that_does_not_change_by_itself_waits_for_a_call() {
    let service = serve().await;
    for _ in 0..2 {
        service
            .get_after(&[200, 400, 800], "/backendB/failure")
            .await;
    }
    assert_eq!(
        service.state_of("backendB").await,
        "OPEN",
        "by eight attempts"
    );
    let fallback = service.get("/backendB/fallback").await;
    assert_eq!(fallback.status, 200);
    let body = "instead of backend B: circuit breaker 'backendB' is OPEN";
    assert!(fallback.body.starts_with(body), "{}", fallback.body);
    assert_eq!(service.time.timers(), 0, "it is not tried again");

    // The last moment of the ten seconds still belongs to OPEN.
    service.time.advance(Duration::from_millis(10_001));
    assert_eq!(service.state_of("backendB").await, "OPEN");
    for _ in 0..5 {
        assert_eq!(service.get("/backendB/success").await.status, 200);
    }
    assert_eq!(service.state_of("backendB").await, "CLOSED");
}

#[tokio::test]
async fn each_transition_is_a_line_in_the_log() {
    let service = serve().await;
    let lines = Arc::new(Mutex::new(Vec::new()));
    let logged = Arc::clone(&lines);
    let log = move |line: &str| logged.lock().unwrap().push(line.to_owned());
    let logging = spring_port::log_transitions(service.registry.clone(), log);
    let logging = tokio::spawn(logging);
    tokio::task::yield_now().await;

    open_backend_a(&service).await;
    until(|| !lines.lock().unwrap().is_empty()).await;
    let line = "circuit breaker 'backendA' changed state from CLOSED to OPEN";
    assert_eq!(*lines.lock().unwrap(), [line]);

    drop(service);
    until(|| logging.is_finished()).await;
}
