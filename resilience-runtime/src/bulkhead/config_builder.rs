use std::time::Duration;

use resilience_settings::bulkhead as rules;
use resilience_settings::{SettingDoubt, duration};

use super::config::BulkheadConfig;
use crate::clock::nanos_of;
use crate::config_error::{ConfigError, check_all};
use crate::membership::Layered;

/// Builds a [`BulkheadConfig`]; a setting that is not named keeps its default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct BulkheadConfigBuilder {
    max_concurrent_calls: Option<u32>,
    max_wait_duration: Option<Duration>,
    fair_call_handling_enabled: Option<bool>,
}

impl BulkheadConfigBuilder {
    /// How many calls may run at the same time: from 0, which lets none through, to 2147483647.
    pub fn max_concurrent_calls(mut self, calls: u32) -> Self {
        self.max_concurrent_calls = Some(calls);
        self
    }

    /// How long a call waits for a place at the most; zero to reject it at once where there is none.
    /// 584 years are for ever.
    pub fn max_wait_duration(mut self, wait: Duration) -> Self {
        self.max_wait_duration = Some(wait);
        self
    }

    /// Whether calls that wait get their places in the order in which they came. If not, a call that
    /// comes just when a place is free takes it, before one that is only being woken: more calls get
    /// through, and some wait longer.
    pub fn fair_call_handling_enabled(mut self, enabled: bool) -> Self {
        self.fair_call_handling_enabled = Some(enabled);
        self
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// Names every setting whose value does not fit.
    pub fn build(self) -> Result<BulkheadConfig, ConfigError> {
        let default = BulkheadConfig::default();
        let config = BulkheadConfig {
            max_concurrent_calls: self
                .max_concurrent_calls
                .unwrap_or(default.max_concurrent_calls),
            max_wait_duration: self.max_wait_duration.unwrap_or(default.max_wait_duration),
            fair_call_handling_enabled: self
                .fair_call_handling_enabled
                .unwrap_or(default.fair_call_handling_enabled),
        };
        check_all([
            rules::MAX_CONCURRENT_CALLS.check_number(config.max_concurrent_calls.into()),
            rules::MAX_WAIT_DURATION.check_duration(config.max_wait_duration),
        ])?;
        Ok(config)
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
            max_concurrent_calls: self.max_concurrent_calls,
            max_wait_duration: self.max_wait_duration,
            fair_call_handling_enabled: self.fair_call_handling_enabled.filter(|fair| !fair),
        })
    }
}

impl Layered for BulkheadConfigBuilder {
    type Config = BulkheadConfig;

    fn over(self, base: &Self) -> Self {
        Self {
            max_concurrent_calls: self.max_concurrent_calls.or(base.max_concurrent_calls),
            max_wait_duration: self.max_wait_duration.or(base.max_wait_duration),
            fair_call_handling_enabled: self
                .fair_call_handling_enabled
                .or(base.fair_call_handling_enabled),
        }
    }

    fn settle(self) -> Result<BulkheadConfig, ConfigError> {
        self.build()
    }

    fn listed(config: &BulkheadConfig) -> Vec<(&'static str, String)> {
        vec![
            (
                rules::MAX_CONCURRENT_CALLS.name,
                config.max_concurrent_calls.to_string(),
            ),
            (
                rules::MAX_WAIT_DURATION.name,
                // For ever is for ever, however it is written.
                duration::format(Duration::from_nanos(nanos_of(config.max_wait_duration))),
            ),
            (
                rules::FAIR_CALL_HANDLING_ENABLED.name,
                config.fair_call_handling_enabled.to_string(),
            ),
        ]
    }
}
