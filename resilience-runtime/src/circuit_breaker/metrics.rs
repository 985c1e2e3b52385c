/// What a circuit breaker's current state has counted.
///
/// CLOSED, HALF_OPEN and METRICS_ONLY begin with nothing; OPEN goes on showing what made it open.
///
/// ```
/// use resilience4rs::Registry;
///
/// let breaker = Registry::new().circuit_breaker_with("db", |config| config.minimum_number_of_calls(2)).unwrap();
/// let _ = breaker.call_blocking(|| Ok::<_, ()>(1));
/// assert_eq!(breaker.metrics().failure_rate, -1.0, "one call is too few for a rate");
///
/// let _ = breaker.call_blocking(|| Err::<i32, _>(()));
/// let metrics = breaker.metrics();
/// assert_eq!((metrics.buffered_calls, metrics.failed_calls), (2, 1));
/// assert_eq!(metrics.failure_rate, 50.0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct CircuitBreakerMetrics {
    /// Share of the calls in the window that failed, in percent; -1 where they are too few.
    pub failure_rate: f32,
    /// Share of the calls in the window that were slow, in percent; -1 where they are too few.
    pub slow_call_rate: f32,
    /// Calls in the window.
    pub buffered_calls: u64,
    /// Those that failed.
    pub failed_calls: u64,
    /// Those that did not.
    pub successful_calls: u64,
    /// Those that were slow.
    pub slow_calls: u64,
    /// Those that were slow and failed.
    pub slow_failed_calls: u64,
    /// Those that were slow and did not fail.
    pub slow_successful_calls: u64,
    /// Calls that were rejected.
    pub not_permitted_calls: u64,
    /// Calls that were cancelled: their future was dropped before they were done. Those that were
    /// recorded as failures are among `failed_calls` too.
    pub cancelled_calls: u64,
}

/// The outcomes in a window, summed up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Totals {
    pub(super) calls: u64,
    pub(super) failed: u64,
    pub(super) slow: u64,
    pub(super) slow_failed: u64,
}

/// `count` of `total` in percent, in the single precision in which Resilience4j compares.
pub(super) fn percentage(count: u64, total: u64) -> f32 {
    count as f32 * 100.0 / total as f32
}
