//! The configurations that Resilience4j shows, in words of our own: those of its guide, and that of
//! its demonstration.

use resilience_runtime::configuration::{Configuration, Policy};

use super::{effective, instance, shown};

/// As the guide introduces each policy, with shared configurations at the end.
const GUIDE: &str = "
resilience4j.circuitbreaker:
  instances:
    backendA: {registerHealthIndicator: true, slidingWindowSize: 100}
    backendB:
      registerHealthIndicator: true
      slidingWindowSize: 10
      permittedNumberOfCallsInHalfOpenState: 3
      slidingWindowType: TIME_BASED
      minimumNumberOfCalls: 20
      waitDurationInOpenState: 50s
      failureRateThreshold: 50
      eventConsumerBufferSize: 10
      recordFailurePredicate: com.example.shop.RecordFailurePredicate
resilience4j.retry:
  instances:
    backendA:
      maxAttempts: 3
      waitDuration: 10s
      enableExponentialBackoff: true
      exponentialBackoffMultiplier: 2
      retryExceptions: [org.springframework.web.client.HttpServerErrorException, java.io.IOException]
      ignoreExceptions:
        - com.example.shop.BusinessException
    backendB: {maxAttempts: 3, waitDuration: 10s}
resilience4j.bulkhead:
  instances:
    backendA: {maxConcurrentCalls: 10}
    backendB: {maxWaitDuration: 10ms, maxConcurrentCalls: 20}
resilience4j.thread-pool-bulkhead:
  instances:
    backendC: {maxThreadPoolSize: 1, coreThreadPoolSize: 1, queueCapacity: 1, writableStackTraceEnabled: true}
resilience4j.ratelimiter:
  instances:
    backendA:
      limitForPeriod: 10
      limitRefreshPeriod: 1s
      timeoutDuration: 0
      registerHealthIndicator: true
      eventConsumerBufferSize: 100
    backendB: {limitForPeriod: 6, limitRefreshPeriod: 500ms, timeoutDuration: 3s}
resilience4j.timelimiter:
  instances:
    backendA: {timeoutDuration: 2s, cancelRunningFuture: true}
    backendB: {timeoutDuration: 1s, cancelRunningFuture: false}
---
resilience4j.circuitbreaker:
  configs:
    default:
      slidingWindowSize: 100
      permittedNumberOfCallsInHalfOpenState: 10
      waitDurationInOpenState: 10000
      failureRateThreshold: 60
      eventConsumerBufferSize: 10
      registerHealthIndicator: true
    someShared: {slidingWindowSize: 50, permittedNumberOfCallsInHalfOpenState: 10}
  instances:
    backendC: {baseConfig: default, waitDurationInOpenState: 5000}
    backendD: {baseConfig: someShared}
";

/// As the demonstration has it, among all that is not ours.
const DEMONSTRATION: &str = "
spring:
  application.name: demonstration
  jackson.serialization.indent_output: true
management:
  endpoints.web.exposure.include: '*'
  health: {circuitbreakers.enabled: true, ratelimiters.enabled: true}
info:
  name: ${spring.application.name}
resilience4j.circuitbreaker:
  configs:
    default:
      registerHealthIndicator: true
      slidingWindowSize: 10
      minimumNumberOfCalls: 5
      permittedNumberOfCallsInHalfOpenState: 3
      automaticTransitionFromOpenToHalfOpenEnabled: true
      waitDurationInOpenState: 5s
      failureRateThreshold: 50
      eventConsumerBufferSize: 10
      recordExceptions:
        - org.springframework.web.client.HttpServerErrorException
        - java.util.concurrent.TimeoutException
        - java.io.IOException
      ignoreExceptions: [com.example.shop.BusinessException]
    shared:
      slidingWindowSize: 100
      permittedNumberOfCallsInHalfOpenState: 30
      waitDurationInOpenState: 1s
      failureRateThreshold: 50
      eventConsumerBufferSize: 10
      ignoreExceptions: [com.example.shop.BusinessException]
  instances:
    backendA: {baseConfig: default}
    backendB:
      registerHealthIndicator: true
      slidingWindowSize: 10
      minimumNumberOfCalls: 10
      permittedNumberOfCallsInHalfOpenState: 3
      waitDurationInOpenState: 5s
      failureRateThreshold: 50
      eventConsumerBufferSize: 10
      recordFailurePredicate: com.example.shop.RecordFailurePredicate
resilience4j.retry:
  configs:
    default:
      maxAttempts: 3
      waitDuration: 100
      retryExceptions: [org.springframework.web.client.HttpServerErrorException, java.io.IOException]
      ignoreExceptions: [com.example.shop.BusinessException]
  instances:
    backendA: {baseConfig: default}
    backendB: {baseConfig: default}
resilience4j.bulkhead:
  configs.default.maxConcurrentCalls: 100
  instances:
    backendA.maxConcurrentCalls: 10
    backendB: {maxWaitDuration: 10ms, maxConcurrentCalls: 20}
resilience4j.thread-pool-bulkhead:
  configs.default: {coreThreadPoolSize: 2, maxThreadPoolSize: 4, queueCapacity: 2}
  instances:
    backendA: {baseConfig: default}
    backendB: {maxThreadPoolSize: 1, coreThreadPoolSize: 1, queueCapacity: 1}
resilience4j.ratelimiter:
  configs:
    default:
      registerHealthIndicator: false
      limitForPeriod: 10
      limitRefreshPeriod: 1s
      timeoutDuration: 0
      eventConsumerBufferSize: 100
  instances:
    backendA: {baseConfig: default}
    backendB: {limitForPeriod: 6, limitRefreshPeriod: 500ms, timeoutDuration: 3s}
resilience4j.timelimiter:
  configs.default: {cancelRunningFuture: false, timeoutDuration: 2s}
  instances:
    backendA: {baseConfig: default}
    backendB: {baseConfig: default}
";

/// A policy, an instance, its settings, and the keys that are kept.
type Row = (
    Policy,
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

const OF_GUIDE: &[Row] = &[
    // Its entry of the first document, and `default` of the second.
    (
        Policy::CircuitBreaker,
        "backendA",
        &[
            "failure_rate_threshold=60",
            "permitted_number_of_calls_in_half_open_state=10",
            "sliding_window_size=100",
            "wait_duration_in_open_state=10s",
        ],
        &[
            "event_consumer_buffer_size=10",
            "register_health_indicator=true",
        ],
    ),
    (
        Policy::CircuitBreaker,
        "backendB",
        &[
            "failure_rate_threshold=50",
            "minimum_number_of_calls=20",
            "permitted_number_of_calls_in_half_open_state=3",
            "sliding_window_size=10",
            "sliding_window_type=TIME_BASED",
            "wait_duration_in_open_state=50s",
        ],
        &[
            "event_consumer_buffer_size=10",
            "register_health_indicator=true",
        ],
    ),
    (
        Policy::CircuitBreaker,
        "backendC",
        &[
            "failure_rate_threshold=60",
            "permitted_number_of_calls_in_half_open_state=10",
            "sliding_window_size=100",
            "wait_duration_in_open_state=5s",
        ],
        &[
            "event_consumer_buffer_size=10",
            "register_health_indicator=true",
        ],
    ),
    // What a shared configuration does not say, it does not inherit from `default`.
    (
        Policy::CircuitBreaker,
        "backendD",
        &[
            "permitted_number_of_calls_in_half_open_state=10",
            "sliding_window_size=50",
        ],
        &[],
    ),
    (
        Policy::Retry,
        "backendA",
        &[
            "enable_exponential_backoff=true",
            "exponential_backoff_multiplier=2",
            "max_attempts=3",
            "wait_duration=10s",
        ],
        &[],
    ),
    (
        Policy::Retry,
        "backendB",
        &["max_attempts=3", "wait_duration=10s"],
        &[],
    ),
    (
        Policy::Bulkhead,
        "backendA",
        &["max_concurrent_calls=10"],
        &[],
    ),
    (
        Policy::Bulkhead,
        "backendB",
        &["max_concurrent_calls=20", "max_wait_duration=10ms"],
        &[],
    ),
    (
        Policy::ThreadPoolBulkhead,
        "backendC",
        &[
            "core_thread_pool_size=1",
            "max_thread_pool_size=1",
            "queue_capacity=1",
        ],
        &["writable_stack_trace_enabled=true"],
    ),
    (
        Policy::RateLimiter,
        "backendA",
        &[
            "limit_for_period=10",
            "limit_refresh_period=1s",
            "timeout_duration=0ns",
        ],
        &[
            "event_consumer_buffer_size=100",
            "register_health_indicator=true",
        ],
    ),
    (
        Policy::RateLimiter,
        "backendB",
        &[
            "limit_for_period=6",
            "limit_refresh_period=500ms",
            "timeout_duration=3s",
        ],
        &[],
    ),
    (
        Policy::TimeLimiter,
        "backendA",
        &["cancel_running_future=true", "timeout_duration=2s"],
        &[],
    ),
    (
        Policy::TimeLimiter,
        "backendB",
        &["cancel_running_future=false", "timeout_duration=1s"],
        &[],
    ),
];

const OF_DEMONSTRATION: &[Row] = &[
    (
        Policy::CircuitBreaker,
        "backendA",
        &[
            "automatic_transition_from_open_to_half_open_enabled=true",
            "failure_rate_threshold=50",
            "minimum_number_of_calls=5",
            "permitted_number_of_calls_in_half_open_state=3",
            "sliding_window_size=10",
            "wait_duration_in_open_state=5s",
        ],
        &[
            "event_consumer_buffer_size=10",
            "register_health_indicator=true",
        ],
    ),
    // It names no `baseConfig` and so inherits `default`, the automatic transition with it.
    (
        Policy::CircuitBreaker,
        "backendB",
        &[
            "automatic_transition_from_open_to_half_open_enabled=true",
            "failure_rate_threshold=50",
            "minimum_number_of_calls=10",
            "permitted_number_of_calls_in_half_open_state=3",
            "sliding_window_size=10",
            "wait_duration_in_open_state=5s",
        ],
        &[
            "event_consumer_buffer_size=10",
            "register_health_indicator=true",
        ],
    ),
    (
        Policy::Retry,
        "backendA",
        &["max_attempts=3", "wait_duration=100ms"],
        &[],
    ),
    (
        Policy::Retry,
        "backendB",
        &["max_attempts=3", "wait_duration=100ms"],
        &[],
    ),
    (
        Policy::Bulkhead,
        "backendA",
        &["max_concurrent_calls=10"],
        &[],
    ),
    (
        Policy::Bulkhead,
        "backendB",
        &["max_concurrent_calls=20", "max_wait_duration=10ms"],
        &[],
    ),
    (
        Policy::ThreadPoolBulkhead,
        "backendA",
        &[
            "core_thread_pool_size=2",
            "max_thread_pool_size=4",
            "queue_capacity=2",
        ],
        &[],
    ),
    (
        Policy::ThreadPoolBulkhead,
        "backendB",
        &[
            "core_thread_pool_size=1",
            "max_thread_pool_size=1",
            "queue_capacity=1",
        ],
        &[],
    ),
    (
        Policy::RateLimiter,
        "backendA",
        &[
            "limit_for_period=10",
            "limit_refresh_period=1s",
            "timeout_duration=0ns",
        ],
        &[
            "event_consumer_buffer_size=100",
            "register_health_indicator=false",
        ],
    ),
    (
        Policy::RateLimiter,
        "backendB",
        &[
            "limit_for_period=6",
            "limit_refresh_period=500ms",
            "timeout_duration=3s",
        ],
        &[
            "event_consumer_buffer_size=100",
            "register_health_indicator=false",
        ],
    ),
    (
        Policy::TimeLimiter,
        "backendA",
        &["cancel_running_future=false", "timeout_duration=2s"],
        &[],
    ),
    (
        Policy::TimeLimiter,
        "backendB",
        &["cancel_running_future=false", "timeout_duration=2s"],
        &[],
    ),
];

#[test]
fn the_examples_mean_what_resilience4j_means_by_them() {
    for (text, rows) in [(GUIDE, OF_GUIDE), (DEMONSTRATION, OF_DEMONSTRATION)] {
        let load = |strict| {
            Configuration::loader()
                .yaml("a.yml", text)
                .strict(strict)
                .load()
        };
        // All that is left to the attributes is which errors count.
        let error = load(true).unwrap_err();
        for problem in &error.problems {
            assert!(
                problem.message.starts_with("names Java classes: write `"),
                "{problem}"
            );
        }
        let loaded = load(false).unwrap_or_else(|error| panic!("{error}"));
        let left_out: Vec<_> = loaded
            .warnings()
            .iter()
            .filter(|warning| warning.message.starts_with("names Java classes: "))
            .cloned()
            .collect();
        assert_eq!(left_out, error.problems);
        for (policy, name, settings, kept) in rows {
            assert_eq!(
                effective(&loaded, *policy, name),
                *settings,
                "{policy:?} {name}"
            );
            assert_eq!(
                shown(instance(&loaded, *policy, name).kept()),
                *kept,
                "{policy:?} {name}"
            );
        }
        let named: usize = Policy::ALL
            .map(|policy| loaded.policy(policy).instances().len())
            .iter()
            .sum();
        assert_eq!(named, rows.len(), "an instance that no row is about");
    }
}
