//! The settings of a rate limiter, as in Resilience4j's `RateLimiterConfig`.

use std::time::Duration;

use crate::{Kind, Setting, SettingDoubt, duration};

/// The most permits of a period.
///
/// Reservations make the number of free permits negative, so one bit is its sign.
pub const MAX_LIMIT: u32 = i32::MAX.unsigned_abs();

/// The length of a period where none is given.
pub const DEFAULT_REFRESH_PERIOD: Duration = Duration::from_nanos(500);

/// How many permits each period brings.
pub const LIMIT_FOR_PERIOD: Setting = Setting::new(
    "limit_for_period",
    Kind::Count {
        min: 1,
        max: MAX_LIMIT,
    },
);
/// How long a period is.
pub const LIMIT_REFRESH_PERIOD: Setting = Setting::new(
    "limit_refresh_period",
    Kind::Duration {
        min: Duration::from_nanos(1),
    },
);
/// How long a call waits for its permits at most.
pub const TIMEOUT_DURATION: Setting = Setting::new(
    "timeout_duration",
    Kind::Duration {
        min: Duration::ZERO,
    },
);

/// Every setting of a rate limiter.
pub const SETTINGS: &[Setting] = &[LIMIT_FOR_PERIOD, LIMIT_REFRESH_PERIOD, TIMEOUT_DURATION];

/// How long a call waits for its permits where nothing is given.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(5);

/// Whether so many permits can come together at all while a call waits for them.
///
/// # Errors
/// When they cannot, in words.
///
/// ```
/// use std::time::Duration;
/// use resilience_settings::rate_limiter::check_permits;
///
/// let second = Duration::from_secs(1);
/// assert!(check_permits(10, 10, second, Some(Duration::ZERO)).is_ok());
/// assert!(check_permits(20, 10, second, Some(second)).is_ok());
/// assert_eq!(
///     check_permits(50, 10, second, Some(second)).unwrap_err(),
///     "50 permits never come together: 10 come with each period of \"1s\", and a call waits \"1s\" at most; take fewer, raise `limit_for_period`, or give a `timeout_duration` above \"3s\"",
/// );
/// ```
pub fn check_permits(
    permits: u32,
    limit: u32,
    period: Duration,
    timeout: Option<Duration>,
) -> Result<(), String> {
    let timeout = timeout.unwrap_or(DEFAULT_TIMEOUT);
    // One period's permits may be there, and the next one's about to come.
    let periods = permits.div_ceil(limit.max(1)).saturating_sub(2);
    let wait = period.saturating_mul(periods);
    if permits <= limit || timeout > wait {
        return Ok(());
    }
    Err(format!(
        "{permits} permits never come together: {limit} come with each period of \"{}\", and a call waits \"{}\" at most; take fewer, raise `{}`, or give a `{}` above \"{}\"",
        duration::format(period),
        duration::format(timeout),
        LIMIT_FOR_PERIOD.name,
        TIMEOUT_DURATION.name,
        duration::format(wait),
    ))
}

/// The settings that depend on each other, as far as they are given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Given {
    /// `limit_for_period`
    pub limit_for_period: Option<u32>,
    /// `limit_refresh_period`
    pub limit_refresh_period: Option<Duration>,
}

/// What is doubtful about settings; no configuration is refused for it.
///
/// ```
/// use resilience_settings::rate_limiter::{Given, doubts};
///
/// let given = Given { limit_for_period: Some(10), ..Given::default() };
/// assert_eq!(
///     doubts(&given)[0].to_string(),
///     "`limit_for_period` is 10 for each period, and a period lasts 500ns unless `limit_refresh_period` says otherwise: that limits nothing; give for example `limit_refresh_period = \"1s\"`",
/// );
/// ```
#[must_use]
pub fn doubts(given: &Given) -> Vec<SettingDoubt> {
    let (Some(limit), None) = (given.limit_for_period, given.limit_refresh_period) else {
        return Vec::new();
    };
    vec![SettingDoubt::new(
        LIMIT_FOR_PERIOD,
        format!(
            "is {limit} for each period, and a period lasts {default} unless `{period}` says otherwise: that limits nothing; give for example `{period} = \"1s\"`",
            period = LIMIT_REFRESH_PERIOD.name,
            default = duration::format(DEFAULT_REFRESH_PERIOD),
        ),
    )]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_doubted_only_without_its_period() {
        let limit = Given {
            limit_for_period: Some(10),
            ..Given::default()
        };
        let both = Given {
            limit_refresh_period: Some(Duration::from_secs(1)),
            ..limit
        };
        assert_eq!(doubts(&Given::default()), []);
        assert_eq!(doubts(&both), []);
        assert_eq!(doubts(&limit).len(), 1);
    }

    #[test]
    fn a_limit_has_room_for_its_sign() {
        assert!(LIMIT_FOR_PERIOD.check_number(f64::from(i32::MAX)).is_ok());
        assert!(
            LIMIT_FOR_PERIOD
                .check_number(f64::from(i32::MAX) + 1.0)
                .is_err()
        );
        assert!(LIMIT_FOR_PERIOD.check_number(0.0).is_err());
    }
}
