use crate::layer::Layer;
use crate::outcome::Outcome;
use crate::thread_pool_bulkhead::ThreadPoolBulkhead;
use crate::thread_pool_bulkhead::call::Pooled;

/// An async call in a thread-pool bulkhead, on one of its threads.
#[inline]
pub fn in_thread_pool_bulkhead<R, F>(policy: &ThreadPoolBulkhead, body: F) -> impl Layer<Output = R>
where
    F: Layer<Output = R> + Send + 'static,
    R: Outcome + Send + 'static,
{
    Pooled::new(policy, body)
}
