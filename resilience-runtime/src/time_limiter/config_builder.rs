use std::time::Duration;

use resilience_settings::time_limiter as rules;
use resilience_settings::{SettingDoubt, duration};

use super::config::TimeLimiterConfig;
use crate::config_error::{ConfigError, check_all};
use crate::membership::Layered;

/// Builds a [`TimeLimiterConfig`]; a setting that is not named keeps its default.
#[derive(Debug, Clone, Default)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct TimeLimiterConfigBuilder {
    timeout_duration: Option<Duration>,
    cancel_running_future: Option<bool>,
}

impl TimeLimiterConfigBuilder {
    /// How long a call may take: any length, to the nanosecond, where Resilience4j counts whole
    /// milliseconds. After a zero, a call that is not done at its first poll has timed out.
    pub fn timeout_duration(mut self, timeout: Duration) -> Self {
        self.timeout_duration = Some(timeout);
        self
    }

    /// Whether a call that takes too long is dropped, or runs on where its call site lets it: see
    /// [`TimeLimiter::call_detaching`](crate::TimeLimiter::call_detaching).
    pub fn cancel_running_future(mut self, cancel: bool) -> Self {
        self.cancel_running_future = Some(cancel);
        self
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// Names every setting whose value does not fit.
    pub fn build(self) -> Result<TimeLimiterConfig, ConfigError> {
        let default = TimeLimiterConfig::default();
        let config = TimeLimiterConfig {
            timeout_duration: self.timeout_duration.unwrap_or(default.timeout_duration),
            cancel_running_future: self
                .cancel_running_future
                .unwrap_or(default.cancel_running_future),
        };
        check_all([rules::TIMEOUT_DURATION.check_duration(config.timeout_duration)])?;
        Ok(config)
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
        rules::doubts(self.timeout_duration)
    }
}

impl Layered for TimeLimiterConfigBuilder {
    type Config = TimeLimiterConfig;

    fn over(self, base: &Self) -> Self {
        Self {
            timeout_duration: self.timeout_duration.or(base.timeout_duration),
            cancel_running_future: self.cancel_running_future.or(base.cancel_running_future),
        }
    }

    fn settle(self) -> Result<TimeLimiterConfig, ConfigError> {
        self.build()
    }

    fn listed(config: &TimeLimiterConfig) -> Vec<(&'static str, String)> {
        vec![
            (
                rules::TIMEOUT_DURATION.name,
                duration::format(config.timeout_duration),
            ),
            (
                rules::CANCEL_RUNNING_FUTURE.name,
                config.cancel_running_future.to_string(),
            ),
        ]
    }
}
