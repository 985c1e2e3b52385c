//! What is doubtful about a configuration, by the rules that the attribute warns by.

use resilience_settings::SettingDoubt;
use resilience_settings::retry as rules;

use super::config_builder::RetryConfigBuilder;

impl RetryConfigBuilder {
    /// What is doubtful about the settings, though none of them is refused: one that has no effect
    /// because of another, for instance. A setting at its default is not doubted.
    ///
    /// ```
    /// use resilience_runtime::RetryConfig;
    ///
    /// let doubts = RetryConfig::builder().budget_percentage(10.0).doubts();
    /// assert_eq!(
    ///     doubts[0].to_string(),
    ///     "`budget_percentage` has no effect without `budget = \"name\"`: add that, or remove this",
    /// );
    /// ```
    #[must_use]
    pub fn doubts(&self) -> Vec<SettingDoubt> {
        let default = Self::default();
        rules::doubts(&rules::Given {
            max_attempts: Some(self.max_attempts),
            // A custom wait stands in the place of this one.
            wait_duration: self.interval.is_none().then_some(self.wait_duration),
            enable_exponential_backoff: self.enable_exponential_backoff,
            exponential_backoff_multiplier: other_than(
                self.exponential_backoff_multiplier,
                &default.exponential_backoff_multiplier,
            ),
            exponential_max_wait_duration: self.exponential_max_wait_duration,
            enable_randomized_wait: self.enable_randomized_wait,
            randomized_wait_factor: other_than(
                self.randomized_wait_factor,
                &default.randomized_wait_factor,
            ),
            max_duration: self
                .interval
                .is_none()
                .then_some(self.max_duration)
                .flatten(),
            has_budget: self.budget.is_some(),
            budget_percentage: other_than(self.budget_percentage, &default.budget_percentage),
            budget_min_retries_per_second: other_than(
                self.budget_min_retries_per_second,
                &default.budget_min_retries_per_second,
            ),
        })
    }
}

/// The value, unless it is the default, which nobody may have given.
fn other_than<T: PartialEq>(value: T, default: &T) -> Option<T> {
    (value != *default).then_some(value)
}
