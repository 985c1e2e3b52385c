//! The settings of a circuit breaker, as in Resilience4j's `CircuitBreakerConfig`.

mod doubts;

use std::time::Duration;

pub use self::doubts::{Given, doubts};
use crate::{Kind, Setting, SettingError};

/// The longest count-based window, and the most probes of a half-open round.
///
/// The running totals of a window share one 64-bit word with its position (that is what makes
/// recording lock-free), which leaves 18 bits for a count. Resilience4j has no such limit.
pub const MAX_WINDOW_CALLS: u32 = (1 << 18) - 1;

/// The longest time-based window: a day of one-second slices.
pub const MAX_WINDOW_SECONDS: u32 = 86_400;

/// Share of failed calls, in percent, at which the breaker opens.
pub const FAILURE_RATE_THRESHOLD: Setting =
    Setting::new("failure_rate_threshold", Kind::Percentage);
/// Share of slow calls, in percent, at which the breaker opens.
pub const SLOW_CALL_RATE_THRESHOLD: Setting =
    Setting::new("slow_call_rate_threshold", Kind::Percentage);
/// A call that takes longer than this is slow.
pub const SLOW_CALL_DURATION_THRESHOLD: Setting = Setting::new(
    "slow_call_duration_threshold",
    Kind::Duration {
        min: Duration::from_nanos(1),
    },
);
/// How many calls may probe the dependency in a half-open round.
pub const PERMITTED_NUMBER_OF_CALLS_IN_HALF_OPEN_STATE: Setting = Setting::new(
    "permitted_number_of_calls_in_half_open_state",
    Kind::Count {
        min: 1,
        max: MAX_WINDOW_CALLS,
    },
);
/// How long a half-open round may last; zero for no limit.
pub const MAX_WAIT_DURATION_IN_HALF_OPEN_STATE: Setting = Setting::new(
    "max_wait_duration_in_half_open_state",
    Kind::Duration {
        min: Duration::ZERO,
    },
);
/// Where a half-open round goes that lasted too long.
pub const TRANSITION_TO_STATE_AFTER_WAIT_DURATION: Setting = Setting::new(
    "transition_to_state_after_wait_duration",
    Kind::Choice(&["OPEN", "CLOSED"]),
);
/// Whether the window holds the last calls or the last seconds.
pub const SLIDING_WINDOW_TYPE: Setting = Setting::new(
    "sliding_window_type",
    Kind::Choice(&["COUNT_BASED", "TIME_BASED"]),
);
/// The length of the window: calls, or seconds.
pub const SLIDING_WINDOW_SIZE: Setting = Setting::new(
    "sliding_window_size",
    Kind::Count {
        min: 1,
        max: MAX_WINDOW_CALLS,
    },
);
/// How many calls the window must hold before its rates mean anything.
pub const MINIMUM_NUMBER_OF_CALLS: Setting = Setting::new(
    "minimum_number_of_calls",
    Kind::Count {
        min: 1,
        max: u32::MAX,
    },
);
/// How long the breaker stays open.
pub const WAIT_DURATION_IN_OPEN_STATE: Setting = Setting::new(
    "wait_duration_in_open_state",
    Kind::Duration {
        min: Duration::from_millis(1),
    },
);
/// Whether each opening in a row waits longer than the one before.
pub const ENABLE_EXPONENTIAL_BACKOFF: Setting =
    Setting::new("enable_exponential_backoff", Kind::Flag);
/// How much longer.
pub const EXPONENTIAL_BACKOFF_MULTIPLIER: Setting = Setting::new(
    "exponential_backoff_multiplier",
    Kind::Factor {
        min: 1.0,
        max: f64::INFINITY,
    },
);
/// The longest that an exponential wait becomes.
pub const EXPONENTIAL_MAX_WAIT_DURATION_IN_OPEN_STATE: Setting = Setting::new(
    "exponential_max_wait_duration_in_open_state",
    Kind::Duration {
        min: Duration::from_millis(1),
    },
);
/// Whether the wait is drawn at random around its length.
pub const ENABLE_RANDOMIZED_WAIT: Setting = Setting::new("enable_randomized_wait", Kind::Flag);
/// How far the random wait strays: 0.5 is from half to one and a half of the length.
pub const RANDOMIZED_WAIT_FACTOR: Setting = Setting::new(
    "randomized_wait_factor",
    Kind::Factor { min: 0.0, max: 1.0 },
);
/// Whether the breaker goes half-open by itself when the wait is over, not at the next call.
pub const AUTOMATIC_TRANSITION_FROM_OPEN_TO_HALF_OPEN_ENABLED: Setting = Setting::new(
    "automatic_transition_from_open_to_half_open_enabled",
    Kind::Flag,
);
/// The state in which the breaker begins.
pub const INITIAL_STATE: Setting = Setting::new(
    "initial_state",
    Kind::Choice(&[
        "CLOSED",
        "OPEN",
        "HALF_OPEN",
        "FORCED_OPEN",
        "DISABLED",
        "METRICS_ONLY",
    ]),
);
/// What a call counts as whose future was dropped.
pub const CANCELLED_CALLS: Setting =
    Setting::new("cancelled_calls", Kind::Choice(&["ignore", "failure"]));

/// Every setting of a circuit breaker.
pub const SETTINGS: &[Setting] = &[
    FAILURE_RATE_THRESHOLD,
    SLOW_CALL_RATE_THRESHOLD,
    SLOW_CALL_DURATION_THRESHOLD,
    PERMITTED_NUMBER_OF_CALLS_IN_HALF_OPEN_STATE,
    MAX_WAIT_DURATION_IN_HALF_OPEN_STATE,
    TRANSITION_TO_STATE_AFTER_WAIT_DURATION,
    SLIDING_WINDOW_TYPE,
    SLIDING_WINDOW_SIZE,
    MINIMUM_NUMBER_OF_CALLS,
    WAIT_DURATION_IN_OPEN_STATE,
    ENABLE_EXPONENTIAL_BACKOFF,
    EXPONENTIAL_BACKOFF_MULTIPLIER,
    EXPONENTIAL_MAX_WAIT_DURATION_IN_OPEN_STATE,
    ENABLE_RANDOMIZED_WAIT,
    RANDOMIZED_WAIT_FACTOR,
    AUTOMATIC_TRANSITION_FROM_OPEN_TO_HALF_OPEN_ENABLED,
    INITIAL_STATE,
    CANCELLED_CALLS,
];

/// The rule between the two ways to vary the wait: only one may be on.
///
/// # Errors
/// When both are.
pub fn check_wait(exponential: bool, randomized: bool) -> Result<(), SettingError> {
    if exponential && randomized {
        return Err(SettingError {
            setting: ENABLE_RANDOMIZED_WAIT.name,
            allowed: "`false` where `enable_exponential_backoff` is `true`".to_owned(),
            found: "`true`".to_owned(),
        });
    }
    Ok(())
}

/// How many calls or seconds a window may hold, by the window's type.
///
/// # Errors
/// When the size does not fit the type.
pub fn check_window(time_based: bool, size: u32) -> Result<(), SettingError> {
    let longest = if time_based {
        MAX_WINDOW_SECONDS
    } else {
        MAX_WINDOW_CALLS
    };
    if size > longest {
        let unit = if time_based { "seconds" } else { "calls" };
        return Err(SettingError {
            setting: SLIDING_WINDOW_SIZE.name,
            allowed: format!("a whole number from 1 to {longest} {unit}"),
            found: size.to_string(),
        });
    }
    SLIDING_WINDOW_SIZE.check_number(f64::from(size))
}
