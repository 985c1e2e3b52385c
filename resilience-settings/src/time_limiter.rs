//! The settings of a time limiter, as in Resilience4j's `TimeLimiterConfig`.

use std::time::Duration;

use crate::{Kind, Setting, SettingDoubt};

/// How long a call may take.
pub const TIMEOUT_DURATION: Setting = Setting::new(
    "timeout_duration",
    Kind::Duration {
        min: Duration::ZERO,
    },
);
/// Whether a call that takes too long is dropped; otherwise it runs on, and nobody waits for it.
pub const CANCEL_RUNNING_FUTURE: Setting = Setting::new("cancel_running_future", Kind::Flag);

/// Every setting of a time limiter.
pub const SETTINGS: &[Setting] = &[TIMEOUT_DURATION, CANCEL_RUNNING_FUTURE];

/// What is doubtful about a `timeout_duration`; it is not refused for it.
///
/// ```
/// use std::time::Duration;
/// use resilience_settings::time_limiter::doubts;
///
/// assert_eq!(doubts(Some(Duration::from_millis(1))), []);
/// assert_eq!(
///     doubts(Some(Duration::ZERO))[0].to_string(),
///     "`timeout_duration` is zero, so every call that waits for anything is out of time: give for example \"1s\"",
/// );
/// ```
#[must_use]
pub fn doubts(timeout_duration: Option<Duration>) -> Vec<SettingDoubt> {
    if timeout_duration.is_some_and(|limit| limit.is_zero()) {
        vec![SettingDoubt::new(
            TIMEOUT_DURATION,
            "is zero, so every call that waits for anything is out of time: give for example \"1s\"",
        )]
    } else {
        Vec::new()
    }
}
