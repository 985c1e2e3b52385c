//! One layer of settings over another.

use resilience_settings::duration;
use resilience_settings::retry as rules;

use super::config::RetryConfig;
use super::config_builder::RetryConfigBuilder;
use crate::config_error::ConfigError;
use crate::membership::Layered;

impl Layered for RetryConfigBuilder {
    type Config = RetryConfig;

    fn over(self, base: &Self) -> Self {
        Self {
            max_attempts: self.max_attempts.or(base.max_attempts),
            wait: self.wait.over(&base.wait),
            fail_after_max_attempts: self
                .fail_after_max_attempts
                .or(base.fail_after_max_attempts),
            max_duration: self.max_duration.over(&base.max_duration),
            budget: self.budget.over(&base.budget),
            budget_percentage: self.budget_percentage.or(base.budget_percentage),
            budget_min_retries_per_second: self
                .budget_min_retries_per_second
                .or(base.budget_min_retries_per_second),
            retry_on_circuit_open: self.retry_on_circuit_open.or(base.retry_on_circuit_open),
            retry_on_errors: self
                .retry_on_errors
                .or_else(|| base.retry_on_errors.clone()),
            ignore_errors: self.ignore_errors.or_else(|| base.ignore_errors.clone()),
            retry_on_results: self
                .retry_on_results
                .or_else(|| base.retry_on_results.clone()),
            retry_on_policy_error: self.retry_on_policy_error.over(&base.retry_on_policy_error),
            retry_after: self.retry_after.or_else(|| base.retry_after.clone()),
        }
    }

    fn settle(self) -> Result<RetryConfig, ConfigError> {
        self.build()
    }

    fn listed(config: &RetryConfig) -> Vec<(&'static str, String)> {
        let settings = config.settings();
        let shown = |length: Option<_>| length.map_or_else(none, duration::format);
        let wait = if settings.interval.is_some() {
            "a function".to_owned()
        } else {
            duration::format(settings.wait_duration)
        };
        [
            (rules::MAX_ATTEMPTS, settings.max_attempts.to_string()),
            (rules::WAIT_DURATION, wait),
            (
                rules::ENABLE_EXPONENTIAL_BACKOFF,
                settings.enable_exponential_backoff.to_string(),
            ),
            (
                rules::EXPONENTIAL_BACKOFF_MULTIPLIER,
                settings.exponential_backoff_multiplier.to_string(),
            ),
            (
                rules::EXPONENTIAL_MAX_WAIT_DURATION,
                shown(settings.exponential_max_wait_duration),
            ),
            (
                rules::ENABLE_RANDOMIZED_WAIT,
                settings.enable_randomized_wait.to_string(),
            ),
            (
                rules::RANDOMIZED_WAIT_FACTOR,
                settings.randomized_wait_factor.to_string(),
            ),
            (
                rules::FAIL_AFTER_MAX_ATTEMPTS,
                settings.fail_after_max_attempts.to_string(),
            ),
            (
                rules::RETRY_ON_CIRCUIT_OPEN,
                settings.retry_on_circuit_open.to_string(),
            ),
            (rules::MAX_DURATION, shown(settings.max_duration)),
            (
                rules::BUDGET,
                settings.budget.as_deref().map_or_else(none, str::to_owned),
            ),
            (
                rules::BUDGET_PERCENTAGE,
                settings.budget_percentage.to_string(),
            ),
            (
                rules::BUDGET_MIN_RETRIES_PER_SECOND,
                settings.budget_min_retries_per_second.to_string(),
            ),
        ]
        .map(|(setting, value)| (setting.name, value))
        .into()
    }
}

fn none() -> String {
    "none".to_owned()
}

#[cfg(all(test, not(resilience_loom)))]
mod tests {
    #![allow(
        clippy::unwrap_used,
        reason = "a test that meets something unforeseen is to fail"
    )]

    use std::time::Duration;

    use super::*;
    use crate::retry::config_builder::Interval;

    fn given() -> RetryConfigBuilder {
        RetryConfigBuilder::default()
    }

    fn settled(layers: impl IntoIterator<Item = RetryConfigBuilder>) -> RetryConfig {
        let all = layers
            .into_iter()
            .fold(given(), |base, layer| layer.over(&base));
        all.settle().unwrap()
    }

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn every_setting_of_the_table_is_listed_in_its_order() {
        let listed = RetryConfigBuilder::listed(&RetryConfig::default());
        let names: Vec<_> = listed.iter().map(|(name, _)| *name).collect();
        let table: Vec<_> = rules::SETTINGS.iter().map(|setting| setting.name).collect();
        assert_eq!(names, table);
        let values: Vec<_> = listed.iter().map(|(_, value)| value.as_str()).collect();
        assert_eq!(
            values,
            [
                "3", "500ms", "false", "1.5", "none", "false", "0.5", "false", "false", "none",
                "none", "20", "10"
            ]
        );
    }

    #[test]
    fn what_is_given_wins_and_what_is_not_is_the_bases() {
        let base = given()
            .max_attempts(7)
            .budget("bank")
            .exponential_max_wait_duration(SECOND);
        let config = settled([base, given().fail_after_max_attempts(true)]);
        assert_eq!(
            (config.max_attempts(), config.fail_after_max_attempts()),
            (7, true)
        );
        assert_eq!(config.budget(), Some("bank"));
        let shown = &RetryConfigBuilder::listed(&config)[4];
        assert_eq!(*shown, ("exponential_max_wait_duration", "1s".to_owned()));
    }

    #[test]
    fn a_whole_configuration_says_too_what_there_is_not() {
        let base = given()
            .max_duration(SECOND)
            .budget("bank")
            .retry_on_policy_error(|_| true)
            .retry_on_error(|_: &u16| true);
        let config = settled([base, RetryConfig::default().to_builder()]);
        assert_eq!((config.max_duration(), config.budget()), (None, None));
        assert!(config.has_no_predicates());
        assert!(
            config
                .to_builder()
                .retry_on_policy_error
                .settled()
                .is_none()
        );
    }

    #[test]
    fn predicates_that_are_given_replace_those_of_the_base() {
        let base = given()
            .retry_on_error(|_: &u8| true)
            .retry_on_error(|_: &u16| true)
            .ignore_error(|_: &u32| true);
        let builder = given().retry_on_error(|_: &u64| true).over(&base);
        assert_eq!(builder.retry_on_errors.map_or(0, |list| list.len()), 1);
        assert_eq!(builder.ignore_errors.map_or(0, |list| list.len()), 1);
        assert!(builder.retry_on_results.is_none());
    }

    #[test]
    fn a_custom_wait_takes_the_place_of_a_bases_settings_and_they_of_it() {
        let growing = given()
            .wait_duration(SECOND)
            .enable_exponential_backoff(true);
        let custom = given().interval_function(|failed| SECOND * 10 * failed);
        let config = settled([growing.clone(), custom.clone()]);
        assert_eq!(config.interval(2), SECOND * 20);
        assert_eq!(
            RetryConfigBuilder::listed(&config)[1].1,
            "a function",
            "which a file cannot say"
        );

        let config = settled([
            growing.clone(),
            custom.clone(),
            given().wait_duration(SECOND),
        ]);
        assert_eq!(
            config.interval(2),
            SECOND,
            "what the function replaced is gone"
        );
        let config = settled([custom.clone(), growing]);
        assert_eq!(config.interval(2), SECOND * 3 / 2);
        let config = settled([custom, given().max_attempts(2)]);
        assert_eq!(
            config.interval(2),
            SECOND * 20,
            "that says nothing of the wait"
        );
    }

    #[test]
    fn a_function_of_the_outcome_takes_the_place_of_one_of_the_attempt() {
        let base = given().interval_function(|_| SECOND);
        let builder = given().interval_bi_function(|_, _| None).over(&base);
        assert!(matches!(
            builder.wait.function,
            Some(Interval::OfOutcome(_))
        ));
    }
}
