/// What a time limiter has counted since it was made.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use std::future::pending;
/// use std::time::Duration;
/// use resilience4rs::Registry;
///
/// let limiter = Registry::new()
///     .time_limiter_with("payments", |config| config.timeout_duration(Duration::ZERO))
///     .unwrap();
/// let _ = limiter.call(async { Ok::<_, ()>(42) }).await;
/// let _ = limiter.call(async { Err::<(), _>("declined") }).await;
/// let _ = limiter.call(pending::<Result<(), ()>>()).await;
///
/// let metrics = limiter.metrics();
/// assert_eq!(metrics.successful_calls, 1);
/// assert_eq!(metrics.failed_calls, 1);
/// assert_eq!(metrics.timed_out_calls, 1);
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct TimeLimiterMetrics {
    /// Calls that brought a value in time.
    pub successful_calls: u64,
    /// Calls that ended in time with an error, with the failure of a policy further inside, or with
    /// a panic.
    pub failed_calls: u64,
    /// Calls that took too long.
    pub timed_out_calls: u64,
}
