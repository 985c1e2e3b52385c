//! Settings of files, given to the builders of configurations.

use resilience_settings::{
    bulkhead, circuit_breaker, rate_limiter, retry, thread_pool_bulkhead, time_limiter,
};

use super::policy::Policy;
use super::settings::Settings;
use super::value::SettingValue;
use crate::bulkhead::BulkheadConfigBuilder;
use crate::circuit_breaker::{
    CancelledCalls, CircuitBreakerConfigBuilder, SlidingWindowType, State,
};
use crate::rate_limiter::RateLimiterConfigBuilder;
use crate::retry::RetryConfigBuilder;
use crate::thread_pool_bulkhead::ThreadPoolBulkheadConfigBuilder;
use crate::time_limiter::TimeLimiterConfigBuilder;

/// A builder that takes the settings of a file; each policy's does.
pub trait Configurable: Sized + sealed::Sealed {
    /// The policy whose settings it takes.
    const POLICY: Policy;

    /// The builder with one more setting.
    #[doc(hidden)]
    #[must_use]
    fn set(self, name: &str, value: &SettingValue) -> Self;
}

mod sealed {
    pub trait Sealed {}
}

impl Settings {
    /// The builder with these settings. Settings of another policy change nothing.
    ///
    /// ```
    /// use resilience4rs::CircuitBreakerConfig;
    /// use resilience4rs::configuration::{Configuration, Policy};
    ///
    /// let configuration = Configuration::from_yaml_str("
    /// resilience4j.circuitbreaker.instances.payments.slidingWindowSize: 20
    /// ").unwrap();
    /// let payments = configuration.policy(Policy::CircuitBreaker).instance("payments").unwrap();
    /// let config = payments.effective().apply(CircuitBreakerConfig::builder()).build().unwrap();
    /// assert_eq!(config.sliding_window_size(), 20);
    /// ```
    pub fn apply<B: Configurable>(&self, builder: B) -> B {
        if self.policy() != B::POLICY {
            return builder;
        }
        self.iter().fold(builder, |builder, setting| {
            builder.set(setting.name, &setting.value)
        })
    }
}

/// A builder's methods by the settings that they are for: `SETTING: Kind => method`, with a function
/// in between where the method takes more than a plain value.
macro_rules! configurable {
    ($builder:ty, $policy:ident, $rules:ident: $(
        $setting:ident: $kind:ident => $method:ident $(($convert:expr))?,
    )*) => {
        impl sealed::Sealed for $builder {}

        impl Configurable for $builder {
            const POLICY: Policy = Policy::$policy;

            fn set(self, name: &str, value: &SettingValue) -> Self {
                match value {
                    $(SettingValue::$kind(value) if name == $rules::$setting.name => {
                        let value = value.clone();
                        $(let value = $convert(value);)?
                        self.$method(value)
                    })*
                    _ => self,
                }
            }
        }
    };
}

configurable! {
    CircuitBreakerConfigBuilder, CircuitBreaker, circuit_breaker:
    FAILURE_RATE_THRESHOLD: Number => failure_rate_threshold(percentage),
    SLOW_CALL_RATE_THRESHOLD: Number => slow_call_rate_threshold(percentage),
    SLOW_CALL_DURATION_THRESHOLD: Duration => slow_call_duration_threshold,
    PERMITTED_NUMBER_OF_CALLS_IN_HALF_OPEN_STATE: Count => permitted_number_of_calls_in_half_open_state,
    MAX_WAIT_DURATION_IN_HALF_OPEN_STATE: Duration => max_wait_duration_in_half_open_state,
    TRANSITION_TO_STATE_AFTER_WAIT_DURATION: Choice => transition_to_state_after_wait_duration(state),
    SLIDING_WINDOW_TYPE: Choice => sliding_window_type(window_type),
    SLIDING_WINDOW_SIZE: Count => sliding_window_size,
    MINIMUM_NUMBER_OF_CALLS: Count => minimum_number_of_calls,
    WAIT_DURATION_IN_OPEN_STATE: Duration => wait_duration_in_open_state,
    ENABLE_EXPONENTIAL_BACKOFF: Flag => enable_exponential_backoff,
    EXPONENTIAL_BACKOFF_MULTIPLIER: Number => exponential_backoff_multiplier,
    EXPONENTIAL_MAX_WAIT_DURATION_IN_OPEN_STATE: Duration => exponential_max_wait_duration_in_open_state,
    ENABLE_RANDOMIZED_WAIT: Flag => enable_randomized_wait,
    RANDOMIZED_WAIT_FACTOR: Number => randomized_wait_factor,
    AUTOMATIC_TRANSITION_FROM_OPEN_TO_HALF_OPEN_ENABLED: Flag => automatic_transition_from_open_to_half_open_enabled,
    INITIAL_STATE: Choice => initial_state(state),
    CANCELLED_CALLS: Choice => cancelled_calls(cancelled_calls),
}

configurable! {
    RetryConfigBuilder, Retry, retry:
    MAX_ATTEMPTS: Count => max_attempts,
    WAIT_DURATION: Duration => wait_duration,
    ENABLE_EXPONENTIAL_BACKOFF: Flag => enable_exponential_backoff,
    EXPONENTIAL_BACKOFF_MULTIPLIER: Number => exponential_backoff_multiplier,
    EXPONENTIAL_MAX_WAIT_DURATION: Duration => exponential_max_wait_duration,
    ENABLE_RANDOMIZED_WAIT: Flag => enable_randomized_wait,
    RANDOMIZED_WAIT_FACTOR: Number => randomized_wait_factor,
    FAIL_AFTER_MAX_ATTEMPTS: Flag => fail_after_max_attempts,
    RETRY_ON_CIRCUIT_OPEN: Flag => retry_on_circuit_open,
    MAX_DURATION: Duration => max_duration,
    BUDGET: Text => budget,
    BUDGET_PERCENTAGE: Number => budget_percentage(percentage),
    BUDGET_MIN_RETRIES_PER_SECOND: Count => budget_min_retries_per_second,
}

configurable! {
    RateLimiterConfigBuilder, RateLimiter, rate_limiter:
    LIMIT_FOR_PERIOD: Count => limit_for_period,
    LIMIT_REFRESH_PERIOD: Duration => limit_refresh_period,
    TIMEOUT_DURATION: Duration => timeout_duration,
}

configurable! {
    BulkheadConfigBuilder, Bulkhead, bulkhead:
    MAX_CONCURRENT_CALLS: Count => max_concurrent_calls,
    MAX_WAIT_DURATION: Duration => max_wait_duration,
    FAIR_CALL_HANDLING_ENABLED: Flag => fair_call_handling_enabled,
}

configurable! {
    ThreadPoolBulkheadConfigBuilder, ThreadPoolBulkhead, thread_pool_bulkhead:
    CORE_THREAD_POOL_SIZE: Count => core_thread_pool_size,
    MAX_THREAD_POOL_SIZE: Count => max_thread_pool_size,
    QUEUE_CAPACITY: Count => queue_capacity,
    KEEP_ALIVE_DURATION: Duration => keep_alive_duration,
}

configurable! {
    TimeLimiterConfigBuilder, TimeLimiter, time_limiter:
    TIMEOUT_DURATION: Duration => timeout_duration,
    CANCEL_RUNNING_FUTURE: Flag => cancel_running_future,
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a percentage fits any float"
)]
pub(super) fn percentage(number: f64) -> f32 {
    number as f32
}

/// The state of one of the settings' words, of which there are no others.
fn state(word: &str) -> State {
    match word {
        "OPEN" => State::Open,
        "HALF_OPEN" => State::HalfOpen,
        "FORCED_OPEN" => State::ForcedOpen,
        "DISABLED" => State::Disabled,
        "METRICS_ONLY" => State::MetricsOnly,
        _ => State::Closed,
    }
}

fn window_type(word: &str) -> SlidingWindowType {
    if word == "TIME_BASED" {
        SlidingWindowType::TimeBased
    } else {
        SlidingWindowType::CountBased
    }
}

fn cancelled_calls(word: &str) -> CancelledCalls {
    if word == "failure" {
        CancelledCalls::Failure
    } else {
        CancelledCalls::Ignore
    }
}
