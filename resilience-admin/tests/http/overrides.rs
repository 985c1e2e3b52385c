//! Changing the state of a breaker over HTTP: what is answered, when it is over, what is audited.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use resilience4rs::{OverrideAction, RegistryEventKind, State};
use serde_json::json;

use crate::service::{Service, alice, serve_with};

async fn open_to_alice() -> Service {
    let service = serve_with(|registry| registry, |admin| admin.authorizer(alice())).await;
    service.registry.circuit_breaker("backendA");
    service
}

impl Service {
    fn state(&self) -> State {
        self.registry
            .find_circuit_breaker("backendA")
            .unwrap()
            .state()
    }

    /// Does it, which must be possible.
    async fn do_update(&self, body: &serde_json::Value) -> String {
        let answer = self.update("backendA", &body.to_string()).await;
        assert_eq!(answer.status, 200, "{body}: {}", answer.body);
        assert_eq!(answer.header("content-type"), "application/json");
        answer.body
    }
}

#[tokio::test]
async fn resilience4j_s_three_and_ours_put_a_breaker_in_their_state() {
    for (word, state) in [
        ("CLOSE", State::Closed),
        ("FORCE_OPEN", State::ForcedOpen),
        ("DISABLE", State::Disabled),
        ("OPEN", State::Open),
        ("HALF_OPEN", State::HalfOpen),
        ("METRICS_ONLY", State::MetricsOnly),
        ("RESET", State::Closed),
    ] {
        let service = open_to_alice().await;
        let breaker = service.registry.circuit_breaker("backendA");
        breaker.transition_to_open().unwrap();
        let body = service.do_update(&json!({"updateState": word})).await;
        assert_eq!(
            body,
            format!(
                r#"{{"circuitBreakerName":"backendA","currentState":"{state}","message":"backendA state has been changed successfully"}}"#
            )
        );
        assert_eq!(service.state(), state);
    }
}

#[tokio::test]
async fn what_is_no_update_is_refused_and_changes_nothing() {
    let service = open_to_alice().await;
    let long = "x".repeat(501);
    for body in [
        String::new(),
        "null".to_owned(),
        "[]".to_owned(),
        "{}".to_owned(),
        r#"{"updateState":null}"#.to_owned(),
        r#"{"updateState":"OPENED"}"#.to_owned(),
        r#"{"updateState":"force_open"}"#.to_owned(),
        r#"{"updateState":"FORCE_OPEN","updateState":"CLOSE"}"#.to_owned(),
        r#"{"updateState":"FORCE_OPEN","durationInSecond":5}"#.to_owned(),
        r#"{"updateState":"FORCE_OPEN","durationInSeconds":0}"#.to_owned(),
        r#"{"updateState":"FORCE_OPEN","durationInSeconds":-1}"#.to_owned(),
        r#"{"updateState":"FORCE_OPEN","durationInSeconds":1.5}"#.to_owned(),
        r#"{"updateState":"FORCE_OPEN","durationInSeconds":31622401}"#.to_owned(),
        r#"{"updateState":"FORCE_OPEN","durationInSeconds":18446744073709551616}"#.to_owned(),
        r#"{"updateState":"FORCE_OPEN","until":"tomorrow"}"#.to_owned(),
        r#"{"updateState":"FORCE_OPEN","until":"2026-05-05T07:24:17Z"}"#.to_owned(),
        r#"{"updateState":"FORCE_OPEN","until":"2026-05-05T09:24:17+02:00"}"#.to_owned(),
        r#"{"updateState":"FORCE_OPEN","durationInSeconds":5,"until":"2026-05-06T07:24:17Z"}"#
            .to_owned(),
        r#"{"updateState":"CLOSE","durationInSeconds":5}"#.to_owned(),
        r#"{"updateState":"FORCE_OPEN","reason":"one\ntwo"}"#.to_owned(),
        format!(r#"{{"updateState":"FORCE_OPEN","reason":"{long}"}}"#),
        r#"{"updateState":"FORCE_OPEN"} and more"#.to_owned(),
        "{\"updateState\":\"\u{feff}".to_owned(),
    ] {
        let answer = service.update("backendA", &body).await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.body);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!(service.state(), State::Closed, "{body}");
    }
}

#[tokio::test]
async fn a_state_that_cannot_follow_is_a_conflict() {
    let service = open_to_alice().await;
    let answer = service
        .update("backendA", r#"{"updateState":"HALF_OPEN"}"#)
        .await;
    assert_eq!(answer.status, 409);
    assert_eq!(
        answer.body,
        r#"{"type":"about:blank","title":"Conflict","status":409,"detail":"a breaker cannot go from CLOSED to HALF_OPEN"}"#
    );
}

#[tokio::test]
async fn a_breaker_that_there_is_not_is_not_made() {
    let service = open_to_alice().await;
    let answer = service
        .update("nobody", r#"{"updateState":"FORCE_OPEN"}"#)
        .await;
    assert_eq!(answer.status, 404);
    assert!(service.registry.find_circuit_breaker("nobody").is_none());
}

#[tokio::test]
async fn an_override_is_over_when_its_time_is() {
    let service = open_to_alice().await;
    let body = service
        .do_update(&json!({"updateState": "FORCE_OPEN", "durationInSeconds": 600}))
        .await;
    assert!(
        body.ends_with(r#","until":"2026-05-05T07:34:17.123Z[UTC]"}"#),
        "{body}"
    );
    service.time.advance(Duration::from_millis(599_999));
    assert_eq!(service.state(), State::ForcedOpen);
    service.time.advance(Duration::from_millis(1));
    assert_eq!(service.state(), State::Closed);

    // It is 07:34:17.123 now.
    for (until, minutes) in [
        ("2026-05-05T07:35:17.123Z", 1),
        ("2026-05-05T07:37:17.123Z[UTC]", 2),
    ] {
        service
            .do_update(&json!({"updateState": "DISABLE", "until": until}))
            .await;
        service
            .time
            .advance(Duration::from_millis(60_000 * minutes - 1));
        assert_eq!(service.state(), State::Disabled);
        service.time.advance(Duration::from_millis(1));
        assert_eq!(service.state(), State::Closed);
    }
}

#[tokio::test]
async fn an_override_that_is_lifted_or_replaced_is_not_over_later() {
    let service = open_to_alice().await;
    for lift in ["CLOSE", "RESET", "METRICS_ONLY"] {
        service
            .do_update(&json!({"updateState": "FORCE_OPEN", "durationInSeconds": 60}))
            .await;
        service.do_update(&json!({"updateState": lift})).await;
        service.do_update(&json!({"updateState": "DISABLE"})).await;
        service.time.advance(Duration::from_secs(120));
        assert_eq!(service.state(), State::Disabled, "{lift}");
        service.do_update(&json!({"updateState": "CLOSE"})).await;
    }
}

#[tokio::test]
async fn who_asks_for_the_breaker_sees_the_override_that_stands() {
    let service = open_to_alice().await;
    service
        .do_update(&json!({"updateState": "FORCE_OPEN", "reason": "it \"moves\"", "durationInSeconds": 60}))
        .await;
    let shown = service.read("/circuitbreakers/backendA").await;
    let standing = r#""state":"FORCED_OPEN","override":{"action":"FORCE_OPEN","operator":"alice","reason":"it \"moves\"","until":"2026-05-05T07:25:17.123Z[UTC]","returnsTo":"CLOSED"}}"#;
    assert!(shown.ends_with(standing), "{shown}");
    let list = service.read("/circuitbreakers").await;
    assert!(
        !list.contains("override"),
        "that is as Resilience4j has it: {list}"
    );
    service.do_update(&json!({"updateState": "CLOSE"})).await;
    let shown = service.read("/circuitbreakers/backendA").await;
    assert!(!shown.contains("override"), "{shown}");
}

#[tokio::test]
async fn the_registry_says_who_did_what_why_and_until_when() {
    let service = open_to_alice().await;
    let audit = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&audit);
    service
        .registry
        .on_event(move |event| log.lock().unwrap().push(event.clone()));
    let minute = Duration::from_secs(60);
    let began = resilience4rs::Clock::from(&service.time).now();
    service
        .do_update(&json!({"updateState": "DISABLE", "reason": "drill", "durationInSeconds": 60}))
        .await;
    service.time.advance(minute);
    // What is refused was not done.
    service
        .update("backendA", r#"{"updateState":"HALF_OPEN"}"#)
        .await;
    let events: Vec<_> = std::mem::take(&mut audit.lock().unwrap());
    let seen: Vec<(&str, SystemTime, &RegistryEventKind)> = events
        .iter()
        .map(|event| (&*event.name, event.created_at, &event.kind))
        .collect();
    let overridden = RegistryEventKind::Overridden {
        action: OverrideAction::Disable,
        from: State::Closed,
        to: State::Disabled,
        operator: Some("alice".into()),
        reason: Some("drill".into()),
        until: Some(began + minute),
    };
    let expired = RegistryEventKind::OverrideExpired {
        action: OverrideAction::Disable,
        to: State::Closed,
    };
    assert_eq!(
        seen,
        [
            ("backendA", began, &overridden),
            ("backendA", began + minute, &expired),
        ]
    );
}
