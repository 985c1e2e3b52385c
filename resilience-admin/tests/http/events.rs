//! The lists of events, with events of every type.

use std::time::Duration;

use resilience4rs::{
    BulkheadEventKind, CircuitBreakerEventKind, RateLimiterEventKind, RetryEventKind,
    TimeLimiterEventKind,
};

use crate::service::{START, Service, serve, serve_with};

const MILLI: Duration = Duration::from_millis(1);

/// The JSON of a list, from the events' fields after the name and the type.
fn list(key: &str, name: &str, events: &[(&str, String)]) -> String {
    let events: Vec<_> = events
        .iter()
        .map(|(type_name, rest)| format!(r#"{{{name},"type":"{type_name}",{rest}}}"#))
        .collect();
    format!(r#"{{"{key}":[{}]}}"#, events.join(","))
}

/// Checks the list of all, that of the instance, and that of each type.
async fn check(
    service: &Service,
    endpoint: &str,
    (key, name): (&str, &str),
    types: &[&str],
    events: &[(&str, String)],
) {
    for type_name in types {
        let seen = events.iter().any(|(seen, _)| seen == type_name);
        assert!(seen, "{endpoint} of every type, but none is {type_name}");
    }
    let whole = list(key, name, events);
    assert_eq!(service.read(&format!("/{endpoint}")).await, whole);
    assert_eq!(service.read(&format!("/{endpoint}/payments")).await, whole);
    for type_name in types {
        let some: Vec<_> = events
            .iter()
            .filter(|(one, _)| one == type_name)
            .cloned()
            .collect();
        for spelt in [(*type_name).to_owned(), type_name.to_lowercase()] {
            let path = format!("/{endpoint}/payments/{spelt}");
            assert_eq!(service.read(&path).await, list(key, name, &some), "{path}");
        }
    }
    let nobody = format!("/{endpoint}/nobody");
    assert_eq!(service.read(&nobody).await, format!(r#"{{"{key}":[]}}"#));
    for name in ["payments", "nobody"] {
        let answer = service
            .get(&format!("/{endpoint}/{name}/NO_SUCH_TYPE"))
            .await;
        assert_eq!(answer.status, 400, "{endpoint}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
}

fn at(rest: &str) -> String {
    let comma = if rest.is_empty() { "" } else { "," };
    format!(r#""creationTime":"{START}"{comma}{rest}"#)
}

#[tokio::test]
async fn those_of_breakers() {
    let service = serve().await;
    let breaker = service
        .registry
        .circuit_breaker_with("payments", |config| {
            config
                .minimum_number_of_calls(2)
                .sliding_window_size(2)
                .slow_call_duration_threshold(Duration::from_secs(1))
                .ignore_error(|error: &String| error == "declined")
        })
        .unwrap();
    breaker.on_error(MILLI * 7, &"declined".to_owned());
    drop(breaker.try_acquire().unwrap());
    breaker.on_success(MILLI * 1_500);
    breaker.on_error(MILLI * 1_500, &"down".to_owned());
    assert!(breaker.try_acquire().is_err());
    breaker.reset();
    let string = r#""errorMessage":"alloc::string::String""#;
    let transition = |from_to: &str| at(&format!(r#""stateTransition":"{from_to}""#));
    let events = [
        (
            "IGNORED_ERROR",
            at(&format!(r#"{string},"durationInMs":7"#)),
        ),
        ("CANCELLED", at(r#""durationInMs":0"#)),
        ("SUCCESS", at(r#""durationInMs":1500"#)),
        ("ERROR", at(&format!(r#"{string},"durationInMs":1500"#))),
        ("FAILURE_RATE_EXCEEDED", at("")),
        ("SLOW_CALL_RATE_EXCEEDED", at("")),
        ("STATE_TRANSITION", transition("CLOSED_TO_OPEN")),
        ("NOT_PERMITTED", at("")),
        ("STATE_TRANSITION", transition("OPEN_TO_CLOSED")),
        ("RESET", at("")),
    ];
    let words = ("circuitBreakerEvents", r#""circuitBreakerName":"payments""#);
    let types = CircuitBreakerEventKind::TYPE_NAMES;
    check(&service, "circuitbreakerevents", words, types, &events).await;
    for never_raised in ["FORCED_OPEN", "DISABLED"] {
        let path = format!("/circuitbreakerevents/payments/{never_raised}");
        assert_eq!(service.read(&path).await, r#"{"circuitBreakerEvents":[]}"#);
    }
}

#[tokio::test]
async fn what_failed_without_an_error_says_how() {
    let service = serve().await;
    let breaker = service
        .registry
        .circuit_breaker_with("payments", |config| {
            config.record_result(|status: &u16| *status >= 500)
        })
        .unwrap();
    let _ = breaker.call_blocking(|| Ok::<_, ()>(503_u16));
    let text = service.read("/circuitbreakerevents").await;
    let message = r#""errorMessage":"a result that is recorded as a failure","durationInMs":0"#;
    assert!(text.contains(message), "{text}");
}

#[tokio::test]
async fn those_of_retries() {
    let service = serve().await;
    let retry = service
        .registry
        .retry_with("payments", |config| {
            config
                .max_attempts(2)
                .wait_duration(Duration::ZERO)
                .ignore_error(|error: &u16| *error == 404)
                .budget("backend")
                .budget_percentage(1.0)
                .budget_min_retries_per_second(2)
        })
        .unwrap();
    let mut answers = [Err(500_u16), Ok(())].into_iter();
    retry.call_blocking(|| answers.next().unwrap()).unwrap();
    let _ = retry.call_blocking(|| Err::<(), _>(500_u16));
    let _ = retry.call_blocking(|| Err::<(), _>(404_u16));
    // The third retry in a second, of which there are two.
    let _ = retry.call_blocking(|| Err::<(), _>(500_u16));
    let failed = |attempts| {
        at(&format!(
            r#""errorMessage":"u16","numberOfAttempts":{attempts}"#
        ))
    };
    let events = [
        ("RETRY", failed(1)),
        ("SUCCESS", failed(1)),
        ("RETRY", failed(1)),
        ("ERROR", failed(2)),
        ("IGNORED_ERROR", failed(0)),
        ("BUDGET_EXHAUSTED", at(r#""numberOfAttempts":1"#)),
        ("ERROR", failed(1)),
    ];
    let words = ("retryEvents", r#""retryName":"payments""#);
    check(
        &service,
        "retryevents",
        words,
        RetryEventKind::TYPE_NAMES,
        &events,
    )
    .await;
}

#[tokio::test]
async fn those_of_rate_limiters() {
    let service = serve_with(
        |registry| registry,
        |admin| admin.buffer_rate_limiter_events(true),
    )
    .await;
    let limiter = service
        .registry
        .rate_limiter_with("payments", |config| {
            config.limit_for_period(2).timeout_duration(Duration::ZERO)
        })
        .unwrap();
    limiter.try_acquire().unwrap();
    limiter.drain_permissions();
    limiter.try_acquire().unwrap_err();
    let events =
        ["SUCCESSFUL_ACQUIRE", "DRAINED", "FAILED_ACQUIRE"].map(|type_name| (type_name, at("")));
    let words = ("rateLimiterEvents", r#""rateLimiterName":"payments""#);
    let types = RateLimiterEventKind::TYPE_NAMES;
    check(&service, "ratelimiterevents", words, types, &events).await;
}

#[tokio::test]
async fn rate_limiters_keep_none_unless_somebody_asks() {
    let service = serve().await;
    service
        .registry
        .rate_limiter("payments")
        .try_acquire()
        .unwrap();
    assert_eq!(
        service.read("/ratelimiterevents").await,
        r#"{"rateLimiterEvents":[]}"#
    );
}

#[tokio::test]
async fn those_of_bulkheads() {
    let service = serve().await;
    let bulkhead = service
        .registry
        .bulkhead_with("payments", |config| config.max_concurrent_calls(1))
        .unwrap();
    let _ = bulkhead.call_blocking(|| {
        assert!(bulkhead.try_acquire().is_err());
        Ok::<_, ()>(())
    });
    let events =
        ["CALL_PERMITTED", "CALL_REJECTED", "CALL_FINISHED"].map(|type_name| (type_name, at("")));
    let words = ("bulkheadEvents", r#""bulkheadName":"payments""#);
    let types = BulkheadEventKind::TYPE_NAMES;
    check(&service, "bulkheadevents", words, types, &events).await;

    // Of two of one name, the one without threads is meant; those of all are of both.
    let pool = service.registry.thread_pool_bulkhead("payments");
    let _ = pool.call_blocking(|| Ok::<_, ()>(()));
    let pooled = [&events[0], &events[2]].map(Clone::clone);
    let words = ("bulkheadEvents", r#""bulkheadName":"payments""#);
    let of_both: Vec<_> = events.iter().chain(&pooled).cloned().collect();
    assert_eq!(
        service.read("/bulkheadevents").await,
        list(words.0, words.1, &of_both)
    );
    assert_eq!(
        service.read("/bulkheadevents/payments").await,
        list(words.0, words.1, &events)
    );
    service.registry.remove_bulkhead("payments");
    assert_eq!(
        service.read("/bulkheadevents/payments").await,
        list(words.0, words.1, &pooled)
    );
}

#[tokio::test]
async fn those_of_thread_pool_bulkheads() {
    let service = serve().await;
    let pool = service.registry.thread_pool_bulkhead("payments");
    let _ = pool.call_blocking(|| Ok::<_, ()>(()));
    pool.shutdown();
    let _ = pool.call_blocking(|| Ok::<_, ()>(()));
    let events =
        ["CALL_PERMITTED", "CALL_FINISHED", "CALL_REJECTED"].map(|type_name| (type_name, at("")));
    let words = ("threadPoolBulkheadEvents", r#""bulkheadName":"payments""#);
    let types = BulkheadEventKind::TYPE_NAMES;
    check(&service, "threadpoolbulkheadevents", words, types, &events).await;
}

#[tokio::test]
async fn those_of_time_limiters() {
    let service = serve().await;
    let limiter = service.registry.time_limiter("payments");
    limiter.on_success();
    limiter.on_error();
    limiter.on_timeout();
    let events = ["SUCCESS", "ERROR", "TIMEOUT"].map(|type_name| (type_name, at("")));
    let words = ("timeLimiterEvents", r#""timeLimiterName":"payments""#);
    let types = TimeLimiterEventKind::TYPE_NAMES;
    check(&service, "timelimiterevents", words, types, &events).await;
}

#[tokio::test]
async fn those_of_several_instances_are_merged_by_their_time() {
    let service = serve().await;
    let (a, b) = (
        service.registry.circuit_breaker("a"),
        service.registry.circuit_breaker("b"),
    );
    for breaker in [&b, &a, &b] {
        breaker.reset();
        service.time.advance(MILLI);
    }
    a.reset();
    b.reset();
    let text = service.read("/circuitbreakerevents").await;
    let names: Vec<_> = text
        .match_indices("circuitBreakerName\":\"")
        .map(|(at, found)| &text[at + found.len()..][..1])
        .collect();
    assert_eq!(
        names,
        ["b", "a", "b", "a", "b"],
        "those of one moment by their names"
    );
}

#[tokio::test]
async fn each_instance_keeps_its_last_hundred() {
    let service = serve().await;
    let breaker = service.registry.circuit_breaker("payments");
    for _ in 0..150 {
        breaker.reset();
    }
    let text = service.read("/circuitbreakerevents").await;
    assert_eq!(text.matches("RESET").count(), 100);
}
