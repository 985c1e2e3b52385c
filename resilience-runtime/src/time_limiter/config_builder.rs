use std::time::Duration;

use resilience_settings::time_limiter as rules;
use resilience_settings::{SettingDoubt, SettingError};

use super::config::TimeLimiterConfig;
use crate::config_error::ConfigError;

/// Builds a [`TimeLimiterConfig`]; a setting that is not named keeps its default.
#[derive(Debug, Clone)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct TimeLimiterConfigBuilder {
    pub(super) timeout_duration: Duration,
    pub(super) cancel_running_future: bool,
}

impl TimeLimiterConfigBuilder {
    /// How long a call may take: any length, to the nanosecond, where Resilience4j counts whole
    /// milliseconds. After a zero, a call that is not done at its first poll has timed out.
    pub fn timeout_duration(mut self, timeout: Duration) -> Self {
        self.timeout_duration = timeout;
        self
    }

    /// Whether a call that takes too long is dropped, or runs on where its call site lets it: see
    /// [`TimeLimiter::call_detaching`](crate::TimeLimiter::call_detaching).
    pub fn cancel_running_future(mut self, cancel: bool) -> Self {
        self.cancel_running_future = cancel;
        self
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// Names every setting whose value does not fit.
    pub fn build(self) -> Result<TimeLimiterConfig, ConfigError> {
        let problems = self.problems();
        if problems.is_empty() {
            Ok(TimeLimiterConfig::of(self))
        } else {
            Err(ConfigError { problems })
        }
    }

    fn problems(&self) -> Vec<SettingError> {
        rules::TIMEOUT_DURATION
            .check_duration(self.timeout_duration)
            .err()
            .into_iter()
            .collect()
    }

    /// What is doubtful about the settings, though none of them is refused.
    ///
    /// ```
    /// use std::time::Duration;
    /// use resilience4rs::TimeLimiterConfig;
    ///
    /// let doubts = TimeLimiterConfig::builder().timeout_duration(Duration::ZERO).doubts();
    /// assert_eq!(
    ///     doubts[0].to_string(),
    ///     "`timeout_duration` is zero, so every call that waits for anything is out of time: give for example \"1s\"",
    /// );
    /// ```
    #[must_use]
    pub fn doubts(&self) -> Vec<SettingDoubt> {
        rules::doubts(Some(self.timeout_duration))
    }
}

impl Default for TimeLimiterConfigBuilder {
    fn default() -> Self {
        Self {
            timeout_duration: Duration::from_secs(1),
            cancel_running_future: true,
        }
    }
}
