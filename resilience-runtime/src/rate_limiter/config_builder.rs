use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use resilience_settings::rate_limiter as rules;
use resilience_settings::{SettingDoubt, duration};

use super::config::RateLimiterConfig;
use crate::config_error::{ConfigError, check_all};
use crate::membership::Layered;
use crate::optional::Optional;

/// Builds a [`RateLimiterConfig`]; a setting that is not named keeps its default.
#[derive(Clone, Default)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct RateLimiterConfigBuilder {
    pub(super) limit_for_period: Option<u32>,
    pub(super) limit_refresh_period: Option<Duration>,
    pub(super) timeout_duration: Option<Duration>,
    pub(super) drain_permissions_on_result: Optional<Arc<DrainsOn>>,
}

pub(super) type DrainsOn = dyn Fn(Result<&dyn Any, &dyn Any>) -> bool + Send + Sync;

impl RateLimiterConfigBuilder {
    /// How many permits each period brings: from 1 to 2,147,483,647. What a period does not use
    /// lapses with it.
    pub fn limit_for_period(mut self, permits: u32) -> Self {
        self.limit_for_period = Some(permits);
        self
    }

    /// How long a period is: at least 1 ns. Periods count from when the limiter is made,
    /// or this was changed. One of 584 years or more never ends.
    pub fn limit_refresh_period(mut self, period: Duration) -> Self {
        self.limit_refresh_period = Some(period);
        self
    }

    /// How long a call waits for its permits at most; zero means that it does not wait.
    pub fn timeout_duration(mut self, timeout: Duration) -> Self {
        self.timeout_duration = Some(timeout);
        self
    }

    /// Drains the limiter after a call whose outcome asks for it, such as a reply that says that the
    /// quota is used up: nobody else goes in this period. `Ok` is a value, `Err` an error.
    ///
    /// It is asked by [`call`](crate::RateLimiter::call) and its variants, and by
    /// [`on_result`](crate::RateLimiter::on_result) and [`on_error`](crate::RateLimiter::on_error).
    /// Under the attribute `#[rate_limiter]`, whose functions may return what is not `'static`, it
    /// is not; there, report by hand.
    ///
    /// ```
    /// use std::time::Duration;
    /// use resilience4rs::Registry;
    ///
    /// let limiter = Registry::new()
    ///     .rate_limiter_with("search", |config| {
    ///         config
    ///             .limit_refresh_period(Duration::from_secs(60))
    ///             .drain_permissions_on_result(|outcome| {
    ///                 outcome.err().and_then(|error| error.downcast_ref()) == Some(&429u16)
    ///             })
    ///     })
    ///     .unwrap();
    ///
    /// let _ = limiter.call_blocking(|| Err::<(), _>(503u16));
    /// assert_eq!(limiter.available_permissions(), 49);
    /// let _ = limiter.call_blocking(|| Err::<(), _>(429u16));
    /// assert_eq!(limiter.available_permissions(), 0);
    /// ```
    pub fn drain_permissions_on_result(
        mut self,
        drains_on: impl Fn(Result<&dyn Any, &dyn Any>) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.drain_permissions_on_result = Optional::Is(Arc::new(drains_on));
        self
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// Names every setting whose value does not fit.
    pub fn build(self) -> Result<RateLimiterConfig, ConfigError> {
        let config = RateLimiterConfig::of(self);
        check_all([
            rules::LIMIT_FOR_PERIOD.check_number(config.limit_for_period.into()),
            rules::LIMIT_REFRESH_PERIOD.check_duration(config.limit_refresh_period),
            rules::TIMEOUT_DURATION.check_duration(config.timeout_duration),
        ])?;
        Ok(config)
    }

    /// What is doubtful about the settings, though none of them is refused: a limit for periods that
    /// nobody has set the length of. A setting at its default is not doubted.
    ///
    /// ```
    /// use resilience4rs::RateLimiterConfig;
    ///
    /// let doubts = RateLimiterConfig::builder().limit_for_period(10).doubts();
    /// assert_eq!(
    ///     doubts[0].to_string(),
    ///     "`limit_for_period` is 10 for each period, and a period lasts 500ns unless `limit_refresh_period` says otherwise: that limits nothing; give for example `limit_refresh_period = \"1s\"`",
    /// );
    /// ```
    #[must_use]
    pub fn doubts(&self) -> Vec<SettingDoubt> {
        let default = RateLimiterConfig::default();
        let (limit, period) = (self.limit_for_period, self.limit_refresh_period);
        rules::doubts(&rules::Given {
            limit_for_period: limit.filter(|limit| *limit != default.limit_for_period),
            limit_refresh_period: period.filter(|period| *period != default.limit_refresh_period),
        })
    }
}

impl Layered for RateLimiterConfigBuilder {
    type Config = RateLimiterConfig;

    fn over(self, base: &Self) -> Self {
        Self {
            limit_for_period: self.limit_for_period.or(base.limit_for_period),
            limit_refresh_period: self.limit_refresh_period.or(base.limit_refresh_period),
            timeout_duration: self.timeout_duration.or(base.timeout_duration),
            drain_permissions_on_result: self
                .drain_permissions_on_result
                .over(&base.drain_permissions_on_result),
        }
    }

    fn settle(self) -> Result<RateLimiterConfig, ConfigError> {
        self.build()
    }

    fn listed(config: &RateLimiterConfig) -> Vec<(&'static str, String)> {
        vec![
            (
                rules::LIMIT_FOR_PERIOD.name,
                config.limit_for_period.to_string(),
            ),
            (
                rules::LIMIT_REFRESH_PERIOD.name,
                duration::format(config.limit_refresh_period),
            ),
            (
                rules::TIMEOUT_DURATION.name,
                duration::format(config.timeout_duration),
            ),
        ]
    }
}

impl fmt::Debug for RateLimiterConfigBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimiterConfigBuilder")
            .field("limit_for_period", &self.limit_for_period)
            .field("limit_refresh_period", &self.limit_refresh_period)
            .field("timeout_duration", &self.timeout_duration)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_doubted_only_without_its_period() {
        let period = Duration::from_secs(1);
        let limit = RateLimiterConfig::builder().limit_for_period(10);
        assert_eq!(limit.doubts().len(), 1);
        assert_eq!(limit.limit_refresh_period(period).doubts(), []);
    }

    #[test]
    fn a_setting_at_its_default_is_not_doubted() {
        let default = RateLimiterConfig::builder();
        assert_eq!(default.doubts(), []);
        assert_eq!(default.limit_for_period(50).doubts(), []);
    }
}
