use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use resilience_settings::retry as rules;

use super::config::{RetryConfig, Settings};
use super::verdict::Seen;
use crate::config_error::{ConfigError, check_all};
use crate::failure::PolicyError;
use crate::interval::WaitFunction;
use crate::optional::Optional;
use crate::predicate::{Predicate, typed};
use crate::wait_settings::WaitSettings;

/// Builds a [`RetryConfig`]; a setting that is not named keeps its default.
#[derive(Clone, Default)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct RetryConfigBuilder {
    pub(super) max_attempts: Option<u32>,
    /// Between two attempts.
    pub(super) wait: WaitSettings<Interval>,
    pub(super) fail_after_max_attempts: Option<bool>,
    pub(super) max_duration: Optional<Duration>,
    pub(super) budget: Optional<Arc<str>>,
    pub(super) budget_percentage: Option<f32>,
    pub(super) budget_min_retries_per_second: Option<u32>,
    pub(super) retry_on_circuit_open: Option<bool>,
    pub(super) retry_on_errors: Option<Vec<Predicate>>,
    pub(super) ignore_errors: Option<Vec<Predicate>>,
    pub(super) retry_on_results: Option<Vec<Predicate>>,
    pub(super) retry_on_policy_error: Optional<Arc<RetryOnPolicyError>>,
    pub(super) retry_after: Option<Vec<Arc<AsksFor>>>,
}

/// A custom wait.
#[derive(Clone)]
pub(super) enum Interval {
    OfAttempt(WaitFunction),
    OfOutcome(Arc<OfOutcome>),
}

pub(super) type RetryOnPolicyError = dyn Fn(&PolicyError) -> bool + Send + Sync;
pub(super) type AsksFor = dyn Fn(&dyn Any) -> Option<Duration> + Send + Sync;
pub(super) type OfOutcome = dyn Fn(u32, Seen<'_>) -> Option<Duration> + Send + Sync;

impl RetryConfigBuilder {
    /// How often a call is tried, the first time included. At least 1.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = Some(attempts);
        self
    }

    /// How long to wait between two attempts; zero for not at all. Whole milliseconds count.
    pub fn wait_duration(mut self, wait: Duration) -> Self {
        self.wait.duration = Some(wait);
        self
    }

    /// Whether each wait of a call is longer than the one before, beginning with `wait_duration`.
    pub fn enable_exponential_backoff(mut self, enabled: bool) -> Self {
        self.wait.is_exponential = Some(enabled);
        self
    }

    /// How much longer. At least 1; default 1.5.
    pub fn exponential_backoff_multiplier(mut self, multiplier: f64) -> Self {
        self.wait.multiplier = Some(multiplier);
        self
    }

    /// The longest that an exponential wait becomes, at random or not. At least 1 ms; default no
    /// limit.
    pub fn exponential_max_wait_duration(mut self, wait: Duration) -> Self {
        self.wait.max = Optional::Is(wait);
        self
    }

    /// Whether the wait is drawn at random around its length, the exponential one included: callers
    /// that failed together then do not come back together.
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

    /// The wait as a function of how many attempts of the call (from 1) have failed. It takes the
    /// place of all the settings above about the wait, and of an
    /// [`interval_bi_function`](Self::interval_bi_function) given before. Should it panic, the call
    /// waits for `wait_duration`.
    ///
    /// ```
    /// use std::time::Duration;
    /// use resilience4rs::RetryConfig;
    ///
    /// let config = RetryConfig::builder()
    ///     .interval_function(|failed| Duration::from_secs(u64::from(failed)))
    ///     .build()
    ///     .unwrap();
    /// assert_eq!(config.interval(3), Duration::from_secs(3));
    /// ```
    pub fn interval_function(
        mut self,
        wait: impl Fn(u32) -> Duration + Send + Sync + 'static,
    ) -> Self {
        self.wait.function = Some(Interval::OfAttempt(Arc::new(wait)));
        self
    }

    /// The wait as a function of how many attempts of the call (from 1) have failed, and of the last
    /// one's outcome: `Ok` a value, `Err` an error, or the [`PolicyError`] by which a policy inside
    /// of the retry ended it. `None` ends the call as if that had been its last attempt. It takes the
    /// place of all the settings above about the wait, and of an
    /// [`interval_function`](Self::interval_function) given before. A panic in it unwinds through the
    /// call.
    ///
    /// Calls of the attribute `#[retry]` show it policies' failures, but no values and no errors of
    /// theirs, whose types need not be `'static`: it sees something of a type without a name. What an
    /// error itself asks for, [`RetryAfter`](crate::RetryAfter) says there too.
    ///
    /// ```
    /// use std::time::Duration;
    /// use resilience4rs::Registry;
    ///
    /// let retry = Registry::new()
    ///     .retry_with("http", |config| {
    ///         config.interval_bi_function(|_, outcome| {
    ///             let status: &u16 = outcome.err()?.downcast_ref()?;
    ///             (*status == 503).then_some(Duration::from_millis(5))
    ///         })
    ///     })
    ///     .unwrap();
    /// let mut attempts = 0;
    /// let failed = retry.call_blocking(|| {
    ///     attempts += 1;
    ///     Err::<(), u16>(500)
    /// });
    /// assert!(failed.is_err());
    /// assert_eq!(attempts, 1);
    /// ```
    pub fn interval_bi_function(
        mut self,
        wait: impl Fn(u32, Result<&dyn Any, &dyn Any>) -> Option<Duration> + Send + Sync + 'static,
    ) -> Self {
        self.wait.function = Some(Interval::OfOutcome(Arc::new(wait)));
        self
    }

    /// Whether a value that is still to be retried after the last attempt becomes a failure,
    /// [`PolicyError::RetriesExhausted`]. An error is the caller's in any case.
    pub fn fail_after_max_attempts(mut self, enabled: bool) -> Self {
        self.fail_after_max_attempts = Some(enabled);
        self
    }

    /// How long the attempts and waits of a call may take together: it ends with its last failure
    /// where the next wait would end later. An attempt that runs is not cut off. At least 1 ns;
    /// default no limit.
    ///
    /// ```
    /// use std::time::Duration;
    /// use resilience4rs::Registry;
    ///
    /// let retry = Registry::new()
    ///     .retry_with("db", |config| config.max_duration(Duration::from_millis(400)))
    ///     .unwrap();
    /// let mut attempts = 0;
    /// let failed = retry.call_blocking(|| {
    ///     attempts += 1;
    ///     Err::<(), _>("busy")
    /// });
    /// assert!(failed.is_err());
    /// assert_eq!(attempts, 1, "a wait of 500 ms would end too late");
    /// ```
    pub fn max_duration(mut self, duration: Duration) -> Self {
        self.max_duration = Optional::Is(duration);
        self
    }

    /// The name of the budget that allows the retries; all retries of a registry that name it share
    /// it, and the first of them makes it. See [`RetryBudget`](crate::RetryBudget).
    pub fn budget(mut self, name: impl Into<Arc<str>>) -> Self {
        self.budget = Optional::Is(name.into());
        self
    }

    /// How many retries the budget allows, in percent of the calls: above 0 and at most 100.
    pub fn budget_percentage(mut self, percent: f32) -> Self {
        self.budget_percentage = Some(percent);
        self
    }

    /// How many retries the budget allows in each second, however few the calls.
    pub fn budget_min_retries_per_second(mut self, retries: u32) -> Self {
        self.budget_min_retries_per_second = Some(retries);
        self
    }

    /// Whether a call is retried that a circuit breaker inside of the retry rejects. It then waits for
    /// as long as the breaker says that it stays open, if that is longer than the wait configured.
    pub fn retry_on_circuit_open(mut self, enabled: bool) -> Self {
        self.retry_on_circuit_open = Some(enabled);
        self
    }

    /// Which failures of the policies inside of the retry are retried, in place of
    /// `retry_on_circuit_open`. Without it all are but [`PolicyError::CircuitOpen`].
    ///
    /// ```
    /// use resilience4rs::{PolicyError, RetryConfig};
    ///
    /// let config = RetryConfig::builder()
    ///     .retry_on_policy_error(|error| matches!(error, PolicyError::TimedOut { .. }))
    ///     .build();
    /// assert!(config.is_ok());
    /// ```
    pub fn retry_on_policy_error(
        mut self,
        predicate: impl Fn(&PolicyError) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.retry_on_policy_error = Optional::Is(Arc::new(predicate));
        self
    }

    /// Retries errors of type `E` that match; no other error is retried then. Several add up. An
    /// attribute's own patterns take the place of these.
    ///
    /// ```
    /// use std::io;
    /// use resilience4rs::Registry;
    ///
    /// let retry = Registry::new()
    ///     .retry_with("files", |config| {
    ///         config.retry_on_error(|error: &io::Error| error.kind() == io::ErrorKind::TimedOut)
    ///     })
    ///     .unwrap();
    /// let missing = || Err::<(), _>(io::Error::from(io::ErrorKind::NotFound));
    /// assert!(retry.call_blocking(missing).is_err());
    /// assert_eq!(retry.metrics().failed_calls_without_retry, 1);
    /// ```
    pub fn retry_on_error<E: 'static>(
        mut self,
        predicate: impl Fn(&E) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.retry_on_errors
            .get_or_insert_default()
            .push(typed(predicate));
        self
    }

    /// Does not retry errors of type `E` that match. Several add up; ignoring wins over retrying.
    ///
    /// ```
    /// use resilience4rs::Registry;
    ///
    /// let retry = Registry::new()
    ///     .retry_with("http", |config| config.ignore_error(|status: &u16| *status < 500))
    ///     .unwrap();
    /// assert!(retry.call_blocking(|| Err::<(), _>(404u16)).is_err());
    /// assert_eq!(retry.metrics().failed_calls_without_retry, 1);
    /// ```
    pub fn ignore_error<E: 'static>(
        mut self,
        predicate: impl Fn(&E) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.ignore_errors
            .get_or_insert_default()
            .push(typed(predicate));
        self
    }

    /// Retries calls that bring values of type `T` that match. Several add up.
    ///
    /// ```
    /// use std::time::Duration;
    /// use resilience4rs::Registry;
    ///
    /// let retry = Registry::new()
    ///     .retry_with("http", |config| {
    ///         config.wait_duration(Duration::ZERO).retry_on_result(|status: &u16| *status >= 500)
    ///     })
    ///     .unwrap();
    /// let mut replies = [503, 200].into_iter();
    /// let reply = retry.call_blocking(|| Ok::<u16, ()>(replies.next().unwrap()));
    /// assert_eq!(reply, Ok(200));
    /// ```
    pub fn retry_on_result<T: 'static>(
        mut self,
        predicate: impl Fn(&T) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.retry_on_results
            .get_or_insert_default()
            .push(typed(predicate));
        self
    }

    /// Waits for as long as errors, or values that are to be retried, of type `T` ask for. Several
    /// add up: the first that answers counts. It takes the place of every other setting about the
    /// wait, and is not capped by anything but `max_duration`. The attribute `#[retry]` finds out
    /// about a [`RetryAfter`](crate::RetryAfter) by itself.
    ///
    /// ```
    /// use std::time::Duration;
    /// use resilience4rs::{RetryAfter, RetryConfig};
    ///
    /// struct TooManyRequests {
    ///     seconds: u64,
    /// }
    ///
    /// impl RetryAfter for TooManyRequests {
    ///     fn retry_after(&self) -> Option<Duration> {
    ///         Some(Duration::from_secs(self.seconds))
    ///     }
    /// }
    ///
    /// let config = RetryConfig::builder().retry_after(TooManyRequests::retry_after).build();
    /// assert!(config.is_ok());
    /// ```
    pub fn retry_after<T: 'static>(
        mut self,
        asks: impl Fn(&T) -> Option<Duration> + Send + Sync + 'static,
    ) -> Self {
        let asks = move |outcome: &dyn Any| outcome.downcast_ref().and_then(&asks);
        self.retry_after
            .get_or_insert_default()
            .push(Arc::new(asks));
        self
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// Names every setting whose value does not fit.
    pub fn build(self) -> Result<RetryConfig, ConfigError> {
        let settings = Settings::of(self);
        check(&settings)?;
        Ok(RetryConfig::of(settings))
    }
}

fn check(settings: &Settings) -> Result<(), ConfigError> {
    check_all([
        rules::MAX_ATTEMPTS.check_number(settings.max_attempts.into()),
        rules::EXPONENTIAL_BACKOFF_MULTIPLIER.check_number(settings.exponential_backoff_multiplier),
        settings
            .exponential_max_wait_duration
            .map_or(Ok(()), |max| {
                rules::EXPONENTIAL_MAX_WAIT_DURATION.check_duration(max)
            }),
        rules::RANDOMIZED_WAIT_FACTOR.check_number(settings.randomized_wait_factor),
        settings
            .max_duration
            .map_or(Ok(()), |bound| rules::MAX_DURATION.check_duration(bound)),
        settings
            .budget
            .as_ref()
            .map_or(Ok(()), |name| rules::BUDGET.check_text(name)),
        rules::BUDGET_PERCENTAGE.check_number(settings.budget_percentage.into()),
    ])
}

impl fmt::Debug for RetryConfigBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryConfigBuilder")
            .field("max_attempts", &self.max_attempts)
            .field("wait", &self.wait)
            .field("fail_after_max_attempts", &self.fail_after_max_attempts)
            .field("max_duration", &self.max_duration)
            .field("budget", &self.budget)
            .finish_non_exhaustive()
    }
}
