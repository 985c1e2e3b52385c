//! The settings of a breaker, each with a value.

use std::sync::Arc;
use std::time::Duration;

use resilience_settings::circuit_breaker as rules;
use resilience_settings::duration;

use super::config::{CancelledCalls, SlidingWindowType};
use super::predicates::Predicates;
use super::state::State;
use crate::config_error::{ConfigError, check_all};
use crate::interval::{WaitFunction, WaitInterval};

#[derive(Clone)]
pub(super) struct Settings {
    pub(super) failure_rate_threshold: f32,
    pub(super) slow_call_rate_threshold: f32,
    pub(super) slow_call_duration_threshold: Duration,
    pub(super) permitted_number_of_calls_in_half_open_state: u32,
    pub(super) max_wait_duration_in_half_open_state: Duration,
    pub(super) transition_to_state_after_wait_duration: State,
    pub(super) sliding_window_type: SlidingWindowType,
    pub(super) sliding_window_size: u32,
    pub(super) minimum_number_of_calls: u32,
    pub(super) wait_duration_in_open_state: Duration,
    pub(super) enable_exponential_backoff: bool,
    pub(super) exponential_backoff_multiplier: f64,
    pub(super) exponential_max_wait_duration_in_open_state: Option<Duration>,
    pub(super) enable_randomized_wait: bool,
    pub(super) randomized_wait_factor: f64,
    pub(super) wait_interval_function_in_open_state: Option<WaitFunction>,
    pub(super) automatic_transition_from_open_to_half_open_enabled: bool,
    pub(super) initial_state: State,
    pub(super) cancelled_calls: CancelledCalls,
    /// `None` where there are none.
    pub(super) predicates: Option<Arc<Predicates>>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            failure_rate_threshold: 50.0,
            slow_call_rate_threshold: 100.0,
            slow_call_duration_threshold: Duration::from_secs(60),
            permitted_number_of_calls_in_half_open_state: 10,
            max_wait_duration_in_half_open_state: Duration::ZERO,
            transition_to_state_after_wait_duration: State::Open,
            sliding_window_type: SlidingWindowType::CountBased,
            sliding_window_size: 100,
            minimum_number_of_calls: 100,
            wait_duration_in_open_state: Duration::from_secs(60),
            enable_exponential_backoff: false,
            exponential_backoff_multiplier: 1.5,
            exponential_max_wait_duration_in_open_state: None,
            enable_randomized_wait: false,
            randomized_wait_factor: 0.5,
            wait_interval_function_in_open_state: None,
            automatic_transition_from_open_to_half_open_enabled: false,
            initial_state: State::Closed,
            cancelled_calls: CancelledCalls::Ignore,
            predicates: None,
        }
    }
}

impl Settings {
    /// Whether each fits, and they fit each other.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let time_based = self.sliding_window_type == SlidingWindowType::TimeBased;
        let half_open_timeout = self.transition_to_state_after_wait_duration.to_string();
        let cap = self.exponential_max_wait_duration_in_open_state;
        check_all([
            rules::FAILURE_RATE_THRESHOLD.check_number(self.failure_rate_threshold.into()),
            rules::SLOW_CALL_RATE_THRESHOLD.check_number(self.slow_call_rate_threshold.into()),
            rules::SLOW_CALL_DURATION_THRESHOLD.check_duration(self.slow_call_duration_threshold),
            rules::PERMITTED_NUMBER_OF_CALLS_IN_HALF_OPEN_STATE
                .check_number(self.permitted_number_of_calls_in_half_open_state.into()),
            rules::TRANSITION_TO_STATE_AFTER_WAIT_DURATION.check_choice(&half_open_timeout),
            rules::check_window(time_based, self.sliding_window_size),
            rules::MINIMUM_NUMBER_OF_CALLS.check_number(self.minimum_number_of_calls.into()),
            rules::WAIT_DURATION_IN_OPEN_STATE.check_duration(self.wait_duration_in_open_state),
            rules::EXPONENTIAL_BACKOFF_MULTIPLIER.check_number(self.exponential_backoff_multiplier),
            cap.map_or(Ok(()), |cap| {
                rules::EXPONENTIAL_MAX_WAIT_DURATION_IN_OPEN_STATE.check_duration(cap)
            }),
            rules::RANDOMIZED_WAIT_FACTOR.check_number(self.randomized_wait_factor),
            rules::check_wait(self.enable_exponential_backoff, self.enable_randomized_wait),
        ])
    }

    pub(super) fn wait_interval(&self) -> WaitInterval {
        let wait = self.wait_duration_in_open_state;
        if let Some(function) = &self.wait_interval_function_in_open_state {
            return WaitInterval::Custom {
                wait: Arc::clone(function),
                otherwise: wait,
            };
        }
        WaitInterval::varied(
            wait,
            self.enable_exponential_backoff
                .then_some(self.exponential_backoff_multiplier),
            self.exponential_max_wait_duration_in_open_state,
            self.enable_randomized_wait
                .then_some(self.randomized_wait_factor),
        )
    }

    /// Every setting with its value, in the order of their table.
    pub(super) fn listed(&self) -> Vec<(&'static str, String)> {
        let cap = self
            .exponential_max_wait_duration_in_open_state
            .map_or_else(|| "none".to_owned(), duration::format);
        let values = [
            self.failure_rate_threshold.to_string(),
            self.slow_call_rate_threshold.to_string(),
            duration::format(self.slow_call_duration_threshold),
            self.permitted_number_of_calls_in_half_open_state
                .to_string(),
            duration::format(self.max_wait_duration_in_half_open_state),
            self.transition_to_state_after_wait_duration.to_string(),
            match self.sliding_window_type {
                SlidingWindowType::CountBased => "COUNT_BASED".to_owned(),
                SlidingWindowType::TimeBased => "TIME_BASED".to_owned(),
            },
            self.sliding_window_size.to_string(),
            self.minimum_number_of_calls.to_string(),
            duration::format(self.wait_duration_in_open_state),
            self.enable_exponential_backoff.to_string(),
            self.exponential_backoff_multiplier.to_string(),
            cap,
            self.enable_randomized_wait.to_string(),
            self.randomized_wait_factor.to_string(),
            self.automatic_transition_from_open_to_half_open_enabled
                .to_string(),
            self.initial_state.to_string(),
            match self.cancelled_calls {
                CancelledCalls::Ignore => "ignore".to_owned(),
                CancelledCalls::Failure => "failure".to_owned(),
            },
        ];
        let names = rules::SETTINGS.iter().map(|setting| setting.name);
        names.zip(values).collect()
    }
}
