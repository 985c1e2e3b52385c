/// How full a bulkhead is.
///
/// ```
/// use resilience4rs::Registry;
///
/// let bulkhead = Registry::new()
///     .bulkhead_with("payments", |config| config.max_concurrent_calls(3))
///     .unwrap();
/// let _permit = bulkhead.try_acquire().unwrap();
///
/// let metrics = bulkhead.metrics();
/// assert_eq!((metrics.available_concurrent_calls, metrics.max_allowed_concurrent_calls), (2, 3));
/// assert_eq!(metrics.waiting_calls, 0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct BulkheadMetrics {
    /// How many more calls may run. Zero also where more run than are allowed since the limit was
    /// lowered.
    pub available_concurrent_calls: u32,
    /// How many calls may run at the same time.
    pub max_allowed_concurrent_calls: u32,
    /// How many calls wait for a place.
    pub waiting_calls: u32,
}
