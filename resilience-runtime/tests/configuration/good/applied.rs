//! Settings given to the builders.

use std::time::Duration;

use resilience_runtime::configuration::{Configurable, Policy};
use resilience_runtime::{
    BulkheadConfig, CancelledCalls, CircuitBreakerConfig, CircuitBreakerConfigBuilder,
    RateLimiterConfig, RetryConfig, SlidingWindowType, State, ThreadPoolBulkheadConfig,
    TimeLimiterConfig,
};

use super::{instance, yaml};

#[allow(clippy::float_cmp, reason = "what was written, not what was computed")]
fn is(percentage: f32, expected: f32) -> bool {
    percentage == expected
}

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
    assert!(is(config.failure_rate_threshold(), 1.0));
    assert!(is(config.slow_call_rate_threshold(), 2.0));
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
    assert!(is(config.slow_call_rate_threshold(), 100.0));
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

#[test]
fn every_setting_of_a_retry_arrives() {
    let loaded = yaml(
        "
resilience4j.retry.instances.a:
  maxAttempts: 4
  waitDuration: 10ms
  enableExponentialBackoff: true
  exponentialBackoffMultiplier: 2
  exponentialMaxWaitDuration: 25ms
  enableRandomizedWait: true
  randomizedWaitFactor: 0
  failAfterMaxAttempts: true
  retryOnCircuitOpen: false
  maxDuration: 5s
  budget: shared
  budgetPercentage: 7.5
  budgetMinRetriesPerSecond: 3
",
    );
    let a = instance(&loaded, Policy::Retry, "a").effective();
    let config = a.apply(RetryConfig::builder()).build().unwrap();
    assert_eq!(config.max_attempts(), 4);
    let waits = [1, 2, 3].map(|attempt| config.interval(attempt));
    assert_eq!(waits, [10, 20, 25].map(Duration::from_millis));
    assert!(config.fail_after_max_attempts());
    assert!(!config.retry_on_circuit_open());
    assert_eq!(config.max_duration(), Some(Duration::from_secs(5)));
    assert_eq!(config.budget(), Some("shared"));
    assert!(is(config.budget_percentage(), 7.5));
    assert_eq!(config.budget_min_retries_per_second(), 3);
}

#[test]
fn every_setting_of_the_other_policies_arrives() {
    let loaded = yaml(
        "
resilience4j:
  ratelimiter.instances.a: {limitForPeriod: 1, limitRefreshPeriod: 2s, timeoutDuration: 3s}
  bulkhead.instances.a: {maxConcurrentCalls: 4, maxWaitDuration: 5s, fairCallHandlingEnabled: false}
  thread-pool-bulkhead.instances.a:
    {coreThreadPoolSize: 6, maxThreadPoolSize: 7, queueCapacity: 8, keepAliveDuration: 9s}
  timelimiter.instances.a: {timeoutDuration: 10s, cancelRunningFuture: false}
",
    );
    let of = |policy| instance(&loaded, policy, "a").effective();
    let seconds = Duration::from_secs;

    let limiter = of(Policy::RateLimiter)
        .apply(RateLimiterConfig::builder())
        .build()
        .unwrap();
    assert_eq!(limiter.limit_for_period(), 1);
    assert_eq!(limiter.limit_refresh_period(), seconds(2));
    assert_eq!(limiter.timeout_duration(), seconds(3));

    let bulkhead = of(Policy::Bulkhead)
        .apply(BulkheadConfig::builder())
        .build()
        .unwrap();
    assert_eq!(bulkhead.max_concurrent_calls(), 4);
    assert_eq!(bulkhead.max_wait_duration(), seconds(5));
    assert!(!bulkhead.is_fair_call_handling_enabled());

    let pool = of(Policy::ThreadPoolBulkhead).apply(ThreadPoolBulkheadConfig::builder());
    let pool = pool.build().unwrap();
    assert_eq!(
        (pool.core_thread_pool_size(), pool.max_thread_pool_size()),
        (6, 7)
    );
    assert_eq!(
        (pool.queue_capacity(), pool.keep_alive_duration()),
        (8, seconds(9))
    );

    let limiter = of(Policy::TimeLimiter)
        .apply(TimeLimiterConfig::builder())
        .build()
        .unwrap();
    assert_eq!(limiter.timeout_duration(), seconds(10));
    assert!(!limiter.cancel_running_future());
}
