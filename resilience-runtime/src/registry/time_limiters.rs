use super::Registry;
use crate::config_error::ConfigError;
use crate::membership::Membership;
use crate::time_limiter::{TimeLimiter, TimeLimiterConfig, TimeLimiterConfigBuilder};

/// Time limiters.
impl Registry {
    /// The time limiter of this name, if there is one.
    ///
    /// Unlike [`time_limiter`](Self::time_limiter) it makes none, and so leaves the settings to
    /// whoever comes to make it, such as an attribute at its first call.
    ///
    /// ```
    /// use resilience4rs::Registry;
    ///
    /// let registry = Registry::new();
    /// assert!(registry.find_time_limiter("payments").is_none());
    /// registry.time_limiter("payments");
    /// assert!(registry.find_time_limiter("payments").is_some());
    /// ```
    pub fn find_time_limiter(&self, name: &str) -> Option<TimeLimiter> {
        self.time_limiters.find(name)
    }

    /// The time limiter of this name, made **with the default settings** if there is none yet.
    ///
    /// An instance keeps the settings it is made with: one that is made here, before the first call
    /// of the attribute that names it, does not get that attribute's settings. To look without
    /// making, use [`find_time_limiter`](Self::find_time_limiter).
    pub fn time_limiter(&self, name: &str) -> TimeLimiter {
        self.time_limiters
            .find(name)
            .unwrap_or_else(|| self.make_time_limiter(name, TimeLimiterConfig::default()))
    }

    /// The time limiter of this name. If there is none yet, it is made with the settings that
    /// `configure` names; one that is there keeps its own.
    ///
    /// # Errors
    /// When the limiter is to be made and its settings do not fit.
    ///
    /// ```
    /// use std::time::Duration;
    /// use resilience4rs::Registry;
    ///
    /// let registry = Registry::new();
    /// let timeout = Duration::from_millis(250);
    /// let limiter = registry.time_limiter_with("db", |config| config.timeout_duration(timeout)).unwrap();
    /// assert_eq!(limiter.config().timeout_duration(), timeout);
    /// ```
    pub fn time_limiter_with(
        &self,
        name: &str,
        configure: impl FnOnce(TimeLimiterConfigBuilder) -> TimeLimiterConfigBuilder,
    ) -> Result<TimeLimiter, ConfigError> {
        if let Some(limiter) = self.time_limiters.find(name) {
            return Ok(limiter);
        }
        let config = configure(TimeLimiterConfig::builder()).build()?;
        Ok(self.make_time_limiter(name, config))
    }

    /// All time limiters, ordered by name.
    ///
    /// ```
    /// use resilience4rs::Registry;
    ///
    /// let registry = Registry::new();
    /// registry.time_limiter("stock");
    /// registry.time_limiter("payments");
    /// let names: Vec<_> = registry.time_limiters().iter().map(|limiter| limiter.name().to_owned()).collect();
    /// assert_eq!(names, ["payments", "stock"]);
    /// ```
    pub fn time_limiters(&self) -> Vec<TimeLimiter> {
        self.time_limiters.by_name()
    }

    fn make_time_limiter(&self, name: &str, config: TimeLimiterConfig) -> TimeLimiter {
        self.time_limiters.find_or_make(name, |name| {
            TimeLimiter::new(Membership::alone(&name), config, self.clock.clone())
        })
    }
}
