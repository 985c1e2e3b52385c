//! The settings of a semaphore bulkhead, as in Resilience4j's `BulkheadConfig`.

use std::time::Duration;

use crate::{Kind, Setting, SettingDoubt};

/// The most calls that may run at once: as in Resilience4j, whose number has a sign.
pub const MAX_CALLS: u32 = i32::MAX.unsigned_abs();

/// How many calls may run at once.
pub const MAX_CONCURRENT_CALLS: Setting = Setting::new(
    "max_concurrent_calls",
    Kind::Count {
        min: 0,
        max: MAX_CALLS,
    },
);
/// How long a call waits for a place at most.
pub const MAX_WAIT_DURATION: Setting = Setting::new(
    "max_wait_duration",
    Kind::Duration {
        min: Duration::ZERO,
    },
);
/// Whether those who wait get their place in the order in which they came.
pub const FAIR_CALL_HANDLING_ENABLED: Setting =
    Setting::new("fair_call_handling_enabled", Kind::Flag);

/// Every setting of a semaphore bulkhead.
pub const SETTINGS: &[Setting] = &[
    MAX_CONCURRENT_CALLS,
    MAX_WAIT_DURATION,
    FAIR_CALL_HANDLING_ENABLED,
];

/// The settings that depend on each other, as far as they are given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Given {
    /// `max_concurrent_calls`
    pub max_concurrent_calls: Option<u32>,
    /// `max_wait_duration`
    pub max_wait_duration: Option<Duration>,
    /// `fair_call_handling_enabled`
    pub fair_call_handling_enabled: Option<bool>,
}

/// What is doubtful about settings; no configuration is refused for it.
///
/// ```
/// use resilience_settings::bulkhead::{Given, doubts};
///
/// let given = Given { max_concurrent_calls: Some(0), ..Given::default() };
/// assert_eq!(
///     doubts(&given)[0].to_string(),
///     "`max_concurrent_calls` is 0, so every call is refused: give at least 1",
/// );
/// ```
#[must_use]
pub fn doubts(given: &Given) -> Vec<SettingDoubt> {
    let waits = given
        .max_wait_duration
        .is_some_and(|longest| !longest.is_zero());
    [
        (given.max_concurrent_calls == Some(0)).then(|| {
            SettingDoubt::new(
                MAX_CONCURRENT_CALLS,
                "is 0, so every call is refused: give at least 1",
            )
        }),
        (given.fair_call_handling_enabled.is_some() && !waits).then(|| {
            SettingDoubt::idle(
                FAIR_CALL_HANDLING_ENABLED,
                "a `max_wait_duration` above zero",
            )
        }),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doubted(given: Given) -> Vec<&'static str> {
        doubts(&given)
            .into_iter()
            .map(|doubt| doubt.setting)
            .collect()
    }

    #[test]
    fn a_setting_is_doubted_only_together_with_what_makes_it_doubtful() {
        let none: [&str; 0] = [];
        assert_eq!(doubted(Given::default()), none);
        let one = Given {
            max_concurrent_calls: Some(1),
            ..Given::default()
        };
        assert_eq!(doubted(one), none);
        let closed = Given {
            max_concurrent_calls: Some(0),
            ..one
        };
        assert_eq!(doubted(closed), ["max_concurrent_calls"]);
        let fair = Given {
            fair_call_handling_enabled: Some(true),
            max_wait_duration: Some(Duration::ZERO),
            ..one
        };
        assert_eq!(doubted(fair), ["fair_call_handling_enabled"]);
        let waiting = Given {
            max_wait_duration: Some(Duration::from_millis(1)),
            ..fair
        };
        assert_eq!(doubted(waiting), none);
    }
}
