//! Live events, with readers who read.

use std::time::Duration;

use crate::reader::{Reader, silent};
use crate::service::{START, serve_with};

#[tokio::test]
async fn events_of_all_breakers_are_streamed_those_too_that_are_made_later() {
    let service = silent().await;
    service.registry.circuit_breaker("early").reset();
    let mut reader = Reader::open(&service, "/streamcircuitbreakerevents").await;
    service
        .registry
        .circuit_breaker("early")
        .transition_to_open()
        .unwrap();
    let late = service.registry.circuit_breaker("late");
    late.on_error(Duration::from_millis(5), &"down");
    // Not what was before, and with `null` for what an event does not have.
    assert_eq!(
        reader.next().await.unwrap(),
        format!(
            "event: STATE_TRANSITION\nid: early\ndata: {{\"circuitBreakerName\":\"early\",\"type\":\"STATE_TRANSITION\",\"creationTime\":\"{START}\",\"errorMessage\":null,\"durationInMs\":null,\"stateTransition\":\"CLOSED_TO_OPEN\"}}"
        )
    );
    assert_eq!(
        reader.next().await.unwrap(),
        format!(
            "event: ERROR\nid: late\ndata: {{\"circuitBreakerName\":\"late\",\"type\":\"ERROR\",\"creationTime\":\"{START}\",\"errorMessage\":\"&str\",\"durationInMs\":5,\"stateTransition\":null}}"
        )
    );
}

#[tokio::test]
async fn one_breaker_s_events_or_those_of_a_type_can_be_had_alone() {
    let service = silent().await;
    let (a, b) = (
        service.registry.circuit_breaker("a"),
        service.registry.circuit_breaker("b"),
    );
    let mut of_a = Reader::open(&service, "/streamcircuitbreakerevents/a").await;
    let mut resets = Reader::open(&service, "/streamcircuitbreakerevents/a/reset").await;
    for breaker in [&b, &a] {
        breaker.transition_to_forced_open().unwrap();
        breaker.reset();
    }
    for expected in [
        "event: STATE_TRANSITION",
        "event: STATE_TRANSITION",
        "event: RESET",
    ] {
        let frame = of_a.next().await.unwrap();
        assert!(
            frame.starts_with(expected) && frame.contains("\nid: a\n"),
            "{frame}"
        );
    }
    assert!(
        resets
            .next()
            .await
            .unwrap()
            .starts_with("event: RESET\nid: a\n")
    );
}

#[tokio::test]
async fn every_kind_has_its_stream() {
    let service = silent().await;
    let registry = &service.registry;
    let retry = registry
        .retry_with("one", |config| config.max_attempts(1))
        .unwrap();
    let (limiter, bulkhead) = (registry.rate_limiter("one"), registry.bulkhead("one"));
    let (pool, timer) = (
        registry.thread_pool_bulkhead("two"),
        registry.time_limiter("one"),
    );
    let make_them = || {
        let _ = retry.call_blocking(|| Err::<(), _>("down"));
        limiter.try_acquire().unwrap();
        drop(bulkhead.try_acquire().unwrap());
        let _ = pool.call_blocking(|| Ok::<_, ()>(()));
        timer.on_timeout();
    };
    for (endpoint, name, name_key, type_name) in [
        ("streamretryevents", "one", "retryName", "ERROR"),
        (
            "streamratelimiterevents",
            "one",
            "rateLimiterName",
            "SUCCESSFUL_ACQUIRE",
        ),
        (
            "streambulkheadevents",
            "one",
            "bulkheadName",
            "CALL_PERMITTED",
        ),
        (
            "streambulkheadevents",
            "two",
            "bulkheadName",
            "CALL_PERMITTED",
        ),
        (
            "streamthreadpoolbulkheadevents",
            "two",
            "bulkheadName",
            "CALL_PERMITTED",
        ),
        (
            "streamtimelimiterevents",
            "one",
            "timeLimiterName",
            "TIMEOUT",
        ),
    ] {
        for path in [
            format!("/{endpoint}"),
            format!("/{endpoint}/{name}"),
            format!("/{endpoint}/{name}/{type_name}"),
        ] {
            let mut reader = Reader::open(&service, &path).await;
            make_them();
            let frame = reader.next().await.unwrap();
            assert!(
                frame.starts_with(&format!("event: {type_name}\n")),
                "{path}: {frame}"
            );
            assert!(
                frame.contains(&format!("{{\"{name_key}\":\"")),
                "{path}: {frame}"
            );
        }
        assert_eq!(
            service.get(&format!("/{endpoint}/nobody")).await.status,
            404
        );
        assert_eq!(
            service
                .get(&format!("/{endpoint}/{name}/nothing"))
                .await
                .status,
            400
        );
    }
    assert!(registry.find_retry("nobody").is_none(), "nor is any made");
}

#[tokio::test]
async fn while_nothing_happens_the_stream_says_that_it_is_there() {
    let service = serve_with(
        |registry| registry,
        |admin| admin.heartbeat(Duration::from_millis(1)),
    )
    .await;
    let breaker = service.registry.circuit_breaker("payments");
    let mut reader = Reader::open(&service, "/streamcircuitbreakerevents/payments").await;
    for _ in 0..3 {
        assert_eq!(reader.next().await.unwrap(), "event: ping\ndata: {}");
    }
    breaker.reset();
    while reader.next().await.unwrap() == "event: ping\ndata: {}" {}
}

#[tokio::test]
async fn a_name_stays_in_its_field() {
    let service = silent().await;
    let name = "a\nevent: RESET\r\ndata: {}\n\nid: b\0";
    let breaker = service.registry.circuit_breaker(name);
    let mut reader = Reader::open(&service, "/streamcircuitbreakerevents").await;
    breaker.transition_to_disabled().unwrap();
    let frame = reader.next().await.unwrap();
    let fields: Vec<_> = frame
        .lines()
        .map(|line| line.split_once(": ").unwrap())
        .collect();
    let names: Vec<_> = fields.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["event", "id", "data"], "{frame}");
    assert!(!frame.contains(['\r', '\0']), "{frame}");
    let data: serde_json::Value = serde_json::from_str(fields[2].1).unwrap();
    assert_eq!(data["circuitBreakerName"], name);
}
