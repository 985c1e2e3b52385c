//! Permits without a call, for whoever makes it elsewhere.

use std::any::Any;
use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use super::RateLimiter;
use super::admission::Admission;
use crate::failure::PolicyError;

/// Permits without a call.
impl RateLimiter {
    /// Takes a permit of the running period, if it has one.
    ///
    /// # Errors
    /// [`PolicyError::RateLimited`] at once when it has none, whatever the timeout. Nothing is
    /// allocated for it.
    ///
    /// ```
    /// use std::time::Duration;
    /// use resilience4rs::Registry;
    ///
    /// let limiter = Registry::new()
    ///     .rate_limiter_with("search", |config| {
    ///         config.limit_for_period(1).limit_refresh_period(Duration::from_secs(60))
    ///     })
    ///     .unwrap();
    /// assert!(limiter.try_acquire().is_ok());
    /// let refusal = limiter.try_acquire().unwrap_err().to_string();
    /// assert!(refusal.starts_with("rate limiter 'search' does not permit further calls (next try in "));
    /// ```
    #[inline]
    pub fn try_acquire(&self) -> Result<(), PolicyError> {
        self.machine.try_acquire(1)
    }

    /// Takes so many permits of the running period, if it has them.
    ///
    /// # Errors
    /// [`PolicyError::RateLimited`] at once when it has fewer, whatever the timeout; none is taken.
    ///
    /// ```
    /// use std::time::Duration;
    /// use resilience4rs::Registry;
    ///
    /// let limiter = Registry::new()
    ///     .rate_limiter_with("search", |config| config.limit_refresh_period(Duration::from_secs(60)))
    ///     .unwrap();
    /// assert!(limiter.try_acquire_many(30).is_ok());
    /// assert!(limiter.try_acquire_many(30).is_err());
    /// assert!(limiter.try_acquire_many(20).is_ok());
    /// ```
    #[inline]
    pub fn try_acquire_many(&self, permits: u32) -> Result<(), PolicyError> {
        self.machine.try_acquire(permits)
    }

    /// Reserves so many permits and says how long to wait until they come: the caller must not go
    /// before. Events are announced at once.
    ///
    /// Exactly as in Resilience4j: nobody gives such a reservation back. To wait here, use
    /// [`acquire`](Self::acquire).
    ///
    /// # Errors
    /// [`PolicyError::RateLimited`] at once when they do not come within the timeout.
    ///
    /// ```
    /// use std::time::Duration;
    /// use resilience4rs::{Clock, Registry};
    ///
    /// let limiter = Registry::builder()
    ///     .clock(Clock::manual())
    ///     .build()
    ///     .rate_limiter_with("search", |config| {
    ///         config.limit_for_period(10).limit_refresh_period(Duration::from_secs(1))
    ///     })
    ///     .unwrap();
    /// assert_eq!(limiter.reserve(25), Ok(Duration::from_secs(2)));
    /// assert_eq!(limiter.available_permissions(), -15);
    /// ```
    pub fn reserve(&self, permits: u32) -> Result<Duration, PolicyError> {
        self.machine.reserve(permits)
    }

    /// Waits for so many permits.
    ///
    /// # Cancel safety
    /// Dropping the future while it waits gives the permits back; see [`RateLimiter`].
    ///
    /// # Errors
    /// [`PolicyError::RateLimited`] at once when they do not come within the timeout; see
    /// [`call`](Self::call).
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
    /// use std::time::Duration;
    /// use resilience4rs::{Clock, Registry};
    ///
    /// let limiter = Registry::builder()
    ///     .clock(Clock::tokio())
    ///     .build()
    ///     .rate_limiter_with("search", |config| {
    ///         config.limit_for_period(1).limit_refresh_period(Duration::from_secs(1))
    ///     })
    ///     .unwrap();
    /// let start = tokio::time::Instant::now();
    /// for _ in 0..4 {
    ///     limiter.acquire(1).await.unwrap();
    /// }
    /// assert_eq!(start.elapsed().as_secs(), 3);
    /// # }
    /// ```
    pub fn acquire(&self, permits: u32) -> impl Future<Output = Result<(), PolicyError>> + use<'_> {
        let mut admission = Admission::new(&self.machine, permits);
        poll_fn(move |cx| {
            if admission.is_admitted() {
                return Poll::Ready(Ok(()));
            }
            admission.poll_wait(cx)
        })
    }

    /// Waits for so many permits, and blocks the thread meanwhile. What it has reserved it does not
    /// give back.
    ///
    /// # Errors
    /// [`PolicyError::RateLimited`] when they do not come within the timeout: as in Resilience4j,
    /// after the whole timeout, so that a loop of callers is held back as well. Use
    /// [`try_acquire_many`](Self::try_acquire_many) or [`reserve`](Self::reserve) to know at once.
    ///
    /// ```
    /// use resilience4rs::Registry;
    ///
    /// let limiter = Registry::new().rate_limiter("search");
    /// for _ in 0..100 {
    ///     limiter.acquire_blocking(1).unwrap();
    /// }
    /// ```
    #[inline]
    pub fn acquire_blocking(&self, permits: u32) -> Result<(), PolicyError> {
        self.machine.acquire_blocking(permits)
    }

    /// Reports the value of a call that was made with permits of [`try_acquire`](Self::try_acquire)
    /// and the like: the limiter is drained if the predicate of its
    /// [configuration](crate::RateLimiterConfigBuilder::drain_permissions_on_result) asks for it.
    pub fn on_result<V: Any>(&self, value: &V) {
        self.drain_if_asked(Ok(value));
    }

    /// Reports the error of a call; see [`on_result`](Self::on_result).
    pub fn on_error<E: Any>(&self, error: &E) {
        self.drain_if_asked(Err(error));
    }

    pub(super) fn drain_if_asked(&self, outcome: Result<&dyn Any, &dyn Any>) {
        if let Some(drains_on) = self.machine.drains_on()
            && drains_on(outcome)
        {
            self.drain_permissions();
        }
    }
}
