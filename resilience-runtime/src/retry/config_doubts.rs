//! What is doubtful about a configuration, by the rules that the attribute warns by.

use resilience_settings::SettingDoubt;
use resilience_settings::retry as rules;

use super::config::{DEFAULT_BUDGET_MIN_RETRIES, DEFAULT_BUDGET_PERCENTAGE};
use super::config_builder::RetryConfigBuilder;

impl RetryConfigBuilder {
    /// What is doubtful about the settings, though none of them is refused: one that has no effect
    /// because of another, for instance. A setting at its default is not doubted.
    ///
    /// ```
    /// use resilience4rs::RetryConfig;
    ///
    /// let doubts = RetryConfig::builder().budget_percentage(10.0).doubts();
    /// assert_eq!(
    ///     doubts[0].to_string(),
    ///     "`budget_percentage` has no effect without `budget = \"name\"`: add that, or remove this",
    /// );
    /// ```
    #[must_use]
    pub fn doubts(&self) -> Vec<SettingDoubt> {
        let wait = &self.wait;
        // A custom wait stands in the place of this one.
        let is_custom = wait.function.is_some();
        let length = wait.duration.unwrap_or(rules::DEFAULT_WAIT_DURATION);
        rules::doubts(&rules::Given {
            max_attempts: Some(self.max_attempts.unwrap_or(rules::DEFAULT_MAX_ATTEMPTS)),
            wait_duration: (!is_custom).then_some(length),
            enable_exponential_backoff: wait.is_exponential.unwrap_or(false),
            exponential_backoff_multiplier: other_than(wait.multiplier, rules::DEFAULT_MULTIPLIER),
            exponential_max_wait_duration: wait.max.settled(),
            enable_randomized_wait: wait.is_randomized.unwrap_or(false),
            randomized_wait_factor: other_than(
                wait.randomized_factor,
                rules::DEFAULT_RANDOMIZED_WAIT_FACTOR,
            ),
            max_duration: self.max_duration.settled().filter(|_| !is_custom),
            has_budget: self.budget.as_ref().settled().is_some(),
            budget_percentage: other_than(self.budget_percentage, DEFAULT_BUDGET_PERCENTAGE),
            budget_min_retries_per_second: other_than(
                self.budget_min_retries_per_second,
                DEFAULT_BUDGET_MIN_RETRIES,
            ),
        })
    }
}

/// The value, unless it is the default, which says nothing.
fn other_than<T: Copy + PartialEq>(value: Option<T>, default: T) -> Option<T> {
    value.filter(|value| *value != default)
}
