use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use resilience_settings::SettingError;
use resilience_settings::circuit_breaker as rules;

use super::state::State;
use crate::interval::WaitInterval;
use crate::outcome::Verdict;

/// The settings of a circuit breaker. Names, defaults and meanings are Resilience4j's.
///
/// ```
/// use std::time::Duration;
/// use resilience_runtime::CircuitBreakerConfig;
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
#[derive(Debug, Clone)]
pub struct CircuitBreakerConfig {
    settings: Arc<CircuitBreakerConfigBuilder>,
    wait: WaitInterval,
}

/// Builds a [`CircuitBreakerConfig`]; a setting that is not named keeps its default.
#[derive(Clone)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct CircuitBreakerConfigBuilder {
    failure_rate_threshold: f32,
    slow_call_rate_threshold: f32,
    slow_call_duration_threshold: Duration,
    permitted_number_of_calls_in_half_open_state: u32,
    max_wait_duration_in_half_open_state: Duration,
    transition_to_state_after_wait_duration: State,
    sliding_window_type: SlidingWindowType,
    sliding_window_size: u32,
    minimum_number_of_calls: u32,
    wait_duration_in_open_state: Duration,
    enable_exponential_backoff: bool,
    exponential_backoff_multiplier: f64,
    exponential_max_wait_duration_in_open_state: Option<Duration>,
    enable_randomized_wait: bool,
    randomized_wait_factor: f64,
    wait_interval_function_in_open_state: Option<Arc<dyn Fn(u32) -> Duration + Send + Sync>>,
    automatic_transition_from_open_to_half_open_enabled: bool,
    initial_state: State,
    cancelled_calls: CancelledCalls,
    record_errors: Vec<Predicate>,
    ignore_errors: Vec<Predicate>,
    record_results: Vec<Predicate>,
    transition_on_result: Option<Arc<TransitionOnResult>>,
}

type Predicate = Arc<dyn Fn(&dyn Any) -> bool + Send + Sync>;
type TransitionOnResult = dyn Fn(Result<&dyn Any, &dyn Any>) -> Option<OpenFor> + Send + Sync;

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

/// Settings that do not fit; all of them at once.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
#[non_exhaustive]
pub struct ConfigError {
    /// What is wrong, in the order of the settings.
    pub problems: Vec<SettingError>,
}

impl CircuitBreakerConfig {
    /// Starts from the defaults.
    pub fn builder() -> CircuitBreakerConfigBuilder {
        CircuitBreakerConfigBuilder::default()
    }

    /// Starts from this configuration.
    ///
    /// ```
    /// use resilience_runtime::CircuitBreakerConfig;
    ///
    /// let shared = CircuitBreakerConfig::builder().sliding_window_size(20).build().unwrap();
    /// let own = shared.to_builder().minimum_number_of_calls(5).build().unwrap();
    /// assert_eq!((own.sliding_window_size(), own.minimum_number_of_calls()), (20, 5));
    /// ```
    pub fn to_builder(&self) -> CircuitBreakerConfigBuilder {
        (*self.settings).clone()
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
        self.wait.after(attempt)
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

    /// Ignore wins over record; without a predicate that records, every error is a failure.
    pub(super) fn judge_error(&self, error: &dyn Any) -> Verdict {
        let settings = &self.settings;
        if matches_any(&settings.ignore_errors, error) {
            Verdict::Ignored
        } else if settings.record_errors.is_empty() || matches_any(&settings.record_errors, error) {
            Verdict::Failure
        } else {
            Verdict::Success
        }
    }

    /// Whether an error is a failure and a value a success, and nothing more to it.
    pub(super) fn has_no_predicates(&self) -> bool {
        let settings = &self.settings;
        settings.record_errors.is_empty()
            && settings.ignore_errors.is_empty()
            && settings.record_results.is_empty()
            && settings.transition_on_result.is_none()
    }

    pub(super) fn judge_value(&self, value: &dyn Any) -> Verdict {
        if matches_any(&self.settings.record_results, value) {
            Verdict::Failure
        } else {
            Verdict::Success
        }
    }

    pub(super) fn transition_on(&self, outcome: Result<&dyn Any, &dyn Any>) -> Option<OpenFor> {
        self.settings
            .transition_on_result
            .as_ref()
            .and_then(|open_for| open_for(outcome))
    }
}

impl Default for CircuitBreakerConfig {
    fn default() -> Self {
        let settings = CircuitBreakerConfigBuilder::default();
        Self {
            wait: settings.wait_interval(),
            settings: Arc::new(settings),
        }
    }
}

fn matches_any(predicates: &[Predicate], outcome: &dyn Any) -> bool {
    predicates.iter().any(|matches| matches(outcome))
}

/// A predicate over one type, as one over any.
fn typed<T: 'static>(predicate: impl Fn(&T) -> bool + Send + Sync + 'static) -> Predicate {
    Arc::new(move |outcome| outcome.downcast_ref().is_some_and(&predicate))
}

impl CircuitBreakerConfigBuilder {
    /// Share of failed calls at which the breaker opens, in percent: above 0 and at most 100.
    pub fn failure_rate_threshold(mut self, percent: f32) -> Self {
        self.failure_rate_threshold = percent;
        self
    }

    /// Share of slow calls at which the breaker opens, in percent: above 0 and at most 100.
    pub fn slow_call_rate_threshold(mut self, percent: f32) -> Self {
        self.slow_call_rate_threshold = percent;
        self
    }

    /// A call that takes longer than this is slow. At least 1 ns.
    pub fn slow_call_duration_threshold(mut self, threshold: Duration) -> Self {
        self.slow_call_duration_threshold = threshold;
        self
    }

    /// How many calls may probe the dependency in a half-open round: from 1 to 262143.
    pub fn permitted_number_of_calls_in_half_open_state(mut self, calls: u32) -> Self {
        self.permitted_number_of_calls_in_half_open_state = calls;
        self
    }

    /// How long a half-open round may last; zero for no limit. Whole milliseconds count.
    pub fn max_wait_duration_in_half_open_state(mut self, wait: Duration) -> Self {
        self.max_wait_duration_in_half_open_state = wait;
        self
    }

    /// Where a half-open round goes that lasted too long: [`State::Open`] or [`State::Closed`].
    pub fn transition_to_state_after_wait_duration(mut self, state: State) -> Self {
        self.transition_to_state_after_wait_duration = state;
        self
    }

    /// Whether the window holds the last calls or the last seconds.
    pub fn sliding_window_type(mut self, window_type: SlidingWindowType) -> Self {
        self.sliding_window_type = window_type;
        self
    }

    /// The length of the window: from 1 to 262143 calls, or from 1 to 86400 seconds.
    pub fn sliding_window_size(mut self, size: u32) -> Self {
        self.sliding_window_size = size;
        self
    }

    /// How many calls the window must hold before its rates mean anything. At least 1.
    pub fn minimum_number_of_calls(mut self, calls: u32) -> Self {
        self.minimum_number_of_calls = calls;
        self
    }

    /// How long the breaker stays open. At least 1 ms; whole milliseconds count.
    pub fn wait_duration_in_open_state(mut self, wait: Duration) -> Self {
        self.wait_duration_in_open_state = wait;
        self
    }

    /// Whether each opening in a row waits longer than the one before, beginning with
    /// `wait_duration_in_open_state`.
    pub fn enable_exponential_backoff(mut self, enabled: bool) -> Self {
        self.enable_exponential_backoff = enabled;
        self
    }

    /// How much longer. At least 1; default 1.5.
    pub fn exponential_backoff_multiplier(mut self, multiplier: f64) -> Self {
        self.exponential_backoff_multiplier = multiplier;
        self
    }

    /// The longest that an exponential wait becomes. At least 1 ms; default no limit.
    pub fn exponential_max_wait_duration_in_open_state(mut self, wait: Duration) -> Self {
        self.exponential_max_wait_duration_in_open_state = Some(wait);
        self
    }

    /// Whether the wait is drawn at random around `wait_duration_in_open_state`.
    pub fn enable_randomized_wait(mut self, enabled: bool) -> Self {
        self.enable_randomized_wait = enabled;
        self
    }

    /// How far the random wait strays: from 0 to 1, default 0.5, which is from half to one and a
    /// half of its length.
    pub fn randomized_wait_factor(mut self, factor: f64) -> Self {
        self.randomized_wait_factor = factor;
        self
    }

    /// The wait as a function of how many times in a row (from 1) the breaker has opened. It takes
    /// the place of all the settings above about the wait.
    pub fn wait_interval_function_in_open_state(
        mut self,
        wait: impl Fn(u32) -> Duration + Send + Sync + 'static,
    ) -> Self {
        self.wait_interval_function_in_open_state = Some(Arc::new(wait));
        self
    }

    /// Whether the breaker goes half-open by itself when the wait is over, not at the next call.
    pub fn automatic_transition_from_open_to_half_open_enabled(mut self, enabled: bool) -> Self {
        self.automatic_transition_from_open_to_half_open_enabled = enabled;
        self
    }

    /// The state in which the breaker begins.
    pub fn initial_state(mut self, state: State) -> Self {
        self.initial_state = state;
        self
    }

    /// What a call counts as whose future was dropped.
    pub fn cancelled_calls(mut self, cancelled: CancelledCalls) -> Self {
        self.cancelled_calls = cancelled;
        self
    }

    /// Records errors of type `E` that match as failures; any other error that is not ignored
    /// counts as a success. Several add up. An attribute's own patterns take the place of these.
    ///
    /// ```
    /// use std::io;
    /// use resilience_runtime::{CircuitBreakerConfig, Registry};
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
        self.record_errors.push(typed(predicate));
        self
    }

    /// Ignores errors of type `E` that match: neither success nor failure, and the permit goes
    /// back. Several add up; ignoring wins over recording.
    pub fn ignore_error<E: 'static>(
        mut self,
        predicate: impl Fn(&E) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.ignore_errors.push(typed(predicate));
        self
    }

    /// Records values of type `T` that match as failures. Several add up.
    pub fn record_result<T: 'static>(
        mut self,
        predicate: impl Fn(&T) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.record_results.push(typed(predicate));
        self
    }

    /// Opens a CLOSED breaker at once when a recorded outcome asks for it, such as a reply that
    /// names the time of its next maintenance. `Ok` is a value, `Err` an error; ignored errors
    /// and values recorded as failures are not asked about.
    pub fn transition_on_result(
        mut self,
        open_for: impl Fn(Result<&dyn Any, &dyn Any>) -> Option<OpenFor> + Send + Sync + 'static,
    ) -> Self {
        self.transition_on_result = Some(Arc::new(open_for));
        self
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// Names every setting whose value does not fit.
    pub fn build(self) -> Result<CircuitBreakerConfig, ConfigError> {
        let problems = self.problems();
        if problems.is_empty() {
            Ok(CircuitBreakerConfig {
                wait: self.wait_interval(),
                settings: Arc::new(self),
            })
        } else {
            Err(ConfigError { problems })
        }
    }

    fn problems(&self) -> Vec<SettingError> {
        let time_based = self.sliding_window_type == SlidingWindowType::TimeBased;
        let half_open_timeout = self.transition_to_state_after_wait_duration.to_string();
        let cap = self.exponential_max_wait_duration_in_open_state;
        [
            rules::FAILURE_RATE_THRESHOLD.check_number(self.failure_rate_threshold.into()),
            rules::SLOW_CALL_RATE_THRESHOLD.check_number(self.slow_call_rate_threshold.into()),
            rules::SLOW_CALL_DURATION_THRESHOLD.check_duration(self.slow_call_duration_threshold),
            rules::PERMITTED_NUMBER_OF_CALLS_IN_HALF_OPEN_STATE
                .check_number(self.permitted_number_of_calls_in_half_open_state.into()),
            rules::TRANSITION_TO_STATE_AFTER_WAIT_DURATION.check_choice(&half_open_timeout),
            rules::check_window(time_based, self.sliding_window_size),
            rules::MINIMUM_NUMBER_OF_CALLS.check_number(self.minimum_number_of_calls.into()),
            rules::WAIT_DURATION_IN_OPEN_STATE.check_duration(self.wait_duration_in_open_state),
            rules::EXPONENTIAL_BACKOFF_MULTIPLIER.check_number(self.exponential_backoff_multiplier),
            cap.map_or(Ok(()), |cap| {
                rules::EXPONENTIAL_MAX_WAIT_DURATION_IN_OPEN_STATE.check_duration(cap)
            }),
            rules::RANDOMIZED_WAIT_FACTOR.check_number(self.randomized_wait_factor),
            rules::check_wait(self.enable_exponential_backoff, self.enable_randomized_wait),
        ]
        .into_iter()
        .filter_map(Result::err)
        .collect()
    }

    fn wait_interval(&self) -> WaitInterval {
        let wait = self.wait_duration_in_open_state;
        if let Some(function) = &self.wait_interval_function_in_open_state {
            WaitInterval::Custom(Arc::clone(function))
        } else if self.enable_exponential_backoff {
            WaitInterval::Exponential {
                initial: wait,
                multiplier: self.exponential_backoff_multiplier,
                max: self.exponential_max_wait_duration_in_open_state,
            }
        } else if self.enable_randomized_wait {
            WaitInterval::Randomized {
                around: wait,
                factor: self.randomized_wait_factor,
            }
        } else {
            WaitInterval::Fixed(wait)
        }
    }
}

impl Default for CircuitBreakerConfigBuilder {
    fn default() -> Self {
        Self {
            failure_rate_threshold: 50.0,
            slow_call_rate_threshold: 100.0,
            slow_call_duration_threshold: Duration::from_secs(60),
            permitted_number_of_calls_in_half_open_state: 10,
            max_wait_duration_in_half_open_state: Duration::ZERO,
            transition_to_state_after_wait_duration: State::Open,
            sliding_window_type: SlidingWindowType::CountBased,
            sliding_window_size: 100,
            minimum_number_of_calls: 100,
            wait_duration_in_open_state: Duration::from_secs(60),
            enable_exponential_backoff: false,
            exponential_backoff_multiplier: 1.5,
            exponential_max_wait_duration_in_open_state: None,
            enable_randomized_wait: false,
            randomized_wait_factor: 0.5,
            wait_interval_function_in_open_state: None,
            automatic_transition_from_open_to_half_open_enabled: false,
            initial_state: State::Closed,
            cancelled_calls: CancelledCalls::Ignore,
            record_errors: Vec::new(),
            ignore_errors: Vec::new(),
            record_results: Vec::new(),
            transition_on_result: None,
        }
    }
}

impl fmt::Debug for CircuitBreakerConfigBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CircuitBreakerConfigBuilder")
            .field("failure_rate_threshold", &self.failure_rate_threshold)
            .field("slow_call_rate_threshold", &self.slow_call_rate_threshold)
            .field(
                "slow_call_duration_threshold",
                &self.slow_call_duration_threshold,
            )
            .field("sliding_window_type", &self.sliding_window_type)
            .field("sliding_window_size", &self.sliding_window_size)
            .field("minimum_number_of_calls", &self.minimum_number_of_calls)
            .field("wait_in_open_state", &self.wait_interval())
            .finish_non_exhaustive()
    }
}
