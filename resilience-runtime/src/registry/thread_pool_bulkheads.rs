use super::Registry;
use crate::config_error::ConfigError;
use crate::thread_pool_bulkhead::{
    ThreadPoolBulkhead, ThreadPoolBulkheadConfig, ThreadPoolBulkheadConfigBuilder,
};

/// Bulkheads with threads of their own.
impl Registry {
    /// The thread-pool bulkhead of this name, if there is one.
    ///
    /// Unlike [`thread_pool_bulkhead`](Self::thread_pool_bulkhead) it makes none, and so leaves the
    /// settings to whoever comes to make it, such as an attribute at its first call.
    ///
    /// ```
    /// use resilience4rs::Registry;
    ///
    /// let registry = Registry::new();
    /// assert!(registry.find_thread_pool_bulkhead("reports").is_none());
    /// registry.thread_pool_bulkhead("reports");
    /// assert!(registry.find_thread_pool_bulkhead("reports").is_some());
    /// ```
    pub fn find_thread_pool_bulkhead(&self, name: &str) -> Option<ThreadPoolBulkhead> {
        self.thread_pool_bulkheads.find(name)
    }

    /// The thread-pool bulkhead of this name, made **with the default settings** if there is none
    /// yet. It starts no thread before its first call.
    ///
    /// An instance keeps the settings it is made with: one that is made here, before the first call
    /// of the attribute that names it, does not get that attribute's settings. To look without
    /// making, use [`find_thread_pool_bulkhead`](Self::find_thread_pool_bulkhead).
    pub fn thread_pool_bulkhead(&self, name: &str) -> ThreadPoolBulkhead {
        self.thread_pool_bulkheads.find(name).unwrap_or_else(|| {
            self.make_thread_pool_bulkhead(name, ThreadPoolBulkheadConfig::default())
        })
    }

    /// The thread-pool bulkhead of this name. If there is none yet, it is made with the settings that
    /// `configure` names; one that is there keeps its own.
    ///
    /// # Errors
    /// When the bulkhead is to be made and its settings do not fit.
    ///
    /// ```
    /// use resilience4rs::Registry;
    ///
    /// let registry = Registry::new();
    /// let bulkhead = registry.thread_pool_bulkhead_with("db", |config| config.queue_capacity(10)).unwrap();
    /// assert_eq!(bulkhead.config().queue_capacity(), 10);
    ///
    /// let error = registry.thread_pool_bulkhead_with("mq", |config| config.core_thread_pool_size(0)).unwrap_err();
    /// assert_eq!(error.problems[0].setting, "core_thread_pool_size");
    /// ```
    pub fn thread_pool_bulkhead_with(
        &self,
        name: &str,
        configure: impl FnOnce(ThreadPoolBulkheadConfigBuilder) -> ThreadPoolBulkheadConfigBuilder,
    ) -> Result<ThreadPoolBulkhead, ConfigError> {
        if let Some(bulkhead) = self.thread_pool_bulkheads.find(name) {
            return Ok(bulkhead);
        }
        let config = configure(ThreadPoolBulkheadConfig::builder()).build()?;
        Ok(self.make_thread_pool_bulkhead(name, config))
    }

    /// All thread-pool bulkheads, ordered by name.
    ///
    /// ```
    /// use resilience4rs::Registry;
    ///
    /// let registry = Registry::new();
    /// registry.thread_pool_bulkhead("thumbnails");
    /// registry.thread_pool_bulkhead("reports");
    /// let names: Vec<_> = registry.thread_pool_bulkheads().iter().map(|bulkhead| bulkhead.name().to_owned()).collect();
    /// assert_eq!(names, ["reports", "thumbnails"]);
    /// ```
    pub fn thread_pool_bulkheads(&self) -> Vec<ThreadPoolBulkhead> {
        self.thread_pool_bulkheads.by_name()
    }

    fn make_thread_pool_bulkhead(
        &self,
        name: &str,
        config: ThreadPoolBulkheadConfig,
    ) -> ThreadPoolBulkhead {
        self.thread_pool_bulkheads.find_or_make(name, |name| {
            ThreadPoolBulkhead::new(name, config, self.clock.clone())
        })
    }
}
