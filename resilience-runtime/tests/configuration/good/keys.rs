//! Every key of every policy, in every spelling and every format.

use resilience_runtime::configuration::{Configuration, Policy, SettingValue};

use super::{instance, value};

/// Policy, key in camel case, what is written, name in `snake_case`, the value it has.
#[rustfmt::skip]
const KEYS: &[(Policy, &str, &str, &str, &str)] = &[
    (Policy::CircuitBreaker, "failureRateThreshold", "33.3", "failure_rate_threshold", "33.3"),
    (Policy::CircuitBreaker, "slowCallRateThreshold", "1", "slow_call_rate_threshold", "1"),
    (Policy::CircuitBreaker, "slowCallDurationThreshold", "2s", "slow_call_duration_threshold", "2s"),
    (Policy::CircuitBreaker, "permittedNumberOfCallsInHalfOpenState", "3", "permitted_number_of_calls_in_half_open_state", "3"),
    (Policy::CircuitBreaker, "maxWaitDurationInHalfOpenState", "0", "max_wait_duration_in_half_open_state", "0ns"),
    (Policy::CircuitBreaker, "transitionToStateAfterWaitDuration", "closed", "transition_to_state_after_wait_duration", "CLOSED"),
    (Policy::CircuitBreaker, "slidingWindowType", "time-based", "sliding_window_type", "TIME_BASED"),
    (Policy::CircuitBreaker, "slidingWindowSize", "10", "sliding_window_size", "10"),
    (Policy::CircuitBreaker, "minimumNumberOfCalls", "5", "minimum_number_of_calls", "5"),
    (Policy::CircuitBreaker, "waitDurationInOpenState", "5000", "wait_duration_in_open_state", "5s"),
    (Policy::CircuitBreaker, "enableExponentialBackoff", "true", "enable_exponential_backoff", "true"),
    (Policy::CircuitBreaker, "exponentialBackoffMultiplier", "2", "exponential_backoff_multiplier", "2"),
    (Policy::CircuitBreaker, "exponentialMaxWaitDurationInOpenState", "1m", "exponential_max_wait_duration_in_open_state", "60s"),
    (Policy::CircuitBreaker, "enableRandomizedWait", "off", "enable_randomized_wait", "false"),
    (Policy::CircuitBreaker, "randomizedWaitFactor", "0.25", "randomized_wait_factor", "0.25"),
    (Policy::CircuitBreaker, "automaticTransitionFromOpenToHalfOpenEnabled", "yes", "automatic_transition_from_open_to_half_open_enabled", "true"),
    (Policy::CircuitBreaker, "initialState", "METRICS_ONLY", "initial_state", "METRICS_ONLY"),
    (Policy::CircuitBreaker, "cancelledCalls", "failure", "cancelled_calls", "failure"),
    (Policy::CircuitBreaker, "eventConsumerBufferSize", "10", "event_consumer_buffer_size", "10"),
    (Policy::CircuitBreaker, "registerHealthIndicator", "true", "register_health_indicator", "true"),
    (Policy::CircuitBreaker, "allowHealthIndicatorToFail", "false", "allow_health_indicator_to_fail", "false"),
    (Policy::CircuitBreaker, "writableStackTraceEnabled", "false", "writable_stack_trace_enabled", "false"),
    (Policy::CircuitBreaker, "ignoreClassBindingExceptions", "true", "ignore_class_binding_exceptions", "true"),
    (Policy::Retry, "maxAttempts", "5", "max_attempts", "5"),
    (Policy::Retry, "waitDuration", "PT1M", "wait_duration", "60s"),
    (Policy::Retry, "enableExponentialBackoff", "true", "enable_exponential_backoff", "true"),
    (Policy::Retry, "exponentialBackoffMultiplier", "1.5", "exponential_backoff_multiplier", "1.5"),
    (Policy::Retry, "exponentialMaxWaitDuration", "2m", "exponential_max_wait_duration", "120s"),
    (Policy::Retry, "enableRandomizedWait", "true", "enable_randomized_wait", "true"),
    (Policy::Retry, "randomizedWaitFactor", "0", "randomized_wait_factor", "0"),
    (Policy::Retry, "failAfterMaxAttempts", "true", "fail_after_max_attempts", "true"),
    (Policy::Retry, "retryOnCircuitOpen", "on", "retry_on_circuit_open", "true"),
    (Policy::Retry, "maxDuration", "1h", "max_duration", "3600s"),
    (Policy::Retry, "budget", "shared", "budget", "shared"),
    (Policy::Retry, "budgetPercentage", "10", "budget_percentage", "10"),
    (Policy::Retry, "budgetMinRetriesPerSecond", "0", "budget_min_retries_per_second", "0"),
    (Policy::Retry, "eventConsumerBufferSize", "10", "event_consumer_buffer_size", "10"),
    (Policy::RateLimiter, "limitForPeriod", "6", "limit_for_period", "6"),
    (Policy::RateLimiter, "limitRefreshPeriod", "500ns", "limit_refresh_period", "500ns"),
    (Policy::RateLimiter, "timeoutDuration", "3s", "timeout_duration", "3s"),
    (Policy::RateLimiter, "eventConsumerBufferSize", "50", "event_consumer_buffer_size", "50"),
    (Policy::RateLimiter, "registerHealthIndicator", "true", "register_health_indicator", "true"),
    (Policy::RateLimiter, "allowHealthIndicatorToFail", "true", "allow_health_indicator_to_fail", "true"),
    (Policy::RateLimiter, "subscribeForEvents", "true", "subscribe_for_events", "true"),
    (Policy::RateLimiter, "writableStackTraceEnabled", "true", "writable_stack_trace_enabled", "true"),
    (Policy::Bulkhead, "maxConcurrentCalls", "1", "max_concurrent_calls", "1"),
    (Policy::Bulkhead, "maxWaitDuration", "10ms", "max_wait_duration", "10ms"),
    (Policy::Bulkhead, "fairCallHandlingEnabled", "false", "fair_call_handling_enabled", "false"),
    (Policy::Bulkhead, "eventConsumerBufferSize", "20", "event_consumer_buffer_size", "20"),
    (Policy::Bulkhead, "writableStackTraceEnabled", "false", "writable_stack_trace_enabled", "false"),
    (Policy::ThreadPoolBulkhead, "coreThreadPoolSize", "2", "core_thread_pool_size", "2"),
    (Policy::ThreadPoolBulkhead, "maxThreadPoolSize", "4", "max_thread_pool_size", "4"),
    (Policy::ThreadPoolBulkhead, "queueCapacity", "0", "queue_capacity", "0"),
    (Policy::ThreadPoolBulkhead, "keepAliveDuration", "20ms", "keep_alive_duration", "20ms"),
    (Policy::ThreadPoolBulkhead, "eventConsumerBufferSize", "20", "event_consumer_buffer_size", "20"),
    (Policy::ThreadPoolBulkhead, "writableStackTraceEnabled", "false", "writable_stack_trace_enabled", "false"),
    (Policy::TimeLimiter, "timeoutDuration", "1500ms", "timeout_duration", "1.5s"),
    (Policy::TimeLimiter, "cancelRunningFuture", "FALSE", "cancel_running_future", "false"),
    (Policy::TimeLimiter, "eventConsumerBufferSize", "1", "event_consumer_buffer_size", "1"),
    (Policy::Timer, "metricNames", "resilience4j.timer.calls", "metric_names", "resilience4j.timer.calls"),
    (Policy::Timer, "eventConsumerBufferSize", "1", "event_consumer_buffer_size", "1"),
];

/// Keys that count only beside others, which come first; the window of time is the one that a
/// window's type is for.
const BESIDE: &[(Policy, &str, &str)] = &[
    (Policy::CircuitBreaker, "waitDurationInOpenState", "1s"),
    (
        Policy::CircuitBreaker,
        "exponentialBackoffMultiplier",
        "1.5",
    ),
    (Policy::Retry, "waitDuration", "1s"),
    (Policy::Retry, "exponentialBackoffMultiplier", "1.5"),
    (Policy::ThreadPoolBulkhead, "coreThreadPoolSize", "1"),
    (Policy::ThreadPoolBulkhead, "maxThreadPoolSize", "9"),
];

fn kebab(camel: &str) -> String {
    camel
        .chars()
        .flat_map(|letter| {
            let dash = letter.is_uppercase().then_some('-');
            dash.into_iter().chain(letter.to_lowercase())
        })
        .collect()
}

fn read(configuration: &Configuration, policy: Policy, name: &str) -> Option<String> {
    let a = instance(configuration, policy, "a");
    let effective = a.effective();
    let found: Option<&SettingValue> = effective.get(name).or_else(|| a.kept().get(name));
    found.map(value)
}

#[test]
fn every_key_is_read_in_every_spelling_and_format() {
    for &(policy, key, written, name, expected) in KEYS {
        let beside: Vec<_> = BESIDE
            .iter()
            .filter(|(of, other, _)| *of == policy && *other != key)
            .collect();
        let section = policy.section();
        for spelling in [key.to_owned(), kebab(key), kebab(key).replace('-', "_")] {
            let mut yaml =
                format!("resilience4j.{section}.instances.a:\n  {spelling}: {written}\n");
            let mut toml =
                format!("[resilience4j.{section}.instances.a]\n{spelling} = \"{written}\"\n");
            let mut json = format!("\"{spelling}\": \"{written}\"");
            for (_, other, value) in &beside {
                yaml += &format!("  {other}: {value}\n");
                toml += &format!("{other} = \"{value}\"\n");
                json += &format!(", \"{other}\": \"{value}\"");
            }
            let json =
                format!("{{\"resilience4j.{section}\": {{\"instances\": {{\"a\": {{{json}}}}}}}}}");
            let loaded = [
                (&yaml, Configuration::from_yaml_str(&yaml)),
                (&toml, Configuration::from_toml_str(&toml)),
                (&json, Configuration::from_json_str(&json)),
            ];
            for (text, loaded) in loaded {
                let loaded = loaded.unwrap_or_else(|error| panic!("{text}\n{error}"));
                let found = read(&loaded, policy, name);
                assert_eq!(found.as_deref(), Some(expected), "{text}");
            }
        }
    }
}

#[test]
fn the_table_has_every_key() {
    use resilience_settings::{
        bulkhead, circuit_breaker, rate_limiter, retry, thread_pool_bulkhead, time_limiter,
    };
    for (policy, settings) in [
        (Policy::CircuitBreaker, circuit_breaker::SETTINGS),
        (Policy::Retry, retry::SETTINGS),
        (Policy::RateLimiter, rate_limiter::SETTINGS),
        (Policy::Bulkhead, bulkhead::SETTINGS),
        (Policy::ThreadPoolBulkhead, thread_pool_bulkhead::SETTINGS),
        (Policy::TimeLimiter, time_limiter::SETTINGS),
    ] {
        for setting in settings {
            let is_there = KEYS
                .iter()
                .any(|(of, _, _, name, _)| *of == policy && *name == setting.name);
            assert!(is_there, "{policy:?}: {}", setting.name);
        }
    }
}
