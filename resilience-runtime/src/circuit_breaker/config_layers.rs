//! One layer of settings over another.

use std::fmt;
use std::sync::Arc;

use super::config::CircuitBreakerConfig;
use super::config_builder::CircuitBreakerConfigBuilder;
use super::predicates::Predicates;
use super::settings::Settings;
use crate::config_error::ConfigError;
use crate::membership::Layered;
use crate::optional::Optional;
use crate::wait_settings::WaitSettings;

impl CircuitBreakerConfigBuilder {
    /// One with all of these settings given.
    pub(super) fn giving(settings: &Settings) -> Self {
        Self {
            failure_rate_threshold: Some(settings.failure_rate_threshold),
            slow_call_rate_threshold: Some(settings.slow_call_rate_threshold),
            slow_call_duration_threshold: Some(settings.slow_call_duration_threshold),
            permitted_number_of_calls_in_half_open_state: Some(
                settings.permitted_number_of_calls_in_half_open_state,
            ),
            max_wait_duration_in_half_open_state: Some(
                settings.max_wait_duration_in_half_open_state,
            ),
            transition_to_state_after_wait_duration: Some(
                settings.transition_to_state_after_wait_duration,
            ),
            sliding_window_type: Some(settings.sliding_window_type),
            sliding_window_size: Some(settings.sliding_window_size),
            minimum_number_of_calls: Some(settings.minimum_number_of_calls),
            wait: WaitSettings {
                duration: Some(settings.wait_duration_in_open_state),
                is_exponential: Some(settings.enable_exponential_backoff),
                multiplier: Some(settings.exponential_backoff_multiplier),
                // Without one, that of the base remains.
                max: settings
                    .exponential_max_wait_duration_in_open_state
                    .map_or(Optional::NotGiven, Optional::Is),
                is_randomized: Some(settings.enable_randomized_wait),
                randomized_factor: Some(settings.randomized_wait_factor),
                function: settings.wait_interval_function_in_open_state.clone(),
            },
            automatic_transition_from_open_to_half_open_enabled: Some(
                settings.automatic_transition_from_open_to_half_open_enabled,
            ),
            initial_state: Some(settings.initial_state),
            cancelled_calls: Some(settings.cancelled_calls),
            predicates: settings.predicates.as_deref().cloned().unwrap_or_default(),
        }
    }

    /// The settings that come of it, whether they fit or not.
    pub(super) fn settings(&self) -> Settings {
        let default = Settings::default();
        let wait = &self.wait;
        Settings {
            failure_rate_threshold: self
                .failure_rate_threshold
                .unwrap_or(default.failure_rate_threshold),
            slow_call_rate_threshold: self
                .slow_call_rate_threshold
                .unwrap_or(default.slow_call_rate_threshold),
            slow_call_duration_threshold: self
                .slow_call_duration_threshold
                .unwrap_or(default.slow_call_duration_threshold),
            permitted_number_of_calls_in_half_open_state: self
                .permitted_number_of_calls_in_half_open_state
                .unwrap_or(default.permitted_number_of_calls_in_half_open_state),
            max_wait_duration_in_half_open_state: self
                .max_wait_duration_in_half_open_state
                .unwrap_or(default.max_wait_duration_in_half_open_state),
            transition_to_state_after_wait_duration: self
                .transition_to_state_after_wait_duration
                .unwrap_or(default.transition_to_state_after_wait_duration),
            sliding_window_type: self
                .sliding_window_type
                .unwrap_or(default.sliding_window_type),
            sliding_window_size: self
                .sliding_window_size
                .unwrap_or(default.sliding_window_size),
            minimum_number_of_calls: self
                .minimum_number_of_calls
                .unwrap_or(default.minimum_number_of_calls),
            wait_duration_in_open_state: wait
                .duration
                .unwrap_or(default.wait_duration_in_open_state),
            enable_exponential_backoff: wait
                .is_exponential
                .unwrap_or(default.enable_exponential_backoff),
            exponential_backoff_multiplier: wait
                .multiplier
                .unwrap_or(default.exponential_backoff_multiplier),
            exponential_max_wait_duration_in_open_state: wait.max.settled(),
            enable_randomized_wait: wait.is_randomized.unwrap_or(default.enable_randomized_wait),
            randomized_wait_factor: wait
                .randomized_factor
                .unwrap_or(default.randomized_wait_factor),
            wait_interval_function_in_open_state: wait.function.clone(),
            automatic_transition_from_open_to_half_open_enabled: self
                .automatic_transition_from_open_to_half_open_enabled
                .unwrap_or(default.automatic_transition_from_open_to_half_open_enabled),
            initial_state: self.initial_state.unwrap_or(default.initial_state),
            cancelled_calls: self.cancelled_calls.unwrap_or(default.cancelled_calls),
            predicates: (!self.predicates.are_none()).then(|| Arc::new(self.predicates.clone())),
        }
    }
}

impl Layered for CircuitBreakerConfigBuilder {
    type Config = CircuitBreakerConfig;

    fn over(self, base: &Self) -> Self {
        Self {
            failure_rate_threshold: self.failure_rate_threshold.or(base.failure_rate_threshold),
            slow_call_rate_threshold: self
                .slow_call_rate_threshold
                .or(base.slow_call_rate_threshold),
            slow_call_duration_threshold: self
                .slow_call_duration_threshold
                .or(base.slow_call_duration_threshold),
            permitted_number_of_calls_in_half_open_state: self
                .permitted_number_of_calls_in_half_open_state
                .or(base.permitted_number_of_calls_in_half_open_state),
            max_wait_duration_in_half_open_state: self
                .max_wait_duration_in_half_open_state
                .or(base.max_wait_duration_in_half_open_state),
            transition_to_state_after_wait_duration: self
                .transition_to_state_after_wait_duration
                .or(base.transition_to_state_after_wait_duration),
            sliding_window_type: self.sliding_window_type.or(base.sliding_window_type),
            sliding_window_size: self.sliding_window_size.or(base.sliding_window_size),
            minimum_number_of_calls: self
                .minimum_number_of_calls
                .or(base.minimum_number_of_calls),
            wait: self.wait.over(&base.wait),
            automatic_transition_from_open_to_half_open_enabled: self
                .automatic_transition_from_open_to_half_open_enabled
                .or(base.automatic_transition_from_open_to_half_open_enabled),
            initial_state: self.initial_state.or(base.initial_state),
            cancelled_calls: self.cancelled_calls.or(base.cancelled_calls),
            predicates: self.predicates.over(&base.predicates),
        }
    }

    fn settle(self) -> Result<CircuitBreakerConfig, ConfigError> {
        self.build()
    }

    fn listed(config: &CircuitBreakerConfig) -> Vec<(&'static str, String)> {
        config.settings().listed()
    }
}

impl fmt::Debug for Predicates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Predicates")
            .field("record_errors", &self.record_errors.len())
            .field("ignore_errors", &self.ignore_errors.len())
            .field("record_results", &self.record_results.len())
            .field("transition_on_result", &self.transition_on_result.is_some())
            .finish()
    }
}
