/// What a retry has counted since it was made.
///
/// ```
/// use std::time::Duration;
/// use resilience4rs::Registry;
///
/// let retry = Registry::new()
///     .retry_with("db", |config| config.wait_duration(Duration::ZERO))
///     .unwrap();
/// let _ = retry.call_blocking(|| Ok::<_, ()>(1));
/// let mut answers = [Err("busy"), Ok(2)].into_iter();
/// let _ = retry.call_blocking(|| answers.next().unwrap());
///
/// let metrics = retry.metrics();
/// assert_eq!(metrics.successful_calls_without_retry, 1);
/// assert_eq!(metrics.successful_calls_with_retry, 1);
/// assert_eq!(metrics.total_calls, 3, "attempts");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryMetrics {
    /// Calls that went well at their first attempt.
    pub successful_calls_without_retry: u64,
    /// Calls that went well after attempts that failed.
    pub successful_calls_with_retry: u64,
    /// Calls that failed by an error that is not to be retried, at whichever attempt.
    pub failed_calls_without_retry: u64,
    /// Calls that failed and are not retried any more. Where `max_attempts` is 1, as in
    /// Resilience4j, those that never were count here as well.
    pub failed_calls_with_retry: u64,
    /// Attempts that ended, and one more for each call that ends because its last attempt brought a
    /// result which is to be retried.
    pub total_calls: u64,
    /// Calls that ended because the budget refused a retry; they are among
    /// `failed_calls_with_retry`.
    pub refused_retries: u64,
    /// Calls whose future was dropped, in an attempt or in a wait. Nothing else counts them.
    pub cancelled_calls: u64,
    /// Calls that panicked. Their last attempt is in `total_calls`; nothing else counts them.
    pub panicked_calls: u64,
}
