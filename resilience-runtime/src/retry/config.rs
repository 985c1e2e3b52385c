use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use resilience_settings::retry as rules;

use super::config_builder::{AsksFor, Interval, RetryConfigBuilder, RetryOnPolicyError};
use super::verdict::{Judgement, Seen, Unseen, Wait};
use crate::failure::PolicyError;
use crate::interval::WaitInterval;
use crate::predicate::{Predicate, matches_any};
use crate::wait_settings::WaitSettings;

/// The settings of a retry. Names, defaults and meanings are Resilience4j's; the bound on the total
/// time and the budget are ours.
///
/// ```
/// use std::time::Duration;
/// use resilience4rs::RetryConfig;
///
/// let config = RetryConfig::builder()
///     .max_attempts(5)
///     .wait_duration(Duration::from_millis(100))
///     .enable_exponential_backoff(true)
///     .exponential_backoff_multiplier(2.0)
///     .build()
///     .unwrap();
/// let waits: Vec<_> = (1..5).map(|failed| config.interval(failed).as_millis()).collect();
/// assert_eq!(waits, [100, 200, 400, 800]);
///
/// let error = RetryConfig::builder().max_attempts(0).build().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "`max_attempts` takes a whole number of at least 1, but was 0",
/// );
/// ```
#[derive(Clone)]
pub struct RetryConfig {
    settings: Arc<Settings>,
}

/// Every setting, given or at its default.
#[expect(
    clippy::struct_excessive_bools,
    reason = "settings, each on or off by itself"
)]
pub(super) struct Settings {
    pub(super) max_attempts: u32,
    pub(super) wait_duration: Duration,
    pub(super) enable_exponential_backoff: bool,
    pub(super) exponential_backoff_multiplier: f64,
    pub(super) exponential_max_wait_duration: Option<Duration>,
    pub(super) enable_randomized_wait: bool,
    pub(super) randomized_wait_factor: f64,
    pub(super) interval: Option<Interval>,
    pub(super) fail_after_max_attempts: bool,
    pub(super) max_duration: Option<Duration>,
    pub(super) budget: Option<Arc<str>>,
    pub(super) budget_percentage: f32,
    pub(super) budget_min_retries_per_second: u32,
    pub(super) retry_on_circuit_open: bool,
    retry_on_errors: Vec<Predicate>,
    ignore_errors: Vec<Predicate>,
    retry_on_results: Vec<Predicate>,
    retry_on_policy_error: Option<Arc<RetryOnPolicyError>>,
    retry_after: Vec<Arc<AsksFor>>,
    /// What comes of those about the wait.
    wait: WaitInterval,
}

impl Settings {
    pub(super) fn of(given: RetryConfigBuilder) -> Self {
        let wait = given.wait;
        let mut settings = Self {
            max_attempts: given.max_attempts.unwrap_or(rules::DEFAULT_MAX_ATTEMPTS),
            wait_duration: wait.duration.unwrap_or(rules::DEFAULT_WAIT_DURATION),
            enable_exponential_backoff: wait.is_exponential.unwrap_or(false),
            exponential_backoff_multiplier: wait.multiplier.unwrap_or(rules::DEFAULT_MULTIPLIER),
            exponential_max_wait_duration: wait.max.settled(),
            enable_randomized_wait: wait.is_randomized.unwrap_or(false),
            randomized_wait_factor: wait
                .randomized_factor
                .unwrap_or(rules::DEFAULT_RANDOMIZED_WAIT_FACTOR),
            interval: wait.function,
            fail_after_max_attempts: given.fail_after_max_attempts.unwrap_or(false),
            max_duration: given.max_duration.settled(),
            budget: given.budget.settled(),
            budget_percentage: given.budget_percentage.unwrap_or(DEFAULT_BUDGET_PERCENTAGE),
            budget_min_retries_per_second: given
                .budget_min_retries_per_second
                .unwrap_or(DEFAULT_BUDGET_MIN_RETRIES),
            retry_on_circuit_open: given.retry_on_circuit_open.unwrap_or(false),
            retry_on_errors: given.retry_on_errors.unwrap_or_default(),
            ignore_errors: given.ignore_errors.unwrap_or_default(),
            retry_on_results: given.retry_on_results.unwrap_or_default(),
            retry_on_policy_error: given.retry_on_policy_error.settled(),
            retry_after: given.retry_after.unwrap_or_default(),
            wait: WaitInterval::Fixed(Duration::ZERO),
        };
        settings.wait = settings.wait_interval();
        settings
    }

    fn wait_interval(&self) -> WaitInterval {
        let wait = self.wait_duration;
        if let Some(Interval::OfAttempt(function)) = &self.interval {
            return WaitInterval::Custom {
                wait: Arc::clone(function),
                otherwise: wait,
            };
        }
        WaitInterval::varied(
            wait,
            self.enable_exponential_backoff
                .then_some(self.exponential_backoff_multiplier),
            self.exponential_max_wait_duration,
            self.enable_randomized_wait
                .then_some(self.randomized_wait_factor),
        )
    }
}

/// How many retries a budget allows where nothing is given, in percent of the calls.
pub(super) const DEFAULT_BUDGET_PERCENTAGE: f32 = 20.0;
/// How many it allows in each second.
pub(super) const DEFAULT_BUDGET_MIN_RETRIES: u32 = 10;

impl RetryConfig {
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
    pub fn builder() -> RetryConfigBuilder {
        RetryConfigBuilder::default()
    }

    /// Starts from this configuration.
    ///
    /// ```
    /// use resilience4rs::RetryConfig;
    ///
    /// let shared = RetryConfig::builder().max_attempts(5).build().unwrap();
    /// let own = shared.to_builder().fail_after_max_attempts(true).build().unwrap();
    /// assert_eq!((own.max_attempts(), own.fail_after_max_attempts()), (5, true));
    /// ```
    pub fn to_builder(&self) -> RetryConfigBuilder {
        let settings = &*self.settings;
        RetryConfigBuilder {
            max_attempts: Some(settings.max_attempts),
            wait: WaitSettings {
                duration: Some(settings.wait_duration),
                is_exponential: Some(settings.enable_exponential_backoff),
                multiplier: Some(settings.exponential_backoff_multiplier),
                max: settings.exponential_max_wait_duration.into(),
                is_randomized: Some(settings.enable_randomized_wait),
                randomized_factor: Some(settings.randomized_wait_factor),
                function: settings.interval.clone(),
            },
            fail_after_max_attempts: Some(settings.fail_after_max_attempts),
            max_duration: settings.max_duration.into(),
            budget: settings.budget.clone().into(),
            budget_percentage: Some(settings.budget_percentage),
            budget_min_retries_per_second: Some(settings.budget_min_retries_per_second),
            retry_on_circuit_open: Some(settings.retry_on_circuit_open),
            retry_on_errors: Some(settings.retry_on_errors.clone()),
            ignore_errors: Some(settings.ignore_errors.clone()),
            retry_on_results: Some(settings.retry_on_results.clone()),
            retry_on_policy_error: settings.retry_on_policy_error.clone().into(),
            retry_after: Some(settings.retry_after.clone()),
        }
    }

    /// How often a call is tried, the first time included. Default 3.
    #[must_use]
    pub fn max_attempts(&self) -> u32 {
        self.settings.max_attempts
    }

    /// How long to wait after so many failed attempts (from 1). Default 500 ms, always. Drawn anew
    /// at each call where it is random; of an
    /// [`interval_bi_function`](RetryConfigBuilder::interval_bi_function), which needs an outcome as
    /// well, it says nothing, and is the wait of the other settings.
    #[must_use]
    pub fn interval(&self, failed_attempts: u32) -> Duration {
        self.settings.wait.after(failed_attempts)
    }

    /// Whether a value that is still to be retried after the last attempt becomes a failure. Default
    /// false: the caller gets the value.
    #[must_use]
    pub fn fail_after_max_attempts(&self) -> bool {
        self.settings.fail_after_max_attempts
    }

    /// How long the attempts and waits of a call may take together. Default no limit.
    #[must_use]
    pub fn max_duration(&self) -> Option<Duration> {
        self.settings.max_duration
    }

    /// The name of the budget that allows the retries. Default none.
    #[must_use]
    pub fn budget(&self) -> Option<&str> {
        self.settings.budget.as_deref()
    }

    /// How many retries the budget allows, in percent of the calls. Default 20.
    #[must_use]
    pub fn budget_percentage(&self) -> f32 {
        self.settings.budget_percentage
    }

    /// How many retries the budget allows in each second, however few the calls. Default 10.
    #[must_use]
    pub fn budget_min_retries_per_second(&self) -> u32 {
        self.settings.budget_min_retries_per_second
    }

    /// Whether a call is retried that a circuit breaker inside of the retry rejects. Default false.
    #[must_use]
    pub fn retry_on_circuit_open(&self) -> bool {
        self.settings.retry_on_circuit_open
    }

    /// Whether every error is to be retried and no value, and nothing more to it.
    pub(super) fn has_no_predicates(&self) -> bool {
        let settings = &self.settings;
        settings.retry_on_errors.is_empty()
            && settings.ignore_errors.is_empty()
            && settings.retry_on_results.is_empty()
            && settings.retry_after.is_empty()
            && !matches!(settings.interval, Some(Interval::OfOutcome(_)))
    }

    /// Judges the outcome of the attempt that would be the `failed`th to fail.
    pub(super) fn judge(&self, failed: u32, outcome: Seen<'_>) -> Judgement {
        let settings = &self.settings;
        match outcome {
            Ok(value) if !matches_any(&settings.retry_on_results, value) => Judgement::Accept,
            Err(error) if !self.retries_error(error) => Judgement::GiveUp,
            Ok(seen) | Err(seen) => {
                let asked = settings.retry_after.iter().find_map(|asks| asks(seen));
                Judgement::Retry(asked.map_or_else(|| self.wait(failed, outcome), Wait::Exactly))
            }
        }
    }

    /// Ignore wins over retry; without a predicate that retries, every error is retried.
    fn retries_error(&self, error: &dyn Any) -> bool {
        let settings = &self.settings;
        !matches_any(&settings.ignore_errors, error)
            && (settings.retry_on_errors.is_empty()
                || matches_any(&settings.retry_on_errors, error))
    }

    /// Judges that a policy inside of the retry ended the attempt.
    pub(super) fn judge_policy_error(&self, failed: u32, error: &PolicyError) -> Judgement {
        let is_retried = match &self.settings.retry_on_policy_error {
            Some(predicate) => predicate(error),
            None => {
                self.settings.retry_on_circuit_open || !matches!(error, PolicyError::CircuitOpen(_))
            }
        };
        if !is_retried {
            return Judgement::GiveUp;
        }
        // An open circuit is tried again by those alone who asked for it, and any sooner in vain. A
        // rate limiter has its own setting for how long a call may wait for it.
        let asked = match error {
            PolicyError::CircuitOpen(open) => open.retry_after,
            _ => None,
        };
        Judgement::Retry(match (self.wait(failed, Err(error)), asked) {
            (Wait::Configured, Some(asked)) => Wait::AtLeast(asked),
            (Wait::Exactly(wait), Some(asked)) => Wait::Exactly(wait.max(asked)),
            (wait, _) => wait,
        })
    }

    /// The wait after an outcome that asks for none itself.
    fn wait(&self, failed: u32, outcome: Seen<'_>) -> Wait {
        match &self.settings.interval {
            // As in Resilience4j, it is not asked where there is nothing to wait for.
            Some(Interval::OfOutcome(wait)) if failed < self.max_attempts() => {
                wait(failed, outcome).map_or(Wait::Never, Wait::Exactly)
            }
            _ => Wait::Configured,
        }
    }

    /// How long it is to be, or `None` where there is to be no other attempt. Whoever knows no more
    /// than `Configured` has an outcome that the custom function cannot see.
    pub(super) fn length_of(&self, wait: Wait, failed: u32, is_value: bool) -> Option<Duration> {
        match (wait, &self.settings.interval) {
            (Wait::Configured, Some(Interval::OfOutcome(wait))) => {
                wait(failed, if is_value { Ok(&Unseen) } else { Err(&Unseen) })
            }
            (Wait::Configured, _) => Some(self.interval(failed)),
            (Wait::Exactly(wait), _) => Some(wait),
            (Wait::AtLeast(least), _) => Some(self.interval(failed).max(least)),
            (Wait::Never, _) => None,
        }
    }
}

impl Default for RetryConfig {
    fn default() -> Self {
        Self::of(Settings::of(RetryConfigBuilder::default()))
    }
}

impl fmt::Debug for RetryConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let settings = &*self.settings;
        f.debug_struct("RetryConfig")
            .field("max_attempts", &settings.max_attempts)
            .field("wait", &settings.wait)
            .field("fail_after_max_attempts", &settings.fail_after_max_attempts)
            .field("max_duration", &settings.max_duration)
            .field("budget", &settings.budget)
            .finish_non_exhaustive()
    }
}
