use std::any::Any;
use std::time::Duration;

use super::config_builder::RateLimiterConfigBuilder;

/// The settings of a rate limiter. Names, defaults and meanings are Resilience4j's.
///
/// ```
/// use std::time::Duration;
/// use resilience4rs::RateLimiterConfig;
///
/// let config = RateLimiterConfig::builder()
///     .limit_for_period(100)
///     .limit_refresh_period(Duration::from_secs(1))
///     .timeout_duration(Duration::from_millis(200))
///     .build()
///     .unwrap();
/// assert_eq!(config.limit_for_period(), 100);
///
/// let error = RateLimiterConfig::builder().limit_for_period(0).build().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "`limit_for_period` takes a whole number from 1 to 2147483647, but was 0",
/// );
/// ```
#[derive(Debug, Clone)]
pub struct RateLimiterConfig {
    settings: RateLimiterConfigBuilder,
}

impl RateLimiterConfig {
    /// Of settings that fit.
    pub(super) fn of(settings: RateLimiterConfigBuilder) -> Self {
        Self { settings }
    }

    /// Starts from the defaults.
    pub fn builder() -> RateLimiterConfigBuilder {
        RateLimiterConfigBuilder::default()
    }

    /// Starts from this configuration.
    ///
    /// ```
    /// use resilience4rs::RateLimiterConfig;
    ///
    /// let shared = RateLimiterConfig::builder().limit_for_period(20).build().unwrap();
    /// let own = shared.to_builder().timeout_duration(std::time::Duration::ZERO).build().unwrap();
    /// assert_eq!((own.limit_for_period(), own.timeout_duration().is_zero()), (20, true));
    /// ```
    pub fn to_builder(&self) -> RateLimiterConfigBuilder {
        self.settings.clone()
    }

    /// How many permits each period brings. Default 50.
    #[must_use]
    pub fn limit_for_period(&self) -> u32 {
        self.settings.limit_for_period
    }

    /// How long a period is. Default 500 ns, as in Resilience4j.
    #[must_use]
    pub fn limit_refresh_period(&self) -> Duration {
        self.settings.limit_refresh_period
    }

    /// How long a call waits for its permits at most. Default 5 s.
    #[must_use]
    pub fn timeout_duration(&self) -> Duration {
        self.settings.timeout_duration
    }

    pub(super) fn drains_on_results(&self) -> bool {
        self.settings.drain_permissions_on_result.is_some()
    }

    pub(super) fn drains_on(&self, outcome: Result<&dyn Any, &dyn Any>) -> bool {
        let drains_on = self.settings.drain_permissions_on_result.as_ref();
        drains_on.is_some_and(|drains_on| drains_on(outcome))
    }
}

impl Default for RateLimiterConfig {
    fn default() -> Self {
        Self::of(RateLimiterConfigBuilder::default())
    }
}
