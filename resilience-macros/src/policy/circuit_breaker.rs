//! `#[circuit_breaker]`.

use resilience_settings::circuit_breaker as rules;
use resilience_settings::{Setting, SettingError};

use super::{Policy, Runtime};
use crate::settings::{Settings, Value};

/// `#[circuit_breaker]`.
pub(crate) const CIRCUIT_BREAKER: Policy = Policy {
    attribute: "circuit_breaker",
    noun: "circuit breaker",
    patterns: &["ignore_errors", "record_errors", "record_result"],
    settings: rules::SETTINGS,
    rules: broken_rules,
    choice_type,
    runtime: Runtime {
        site: "CircuitBreakerSite",
        resolve: "resolve_circuit_breaker",
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

fn choice_type(setting: &Setting) -> &'static str {
    if setting.name == rules::SLIDING_WINDOW_TYPE.name {
        "SlidingWindowType"
    } else if setting.name == rules::CANCELLED_CALLS.name {
        "CancelledCalls"
    } else {
        "State"
    }
}
