//! The settings of a retry, as in Resilience4j's `RetryConfig`, with a bound on the total time and
//! a budget.

mod doubts;

use std::time::Duration;

pub use self::doubts::{Given, doubts};
use crate::{Kind, Setting};

/// How often a call is tried where nothing is given, the first time included.
pub const DEFAULT_MAX_ATTEMPTS: u32 = 3;
/// The wait after the first failure where none is given.
pub const DEFAULT_WAIT_DURATION: Duration = Duration::from_millis(500);
/// How much longer each exponential wait is where nothing is given.
pub const DEFAULT_MULTIPLIER: f64 = 1.5;
/// How far a random wait strays where nothing is given.
pub const DEFAULT_RANDOMIZED_WAIT_FACTOR: f64 = 0.5;

/// How often a call is tried, the first time included.
pub const MAX_ATTEMPTS: Setting = Setting::new(
    "max_attempts",
    Kind::Count {
        min: 1,
        max: u32::MAX,
    },
);
/// The wait between two attempts; the first one, where they grow.
pub const WAIT_DURATION: Setting = Setting::new(
    "wait_duration",
    Kind::Duration {
        min: Duration::ZERO,
    },
);
/// Whether each wait is longer than the one before.
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
pub const EXPONENTIAL_MAX_WAIT_DURATION: Setting = Setting::new(
    "exponential_max_wait_duration",
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
/// Whether a value that is still to be retried after the last attempt becomes a failure.
pub const FAIL_AFTER_MAX_ATTEMPTS: Setting = Setting::new("fail_after_max_attempts", Kind::Flag);
/// Whether a call is tried again that an open circuit breaker inside refused.
pub const RETRY_ON_CIRCUIT_OPEN: Setting = Setting::new("retry_on_circuit_open", Kind::Flag);
/// How long the attempts and waits of a call may take together: no wait begins that would end later.
pub const MAX_DURATION: Setting = Setting::new(
    "max_duration",
    Kind::Duration {
        min: Duration::from_nanos(1),
    },
);
/// The name of the budget that all retries of that name share.
pub const BUDGET: Setting = Setting::new("budget", Kind::Text);
/// How many retries the budget allows, in percent of the calls.
pub const BUDGET_PERCENTAGE: Setting = Setting::new("budget_percentage", Kind::Percentage);
/// How many retries the budget allows in each second, whatever the calls.
pub const BUDGET_MIN_RETRIES_PER_SECOND: Setting = Setting::new(
    "budget_min_retries_per_second",
    Kind::Count {
        min: 0,
        max: u32::MAX,
    },
);

/// Every setting of a retry.
pub const SETTINGS: &[Setting] = &[
    MAX_ATTEMPTS,
    WAIT_DURATION,
    ENABLE_EXPONENTIAL_BACKOFF,
    EXPONENTIAL_BACKOFF_MULTIPLIER,
    EXPONENTIAL_MAX_WAIT_DURATION,
    ENABLE_RANDOMIZED_WAIT,
    RANDOMIZED_WAIT_FACTOR,
    FAIL_AFTER_MAX_ATTEMPTS,
    RETRY_ON_CIRCUIT_OPEN,
    MAX_DURATION,
    BUDGET,
    BUDGET_PERCENTAGE,
    BUDGET_MIN_RETRIES_PER_SECOND,
];
