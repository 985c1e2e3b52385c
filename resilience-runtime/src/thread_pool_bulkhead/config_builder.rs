use std::num::NonZero;
use std::thread;
use std::time::Duration;

use resilience_settings::duration;
use resilience_settings::thread_pool_bulkhead as rules;

use super::config::ThreadPoolBulkheadConfig;
use crate::config_error::{ConfigError, check_all};
use crate::membership::Layered;

/// Builds a [`ThreadPoolBulkheadConfig`]; a setting that is not named keeps its default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct ThreadPoolBulkheadConfigBuilder {
    core_thread_pool_size: Option<u32>,
    max_thread_pool_size: Option<u32>,
    queue_capacity: Option<u32>,
    keep_alive_duration: Option<Duration>,
}

impl ThreadPoolBulkheadConfigBuilder {
    /// How many threads are kept, and started before any call has to queue. At least 1.
    pub fn core_thread_pool_size(mut self, threads: u32) -> Self {
        self.core_thread_pool_size = Some(threads);
        self
    }

    /// How many threads there may be once the queue is full. At least 1, and no fewer than
    /// `core_thread_pool_size`.
    pub fn max_thread_pool_size(mut self, threads: u32) -> Self {
        self.max_thread_pool_size = Some(threads);
        self
    }

    /// How many calls may wait for a thread; zero for none.
    pub fn queue_capacity(mut self, calls: u32) -> Self {
        self.queue_capacity = Some(calls);
        self
    }

    /// How long a thread above the core stays without work; zero for not at all.
    pub fn keep_alive_duration(mut self, idle: Duration) -> Self {
        self.keep_alive_duration = Some(idle);
        self
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// Names every setting whose value does not fit.
    pub fn build(self) -> Result<ThreadPoolBulkheadConfig, ConfigError> {
        let (core_thread_pool_size, max_thread_pool_size) = self.sizes();
        let config = ThreadPoolBulkheadConfig {
            given: self,
            core_thread_pool_size,
            max_thread_pool_size,
            queue_capacity: self.queue_capacity.unwrap_or(100),
            keep_alive_duration: self
                .keep_alive_duration
                .unwrap_or(Duration::from_millis(20)),
        };
        check_all([
            rules::CORE_THREAD_POOL_SIZE.check_number(core_thread_pool_size.into()),
            rules::MAX_THREAD_POOL_SIZE.check_number(max_thread_pool_size.into()),
            rules::QUEUE_CAPACITY.check_number(config.queue_capacity.into()),
            rules::KEEP_ALIVE_DURATION.check_duration(config.keep_alive_duration),
        ])?;
        // What does not fit by itself need not fit the other.
        check_all([rules::check_pool(
            core_thread_pool_size,
            max_thread_pool_size,
        )])?;
        Ok(config)
    }

    /// The core and the most threads. Where only one is given, the other gives way to it: what fits
    /// must not depend on how many processors the machine has.
    fn sizes(&self) -> (u32, u32) {
        let processors = thread::available_parallelism().map_or(1, NonZero::get);
        let processors = u32::try_from(processors).unwrap_or(u32::MAX);
        let usual = (processors - 1).max(1);
        match (self.core_thread_pool_size, self.max_thread_pool_size) {
            (Some(core), Some(max)) => (core, max),
            (Some(core), None) => (core, processors.max(core)),
            (None, Some(max)) => (usual.min(max.max(1)), max),
            (None, None) => (usual, processors),
        }
    }
}

impl Layered for ThreadPoolBulkheadConfigBuilder {
    type Config = ThreadPoolBulkheadConfig;

    fn over(self, base: &Self) -> Self {
        Self {
            core_thread_pool_size: self.core_thread_pool_size.or(base.core_thread_pool_size),
            max_thread_pool_size: self.max_thread_pool_size.or(base.max_thread_pool_size),
            queue_capacity: self.queue_capacity.or(base.queue_capacity),
            keep_alive_duration: self.keep_alive_duration.or(base.keep_alive_duration),
        }
    }

    fn settle(self) -> Result<ThreadPoolBulkheadConfig, ConfigError> {
        self.build()
    }

    fn listed(config: &ThreadPoolBulkheadConfig) -> Vec<(&'static str, String)> {
        vec![
            (
                rules::CORE_THREAD_POOL_SIZE.name,
                config.core_thread_pool_size.to_string(),
            ),
            (
                rules::MAX_THREAD_POOL_SIZE.name,
                config.max_thread_pool_size.to_string(),
            ),
            (
                rules::QUEUE_CAPACITY.name,
                config.queue_capacity.to_string(),
            ),
            (
                rules::KEEP_ALIVE_DURATION.name,
                duration::format(config.keep_alive_duration),
            ),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_that_is_not_given_gives_way_whatever_the_machine() {
        let many = ThreadPoolBulkheadConfig::builder()
            .core_thread_pool_size(5_000)
            .build()
            .unwrap();
        assert_eq!(many.max_thread_pool_size(), 5_000);
        let few = ThreadPoolBulkheadConfig::builder()
            .max_thread_pool_size(1)
            .build()
            .unwrap();
        assert_eq!(few.core_thread_pool_size(), 1);
    }

    #[test]
    fn every_problem_is_named() {
        let problems = ThreadPoolBulkheadConfig::builder()
            .core_thread_pool_size(0)
            .max_thread_pool_size(0)
            .build()
            .unwrap_err()
            .problems;
        let settings: Vec<_> = problems.iter().map(|problem| problem.setting).collect();
        assert_eq!(settings, ["core_thread_pool_size", "max_thread_pool_size"]);
    }
}
