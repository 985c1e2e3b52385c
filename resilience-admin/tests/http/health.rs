//! The health of the service, and the probes.

use std::time::Duration;

use resilience_admin::HealthIndicator;
use resilience4rs::configuration::Configuration;
use resilience4rs::{Policy, State};

use crate::service::{Service, serve, serve_with};

async fn with(indicator: HealthIndicator) -> Service {
    serve_with(|registry| registry, |admin| admin.health_of_all(indicator)).await
}

#[tokio::test]
async fn nobody_is_a_part_of_it_who_is_not_registered() {
    let service = serve().await;
    service
        .registry
        .circuit_breaker("payments")
        .transition_to_open()
        .unwrap();
    assert_eq!(
        service.read("/health").await,
        r#"{"status":"UP","components":{"circuitBreakers":{"status":"UNKNOWN"},"ping":{"status":"UP"},"rateLimiters":{"status":"UNKNOWN"}}}"#
    );
    assert_eq!(service.get("/health/diskSpace").await.status, 404);
}

#[tokio::test]
async fn a_breaker_is_shown_field_by_field() {
    let service = with(HealthIndicator::Shown).await;
    service.registry.circuit_breaker("backendA");
    assert_eq!(
        service.read("/health/circuitBreakers").await,
        r#"{"status":"UP","details":{"backendA":{"status":"UP","details":{"failureRate":"-1.0%","failureRateThreshold":"50.0%","slowCallRate":"-1.0%","slowCallRateThreshold":"100.0%","bufferedCalls":0,"slowCalls":0,"slowFailedCalls":0,"failedCalls":0,"notPermittedCalls":0,"state":"CLOSED"}}}}"#
    );
    let whole = service.read("/health").await;
    assert!(
        whole.contains(r#""circuitBreakers":{"status":"UP","details":{"backendA":"#),
        "{whole}"
    );
    assert_eq!(service.read("/health/ping").await, r#"{"status":"UP"}"#);
}

#[tokio::test]
async fn each_state_of_a_breaker_has_its_status() {
    use HealthIndicator::{MayFail, Shown};
    for (state, indicator, status, whole) in [
        (State::Closed, Shown, "UP", 200),
        (State::Open, Shown, "CIRCUIT_OPEN", 200),
        (State::Open, MayFail, "DOWN", 503),
        (State::HalfOpen, Shown, "CIRCUIT_HALF_OPEN", 200),
        (State::HalfOpen, MayFail, "CIRCUIT_HALF_OPEN", 200),
        (State::ForcedOpen, MayFail, "UNKNOWN", 200),
        (State::Disabled, MayFail, "UNKNOWN", 200),
        (State::MetricsOnly, MayFail, "UNKNOWN", 200),
    ] {
        let service = with(indicator).await;
        let breaker = service
            .registry
            .circuit_breaker_with("payments", |config| config.initial_state(state))
            .unwrap();
        assert_eq!(breaker.state(), state);
        for path in ["/health", "/health/circuitBreakers"] {
            let answer = service.get(path).await;
            assert_eq!(answer.status, whole, "{path} in {state}");
            let shown = format!(r#""payments":{{"status":"{status}","details""#);
            assert!(
                answer.body.contains(&shown),
                "{path} in {state}: {}",
                answer.body
            );
        }
        // An open breaker does not get the process killed.
        let alive = service.get("/health/liveness").await;
        assert_eq!(
            (alive.status, alive.body.as_str()),
            (200, r#"{"status":"UP"}"#)
        );
        let ready = service.get("/health/readiness").await;
        let is_up = whole == 200;
        let word = if is_up { "UP" } else { "DOWN" };
        assert_eq!(
            (ready.status, ready.body),
            (whole, format!(r#"{{"status":"{word}"}}"#))
        );
    }
}

#[tokio::test]
async fn several_are_as_well_as_the_worst_that_spring_knows() {
    let service = with(HealthIndicator::Shown).await;
    let open = service.registry.circuit_breaker("open");
    open.transition_to_open().unwrap();
    let text = service.read("/health/circuitBreakers").await;
    assert!(
        text.starts_with(r#"{"status":"UNKNOWN","#),
        "only one that is passed over: {text}"
    );
    service.registry.circuit_breaker("closed");
    let text = service.read("/health/circuitBreakers").await;
    assert!(text.starts_with(r#"{"status":"UP","#), "{text}");
}

#[tokio::test]
async fn a_rate_limiter_is_shown_and_has_its_status() {
    for (indicator, status) in [
        (HealthIndicator::Shown, "RATE_LIMITED"),
        (HealthIndicator::MayFail, "DOWN"),
    ] {
        let service = with(indicator).await;
        let limiter = service
            .registry
            .rate_limiter_with("search", |config| {
                config
                    .limit_for_period(1)
                    .limit_refresh_period(Duration::from_secs(10))
                    .timeout_duration(Duration::from_secs(15))
            })
            .unwrap();
        assert_eq!(
            service.read("/health/rateLimiters").await,
            r#"{"status":"UP","details":{"search":{"status":"UP","details":{"availablePermissions":1,"numberOfWaitingThreads":0}}}}"#
        );
        limiter.try_acquire().unwrap();
        let text = service.read("/health/rateLimiters").await;
        assert!(
            text.contains(r#""search":{"status":"UP""#),
            "nobody waits: {text}"
        );

        // One waits for the next period: who came now would wait for the one after, for too long.
        let waiting = {
            let limiter = limiter.clone();
            tokio::spawn(async move { limiter.acquire(1).await })
        };
        while limiter.metrics().number_of_waiting_threads == 0 {
            tokio::task::yield_now().await;
        }
        let answer = service.get("/health/rateLimiters").await;
        let shown = format!(
            r#""search":{{"status":"{status}","details":{{"availablePermissions":-1,"numberOfWaitingThreads":1}}}}"#
        );
        assert!(answer.body.contains(&shown), "{}", answer.body);
        let code = if status == "DOWN" { 503 } else { 200 };
        assert_eq!(answer.status, code);
        assert_eq!(service.get("/health/readiness").await.status, code);
        assert_eq!(service.get("/health/liveness").await.status, 200);

        // With a longer timeout it would get one in time.
        limiter.change_timeout_duration(Duration::from_secs(60));
        let text = service.read("/health/rateLimiters").await;
        assert!(text.contains(r#""search":{"status":"UNKNOWN""#), "{text}");
        waiting.abort();
    }
}

#[tokio::test]
async fn the_configuration_says_who_is_a_part_of_it_and_counts_more_than_code() {
    let configuration = "
resilience4j.circuitbreaker:
  configs.default.registerHealthIndicator: true
  instances:
    ledger.allowHealthIndicatorToFail: true
    audit.registerHealthIndicator: false
    shown.allowHealthIndicatorToFail: false
";
    let configuration = Configuration::from_yaml_str(configuration).unwrap();
    let service = serve_with(
        |registry| registry.configuration(configuration),
        |admin| {
            let breaker = Policy::CircuitBreaker;
            admin
                .health_of(breaker, "audit", HealthIndicator::MayFail)
                .health_of(breaker, "shown", HealthIndicator::MayFail)
                .health_of(breaker, "by code", HealthIndicator::MayFail)
        },
    )
    .await;
    let registry = &service.registry;
    for name in ["audit", "shown"] {
        registry.circuit_breaker(name).transition_to_open().unwrap();
    }
    let text = service.read("/health/circuitBreakers").await;
    assert!(!text.contains("audit"), "{text}");
    assert!(
        text.contains(r#""shown":{"status":"CIRCUIT_OPEN""#),
        "{text}"
    );
    assert_eq!(service.get("/health/readiness").await.status, 200);
    for name in ["ledger", "by code"] {
        let breaker = registry.circuit_breaker(name);
        breaker.transition_to_open().unwrap();
        assert_eq!(service.get("/health").await.status, 503, "{name}");
        assert_eq!(service.get("/health/readiness").await.status, 503, "{name}");
        breaker.reset();
    }
    assert_eq!(service.get("/health").await.status, 200);
}
