//! The retry: it makes a call again that failed, after a wait.

mod attempts;
mod budget;
pub(crate) mod call;
mod config;
mod config_builder;
mod config_doubts;
mod config_layers;
mod counts;
mod current;
mod event;
mod events;
#[cfg(all(test, resilience_loom))]
mod interleavings;
mod metrics;
#[cfg(all(test, not(resilience_loom)))]
mod running;
mod verdict;
mod wait;

use std::fmt;
use std::ops::ControlFlow;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::{Arc, Weak};
use std::time::{Duration, UNIX_EPOCH};

pub use self::attempts::RetryAttempts;
pub(crate) use self::budget::Budgets;
pub use self::budget::{RetryBudget, RetryBudgetMetrics};
pub use self::config::RetryConfig;
pub use self::config_builder::RetryConfigBuilder;
pub use self::event::{AttemptFailure, GiveUpReason, RetryEvent, RetryEventKind};
pub use self::metrics::RetryMetrics;
pub use self::verdict::{RetryAfter, RetryVerdict};
pub use self::wait::RetryWait;

use self::call::{Running, attempt, attempt_blocking};
use self::counts::Counts;
use self::current::Current;
use crate::clock::Clock;
use crate::config_error::ConfigError;
use crate::error_summary::SeenError;
use crate::event_bus::EventBus;
use crate::failure::Failure;
use crate::layer::one_failure;
use crate::membership::{Member, Membership, SettingChange, WeakMember};
use crate::outcome::Outcome;
use crate::policy::Policy;

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
struct Shared {
    membership: Membership<RetryConfigBuilder>,
    current: Current,
    /// Where budgets are found that the settings come to name.
    budgets: Weak<dyn Budgets>,
    clock: Clock,
    events: EventBus<RetryEvent>,
    counts: Counts,
}

impl Retry {
    /// The budget is the one that `config` names.
    pub(crate) fn new(
        membership: Membership<RetryConfigBuilder>,
        config: RetryConfig,
        budget: Option<RetryBudget>,
        budgets: Weak<dyn Budgets>,
        clock: Clock,
    ) -> Self {
        Self {
            shared: Arc::new(Shared {
                membership,
                current: Current::new(config, budget),
                budgets,
                clock,
                events: EventBus::default(),
                counts: Counts::new(),
            }),
        }
    }

    /// The instance's name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.shared.membership.name()
    }

    /// The instance's settings, as they are now.
    #[must_use]
    pub fn config(&self) -> RetryConfig {
        RetryConfig::clone(&self.shared.current.config())
    }

    /// Changes settings of the running instance, over all that files and attributes say, and returns
    /// those that are different now.
    ///
    /// A call goes by them from its next failed attempt on; only if it began without a `max_duration`
    /// does it end without one. It never asks for an argument that its last attempt was to take, as
    /// `max_attempts` was then. Where the share or the minimum of a budget changes, it does so for all
    /// that share the budget.
    ///
    /// # Errors
    /// When the settings do not fit; then nothing changes.
    ///
    /// ```
    /// use std::time::Duration;
    /// use resilience4rs::Registry;
    ///
    /// let retry = Registry::new().retry("payments");
    /// let changes = retry
    ///     .change_config(|config| config.max_attempts(5).wait_duration(Duration::from_millis(1)))
    ///     .unwrap();
    /// assert_eq!(changes[0].to_string(), "`max_attempts` from 3 to 5");
    /// assert_eq!(changes[1].to_string(), "`wait_duration` from 500ms to 1ms");
    ///
    /// assert!(retry.call_blocking(|| Err::<(), _>("down")).is_err());
    /// assert_eq!(retry.metrics().total_calls, 5);
    /// ```
    pub fn change_config(
        &self,
        configure: impl FnOnce(RetryConfigBuilder) -> RetryConfigBuilder,
    ) -> Result<Vec<SettingChange>, ConfigError> {
        self.shared.membership.change_while_running(self, configure)
    }

    /// The budget that allows its retries, if it names one.
    #[must_use]
    pub fn budget(&self) -> Option<&RetryBudget> {
        self.shared.current.budget()
    }

    /// What it has counted.
    #[must_use]
    pub fn metrics(&self) -> RetryMetrics {
        self.shared.counts.metrics()
    }

    #[cfg(feature = "metrics-core")]
    pub(crate) fn metrics_and_attempts(&self) -> (RetryMetrics, u64) {
        (self.metrics(), self.shared.counts.attempts())
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
                let outcome = attempt(&mut attempts, future).await;
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
            let outcome = attempt_blocking(&mut attempts, &mut call);
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
    /// One of its own where there is no registry any more to share it in.
    fn budget_named(&self, name: &str, config: &RetryConfig) -> RetryBudget {
        if let Some(budget) = self.current.budget()
            && budget.name() == name
        {
            return budget.clone();
        }
        match self.budgets.upgrade() {
            Some(budgets) => budgets.find_or_make(name, config),
            None => RetryBudget::new(
                name.into(),
                config.budget_percentage(),
                config.budget_min_retries_per_second(),
                self.clock.clone(),
            ),
        }
    }

    /// Runs code of the user's.
    #[inline]
    fn counting_panics<T>(&self, code: impl FnOnce() -> T) -> T {
        let running = Running::new(self);
        let answer = code();
        running.came_back();
        answer
    }

    fn announce(&self, error: SeenError<'_>, kind: impl FnOnce() -> RetryEventKind) {
        if self.events.has_consumers() {
            self.publish(kind(), error);
        }
    }

    #[cold]
    fn publish(&self, kind: RetryEventKind, error: SeenError<'_>) {
        self.events.publish(&RetryEvent {
            name: Arc::clone(self.membership.name()),
            created_at: UNIX_EPOCH + Duration::from_nanos(self.clock.now_nanos()),
            kind,
            error: error.summary(),
        });
    }
}

impl Member for Retry {
    type Builder = RetryConfigBuilder;
    type Config = RetryConfig;
    type Event = RetryEvent;
    const POLICY: Policy = Policy::Retry;

    fn membership(&self) -> &Membership<RetryConfigBuilder> {
        &self.shared.membership
    }

    fn settings(&self) -> RetryConfig {
        self.config()
    }

    fn apply(&self, config: &RetryConfig) {
        let shared = &self.shared;
        let budget = config
            .budget()
            .map(|name| shared.budget_named(name, config));
        if let Some(budget) = &budget {
            let former = shared.current.config();
            let (share, minimum) = (
                config.budget_percentage(),
                config.budget_min_retries_per_second(),
            );
            let is_other_share = share.to_bits() != former.budget_percentage().to_bits();
            let is_other_minimum = minimum != former.budget_min_retries_per_second();
            // What has not changed is left as others may have changed it.
            budget.change(
                is_other_share.then_some(share),
                is_other_minimum.then_some(minimum),
            );
        }
        shared.current.change(config.clone(), budget);
    }

    fn begin_afresh(&self) {
        self.shared.counts.reset();
    }

    fn is_idle(&self) -> bool {
        true
    }

    fn handles(&self) -> usize {
        Arc::strong_count(&self.shared)
    }

    fn weak(&self) -> WeakMember<Self> {
        let shared = Arc::downgrade(&self.shared);
        Box::new(move || shared.upgrade().map(|shared| Self { shared }))
    }

    fn event_bus(&self) -> &EventBus<RetryEvent> {
        &self.shared.events
    }

    fn tell_of_next_call(&self, tells: bool) {
        self.shared.current.tell_of_next_call(tells);
    }
}

/// A panic leaves a retry whole: it is made of atomics, and of locks whose holders call nobody.
impl UnwindSafe for Retry {}
impl RefUnwindSafe for Retry {}

impl fmt::Debug for Retry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Retry")
            .field("name", &self.name())
            .field("config", &self.config())
            .field("metrics", &self.metrics())
            .finish()
    }
}
