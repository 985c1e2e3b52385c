use super::Registry;
use crate::config_error::ConfigError;
use crate::rate_limiter::{RateLimiter, RateLimiterConfig, RateLimiterConfigBuilder};

/// Rate limiters.
impl Registry {
    /// The rate limiter of this name, if there is one; it makes none.
    ///
    /// ```
    /// use resilience4rs::Registry;
    ///
    /// let registry = Registry::new();
    /// assert!(registry.find_rate_limiter("search").is_none());
    /// registry.rate_limiter("search");
    /// assert!(registry.find_rate_limiter("search").is_some());
    /// ```
    pub fn find_rate_limiter(&self, name: &str) -> Option<RateLimiter> {
        self.rate_limiters.find(name)
    }

    /// The rate limiter of this name, made **with the default settings** if there is none yet.
    ///
    /// An instance keeps the settings it is made with: one that is made here, before the first call
    /// of the attribute that names it, does not get that attribute's settings. To look without
    /// making, use [`find_rate_limiter`](Self::find_rate_limiter).
    pub fn rate_limiter(&self, name: &str) -> RateLimiter {
        self.rate_limiters
            .find(name)
            .unwrap_or_else(|| self.make_rate_limiter(name, RateLimiterConfig::default()))
    }

    /// The rate limiter of this name. If there is none yet, it is made with the settings that
    /// `configure` names; one that is there keeps its own.
    ///
    /// # Errors
    /// When the limiter is to be made and its settings do not fit.
    ///
    /// ```
    /// use resilience4rs::Registry;
    ///
    /// let registry = Registry::new();
    /// let limiter = registry.rate_limiter_with("search", |config| config.limit_for_period(10)).unwrap();
    /// assert_eq!(limiter.config().limit_for_period(), 10);
    ///
    /// let error = registry.rate_limiter_with("mail", |config| config.limit_for_period(0)).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "`limit_for_period` takes a whole number from 1 to 2147483647, but was 0",
    /// );
    /// ```
    pub fn rate_limiter_with(
        &self,
        name: &str,
        configure: impl FnOnce(RateLimiterConfigBuilder) -> RateLimiterConfigBuilder,
    ) -> Result<RateLimiter, ConfigError> {
        if let Some(limiter) = self.rate_limiters.find(name) {
            return Ok(limiter);
        }
        let config = configure(RateLimiterConfig::builder()).build()?;
        Ok(self.make_rate_limiter(name, config))
    }

    /// All rate limiters, ordered by name.
    ///
    /// ```
    /// use resilience4rs::Registry;
    ///
    /// let registry = Registry::new();
    /// registry.rate_limiter("search");
    /// registry.rate_limiter("mail");
    /// let names: Vec<_> = registry.rate_limiters().iter().map(|limiter| limiter.name().to_owned()).collect();
    /// assert_eq!(names, ["mail", "search"]);
    /// ```
    pub fn rate_limiters(&self) -> Vec<RateLimiter> {
        self.rate_limiters.by_name()
    }

    fn make_rate_limiter(&self, name: &str, config: RateLimiterConfig) -> RateLimiter {
        self.rate_limiters.find_or_make(name, |name| {
            RateLimiter::new(name, config, self.clock.clone())
        })
    }
}
