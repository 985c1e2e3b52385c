//! What must not be possible.

use reqwest::{Method, RequestBuilder};
use resilience_admin::{Access, AccessRequest, BearerTokens, Principal, Refusal, WeakToken};
use resilience4rs::State;

use crate::service::{Answer, Service, TOKEN, alice, serve, serve_with};

pub(crate) const FORCE_OPEN: &str = r#"{"updateState":"FORCE_OPEN"}"#;

pub(crate) async fn open_to_alice() -> Service {
    let service = serve_with(|registry| registry, |admin| admin.authorizer(alice())).await;
    service.registry.circuit_breaker("payments");
    service
}

/// What is sent, and the status that it is answered with. `TOKEN` stands for the right one.
const ATTEMPTS: &[(&str, u16, &[&str])] = &[
    ("no credentials", 401, &[JSON]),
    (
        "a wrong token",
        401,
        &[
            JSON,
            "authorization: Bearer 3f0c9e7d5b3a1f8e6d4c2b0a9f8e7d6c",
        ],
    ),
    (
        "a part of it",
        401,
        &[
            JSON,
            "authorization: Bearer 2f0c9e7d5b3a1f8e6d4c2b0a9f8e7d6",
        ],
    ),
    ("more than it", 401, &[JSON, "authorization: Bearer TOKEN0"]),
    ("an empty token", 401, &[JSON, "authorization: Bearer "]),
    ("another scheme", 401, &[JSON, "authorization: Basic TOKEN"]),
    ("no scheme", 401, &[JSON, "authorization: TOKEN"]),
    (
        "two tokens",
        401,
        &[JSON, BEARER, "authorization: Bearer another"],
    ),
    ("it as a cookie", 401, &[JSON, "cookie: token=TOKEN"]),
    (
        "a form of another site",
        403,
        &[BEARER, FORM, "origin: https://evil.example"],
    ),
    (
        "another origin",
        403,
        &[JSON, BEARER, "origin: https://evil.example"],
    ),
    ("an opaque origin", 403, &[JSON, BEARER, "origin: null"]),
    (
        "fetched elsewhere",
        403,
        &[JSON, BEARER, "sec-fetch-site: cross-site"],
    ),
    ("a form of this site", 415, &[BEARER, FORM]),
    ("JSON as text", 415, &[BEARER, "content-type: text/plain"]),
    ("JSON as nothing", 415, &[BEARER]),
    (
        "two content types",
        415,
        &[BEARER, JSON, "content-type: text/plain"],
    ),
    (
        "two, the other first",
        415,
        &[BEARER, "content-type: text/plain", JSON],
    ),
];
const JSON: &str = "content-type: application/json";
const FORM: &str = "content-type: application/x-www-form-urlencoded";
const BEARER: &str = "authorization: Bearer TOKEN";

#[tokio::test]
async fn nobody_writes_who_may_not() {
    let service = open_to_alice().await;
    for (what, status, headers) in ATTEMPTS {
        let mut request = service.request(Method::POST, "/circuitbreakers/payments");
        for header in *headers {
            let (name, value) = header.split_once(": ").unwrap();
            request = request.header(name, value.replace("TOKEN", TOKEN));
        }
        refused(&service, what, *status, request.body(FORCE_OPEN)).await;
    }
    let answer = service.update("payments", FORCE_OPEN).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

#[tokio::test]
async fn nobody_sends_more_than_a_request_may_have() {
    let service = open_to_alice().await;
    let post = || {
        let request = service.request(Method::POST, "/circuitbreakers/payments");
        request.header("content-type", "application/json")
    };
    let large = format!(r#"{{"updateState":"FORCE_OPEN"{}}}"#, " ".repeat(16 * 1024));
    let known = post().bearer_auth(TOKEN).body(large.clone());
    refused(&service, "a body that is too large", 413, known).await;
    refused(
        &service,
        "and that nobody has sent",
        401,
        post().body(large),
    )
    .await;
    let headers = post()
        .bearer_auth(TOKEN)
        .header("x-filler", "x".repeat(17_000));
    refused(&service, "large headers", 431, headers.body(FORCE_OPEN)).await;
    // Without a length, it is read up to the bound.
    let chunk = format!("4000\r\n{}\r\n", "x".repeat(0x4000));
    let chunked = format!(
        "POST /actuator/circuitbreakers/payments HTTP/1.1\r\nhost: localhost\r\n\
         authorization: Bearer {TOKEN}\r\ncontent-type: application/json\r\n\
         connection: close\r\ntransfer-encoding: chunked\r\n\r\n{chunk}1\r\nx\r\n0\r\n\r\n"
    );
    assert_eq!(service.send_raw(chunked.as_bytes()).await.status, 413);
}

async fn refused(service: &Service, what: &str, status: u16, request: RequestBuilder) {
    let answer = Answer::to(request).await;
    assert_eq!(answer.status, status, "{what}: {}", answer.body);
    check_problem(what, &answer);
    let breaker = service.registry.circuit_breaker("payments");
    assert_eq!(breaker.state(), State::Closed, "{what}");
}

/// It is JSON, gives nothing away, and lets no other page read it.
pub(crate) fn check_problem(what: &str, answer: &Answer) {
    assert_eq!(
        answer.header("content-type"),
        "application/problem+json",
        "{what}"
    );
    check_headers(what, answer);
    let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(body["status"], answer.status, "{what}");
    assert!(!answer.body.contains(TOKEN), "{what}");
    let challenge = if answer.status == 401 { "Bearer" } else { "" };
    assert_eq!(answer.header("www-authenticate"), challenge, "{what}");
}

pub(crate) fn check_headers(what: &str, answer: &Answer) {
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{what}");
    assert_eq!(answer.header("cache-control"), "no-store", "{what}");
    assert_ne!(answer.header("content-security-policy"), "", "{what}");
    for absent in [
        "access-control-allow-origin",
        "access-control-allow-headers",
        "set-cookie",
    ] {
        assert_eq!(answer.header(absent), "", "{what}");
    }
}

#[tokio::test]
async fn without_an_authorizer_nobody_writes_and_is_told_how_one_would() {
    let service = serve().await;
    for name in ["payments", "nobody"] {
        service.registry.circuit_breaker("payments");
        let answer = service.update(name, FORCE_OPEN).await;
        assert_eq!(
            answer.status, 403,
            "the same of a name that is there and of one that is not"
        );
        assert!(
            answer.body.contains("AdminBuilder::authorizer"),
            "{}",
            answer.body
        );
        check_problem(name, &answer);
    }
    assert_eq!(
        service.registry.circuit_breaker("payments").state(),
        State::Closed
    );
}

#[tokio::test]
async fn a_browser_is_not_allowed_to_ask_for_another_site() {
    let service = open_to_alice().await;
    let request = service
        .request(Method::OPTIONS, "/circuitbreakers/payments")
        .header("origin", "https://evil.example")
        .header("access-control-request-method", "POST");
    let answer = Answer::to(request).await;
    assert_eq!(answer.status, 405);
    check_headers("a preflight", &answer);
    for method in [Method::PUT, Method::DELETE, Method::PATCH] {
        let answer = Answer::to(service.request(method, "/circuitbreakers/payments")).await;
        assert_eq!(answer.status, 405);
    }
}

#[tokio::test]
async fn an_origin_that_is_allowed_may_write_with_a_token() {
    let service = serve_with(
        |registry| registry,
        |admin| {
            admin
                .authorizer(alice())
                .allow_origin("https://console.example")
        },
    )
    .await;
    service.registry.circuit_breaker("payments");
    let here = format!("http://{}", service.address);
    for (origin, status) in [
        ("https://console.example", 200),
        (here.as_str(), 200),
        ("https://console.example.evil.example", 403),
    ] {
        let request = service
            .request(Method::POST, "/circuitbreakers/payments")
            .bearer_auth(TOKEN)
            .header("content-type", "application/json; charset=utf-8")
            .header("origin", origin)
            .body(FORCE_OPEN);
        assert_eq!(Answer::to(request).await.status, status, "{origin}");
    }
}

#[tokio::test]
async fn reading_is_protected_where_it_is_to_be() {
    let service = serve_with(
        |registry| registry,
        |admin| admin.authorizer(alice()).protect_reads(true),
    )
    .await;
    service.registry.circuit_breaker("payments");
    for (path, is_open) in [
        ("", false),
        ("/health", false),
        ("/health/circuitBreakers", false),
        ("/circuitbreakers", false),
        ("/circuitbreakers/payments", false),
        ("/circuitbreakerevents", false),
        ("/streamcircuitbreakerevents", false),
        ("/retries", false),
        ("/health/liveness", true),
        ("/health/readiness", true),
        ("/resilience", true),
    ] {
        let answer = service.request(Method::GET, path).send().await.unwrap();
        assert_eq!(answer.status(), if is_open { 200 } else { 401 }, "{path}");
        let head = service.request(Method::HEAD, path).send().await.unwrap();
        assert_eq!(head.status(), if is_open { 200 } else { 401 }, "{path}");
        let known = service.request(Method::GET, path).bearer_auth(TOKEN);
        assert_eq!(known.send().await.unwrap().status(), 200, "{path}");
    }
    let service = serve_with(|registry| registry, |admin| admin.protect_reads(true)).await;
    assert_eq!(
        service.get("/circuitbreakers").await.status,
        403,
        "nobody may"
    );
}

#[tokio::test]
async fn an_authorizer_sees_what_is_wanted_and_from_where() {
    let by_access = |request: &AccessRequest<'_>| {
        let peer = request.peer().ok_or(Refusal::Unauthenticated)?;
        assert!(peer.ip().is_loopback());
        match request.access() {
            Access::Read => Ok(Principal::new("reader").unwrap()),
            _ if request.headers().contains_key("x-operator") => {
                assert_eq!(request.method(), "POST");
                Ok(Principal::new("operator").unwrap())
            }
            _ => Err(Refusal::Forbidden),
        }
    };
    let service = serve_with(
        |registry| registry,
        |admin| admin.authorizer(by_access).protect_reads(true),
    )
    .await;
    let breaker = service.registry.circuit_breaker("payments");
    assert_eq!(service.get("/circuitbreakers/payments").await.status, 200);
    assert_eq!(service.update("payments", FORCE_OPEN).await.status, 403);
    let request = service
        .request(Method::POST, "/circuitbreakers/payments")
        .header("content-type", "application/json")
        .header("x-operator", "1")
        .body(FORCE_OPEN);
    assert_eq!(Answer::to(request).await.status, 200);
    let standing = breaker.standing_override().unwrap();
    assert_eq!(standing.operator.as_deref(), Some("operator"));
}

#[test]
fn tokens_that_are_none_are_refused() {
    for (token, error) in [
        ("", WeakToken::TooShort),
        ("hunter2", WeakToken::TooShort),
        (&"x".repeat(31), WeakToken::TooShort),
        (&format!("{} x", "x".repeat(32)), WeakToken::Unsendable),
        (&format!("{}\n", "x".repeat(32)), WeakToken::Unsendable),
        (&"\u{e4}".repeat(32), WeakToken::Unsendable),
    ] {
        assert_eq!(
            BearerTokens::new("alice", token).unwrap_err(),
            error,
            "{token:?}"
        );
    }
    let nameless = BearerTokens::new("", TOKEN).unwrap_err();
    assert!(matches!(nameless, WeakToken::Principal(_)));
    let two = alice().and("bob", "y".repeat(32)).unwrap();
    assert_eq!(format!("{two:?}"), r#"["alice", "bob"]"#);
}
