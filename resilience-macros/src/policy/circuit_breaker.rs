//! `#[circuit_breaker]`.

use resilience_settings::circuit_breaker as rules;
use resilience_settings::{Setting, SettingDoubt, SettingError};

use super::{Policy, Runtime};
use crate::settings::{Settings, Value};

/// `#[circuit_breaker]`.
pub(crate) const CIRCUIT_BREAKER: Policy = Policy {
    attribute: "circuit_breaker",
    noun: "circuit breaker",
    patterns: &["ignore_errors", "record_errors", "record_result"],
    settings: rules::SETTINGS,
    rules: broken_rules,
    doubts,
    choice_type,
    runtime: Runtime {
        instance: "CircuitBreaker",
        around: "in_circuit_breaker",
        around_blocking: "in_circuit_breaker_blocking",
    },
};

/// The same rules as a builder's at run time; a setting that is not given is not judged.
fn broken_rules(settings: &Settings) -> Vec<SettingError> {
    let is_on = |setting: Setting| settings.get(setting.name) == Some(Value::Flag(true));
    let time_based =
        settings.get(rules::SLIDING_WINDOW_TYPE.name) == Some(Value::Choice("TIME_BASED"));
    let window = match settings.get(rules::SLIDING_WINDOW_SIZE.name) {
        Some(Value::Count(size)) => rules::check_window(time_based, size),
        _ => Ok(()),
    };
    let wait = rules::check_wait(
        is_on(rules::ENABLE_EXPONENTIAL_BACKOFF),
        is_on(rules::ENABLE_RANDOMIZED_WAIT),
    );
    [window, wait].into_iter().filter_map(Result::err).collect()
}

/// Settings as far as they stand in the attribute; those that do not are at their defaults.
fn doubts(settings: &Settings) -> Vec<SettingDoubt> {
    let is_on = |setting: Setting| settings.get(setting.name) == Some(Value::Flag(true));
    let count = |setting: Setting| match settings.get(setting.name) {
        Some(Value::Count(count)) => Some(count),
        _ => None,
    };
    let duration = |setting: Setting| match settings.get(setting.name) {
        Some(Value::Duration(length)) => Some(length),
        _ => None,
    };
    let factor = |setting: Setting| match settings.get(setting.name) {
        Some(Value::Factor(factor)) => Some(factor),
        _ => None,
    };
    let choice = |setting: Setting| match settings.get(setting.name) {
        Some(Value::Choice(choice)) => Some(choice),
        _ => None,
    };
    rules::doubts(&rules::Given {
        time_based: choice(rules::SLIDING_WINDOW_TYPE) == Some("TIME_BASED"),
        sliding_window_size: count(rules::SLIDING_WINDOW_SIZE),
        minimum_number_of_calls: count(rules::MINIMUM_NUMBER_OF_CALLS),
        wait_duration_in_open_state: duration(rules::WAIT_DURATION_IN_OPEN_STATE),
        enable_exponential_backoff: is_on(rules::ENABLE_EXPONENTIAL_BACKOFF),
        exponential_backoff_multiplier: factor(rules::EXPONENTIAL_BACKOFF_MULTIPLIER),
        exponential_max_wait_duration_in_open_state: duration(
            rules::EXPONENTIAL_MAX_WAIT_DURATION_IN_OPEN_STATE,
        ),
        enable_randomized_wait: is_on(rules::ENABLE_RANDOMIZED_WAIT),
        randomized_wait_factor: factor(rules::RANDOMIZED_WAIT_FACTOR),
        max_wait_duration_in_half_open_state: duration(rules::MAX_WAIT_DURATION_IN_HALF_OPEN_STATE),
        transition_to_state_after_wait_duration: choice(
            rules::TRANSITION_TO_STATE_AFTER_WAIT_DURATION,
        ),
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
