use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::config_builder::CircuitBreakerConfigBuilder;
use super::predicates::Predicates;
use super::settings::Settings;
use super::state::State;

/// The settings of a circuit breaker. Names, defaults and meanings are Resilience4j's.
///
/// ```
/// use std::time::Duration;
/// use resilience4rs::CircuitBreakerConfig;
///
/// let config = CircuitBreakerConfig::builder()
///     .failure_rate_threshold(25.0)
///     .sliding_window_size(20)
///     .wait_duration_in_open_state(Duration::from_secs(10))
///     .build()
///     .unwrap();
/// assert_eq!(config.sliding_window_size(), 20);
///
/// let error = CircuitBreakerConfig::builder().failure_rate_threshold(0.0).build().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "`failure_rate_threshold` takes a percentage above 0 and at most 100, but was 0",
/// );
/// ```
#[derive(Clone)]
pub struct CircuitBreakerConfig {
    settings: Arc<Settings>,
}

/// What a sliding window holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SlidingWindowType {
    /// The outcomes of the last `sliding_window_size` calls.
    CountBased,
    /// The outcomes of the calls of the last `sliding_window_size` seconds, in slices of one
    /// second, the running one included.
    TimeBased,
}

/// What a call counts as whose future was dropped before it was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CancelledCalls {
    /// Nothing, unless it had already run past the slow-call threshold: then a slow failure.
    Ignore,
    /// A failure, for services that put their timeout around the guarded call.
    Failure,
}

/// How long a breaker that opens because of one call's outcome stays open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenFor {
    /// This long.
    Duration(Duration),
    /// Until this time.
    Until(SystemTime),
}

impl CircuitBreakerConfig {
    /// Of settings that fit.
    pub(super) fn of(settings: Settings) -> Self {
        Self {
            settings: Arc::new(settings),
        }
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Starts from the defaults.
    pub fn builder() -> CircuitBreakerConfigBuilder {
        CircuitBreakerConfigBuilder::default()
    }

    /// Starts from this configuration.
    ///
    /// ```
    /// use resilience4rs::CircuitBreakerConfig;
    ///
    /// let shared = CircuitBreakerConfig::builder().sliding_window_size(20).build().unwrap();
    /// let own = shared.to_builder().minimum_number_of_calls(5).build().unwrap();
    /// assert_eq!((own.sliding_window_size(), own.minimum_number_of_calls()), (20, 5));
    /// ```
    pub fn to_builder(&self) -> CircuitBreakerConfigBuilder {
        CircuitBreakerConfigBuilder::giving(&self.settings)
    }

    /// Share of failed calls, in percent, at which the breaker opens. Default 50.
    #[must_use]
    pub fn failure_rate_threshold(&self) -> f32 {
        self.settings.failure_rate_threshold
    }

    /// Share of slow calls, in percent, at which the breaker opens. Default 100.
    #[must_use]
    pub fn slow_call_rate_threshold(&self) -> f32 {
        self.settings.slow_call_rate_threshold
    }

    /// A call that takes longer than this is slow. Default 60 s.
    #[must_use]
    pub fn slow_call_duration_threshold(&self) -> Duration {
        self.settings.slow_call_duration_threshold
    }

    /// How many calls may probe the dependency in a half-open round. Default 10.
    #[must_use]
    pub fn permitted_number_of_calls_in_half_open_state(&self) -> u32 {
        self.settings.permitted_number_of_calls_in_half_open_state
    }

    /// How long a half-open round may last; zero, the default, for no limit.
    #[must_use]
    pub fn max_wait_duration_in_half_open_state(&self) -> Duration {
        self.settings.max_wait_duration_in_half_open_state
    }

    /// Where a half-open round goes that lasted too long: OPEN, the default, or CLOSED.
    #[must_use]
    pub fn transition_to_state_after_wait_duration(&self) -> State {
        self.settings.transition_to_state_after_wait_duration
    }

    /// Whether the window holds the last calls, the default, or the last seconds.
    #[must_use]
    pub fn sliding_window_type(&self) -> SlidingWindowType {
        self.settings.sliding_window_type
    }

    /// The length of the window: calls, or seconds. Default 100.
    #[must_use]
    pub fn sliding_window_size(&self) -> u32 {
        self.settings.sliding_window_size
    }

    /// How many calls the window must hold before its rates mean anything. Default 100. A
    /// count-based window that is shorter counts as enough when it is full.
    #[must_use]
    pub fn minimum_number_of_calls(&self) -> u32 {
        self.settings.minimum_number_of_calls
    }

    /// How long the breaker stays open for the `attempt`th time in a row (from 1).
    #[must_use]
    pub fn wait_in_open_state(&self, attempt: u32) -> Duration {
        self.settings.wait_interval().after(attempt)
    }

    /// Whether the breaker goes half-open by itself when the wait is over, not at the next call.
    /// Default false.
    #[must_use]
    pub fn automatic_transition_from_open_to_half_open_enabled(&self) -> bool {
        self.settings
            .automatic_transition_from_open_to_half_open_enabled
    }

    /// The state in which the breaker begins. Default CLOSED.
    #[must_use]
    pub fn initial_state(&self) -> State {
        self.settings.initial_state
    }

    /// What a call counts as whose future was dropped. Default [`CancelledCalls::Ignore`].
    #[must_use]
    pub fn cancelled_calls(&self) -> CancelledCalls {
        self.settings.cancelled_calls
    }

    pub(super) fn predicates(&self) -> Option<&Arc<Predicates>> {
        self.settings.predicates.as_ref()
    }
}

impl Default for CircuitBreakerConfig {
    fn default() -> Self {
        Self::of(Settings::default())
    }
}

impl fmt::Debug for CircuitBreakerConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut settings = f.debug_struct("CircuitBreakerConfig");
        for (setting, value) in self.settings.listed() {
            settings.field(setting, &format_args!("{value}"));
        }
        settings.finish_non_exhaustive()
    }
}
