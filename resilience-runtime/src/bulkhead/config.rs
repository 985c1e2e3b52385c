use std::time::Duration;

use resilience_settings::bulkhead as rules;
use resilience_settings::{SettingDoubt, SettingError};

use crate::config_error::ConfigError;

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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BulkheadConfig {
    settings: BulkheadConfigBuilder,
}

/// Builds a [`BulkheadConfig`]; a setting that is not named keeps its default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct BulkheadConfigBuilder {
    max_concurrent_calls: u32,
    max_wait_duration: Duration,
    fair_call_handling_enabled: bool,
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
        self.settings
    }

    /// How many calls may run at the same time. Default 25.
    #[must_use]
    pub fn max_concurrent_calls(&self) -> u32 {
        self.settings.max_concurrent_calls
    }

    /// How long a call waits for a place at the most. Default zero: it does not wait.
    #[must_use]
    pub fn max_wait_duration(&self) -> Duration {
        self.settings.max_wait_duration
    }

    /// Whether calls that wait get their places in the order in which they came. Default true.
    #[must_use]
    pub fn is_fair_call_handling_enabled(&self) -> bool {
        self.settings.fair_call_handling_enabled
    }

    /// What is in force now.
    pub(super) fn now(max_concurrent_calls: u32, max_wait_duration: Duration, fair: bool) -> Self {
        Self {
            settings: BulkheadConfigBuilder {
                max_concurrent_calls,
                max_wait_duration,
                fair_call_handling_enabled: fair,
            },
        }
    }
}

impl BulkheadConfigBuilder {
    /// How many calls may run at the same time: from 0, which lets none through, to 2147483647.
    pub fn max_concurrent_calls(mut self, calls: u32) -> Self {
        self.max_concurrent_calls = calls;
        self
    }

    /// How long a call waits for a place at the most; zero to reject it at once where there is none.
    /// 584 years are for ever.
    pub fn max_wait_duration(mut self, wait: Duration) -> Self {
        self.max_wait_duration = wait;
        self
    }

    /// Whether calls that wait get their places in the order in which they came. If not, a call that
    /// comes just when a place is free takes it, before one that is only being woken: more calls get
    /// through, and some wait longer.
    pub fn fair_call_handling_enabled(mut self, enabled: bool) -> Self {
        self.fair_call_handling_enabled = enabled;
        self
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// Names every setting whose value does not fit.
    pub fn build(self) -> Result<BulkheadConfig, ConfigError> {
        let problems: Vec<SettingError> = [
            rules::MAX_CONCURRENT_CALLS.check_number(self.max_concurrent_calls.into()),
            rules::MAX_WAIT_DURATION.check_duration(self.max_wait_duration),
        ]
        .into_iter()
        .filter_map(Result::err)
        .collect();
        if problems.is_empty() {
            Ok(BulkheadConfig { settings: self })
        } else {
            Err(ConfigError { problems })
        }
    }

    /// What is doubtful about the settings, though none of them is refused. A setting at its default
    /// is not doubted.
    ///
    /// ```
    /// use resilience4rs::BulkheadConfig;
    ///
    /// let doubts = BulkheadConfig::builder().max_concurrent_calls(0).doubts();
    /// assert_eq!(
    ///     doubts[0].to_string(),
    ///     "`max_concurrent_calls` is 0, so every call is refused: give at least 1",
    /// );
    /// ```
    #[must_use]
    pub fn doubts(&self) -> Vec<SettingDoubt> {
        rules::doubts(&rules::Given {
            max_concurrent_calls: Some(self.max_concurrent_calls),
            max_wait_duration: Some(self.max_wait_duration),
            fair_call_handling_enabled: (!self.fair_call_handling_enabled).then_some(false),
        })
    }
}

impl Default for BulkheadConfigBuilder {
    fn default() -> Self {
        Self {
            max_concurrent_calls: 25,
            max_wait_duration: Duration::ZERO,
            fair_call_handling_enabled: true,
        }
    }
}
