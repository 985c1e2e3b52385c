//! Settings.

use super::*;

#[allow(deprecated, reason = "a factor without the random wait")]
#[circuit_breaker(
    "settings",
    registry = registry,
    failure_rate_threshold = 12.5,
    slow_call_rate_threshold = 80,
    slow_call_duration_threshold = "1500ms",
    permitted_number_of_calls_in_half_open_state = 3,
    max_wait_duration_in_half_open_state = "PT1M",
    transition_to_state_after_wait_duration = "CLOSED",
    sliding_window_type = "TIME_BASED",
    sliding_window_size = 60,
    minimum_number_of_calls = 1_000,
    wait_duration_in_open_state = "1m 30s",
    enable_exponential_backoff = true,
    exponential_backoff_multiplier = 2,
    exponential_max_wait_duration_in_open_state = "5m",
    enable_randomized_wait = false,
    randomized_wait_factor = 0.25,
    automatic_transition_from_open_to_half_open_enabled = true,
    initial_state = "METRICS_ONLY",
    cancelled_calls = "failure"
)]
async fn with_every_setting(registry: &Registry) -> Result<u8, ApiError> {
    Ok(1)
}

#[circuit_breaker("configured", registry = registry, sliding_window_size = 7)]
fn configured_elsewhere(registry: &Registry) -> Result<u8, ApiError> {
    Ok(1)
}

#[test]
fn instance_that_is_already_there_keeps_its_own_settings() {
    let registry = Registry::new();
    let breaker = registry
        .circuit_breaker_with("configured", |config| config.sliding_window_size(9))
        .unwrap();
    assert_eq!(configured_elsewhere(&registry), Ok(1));
    assert_eq!(breaker.config().sliding_window_size(), 9);
    assert_eq!(counts(&breaker), (1, 0));
}

#[tokio::test]
async fn every_setting_reaches_the_breaker() {
    let registry = Registry::new();
    assert_eq!(with_every_setting(&registry).await, Ok(1));
    let breaker = registry.circuit_breaker("settings");
    let config = breaker.config();
    assert!((config.failure_rate_threshold() - 12.5).abs() < f32::EPSILON);
    assert!((config.slow_call_rate_threshold() - 80.0).abs() < f32::EPSILON);
    assert_eq!(
        config.slow_call_duration_threshold(),
        Duration::from_millis(1500)
    );
    assert_eq!(config.permitted_number_of_calls_in_half_open_state(), 3);
    assert_eq!(
        config.max_wait_duration_in_half_open_state(),
        Duration::from_secs(60)
    );
    assert_eq!(
        config.transition_to_state_after_wait_duration(),
        State::Closed
    );
    assert_eq!(config.sliding_window_type(), SlidingWindowType::TimeBased);
    assert_eq!(config.sliding_window_size(), 60);
    assert_eq!(config.minimum_number_of_calls(), 1000);
    assert_eq!(config.wait_in_open_state(1), Duration::from_secs(90));
    assert_eq!(config.wait_in_open_state(2), Duration::from_secs(180));
    assert_eq!(config.wait_in_open_state(9), Duration::from_secs(300));
    assert!(config.automatic_transition_from_open_to_half_open_enabled());
    assert_eq!(config.initial_state(), State::MetricsOnly);
    assert_eq!(config.cancelled_calls(), CancelledCalls::Failure);
    assert_eq!(breaker.state(), State::MetricsOnly);
}

#[circuit_breaker("given by one of two", registry = registry)]
fn without_settings(registry: &Registry) -> Result<u8, ApiError> {
    Ok(1)
}

#[circuit_breaker(
    "given by one of two",
    registry = registry,
    sliding_window_size = 7
)]
fn with_settings(registry: &Registry) -> Result<u8, ApiError> {
    Ok(2)
}

#[circuit_breaker("given by one of two", registry = registry, sliding_window_size = 9)]
fn with_other_settings(registry: &Registry) -> Result<u8, ApiError> {
    Ok(3)
}

#[test]
fn an_attribute_without_settings_leaves_them_to_the_first_that_has_some() {
    let registry = Registry::new();
    assert_eq!(without_settings(&registry), Ok(1));
    let breaker = registry.circuit_breaker("given by one of two");
    assert_eq!(breaker.config().sliding_window_size(), 100);
    assert_eq!(with_settings(&registry), Ok(2));
    assert_eq!(with_other_settings(&registry), Ok(3));
    assert_eq!(without_settings(&registry), Ok(1));
    assert_eq!(breaker.config().sliding_window_size(), 7);
    assert_eq!(
        breaker.metrics().successful_calls,
        4,
        "what was counted stays"
    );
}

#[circuit_breaker("given at the second site")]
fn cached_without_settings() -> Result<u8, ApiError> {
    Ok(1)
}

#[circuit_breaker("given at the second site", sliding_window_size = 7)]
fn cached_with_settings() -> Result<u8, ApiError> {
    Ok(2)
}

#[test]
fn that_holds_for_call_sites_that_have_found_their_instance() {
    assert_eq!(cached_without_settings(), Ok(1));
    assert_eq!(cached_with_settings(), Ok(2));
    let breaker = Registry::global().circuit_breaker("given at the second site");
    assert_eq!(breaker.config().sliding_window_size(), 7);
    assert_eq!(breaker.metrics().successful_calls, 2);
}
