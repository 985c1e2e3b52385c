//! Operating a limiter by hand.

use std::time::Duration;

use super::RateLimiter;
use crate::config_error::ConfigError;

/// Operating the limiter by hand.
impl RateLimiter {
    /// Takes all permits that the running period has left. Reservations of later ones stay.
    ///
    /// ```
    /// use std::time::Duration;
    /// use resilience4rs::{Clock, Registry};
    ///
    /// let time = Clock::manual();
    /// let limiter = Registry::builder()
    ///     .clock(&time)
    ///     .build()
    ///     .rate_limiter_with("search", |config| config.limit_refresh_period(Duration::from_secs(1)))
    ///     .unwrap();
    /// limiter.drain_permissions();
    /// assert_eq!(limiter.available_permissions(), 0);
    /// time.advance(Duration::from_secs(1));
    /// assert_eq!(limiter.available_permissions(), 50);
    /// ```
    pub fn drain_permissions(&self) {
        self.machine.drain();
    }

    /// Changes how many permits the periods to come bring: from 1 to 2,147,483,647. What the running
    /// one has, it keeps; those who wait keep their time.
    ///
    /// # Errors
    /// When the limit does not fit; nothing is changed then.
    ///
    /// ```
    /// use std::time::Duration;
    /// use resilience4rs::{Clock, Registry};
    ///
    /// let time = Clock::manual();
    /// let limiter = Registry::builder()
    ///     .clock(&time)
    ///     .build()
    ///     .rate_limiter_with("search", |config| config.limit_refresh_period(Duration::from_secs(1)))
    ///     .unwrap();
    /// limiter.change_limit_for_period(3).unwrap();
    /// assert_eq!((limiter.available_permissions(), limiter.config().limit_for_period()), (50, 3));
    /// time.advance(Duration::from_secs(1));
    /// assert_eq!(limiter.available_permissions(), 3);
    /// assert!(limiter.change_limit_for_period(0).is_err());
    /// ```
    pub fn change_limit_for_period(&self, permits: u32) -> Result<(), ConfigError> {
        self.change_config(|config| config.limit_for_period(permits))
            .map(drop)
    }

    /// Changes how long a call waits for its permits at most, for those who come from now on.
    ///
    /// ```
    /// use std::time::Duration;
    /// use resilience4rs::Registry;
    ///
    /// let limiter = Registry::new().rate_limiter("search");
    /// limiter.change_timeout_duration(Duration::from_secs(1));
    /// assert_eq!(limiter.config().timeout_duration(), Duration::from_secs(1));
    /// ```
    pub fn change_timeout_duration(&self, timeout: Duration) {
        let changed = self.change_config(|config| config.timeout_duration(timeout));
        debug_assert!(changed.is_ok(), "any length will do");
    }
}
