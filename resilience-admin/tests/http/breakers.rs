//! What breakers show of themselves, field by field and in every state.

use resilience4rs::{CircuitBreaker, State};

use crate::service::{Service, serve};

/// A breaker of which one of two calls failed.
fn payments(service: &Service) -> CircuitBreaker {
    let breaker = service
        .registry
        .circuit_breaker_with("payments", |config| {
            config
                .minimum_number_of_calls(2)
                .failure_rate_threshold(60.0)
                .permitted_number_of_calls_in_half_open_state(4)
        })
        .unwrap();
    let _ = breaker.call_blocking(|| Ok::<_, &str>(1));
    let _ = breaker.call_blocking(|| Err::<i32, _>("down"));
    breaker
}

#[tokio::test]
async fn a_breaker_that_has_seen_nothing_is_as_resilience4j_shows_it() {
    let service = serve().await;
    assert_eq!(
        service.read("/circuitbreakers").await,
        r#"{"circuitBreakers":{}}"#
    );
    service.registry.circuit_breaker("backendA");
    assert_eq!(
        service.read("/circuitbreakers").await,
        r#"{"circuitBreakers":{"backendA":{"failureRate":"-1.0%","slowCallRate":"-1.0%","failureRateThreshold":"50.0%","slowCallRateThreshold":"100.0%","bufferedCalls":0,"failedCalls":0,"slowCalls":0,"slowFailedCalls":0,"notPermittedCalls":0,"state":"CLOSED"}}}"#
    );
}

#[tokio::test]
async fn each_state_is_shown_with_what_it_has_counted() {
    let counted = r#""failureRate":"50.0%","slowCallRate":"0.0%","failureRateThreshold":"60.0%","slowCallRateThreshold":"100.0%","bufferedCalls":2,"failedCalls":1,"slowCalls":0,"slowFailedCalls":0"#;
    let nothing = r#""failureRate":"-1.0%","slowCallRate":"-1.0%","failureRateThreshold":"60.0%","slowCallRateThreshold":"100.0%","bufferedCalls":0,"failedCalls":0,"slowCalls":0,"slowFailedCalls":0"#;
    for (state, counts, rejected) in [
        (State::Closed, counted, 0),
        (State::Open, counted, 1),
        (State::HalfOpen, nothing, 0),
        (State::ForcedOpen, nothing, 1),
        (State::Disabled, nothing, 0),
        (State::MetricsOnly, nothing, 0),
    ] {
        let service = serve().await;
        let breaker = payments(&service);
        match state {
            State::Closed => {}
            State::Open => breaker.transition_to_open().unwrap(),
            State::HalfOpen => {
                breaker.transition_to_open().unwrap();
                breaker.transition_to_half_open().unwrap();
            }
            State::ForcedOpen => breaker.transition_to_forced_open().unwrap(),
            State::Disabled => breaker.transition_to_disabled().unwrap(),
            State::MetricsOnly => breaker.transition_to_metrics_only().unwrap(),
        }
        if rejected > 0 {
            assert!(breaker.try_acquire().is_err());
        }
        let shown = format!(r#"{{{counts},"notPermittedCalls":{rejected},"state":"{state}"}}"#);
        assert_eq!(
            service.read("/circuitbreakers").await,
            format!(r#"{{"circuitBreakers":{{"payments":{shown}}}}}"#)
        );
        assert_eq!(service.read("/circuitbreakers/payments").await, shown);
    }
}

#[tokio::test]
async fn breakers_are_listed_by_name() {
    let service = serve().await;
    for name in ["b", "a", "B", "\u{e4}", ""] {
        service.registry.circuit_breaker(name);
    }
    let text = service.read("/circuitbreakers").await;
    let places =
        ["\"\":", "\"B\":", "\"a\":", "\"b\":", "\"\u{e4}\":"].map(|name| text.find(name).unwrap());
    assert!(places.is_sorted(), "{text}");
}

#[tokio::test]
async fn a_breaker_that_there_is_not_is_not_found_and_not_made() {
    let service = serve().await;
    let answer = service.get("/circuitbreakers/nobody").await;
    assert_eq!(answer.status, 404);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(
        answer.body,
        r#"{"type":"about:blank","title":"Not Found","status":404,"detail":"there is no circuit breaker of this name"}"#
    );
    assert!(service.registry.circuit_breakers().is_empty());
}
