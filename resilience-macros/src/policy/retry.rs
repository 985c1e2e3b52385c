//! `#[retry]`.

use resilience_settings::retry as rules;
use resilience_settings::{Setting, SettingDoubt};

use super::{Form, Policy, Runtime};
use crate::settings::Settings;

/// `#[retry]`.
pub(crate) static RETRY: Policy = Policy {
    attribute: "retry",
    noun: "retry",
    failed_call: "a call that keeps failing",
    patterns: &["ignore_errors", "retry_errors", "retry_result"],
    others: &["classify"],
    settings: rules::SETTINGS,
    rules: |_| Vec::new(),
    doubts,
    choice_type: super::no_choices,
    kinds: &[],
    runtime: Runtime {
        instance: "Retry",
        form: Form::Repeating,
    },
};

/// Settings as far as they stand in the attribute.
pub(crate) fn given(settings: &Settings) -> rules::Given {
    let is_on = |setting: Setting| settings.flag(setting) == Some(true);
    rules::Given {
        max_attempts: settings.count(rules::MAX_ATTEMPTS),
        wait_duration: settings.duration(rules::WAIT_DURATION),
        enable_exponential_backoff: is_on(rules::ENABLE_EXPONENTIAL_BACKOFF),
        exponential_backoff_multiplier: settings.factor(rules::EXPONENTIAL_BACKOFF_MULTIPLIER),
        exponential_max_wait_duration: settings.duration(rules::EXPONENTIAL_MAX_WAIT_DURATION),
        enable_randomized_wait: is_on(rules::ENABLE_RANDOMIZED_WAIT),
        randomized_wait_factor: settings.factor(rules::RANDOMIZED_WAIT_FACTOR),
        max_duration: settings.duration(rules::MAX_DURATION),
        has_budget: settings.get(rules::BUDGET.name).is_some(),
        budget_percentage: settings.percentage(rules::BUDGET_PERCENTAGE),
        budget_min_retries_per_second: settings.count(rules::BUDGET_MIN_RETRIES_PER_SECOND),
    }
}

fn doubts(settings: &Settings) -> Vec<SettingDoubt> {
    rules::doubts(&given(settings))
}
