//! `#[circuit_breaker]`.

use resilience_settings::circuit_breaker as rules;
use resilience_settings::{Setting, SettingDoubt, SettingError};

use super::{Form, Policy, Runtime};
use crate::settings::Settings;

/// `#[circuit_breaker]`.
pub(crate) static CIRCUIT_BREAKER: Policy = Policy {
    attribute: "circuit_breaker",
    noun: "circuit breaker",
    failed_call: "a rejected call",
    patterns: &["ignore_errors", "record_errors", "record_result"],
    others: &["classify"],
    settings: rules::SETTINGS,
    rules: broken_rules,
    doubts,
    choice_type,
    kinds: &[],
    runtime: Runtime {
        instance: "CircuitBreaker",
        form: Form::Judging {
            future: "in_circuit_breaker",
            blocking: "in_circuit_breaker_blocking",
        },
    },
};

/// The same rules as a builder's at run time; a setting that is not given is not judged.
fn broken_rules(settings: &Settings) -> Vec<SettingError> {
    let is_on = |setting: Setting| settings.flag(setting) == Some(true);
    let time_based = settings.choice(rules::SLIDING_WINDOW_TYPE) == Some("TIME_BASED");
    let window = settings
        .count(rules::SLIDING_WINDOW_SIZE)
        .map_or(Ok(()), |size| rules::check_window(time_based, size));
    let wait = rules::check_wait(
        is_on(rules::ENABLE_EXPONENTIAL_BACKOFF),
        is_on(rules::ENABLE_RANDOMIZED_WAIT),
    );
    [window, wait].into_iter().filter_map(Result::err).collect()
}

/// Settings as far as they stand in the attribute; those that do not are at their defaults.
fn doubts(settings: &Settings) -> Vec<SettingDoubt> {
    let is_on = |setting: Setting| settings.flag(setting) == Some(true);
    rules::doubts(&rules::Given {
        time_based: settings.choice(rules::SLIDING_WINDOW_TYPE) == Some("TIME_BASED"),
        sliding_window_size: settings.count(rules::SLIDING_WINDOW_SIZE),
        minimum_number_of_calls: settings.count(rules::MINIMUM_NUMBER_OF_CALLS),
        wait_duration_in_open_state: settings.duration(rules::WAIT_DURATION_IN_OPEN_STATE),
        enable_exponential_backoff: is_on(rules::ENABLE_EXPONENTIAL_BACKOFF),
        exponential_backoff_multiplier: settings.factor(rules::EXPONENTIAL_BACKOFF_MULTIPLIER),
        exponential_max_wait_duration_in_open_state: settings
            .duration(rules::EXPONENTIAL_MAX_WAIT_DURATION_IN_OPEN_STATE),
        enable_randomized_wait: is_on(rules::ENABLE_RANDOMIZED_WAIT),
        randomized_wait_factor: settings.factor(rules::RANDOMIZED_WAIT_FACTOR),
        max_wait_duration_in_half_open_state: settings
            .duration(rules::MAX_WAIT_DURATION_IN_HALF_OPEN_STATE),
        transition_to_state_after_wait_duration: settings
            .choice(rules::TRANSITION_TO_STATE_AFTER_WAIT_DURATION),
    })
}

fn choice_type(setting: &Setting) -> &'static str {
    if setting.name == rules::SLIDING_WINDOW_TYPE.name {
        "SlidingWindowType"
    } else if setting.name == rules::CANCELLED_CALLS.name {
        "CancelledCalls"
    } else {
        "State"
    }
}
