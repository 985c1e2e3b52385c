use std::time::Duration;

use super::config_builder::ThreadPoolBulkheadConfigBuilder;

/// The settings of a bulkhead with threads of its own. Names, defaults and meanings are
/// Resilience4j's.
///
/// ```
/// use std::time::Duration;
/// use resilience4rs::ThreadPoolBulkheadConfig;
///
/// let config = ThreadPoolBulkheadConfig::builder()
///     .core_thread_pool_size(2)
///     .max_thread_pool_size(4)
///     .queue_capacity(10)
///     .build()
///     .unwrap();
/// assert_eq!(config.max_thread_pool_size(), 4);
/// assert_eq!(config.keep_alive_duration(), Duration::from_millis(20));
///
/// let error = ThreadPoolBulkheadConfig::builder()
///     .core_thread_pool_size(4)
///     .max_thread_pool_size(2)
///     .build()
///     .unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "`max_thread_pool_size` takes a whole number of at least 4, the `core_thread_pool_size`, but was 2",
/// );
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThreadPoolBulkheadConfig {
    /// What it was built of: a size that was not given may give way to the other on another machine.
    pub(super) given: ThreadPoolBulkheadConfigBuilder,
    pub(super) core_thread_pool_size: u32,
    pub(super) max_thread_pool_size: u32,
    pub(super) queue_capacity: u32,
    pub(super) keep_alive_duration: Duration,
}

impl ThreadPoolBulkheadConfig {
    /// Starts from the defaults.
    pub fn builder() -> ThreadPoolBulkheadConfigBuilder {
        ThreadPoolBulkheadConfigBuilder::default()
    }

    /// Starts from this configuration.
    ///
    /// ```
    /// use resilience4rs::ThreadPoolBulkheadConfig;
    ///
    /// let shared = ThreadPoolBulkheadConfig::builder().queue_capacity(10).build().unwrap();
    /// let own = shared.to_builder().core_thread_pool_size(1).build().unwrap();
    /// assert_eq!((own.queue_capacity(), own.core_thread_pool_size()), (10, 1));
    /// ```
    pub fn to_builder(&self) -> ThreadPoolBulkheadConfigBuilder {
        self.given
    }

    /// How many threads are kept, and started before any call has to queue. Default: one less than
    /// the machine has processors, and at least one; never more than a `max_thread_pool_size` that
    /// is given.
    #[must_use]
    pub fn core_thread_pool_size(&self) -> u32 {
        self.core_thread_pool_size
    }

    /// How many threads there may be once the queue is full. Default: as many as the machine has
    /// processors, or the `core_thread_pool_size` where that is more.
    #[must_use]
    pub fn max_thread_pool_size(&self) -> u32 {
        self.max_thread_pool_size
    }

    /// How many calls may wait for a thread. Default 100. Where it is zero, a call that finds no
    /// thread is rejected.
    #[must_use]
    pub fn queue_capacity(&self) -> u32 {
        self.queue_capacity
    }

    /// How long a thread above the core stays without work. Default 20 ms.
    #[must_use]
    pub fn keep_alive_duration(&self) -> Duration {
        self.keep_alive_duration
    }
}

impl Default for ThreadPoolBulkheadConfig {
    fn default() -> Self {
        match Self::builder().build() {
            Ok(config) => config,
            Err(error) => unreachable!("the defaults fit on every machine: {error}"),
        }
    }
}
