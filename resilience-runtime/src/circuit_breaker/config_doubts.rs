//! What is doubtful about a configuration, by the rules that the attribute warns by.

use resilience_settings::SettingDoubt;
use resilience_settings::circuit_breaker as rules;

use super::config::SlidingWindowType;
use super::config_builder::CircuitBreakerConfigBuilder;
use super::settings::Settings;

impl CircuitBreakerConfigBuilder {
    /// What is doubtful about the settings, though none of them is refused: one that has no effect
    /// because of another, for instance. A setting at its default is not doubted.
    ///
    /// ```
    /// use resilience4rs::CircuitBreakerConfig;
    ///
    /// let doubts = CircuitBreakerConfig::builder().randomized_wait_factor(0.2).doubts();
    /// assert_eq!(
    ///     doubts[0].to_string(),
    ///     "`randomized_wait_factor` has no effect without `enable_randomized_wait = true`: add that, or remove this",
    /// );
    /// ```
    #[must_use]
    pub fn doubts(&self) -> Vec<SettingDoubt> {
        let (settings, default) = (self.settings(), Settings::default());
        let half_open_timeout = settings.transition_to_state_after_wait_duration.to_string();
        rules::doubts(&rules::Given {
            time_based: settings.sliding_window_type == SlidingWindowType::TimeBased,
            sliding_window_size: Some(settings.sliding_window_size),
            minimum_number_of_calls: other_than(
                settings.minimum_number_of_calls,
                &default.minimum_number_of_calls,
            ),
            wait_duration_in_open_state: Some(settings.wait_duration_in_open_state),
            enable_exponential_backoff: settings.enable_exponential_backoff,
            exponential_backoff_multiplier: other_than(
                settings.exponential_backoff_multiplier,
                &default.exponential_backoff_multiplier,
            ),
            exponential_max_wait_duration_in_open_state: settings
                .exponential_max_wait_duration_in_open_state,
            enable_randomized_wait: settings.enable_randomized_wait,
            randomized_wait_factor: other_than(
                settings.randomized_wait_factor,
                &default.randomized_wait_factor,
            ),
            max_wait_duration_in_half_open_state: Some(
                settings.max_wait_duration_in_half_open_state,
            ),
            transition_to_state_after_wait_duration: other_than(
                settings.transition_to_state_after_wait_duration,
                &default.transition_to_state_after_wait_duration,
            )
            .map(|_| half_open_timeout.as_str()),
        })
    }
}

/// The value, unless it is the default, which nobody may have given.
fn other_than<T: PartialEq>(value: T, default: &T) -> Option<T> {
    (value != *default).then_some(value)
}
