use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use resilience_settings::rate_limiter as rules;

use super::config_builder::{DrainsOn, RateLimiterConfigBuilder};

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
#[derive(Clone)]
pub struct RateLimiterConfig {
    pub(super) limit_for_period: u32,
    pub(super) limit_refresh_period: Duration,
    pub(super) timeout_duration: Duration,
    pub(super) drain_permissions_on_result: Option<Arc<DrainsOn>>,
}

impl RateLimiterConfig {
    /// What is not given is at its default.
    pub(super) fn of(given: RateLimiterConfigBuilder) -> Self {
        Self {
            limit_for_period: given.limit_for_period.unwrap_or(DEFAULT_LIMIT),
            limit_refresh_period: given
                .limit_refresh_period
                .unwrap_or(rules::DEFAULT_REFRESH_PERIOD),
            timeout_duration: given.timeout_duration.unwrap_or(rules::DEFAULT_TIMEOUT),
            drain_permissions_on_result: given.drain_permissions_on_result.settled(),
        }
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
        RateLimiterConfigBuilder {
            limit_for_period: Some(self.limit_for_period),
            limit_refresh_period: Some(self.limit_refresh_period),
            timeout_duration: Some(self.timeout_duration),
            drain_permissions_on_result: self.drain_permissions_on_result.clone().into(),
        }
    }

    /// How many permits each period brings. Default 50.
    #[must_use]
    pub fn limit_for_period(&self) -> u32 {
        self.limit_for_period
    }

    /// How long a period is. Default 500 ns, as in Resilience4j.
    #[must_use]
    pub fn limit_refresh_period(&self) -> Duration {
        self.limit_refresh_period
    }

    /// How long a call waits for its permits at most. Default 5 s.
    #[must_use]
    pub fn timeout_duration(&self) -> Duration {
        self.timeout_duration
    }
}

/// How many permits a period brings where nothing is given.
const DEFAULT_LIMIT: u32 = 50;

impl Default for RateLimiterConfig {
    fn default() -> Self {
        Self::of(RateLimiterConfigBuilder::default())
    }
}

impl fmt::Debug for RateLimiterConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimiterConfig")
            .field("limit_for_period", &self.limit_for_period)
            .field("limit_refresh_period", &self.limit_refresh_period)
            .field("timeout_duration", &self.timeout_duration)
            .finish_non_exhaustive()
    }
}
