use std::num::NonZero;
use std::thread;
use std::time::Duration;

use resilience_settings::SettingError;
use resilience_settings::thread_pool_bulkhead as rules;

use super::config::ThreadPoolBulkheadConfig;
use crate::config_error::ConfigError;

/// Builds a [`ThreadPoolBulkheadConfig`]; a setting that is not named keeps its default.
#[derive(Debug, Clone)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct ThreadPoolBulkheadConfigBuilder {
    core_thread_pool_size: Option<u32>,
    max_thread_pool_size: Option<u32>,
    pub(super) queue_capacity: u32,
    pub(super) keep_alive_duration: Duration,
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
        self.queue_capacity = calls;
        self
    }

    /// How long a thread above the core stays without work; zero for not at all.
    pub fn keep_alive_duration(mut self, idle: Duration) -> Self {
        self.keep_alive_duration = idle;
        self
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// Names every setting whose value does not fit.
    pub fn build(self) -> Result<ThreadPoolBulkheadConfig, ConfigError> {
        let problems = self.problems();
        if problems.is_empty() {
            Ok(ThreadPoolBulkheadConfig::of(self))
        } else {
            Err(ConfigError { problems })
        }
    }

    fn problems(&self) -> Vec<SettingError> {
        let (core, max) = self.sizes();
        let problems: Vec<_> = [
            rules::CORE_THREAD_POOL_SIZE.check_number(core.into()),
            rules::MAX_THREAD_POOL_SIZE.check_number(max.into()),
            rules::QUEUE_CAPACITY.check_number(self.queue_capacity.into()),
            rules::KEEP_ALIVE_DURATION.check_duration(self.keep_alive_duration),
        ]
        .into_iter()
        .filter_map(Result::err)
        .collect();
        if !problems.is_empty() {
            return problems;
        }
        rules::check_pool(core, max).err().into_iter().collect()
    }

    /// The core and the most threads. Where only one is given, the other gives way to it: what fits
    /// must not depend on how many processors the machine has.
    pub(super) fn sizes(&self) -> (u32, u32) {
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

impl Default for ThreadPoolBulkheadConfigBuilder {
    fn default() -> Self {
        Self {
            core_thread_pool_size: None,
            max_thread_pool_size: None,
            queue_capacity: 100,
            keep_alive_duration: Duration::from_millis(20),
        }
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
