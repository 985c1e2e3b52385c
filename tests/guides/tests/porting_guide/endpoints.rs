//! Endpoints, asked of the router.

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use guides::Status;
use resilience_admin::{Admin, BearerTokens};
use resilience4rs::{Registry, State};
use tower::ServiceExt;

use crate::rows;

const TOKEN: &str = "a-token-of-more-than-32-characters";

fn service() -> (Registry, Router) {
    let registry = Registry::new();
    registry.circuit_breaker("payments");
    registry.retry("payments");
    registry.rate_limiter("payments");
    registry.bulkhead("payments");
    registry.time_limiter("payments");
    let admin = Admin::builder(&registry)
        .authorizer(BearerTokens::new("operator", TOKEN).unwrap())
        .build();
    (registry, admin.router())
}

async fn status(router: &Router, method: Method, path: &str, body: String) -> StatusCode {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::AUTHORIZATION, format!("Bearer {TOKEN}"))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body))
        .unwrap();
    router.clone().oneshot(request).await.unwrap().status()
}

/// A type of events that the endpoint's policy has.
fn event_type(path: &str) -> &'static str {
    if path.contains("circuitbreaker") {
        "STATE_TRANSITION"
    } else if path.contains("ratelimiter") {
        "FAILED_ACQUIRE"
    } else if path.contains("bulkhead") {
        "CALL_REJECTED"
    } else {
        "SUCCESS"
    }
}

#[tokio::test]
async fn an_endpoint_answers_as_its_row_says() {
    let (_registry, router) = service();
    for (row, said) in rows("endpoints") {
        let (method, path) = row.name.split_once(' ').unwrap();
        let path = path
            .replace("{name}", "payments")
            .replace("{eventType}", event_type(path));
        let (method, body) = match method {
            "POST" => (Method::POST, r#"{"updateState":"CLOSE"}"#.to_owned()),
            _ => (Method::GET, String::new()),
        };
        let expected = match said {
            Status::Same => StatusCode::OK,
            _ => StatusCode::NOT_FOUND,
        };
        let answered = status(&router, method, &path, body).await;
        assert_eq!(answered, expected, "line {}, {}", row.line, row.name);
    }
}

#[tokio::test]
async fn a_breaker_is_put_into_the_state_that_the_row_says() {
    let (registry, router) = service();
    let breaker = registry.circuit_breaker("payments");
    let path = "/actuator/circuitbreakers/payments";
    for (row, said) in rows("update_states") {
        assert_eq!(said, Status::Same);
        let body = format!(r#"{{"updateState":"{}"}}"#, row.name);
        breaker.transition_to_open().unwrap();
        assert_eq!(
            status(&router, Method::POST, path, body).await,
            StatusCode::OK
        );
        assert_eq!(breaker.state().to_string(), row.said(), "{}", row.name);
    }
    assert_ne!(breaker.state(), State::Open);
}

#[tokio::test]
async fn a_part_of_health_is_there() {
    let (_registry, router) = service();
    for (row, said) in rows("health_contributors") {
        assert_eq!(said, Status::Same);
        let path = format!("/actuator/health/{}", row.name);
        let answered = status(&router, Method::GET, &path, String::new()).await;
        assert_eq!(answered, StatusCode::OK, "{}", row.name);
    }
}
