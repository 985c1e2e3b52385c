use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use super::config::{CancelledCalls, CircuitBreakerConfig, OpenFor, SlidingWindowType};
use super::predicates::Predicates;
use super::state::State;
use crate::config_error::ConfigError;
use crate::interval::WaitFunction;
use crate::optional::Optional;
use crate::predicate::typed;
use crate::wait_settings::WaitSettings;

/// Builds a [`CircuitBreakerConfig`]; a setting that is not named keeps its default.
#[derive(Debug, Clone, Default)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct CircuitBreakerConfigBuilder {
    pub(super) failure_rate_threshold: Option<f32>,
    pub(super) slow_call_rate_threshold: Option<f32>,
    pub(super) slow_call_duration_threshold: Option<Duration>,
    pub(super) permitted_number_of_calls_in_half_open_state: Option<u32>,
    pub(super) max_wait_duration_in_half_open_state: Option<Duration>,
    pub(super) transition_to_state_after_wait_duration: Option<State>,
    pub(super) sliding_window_type: Option<SlidingWindowType>,
    pub(super) sliding_window_size: Option<u32>,
    pub(super) minimum_number_of_calls: Option<u32>,
    /// In OPEN.
    pub(super) wait: WaitSettings<WaitFunction>,
    pub(super) automatic_transition_from_open_to_half_open_enabled: Option<bool>,
    pub(super) initial_state: Option<State>,
    pub(super) cancelled_calls: Option<CancelledCalls>,
    pub(super) predicates: Predicates,
}

impl CircuitBreakerConfigBuilder {
    /// Share of failed calls at which the breaker opens, in percent: above 0 and at most 100.
    pub fn failure_rate_threshold(mut self, percent: f32) -> Self {
        self.failure_rate_threshold = Some(percent);
        self
    }

    /// Share of slow calls at which the breaker opens, in percent: above 0 and at most 100.
    pub fn slow_call_rate_threshold(mut self, percent: f32) -> Self {
        self.slow_call_rate_threshold = Some(percent);
        self
    }

    /// A call that takes longer than this is slow. At least 1 ns.
    pub fn slow_call_duration_threshold(mut self, threshold: Duration) -> Self {
        self.slow_call_duration_threshold = Some(threshold);
        self
    }

    /// How many calls may probe the dependency in a half-open round: from 1 to 262143.
    pub fn permitted_number_of_calls_in_half_open_state(mut self, calls: u32) -> Self {
        self.permitted_number_of_calls_in_half_open_state = Some(calls);
        self
    }

    /// How long a half-open round may last; zero for no limit. Whole milliseconds count.
    pub fn max_wait_duration_in_half_open_state(mut self, wait: Duration) -> Self {
        self.max_wait_duration_in_half_open_state = Some(wait);
        self
    }

    /// Where a half-open round goes that lasted too long: [`State::Open`] or [`State::Closed`].
    pub fn transition_to_state_after_wait_duration(mut self, state: State) -> Self {
        self.transition_to_state_after_wait_duration = Some(state);
        self
    }

    /// Whether the window holds the last calls or the last seconds.
    pub fn sliding_window_type(mut self, window_type: SlidingWindowType) -> Self {
        self.sliding_window_type = Some(window_type);
        self
    }

    /// The length of the window: from 1 to 262143 calls, or from 1 to 86400 seconds.
    pub fn sliding_window_size(mut self, size: u32) -> Self {
        self.sliding_window_size = Some(size);
        self
    }

    /// How many calls the window must hold before its rates mean anything. At least 1.
    pub fn minimum_number_of_calls(mut self, calls: u32) -> Self {
        self.minimum_number_of_calls = Some(calls);
        self
    }

    /// How long the breaker stays open. At least 1 ms; whole milliseconds count.
    pub fn wait_duration_in_open_state(mut self, wait: Duration) -> Self {
        self.wait.duration = Some(wait);
        self
    }

    /// Whether each opening in a row waits longer than the one before, beginning with
    /// `wait_duration_in_open_state`.
    pub fn enable_exponential_backoff(mut self, enabled: bool) -> Self {
        self.wait.is_exponential = Some(enabled);
        self
    }

    /// How much longer. At least 1; default 1.5.
    pub fn exponential_backoff_multiplier(mut self, multiplier: f64) -> Self {
        self.wait.multiplier = Some(multiplier);
        self
    }

    /// The longest that an exponential wait becomes. At least 1 ms; default no limit.
    pub fn exponential_max_wait_duration_in_open_state(mut self, wait: Duration) -> Self {
        self.wait.max = Optional::Is(wait);
        self
    }

    /// Whether the wait is drawn at random around `wait_duration_in_open_state`.
    pub fn enable_randomized_wait(mut self, enabled: bool) -> Self {
        self.wait.is_randomized = Some(enabled);
        self
    }

    /// How far the random wait strays: from 0 to 1, default 0.5, which is from half to one and a
    /// half of its length.
    pub fn randomized_wait_factor(mut self, factor: f64) -> Self {
        self.wait.randomized_factor = Some(factor);
        self
    }

    /// The wait as a function of how many times in a row (from 1) the breaker has opened. It takes
    /// the place of all the settings above about the wait. Should it panic, the breaker waits for
    /// `wait_duration_in_open_state`.
    pub fn wait_interval_function_in_open_state(
        mut self,
        wait: impl Fn(u32) -> Duration + Send + Sync + 'static,
    ) -> Self {
        self.wait.function = Some(Arc::new(wait));
        self
    }

    /// Whether the breaker goes half-open by itself when the wait is over, not at the next call.
    pub fn automatic_transition_from_open_to_half_open_enabled(mut self, enabled: bool) -> Self {
        self.automatic_transition_from_open_to_half_open_enabled = Some(enabled);
        self
    }

    /// The state in which the breaker begins.
    pub fn initial_state(mut self, state: State) -> Self {
        self.initial_state = Some(state);
        self
    }

    /// What a call counts as whose future was dropped.
    pub fn cancelled_calls(mut self, cancelled: CancelledCalls) -> Self {
        self.cancelled_calls = Some(cancelled);
        self
    }

    /// Records errors of type `E` that match as failures; any other error that is not ignored
    /// counts as a success. Several add up. An attribute's own patterns take the place of these.
    ///
    /// ```
    /// use std::io;
    /// use resilience4rs::{CircuitBreakerConfig, Registry};
    ///
    /// let breaker = Registry::new()
    ///     .circuit_breaker_with("files", |config| {
    ///         config.record_error(|error: &io::Error| error.kind() == io::ErrorKind::TimedOut)
    ///     })
    ///     .unwrap();
    /// let missing = || Err::<(), _>(io::Error::from(io::ErrorKind::NotFound));
    /// assert!(breaker.call_blocking(missing).is_err());
    /// assert_eq!(breaker.metrics().successful_calls, 1);
    /// ```
    pub fn record_error<E: 'static>(
        mut self,
        predicate: impl Fn(&E) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.predicates.record_errors.push(typed(predicate));
        self
    }

    /// Ignores errors of type `E` that match: neither success nor failure, and the permit goes
    /// back. Several add up; ignoring wins over recording.
    ///
    /// ```
    /// use resilience4rs::Registry;
    ///
    /// let breaker = Registry::new()
    ///     .circuit_breaker_with("http", |config| {
    ///         config.ignore_error(|status: &u16| *status < 500)
    ///     })
    ///     .unwrap();
    /// let _ = breaker.call_blocking(|| Err::<(), _>(404u16));
    /// assert_eq!(breaker.metrics().buffered_calls, 0);
    /// ```
    pub fn ignore_error<E: 'static>(
        mut self,
        predicate: impl Fn(&E) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.predicates.ignore_errors.push(typed(predicate));
        self
    }

    /// Records values of type `T` that match as failures. Several add up.
    ///
    /// ```
    /// use resilience4rs::Registry;
    ///
    /// let breaker = Registry::new()
    ///     .circuit_breaker_with("http", |config| {
    ///         config.record_result(|status: &u16| *status >= 500)
    ///     })
    ///     .unwrap();
    /// assert_eq!(breaker.call_blocking(|| Ok::<_, ()>(503u16)), Ok(503));
    /// assert_eq!(breaker.metrics().failed_calls, 1);
    /// ```
    pub fn record_result<T: 'static>(
        mut self,
        predicate: impl Fn(&T) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.predicates.record_results.push(typed(predicate));
        self
    }

    /// Opens a CLOSED breaker at once when a recorded outcome asks for it, such as a reply that
    /// names the time of its next maintenance. `Ok` is a value, `Err` an error; ignored errors
    /// and values recorded as failures are not asked about.
    ///
    /// ```
    /// use std::time::Duration;
    /// use resilience4rs::{OpenFor, Registry, State};
    ///
    /// struct Maintenance(Duration);
    ///
    /// let breaker = Registry::new()
    ///     .circuit_breaker_with("bank", |config| {
    ///         config.transition_on_result(|outcome| {
    ///             let maintenance = outcome.err()?.downcast_ref::<Maintenance>()?;
    ///             Some(OpenFor::Duration(maintenance.0))
    ///         })
    ///     })
    ///     .unwrap();
    /// let _ = breaker.call_blocking(|| Err::<(), _>(Maintenance(Duration::from_secs(600))));
    /// assert_eq!(breaker.state(), State::Open);
    /// ```
    pub fn transition_on_result(
        mut self,
        open_for: impl Fn(Result<&dyn Any, &dyn Any>) -> Option<OpenFor> + Send + Sync + 'static,
    ) -> Self {
        self.predicates.transition_on_result = Some(Arc::new(open_for));
        self
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// Names every setting whose value does not fit.
    pub fn build(self) -> Result<CircuitBreakerConfig, ConfigError> {
        let settings = self.settings();
        settings.check()?;
        Ok(CircuitBreakerConfig::of(settings))
    }
}
