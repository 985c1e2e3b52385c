use std::time::Duration;

use super::config_builder::TimeLimiterConfigBuilder;

/// The settings of a time limiter. Names, defaults and meanings are Resilience4j's.
///
/// ```
/// use std::time::Duration;
/// use resilience4rs::TimeLimiterConfig;
///
/// let config = TimeLimiterConfig::builder()
///     .timeout_duration(Duration::from_millis(250))
///     .build()
///     .unwrap();
/// assert_eq!(config.timeout_duration(), Duration::from_millis(250));
/// assert!(config.cancel_running_future());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeLimiterConfig {
    pub(super) timeout_duration: Duration,
    pub(super) cancel_running_future: bool,
}

impl TimeLimiterConfig {
    /// Starts from the defaults.
    pub fn builder() -> TimeLimiterConfigBuilder {
        TimeLimiterConfigBuilder::default()
    }

    /// Starts from this configuration.
    ///
    /// ```
    /// use std::time::Duration;
    /// use resilience4rs::TimeLimiterConfig;
    ///
    /// let shared = TimeLimiterConfig::builder().cancel_running_future(false).build().unwrap();
    /// let own = shared.to_builder().timeout_duration(Duration::from_secs(3)).build().unwrap();
    /// assert_eq!(own.timeout_duration(), Duration::from_secs(3));
    /// assert!(!own.cancel_running_future());
    /// ```
    pub fn to_builder(&self) -> TimeLimiterConfigBuilder {
        TimeLimiterConfig::builder()
            .timeout_duration(self.timeout_duration)
            .cancel_running_future(self.cancel_running_future)
    }

    /// How long a call may take. Default 1 s.
    #[must_use]
    pub fn timeout_duration(&self) -> Duration {
        self.timeout_duration
    }

    /// Whether a call that takes too long is dropped, the default, or runs on where its call site
    /// lets it: see [`TimeLimiter::call_detaching`](crate::TimeLimiter::call_detaching).
    #[must_use]
    pub fn cancel_running_future(&self) -> bool {
        self.cancel_running_future
    }
}

impl Default for TimeLimiterConfig {
    fn default() -> Self {
        Self {
            timeout_duration: Duration::from_secs(1),
            cancel_running_future: true,
        }
    }
}
