//! Settings of files, given to the builders of configurations.

use resilience_settings::circuit_breaker as rules;

use super::policy::Policy;
use super::settings::Settings;
use super::value::SettingValue;
use crate::circuit_breaker::{
    CancelledCalls, CircuitBreakerConfigBuilder, SlidingWindowType, State,
};

/// A builder that takes the settings of a file.
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

impl sealed::Sealed for CircuitBreakerConfigBuilder {}

impl Configurable for CircuitBreakerConfigBuilder {
    const POLICY: Policy = Policy::CircuitBreaker;

    fn set(self, name: &str, value: &SettingValue) -> Self {
        use SettingValue::{Choice, Count, Duration, Flag, Number};
        let is = |setting: resilience_settings::Setting| setting.name == name;
        match *value {
            Number(number) if is(rules::FAILURE_RATE_THRESHOLD) => {
                self.failure_rate_threshold(percentage(number))
            }
            Number(number) if is(rules::SLOW_CALL_RATE_THRESHOLD) => {
                self.slow_call_rate_threshold(percentage(number))
            }
            Number(number) if is(rules::EXPONENTIAL_BACKOFF_MULTIPLIER) => {
                self.exponential_backoff_multiplier(number)
            }
            Number(number) if is(rules::RANDOMIZED_WAIT_FACTOR) => {
                self.randomized_wait_factor(number)
            }
            Count(calls) if is(rules::PERMITTED_NUMBER_OF_CALLS_IN_HALF_OPEN_STATE) => {
                self.permitted_number_of_calls_in_half_open_state(calls)
            }
            Count(size) if is(rules::SLIDING_WINDOW_SIZE) => self.sliding_window_size(size),
            Count(calls) if is(rules::MINIMUM_NUMBER_OF_CALLS) => {
                self.minimum_number_of_calls(calls)
            }
            Duration(threshold) if is(rules::SLOW_CALL_DURATION_THRESHOLD) => {
                self.slow_call_duration_threshold(threshold)
            }
            Duration(wait) if is(rules::MAX_WAIT_DURATION_IN_HALF_OPEN_STATE) => {
                self.max_wait_duration_in_half_open_state(wait)
            }
            Duration(wait) if is(rules::WAIT_DURATION_IN_OPEN_STATE) => {
                self.wait_duration_in_open_state(wait)
            }
            Duration(wait) if is(rules::EXPONENTIAL_MAX_WAIT_DURATION_IN_OPEN_STATE) => {
                self.exponential_max_wait_duration_in_open_state(wait)
            }
            Flag(enabled) if is(rules::ENABLE_EXPONENTIAL_BACKOFF) => {
                self.enable_exponential_backoff(enabled)
            }
            Flag(enabled) if is(rules::ENABLE_RANDOMIZED_WAIT) => {
                self.enable_randomized_wait(enabled)
            }
            Flag(enabled) if is(rules::AUTOMATIC_TRANSITION_FROM_OPEN_TO_HALF_OPEN_ENABLED) => {
                self.automatic_transition_from_open_to_half_open_enabled(enabled)
            }
            Choice(word) if is(rules::TRANSITION_TO_STATE_AFTER_WAIT_DURATION) => {
                self.transition_to_state_after_wait_duration(state(word))
            }
            Choice(word) if is(rules::INITIAL_STATE) => self.initial_state(state(word)),
            Choice(word) if is(rules::SLIDING_WINDOW_TYPE) => {
                self.sliding_window_type(if word == "TIME_BASED" {
                    SlidingWindowType::TimeBased
                } else {
                    SlidingWindowType::CountBased
                })
            }
            Choice(word) if is(rules::CANCELLED_CALLS) => {
                self.cancelled_calls(if word == "failure" {
                    CancelledCalls::Failure
                } else {
                    CancelledCalls::Ignore
                })
            }
            _ => self,
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a percentage fits any float"
)]
fn percentage(number: f64) -> f32 {
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
