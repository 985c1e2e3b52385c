//! Who comes too often, too many at once, or takes too long.

use std::time::Duration;

use crate::service::{FULL, serve, until};

#[tokio::test]
async fn a_full_bulkhead_refuses_and_the_breaker_does_not_mind() {
    let service = serve().await;
    let inside: Vec<_> = (0..4)
        .map(|_| service.start("/backendA/slowSuccess"))
        .collect();
    until(|| service.time.timers() == 4).await;

    let refused = service.get("/backendA/slowSuccess").await;
    assert_eq!(refused.refuses(), (503, FULL.to_owned()));
    assert_eq!(refused.retry_after(), None);
    let events = service
        .event_types("bulkheadEvents", "/bulkheadevents/backendA")
        .await;
    let permitted = "CALL_PERMITTED";
    assert_eq!(
        events,
        [permitted, permitted, permitted, permitted, "CALL_REJECTED"]
    );

    service.time.advance(Duration::from_secs(3));
    for call in inside {
        assert_eq!(call.await.unwrap().status, 200);
    }
    let breaker = service.registry.circuit_breaker("backendA").metrics();
    assert_eq!((breaker.buffered_calls, breaker.failed_calls), (4, 0));
    assert_eq!(
        service
            .registry
            .bulkhead("backendA")
            .metrics()
            .available_concurrent_calls,
        4
    );
}

#[tokio::test]
async fn a_full_pool_refuses_and_calls_in_its_queue_time_out_too() {
    let service = serve().await;
    let pool = service.registry.thread_pool_bulkhead("backendA");
    let path = "/backendA/futureTimeout";
    // One on the thread of the core, one in the queue, and so one on another thread.
    let taken: Vec<_> = (0..3).map(|_| service.start(path)).collect();
    // Each has its time limit, and two are in their bodies, which wait.
    until(|| service.time.timers() == 5).await;
    let metrics = pool.metrics();
    assert_eq!((metrics.active_thread_count, metrics.queue_depth), (2, 1));

    let refused = service.get(path).await;
    assert_eq!(refused.refuses(), (503, FULL.to_owned()));

    service.time.advance(Duration::from_secs(2));
    for call in taken {
        assert_eq!(call.await.unwrap().status, 504);
    }
    let breaker = service.registry.circuit_breaker("backendA").metrics();
    assert_eq!(
        breaker.failed_calls, 3,
        "who was refused says nothing of the backend"
    );
    until(|| pool.metrics().active_thread_count == 0).await;
}

#[tokio::test]
async fn a_rate_limiter_refuses_until_the_next_period() {
    let service = serve().await;
    for _ in 0..3 {
        assert_eq!(service.get("/backendA/limited").await.status, 200);
    }
    let refused = service.get("/backendA/limited").await;
    let says = "there are too many calls in this period";
    assert_eq!(refused.refuses(), (429, says.to_owned()));
    assert_eq!(refused.retry_after(), Some("1"));
    let path = "/ratelimiterevents/backendA";
    let events = service.event_types("rateLimiterEvents", path).await;
    let taken = "SUCCESSFUL_ACQUIRE";
    assert_eq!(events, [taken, taken, taken, "FAILED_ACQUIRE"]);

    service.time.advance(Duration::from_secs(1));
    assert_eq!(service.get("/backendA/limited").await.status, 200);
}

#[tokio::test]
async fn a_rate_limiter_with_a_timeout_lets_its_callers_wait() {
    let service = serve().await;
    for _ in 0..2 {
        assert_eq!(service.get("/backendB/limited").await.status, 200);
    }
    let waiting = service.start("/backendB/limited");
    until(|| service.time.timers() == 1).await;
    let health = service.actuator("/health/rateLimiters").await;
    let details = &health["details"]["backendB"]["details"];
    assert_eq!(details["numberOfWaitingThreads"], 1);
    assert!(
        health["details"].get("backendA").is_none(),
        "as the file says"
    );

    service.time.advance(Duration::from_millis(500));
    assert_eq!(
        waiting.await.unwrap().says(),
        (200, "one of two in this half second")
    );
}

#[tokio::test]
async fn a_call_that_takes_too_long_is_given_up() {
    let service = serve().await;
    let late = r#"{"type":"about:blank","title":"Gateway Timeout","status":504,"detail":"the call took too long"}"#;
    let instead = "instead of backend A: time limiter 'backendA' recorded a timeout: the call took longer than 2s";
    for (path, says) in [
        ("/backendA/timeout", (504, late)),
        ("/backendA/timeoutWithFallback", (200, instead)),
    ] {
        let request = service.start(path);
        until(|| service.time.timers() == 2).await;
        service.time.advance(Duration::from_secs(2));
        assert_eq!(request.await.unwrap().says(), says, "{path}");
        assert_eq!(
            service.time.timers(),
            0,
            "the call was dropped where it waited"
        );
    }
    let breaker = service.registry.circuit_breaker("backendA").metrics();
    assert_eq!(breaker.failed_calls, 2);
    let path = "/timelimiterevents/backendA";
    let events = service.event_types("timeLimiterEvents", path).await;
    assert_eq!(events, ["TIMEOUT", "TIMEOUT"]);
}
