//! The retry: it makes a call again that failed, after a wait.

mod attempts;
mod budget;
pub(crate) mod call;
mod config;
mod config_builder;
mod config_doubts;
mod counts;
mod event;
mod metrics;
mod verdict;
mod wait;

use std::fmt;
use std::ops::ControlFlow;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

pub use self::attempts::RetryAttempts;
pub use self::budget::{RetryBudget, RetryBudgetMetrics};
pub use self::config::RetryConfig;
pub use self::config_builder::RetryConfigBuilder;
pub use self::event::{AttemptFailure, GiveUpReason, RetryEvent, RetryEventKind};
pub use self::metrics::RetryMetrics;
pub use self::verdict::{RetryAfter, RetryVerdict};
pub use self::wait::RetryWait;

use self::call::{Running, attempt, attempt_blocking};
use self::counts::Counts;
use crate::clock::{Clock, nanos_of};
use crate::event_bus::EventBus;
use crate::failure::Failure;
use crate::layer::one_failure;
use crate::outcome::Outcome;

/// A retry: a handle, cheap to clone, on one instance of a [`Registry`](crate::Registry).
///
/// It makes a call again that failed, until it goes well or there have been
/// [`max_attempts`](RetryConfig::max_attempts) of it, and waits in between. What the caller gets is
/// the outcome of the last attempt.
///
/// ```
/// use std::time::Duration;
/// use resilience4rs::Registry;
///
/// let retry = Registry::new()
///     .retry_with("payments", |config| config.wait_duration(Duration::from_millis(1)))
///     .unwrap();
///
/// let mut answers = [Err("connection refused"), Err("timed out"), Ok(42)].into_iter();
/// assert_eq!(retry.call_blocking(|| answers.next().unwrap()), Ok(42));
/// ```
///
/// # What is retried
/// Every error is, and no value, unless the [configuration](RetryConfigBuilder::retry_on_error) or
/// the attribute's patterns say otherwise. Of the failures of policies inside of the retry, all are
/// but [`PolicyError::CircuitOpen`](crate::PolicyError::CircuitOpen): a breaker that is open rejects
/// the next attempt as well. See
/// [`retry_on_circuit_open`](RetryConfigBuilder::retry_on_circuit_open) and
/// [`retry_on_policy_error`](RetryConfigBuilder::retry_on_policy_error). A panic is not retried: it
/// is counted, and unwinds on.
///
/// # How long it waits
/// As configured; or as long as the error itself asks for, see [`RetryAfter`]; or, for an open circuit
/// that is to be tried again, at least until its breaker lets a call through.
#[derive(Clone)]
pub struct Retry {
    shared: Arc<Shared>,
}

/// What all handles of an instance share.
#[derive(Debug)]
struct Shared {
    name: Arc<str>,
    config: RetryConfig,
    clock: Clock,
    budget: Option<RetryBudget>,
    events: EventBus<RetryEvent>,
    max_attempts: u32,
    max_nanos: Option<u64>,
    /// Whether the beginning of a call is of any interest: to the budget, or to `max_nanos`.
    notes_beginnings: bool,
    /// Whether no predicate has a say in what is retried.
    judges_plainly: bool,
    counts: Counts,
}

impl Retry {
    pub(crate) fn new(
        name: Arc<str>,
        config: RetryConfig,
        budget: Option<RetryBudget>,
        clock: Clock,
    ) -> Self {
        Self {
            shared: Arc::new(Shared {
                name,
                clock,
                events: EventBus::default(),
                max_attempts: config.max_attempts(),
                max_nanos: config.max_duration().map(nanos_of),
                notes_beginnings: budget.is_some() || config.max_duration().is_some(),
                judges_plainly: config.has_no_predicates(),
                counts: Counts::new(),
                budget,
                config,
            }),
        }
    }

    /// The instance's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.shared.name
    }

    /// The instance's settings.
    #[must_use]
    pub fn config(&self) -> &RetryConfig {
        &self.shared.config
    }

    /// The budget that allows its retries, if it names one.
    #[must_use]
    pub fn budget(&self) -> Option<&RetryBudget> {
        self.shared.budget.as_ref()
    }

    /// What it has counted.
    #[must_use]
    pub fn metrics(&self) -> RetryMetrics {
        self.shared.counts.metrics()
    }

    /// Makes a call, again and again if need be: `call` makes the future of each attempt.
    ///
    /// Errors and values are judged by the predicates of the
    /// [configuration](RetryConfigBuilder::retry_on_error), which is why they must be `'static`; the
    /// attribute `#[retry]` judges by patterns instead, and need not. It waits on the registry's
    /// clock. A call that goes well at once allocates nothing.
    ///
    /// A closure cannot lend to the future that it makes what it owns or holds `&mut`; where an
    /// attempt needs that, write the loop yourself: [`attempts`](Self::attempts).
    ///
    /// # Cancel safety
    /// Dropping the future at any point ends the call: the attempt that runs is dropped, or the wait,
    /// and there is no other. It is counted as cancelled. Nothing else is kept of it.
    ///
    /// # Errors
    /// [`Failure::Call`] with the error of the last attempt. [`Failure::Policy`] with
    /// [`PolicyError::RetriesExhausted`](crate::PolicyError::RetriesExhausted) where
    /// `fail_after_max_attempts` is on and the last attempt brought a value that is to be retried.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
    /// use resilience4rs::{Clock, Registry};
    ///
    /// let registry = Registry::builder().clock(Clock::tokio()).build();
    /// let retry = registry.retry("payments");
    /// let mut failures = 2;
    /// let answer = retry.call(|| {
    ///     failures -= 1;
    ///     let fails = failures >= 0;
    ///     async move { if fails { Err("down") } else { Ok(42) } }
    /// });
    /// assert_eq!(answer.await, Ok(42));
    /// assert_eq!(retry.metrics().successful_calls_with_retry, 1);
    /// # }
    /// ```
    pub async fn call<F, Fut, R>(&self, mut call: F) -> Result<R::Value, Failure<R::Error>>
    where
        F: FnMut() -> Fut,
        Fut: Future<Output = R>,
        R: Outcome<Value: 'static, Error: 'static>,
    {
        let mut attempts = self.attempts();
        loop {
            // The outcome goes before the wait comes, and need not be one that moves between
            // threads.
            let wait = {
                let future = self.shared.counting_panics(&mut call);
                let outcome = attempt(self, future).await;
                if attempts.is_over_at_once(&outcome) {
                    break one_failure(outcome);
                }
                match attempts.judge_by_config(outcome) {
                    ControlFlow::Continue(wait) => wait,
                    ControlFlow::Break(outcome) => break one_failure(outcome),
                }
            };
            wait.await;
        }
    }

    /// Makes a plain call, again and again if need be; see [`call`](Self::call). It blocks the thread
    /// while it waits.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    ///
    /// ```
    /// use std::time::Duration;
    /// use resilience4rs::{Failure, Registry};
    ///
    /// let retry = Registry::new()
    ///     .retry_with("payments", |config| config.wait_duration(Duration::from_millis(1)))
    ///     .unwrap();
    /// let failed = retry.call_blocking(|| Err::<(), _>("declined"));
    /// assert_eq!(failed, Err(Failure::Call("declined")));
    /// assert_eq!(retry.metrics().total_calls, 3);
    /// ```
    pub fn call_blocking<R>(
        &self,
        mut call: impl FnMut() -> R,
    ) -> Result<R::Value, Failure<R::Error>>
    where
        R: Outcome<Value: 'static, Error: 'static>,
    {
        let mut attempts = self.attempts();
        loop {
            let outcome = attempt_blocking(self, &mut call);
            if attempts.is_over_at_once(&outcome) {
                break one_failure(outcome);
            }
            match attempts.judge_by_config(outcome) {
                ControlFlow::Continue(wait) => wait.block(),
                ControlFlow::Break(outcome) => break one_failure(outcome),
            }
        }
    }

    /// Begins a call whose attempts are made in a loop of one's own; see [`RetryAttempts`].
    #[inline]
    pub fn attempts(&self) -> RetryAttempts<'_> {
        RetryAttempts::begin(&self.shared)
    }

    /// Calls `consumer` with every event from now on, on the thread that brings it about. It may use
    /// the retry. A panic in it is caught; what it takes, the call waits for.
    pub fn on_event(&self, consumer: impl Fn(&RetryEvent) + Send + Sync + 'static) {
        self.shared.events.subscribe(Arc::new(consumer));
    }
}

impl Shared {
    /// Runs code of the user's.
    #[inline]
    fn counting_panics<T>(&self, code: impl FnOnce() -> T) -> T {
        let running = Running::new(self);
        let answer = code();
        running.came_back();
        answer
    }

    fn announce(&self, kind: impl FnOnce() -> RetryEventKind) {
        if self.events.has_consumers() {
            self.events.publish(&RetryEvent {
                name: Arc::clone(&self.name),
                created_at: UNIX_EPOCH + Duration::from_nanos(self.clock.now_nanos()),
                kind: kind(),
            });
        }
    }
}

/// A panic leaves a retry whole: it is made of atomics, and of locks whose holders call nobody.
impl UnwindSafe for Retry {}
impl RefUnwindSafe for Retry {}

impl fmt::Debug for Retry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Retry")
            .field("name", &self.name())
            .field("config", self.config())
            .field("metrics", &self.metrics())
            .finish()
    }
}
