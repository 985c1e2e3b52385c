/// What the threads and the queue of a bulkhead are at.
///
/// ```
/// use resilience4rs::Registry;
///
/// let bulkhead = Registry::new()
///     .thread_pool_bulkhead_with("reports", |config| {
///         config.core_thread_pool_size(2).max_thread_pool_size(4).queue_capacity(10)
///     })
///     .unwrap();
/// let _ = bulkhead.call_blocking(|| Ok::<_, ()>(42));
///
/// let metrics = bulkhead.metrics();
/// assert_eq!((metrics.thread_pool_size, metrics.active_thread_count), (1, 0));
/// assert_eq!((metrics.queue_depth, metrics.remaining_queue_capacity), (0, 10));
/// assert_eq!(metrics.available_thread_count, 4);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ThreadPoolBulkheadMetrics {
    /// How many threads are kept.
    pub core_thread_pool_size: u32,
    /// How many threads there are.
    pub thread_pool_size: u32,
    /// How many threads there may be.
    pub maximum_thread_pool_size: u32,
    /// How many calls wait for a thread. A call that an idle thread is about to take does not.
    pub queue_depth: u32,
    /// How many more may wait.
    pub remaining_queue_capacity: u32,
    /// How many may wait.
    pub queue_capacity: u32,
    /// How many threads have a call.
    pub active_thread_count: u32,
    /// How many more calls may run: `maximum_thread_pool_size` without `active_thread_count`.
    pub available_thread_count: u32,
}
