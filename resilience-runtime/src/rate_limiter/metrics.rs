/// What a rate limiter shows of itself.
///
/// ```
/// use std::time::Duration;
/// use resilience4rs::Registry;
///
/// let limiter = Registry::new()
///     .rate_limiter_with("search", |config| {
///         config.limit_for_period(2).limit_refresh_period(Duration::from_secs(60))
///     })
///     .unwrap();
/// limiter.try_acquire().unwrap();
/// let metrics = limiter.metrics();
/// assert_eq!((metrics.available_permissions, metrics.nanos_to_wait), (1, 0));
/// assert_eq!((metrics.number_of_waiting_threads, metrics.cycle), (0, 0));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimiterMetrics {
    /// What the running period has left; negative where permits of later ones are reserved.
    pub available_permissions: i32,
    /// How many threads and tasks wait for permits.
    pub number_of_waiting_threads: usize,
    /// How long a caller who came now would wait for one permit, if its timeout allowed.
    pub nanos_to_wait: u64,
    /// The number of the running period, from 0.
    pub cycle: u64,
}
