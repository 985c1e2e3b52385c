//! Settings given to the builders.

use std::time::Duration;

use resilience_runtime::configuration::{Configurable, Policy};
use resilience_runtime::{
    CancelledCalls, CircuitBreakerConfig, CircuitBreakerConfigBuilder, SlidingWindowType, State,
};

use super::{instance, yaml};

#[test]
fn every_setting_of_a_circuit_breaker_arrives() {
    let text = "
resilience4j.circuitbreaker.instances.a:
  failureRateThreshold: 1
  slowCallRateThreshold: 2
  slowCallDurationThreshold: 3ns
  permittedNumberOfCallsInHalfOpenState: 4
  maxWaitDurationInHalfOpenState: 5s
  transitionToStateAfterWaitDuration: CLOSED
  slidingWindowType: TIME_BASED
  slidingWindowSize: 6
  minimumNumberOfCalls: 7
  waitDurationInOpenState: 8s
  enableExponentialBackoff: true
  exponentialBackoffMultiplier: 2
  exponentialMaxWaitDurationInOpenState: 20s
  automaticTransitionFromOpenToHalfOpenEnabled: true
  initialState: FORCED_OPEN
  cancelledCalls: FAILURE
";
    let loaded = yaml(text);
    let a = instance(&loaded, Policy::CircuitBreaker, "a").effective();
    let config = a.apply(CircuitBreakerConfig::builder()).build().unwrap();
    assert_eq!(config.failure_rate_threshold(), 1.0);
    assert_eq!(config.slow_call_rate_threshold(), 2.0);
    assert_eq!(
        config.slow_call_duration_threshold(),
        Duration::from_nanos(3)
    );
    assert_eq!(config.permitted_number_of_calls_in_half_open_state(), 4);
    assert_eq!(
        config.max_wait_duration_in_half_open_state(),
        Duration::from_secs(5)
    );
    assert_eq!(
        config.transition_to_state_after_wait_duration(),
        State::Closed
    );
    assert_eq!(config.sliding_window_type(), SlidingWindowType::TimeBased);
    assert_eq!(config.sliding_window_size(), 6);
    assert_eq!(config.minimum_number_of_calls(), 7);
    let waits = [8, 16, 20].map(Duration::from_secs);
    assert_eq!(
        [1, 2, 3].map(|attempt| config.wait_in_open_state(attempt)),
        waits
    );
    assert!(config.automatic_transition_from_open_to_half_open_enabled());
    assert_eq!(config.initial_state(), State::ForcedOpen);
    assert_eq!(config.cancelled_calls(), CancelledCalls::Failure);

    let random = text
        .replace(
            "enableExponentialBackoff: true",
            "enableRandomizedWait: true",
        )
        .replace("exponentialBackoffMultiplier: 2", "randomizedWaitFactor: 0")
        .replace("  exponentialMaxWaitDurationInOpenState: 20s\n", "");
    let loaded = yaml(&random);
    let a = instance(&loaded, Policy::CircuitBreaker, "a").effective();
    let config = a.apply(CircuitBreakerConfig::builder()).build().unwrap();
    assert_eq!(config.wait_in_open_state(3), Duration::from_secs(8));
}

#[test]
fn every_state_arrives() {
    for (word, state) in [
        ("CLOSED", State::Closed),
        ("OPEN", State::Open),
        ("half-open", State::HalfOpen),
        ("forcedOpen", State::ForcedOpen),
        ("disabled", State::Disabled),
        ("METRICS_ONLY", State::MetricsOnly),
    ] {
        let loaded = yaml(&format!(
            "resilience4j.circuitbreaker.instances.a.initialState: {word}"
        ));
        let a = instance(&loaded, Policy::CircuitBreaker, "a").effective();
        let config = a.apply(CircuitBreakerConfig::builder()).build().unwrap();
        assert_eq!(config.initial_state(), state, "{word}");
    }
}

/// Defaults, then what is shared, then the attribute, then the instance's own entry.
#[test]
fn an_attribute_comes_between_what_is_shared_and_what_is_the_instances_own() {
    let loaded = yaml(
        "
resilience4j.circuitbreaker:
  configs.default: {slidingWindowSize: 1, minimumNumberOfCalls: 1, failureRateThreshold: 1}
  instances.a.failureRateThreshold: 3
",
    );
    let layers = loaded
        .policy(Policy::CircuitBreaker)
        .layers("a", None)
        .unwrap();
    let builder = layers.shared.apply(CircuitBreakerConfig::builder());
    let builder = builder
        .minimum_number_of_calls(2)
        .failure_rate_threshold(2.0);
    let config = layers.own.apply(builder).build().unwrap();
    assert_eq!(
        (
            config.sliding_window_size(),
            config.minimum_number_of_calls(),
            config.failure_rate_threshold()
        ),
        (1, 2, 3.0)
    );
    assert_eq!(config.slow_call_rate_threshold(), 100.0);
}

#[test]
fn settings_of_another_policy_change_nothing() {
    assert_eq!(CircuitBreakerConfigBuilder::POLICY, Policy::CircuitBreaker);
    let loaded =
        yaml("resilience4j.retry.instances.a: {waitDuration: 1s, enableExponentialBackoff: true}");
    let a = instance(&loaded, Policy::Retry, "a").effective();
    let config = a.apply(CircuitBreakerConfig::builder()).build().unwrap();
    assert_eq!(config.wait_in_open_state(2), Duration::from_secs(60));
}
