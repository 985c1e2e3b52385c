use std::time::Duration;

use super::config_builder::BulkheadConfigBuilder;

/// The settings of a bulkhead. Names, defaults and meanings are Resilience4j's.
///
/// ```
/// use std::time::Duration;
/// use resilience4rs::BulkheadConfig;
///
/// let config = BulkheadConfig::builder()
///     .max_concurrent_calls(10)
///     .max_wait_duration(Duration::from_millis(50))
///     .build()
///     .unwrap();
/// assert_eq!(config.max_concurrent_calls(), 10);
/// assert!(config.is_fair_call_handling_enabled());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BulkheadConfig {
    pub(super) max_concurrent_calls: u32,
    pub(super) max_wait_duration: Duration,
    pub(super) fair_call_handling_enabled: bool,
}

impl BulkheadConfig {
    /// Starts from the defaults.
    pub fn builder() -> BulkheadConfigBuilder {
        BulkheadConfigBuilder::default()
    }

    /// Starts from this configuration.
    ///
    /// ```
    /// use resilience4rs::BulkheadConfig;
    ///
    /// let shared = BulkheadConfig::builder().max_concurrent_calls(10).build().unwrap();
    /// let own = shared.to_builder().fair_call_handling_enabled(false).build().unwrap();
    /// assert_eq!(own.max_concurrent_calls(), 10);
    /// assert!(!own.is_fair_call_handling_enabled());
    /// ```
    pub fn to_builder(&self) -> BulkheadConfigBuilder {
        BulkheadConfig::builder()
            .max_concurrent_calls(self.max_concurrent_calls)
            .max_wait_duration(self.max_wait_duration)
            .fair_call_handling_enabled(self.fair_call_handling_enabled)
    }

    /// How many calls may run at the same time. Default 25.
    #[must_use]
    pub fn max_concurrent_calls(&self) -> u32 {
        self.max_concurrent_calls
    }

    /// How long a call waits for a place at the most. Default zero: it does not wait.
    #[must_use]
    pub fn max_wait_duration(&self) -> Duration {
        self.max_wait_duration
    }

    /// Whether calls that wait get their places in the order in which they came. Default true.
    #[must_use]
    pub fn is_fair_call_handling_enabled(&self) -> bool {
        self.fair_call_handling_enabled
    }
}

impl Default for BulkheadConfig {
    fn default() -> Self {
        Self {
            max_concurrent_calls: 25,
            max_wait_duration: Duration::ZERO,
            fair_call_handling_enabled: true,
        }
    }
}
