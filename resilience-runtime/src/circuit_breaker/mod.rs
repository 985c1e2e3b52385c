//! The circuit breaker: it cuts off a dependency that fails, and finds out when it is back.

mod admission;
mod announcing;
pub(crate) mod call;
mod cause;
mod changing;
mod config;
mod config_builder;
mod config_doubts;
mod config_layers;
mod counts;
mod event;
mod events;
mod explaining;
mod fewest;
mod in_force;
#[cfg(all(test, resilience_loom))]
mod interleavings;
mod machine;
mod metrics;
#[cfg(all(test, not(resilience_loom)))]
mod model;
mod operating;
mod overriding;
mod owned_permit;
mod permit;
mod predicates;
mod probes;
#[cfg(all(test, not(resilience_loom)))]
mod properties;
#[cfg(feature = "metrics-core")]
mod reading;
mod recording;
mod set_aside;
mod settings;
mod state;
mod state_word;
#[cfg(feature = "metrics-core")]
mod tally;
#[cfg(not(feature = "metrics-core"))]
#[path = "tally/absent.rs"]
mod tally;
mod transition;
mod window;
mod windows;

use std::any::Any;
use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

pub use config::{CancelledCalls, CircuitBreakerConfig, OpenFor, SlidingWindowType};
pub use config_builder::CircuitBreakerConfigBuilder;
pub use event::{CircuitBreakerEvent, CircuitBreakerEventKind, FailureCause};
pub use metrics::CircuitBreakerMetrics;
pub use overriding::{
    Overridden, Override, OverrideAction, OverrideError, StandingOverride, UnknownOverrideAction,
};
pub use owned_permit::OwnedPermit;
pub use permit::Permit;
pub use state::{IllegalTransition, State};

use crate::clock::{Clock, nanos_of};
use crate::config_error::ConfigError;
use crate::error_summary::SeenError;
use crate::event_bus::EventBus;
use crate::failure::{Failure, PolicyError};
use crate::layer::{Run, run_blocking};
use crate::membership::{Member, Membership, SettingChange, WeakMember};
use crate::outcome::{Outcome, Verdict};
use crate::policy::Policy;
use call::{Guarded, GuardedBlocking};
use machine::Machine;
pub(crate) use permit::Judgement;
use predicates::Predicates;
#[cfg(feature = "metrics-core")]
pub(crate) use reading::{Reading, Timed};
use recording::Completion;
use transition::Wait;

/// A circuit breaker: a handle, cheap to clone, on one instance of a
/// [`Registry`](crate::Registry).
///
/// It counts how the calls through it end. When too many of the last ones failed or were slow, it
/// opens, and rejects calls without making them. After a while it lets a few through as probes
/// (HALF_OPEN), and closes or opens again by how they end.
///
/// ```
/// use resilience4rs::{Failure, PolicyError, Registry, State};
///
/// let breaker = Registry::new()
///     .circuit_breaker_with("payments", |config| {
///         config.sliding_window_size(4).failure_rate_threshold(50.0)
///     })
///     .unwrap();
///
/// for _ in 0..4 {
///     let _ = breaker.call_blocking(|| Err::<(), _>("connection refused"));
/// }
/// assert_eq!(breaker.state(), State::Open);
///
/// let rejected = breaker.call_blocking(|| -> Result<(), &str> { unreachable!("cut off") });
/// assert!(matches!(rejected, Err(Failure::Policy(PolicyError::CircuitOpen { .. }))));
/// ```
#[derive(Clone)]
pub struct CircuitBreaker {
    machine: Arc<Machine>,
}

impl CircuitBreaker {
    pub(crate) fn new(
        membership: Membership<CircuitBreakerConfigBuilder>,
        config: &CircuitBreakerConfig,
        clock: Clock,
    ) -> Self {
        Self {
            machine: Machine::new(membership, config, clock),
        }
    }

    /// The instance's name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.machine.name()
    }

    /// The instance's settings, as they are now.
    #[must_use]
    pub fn config(&self) -> CircuitBreakerConfig {
        self.machine.in_force.config()
    }

    /// Changes settings of the running instance, over all that files and attributes say, and returns
    /// those that are different now.
    ///
    /// The state stays, an OPEN with the end of its wait, and so do the counts: thresholds are applied
    /// to what the window holds, when the next call is recorded. A window that becomes longer or
    /// shorter keeps the last of what it holds; only between one of calls and one of seconds nothing
    /// is kept.
    ///
    /// # Errors
    /// When the settings do not fit; then nothing changes.
    ///
    /// ```
    /// use resilience4rs::{Registry, State};
    ///
    /// let breaker = Registry::new()
    ///     .circuit_breaker_with("payments", |config| config.sliding_window_size(10))
    ///     .unwrap();
    /// for _ in 0..4 {
    ///     breaker.try_acquire().unwrap().failure();
    /// }
    /// let changes = breaker
    ///     .change_config(|config| config.minimum_number_of_calls(5).failure_rate_threshold(80.0))
    ///     .unwrap();
    /// assert_eq!(changes[0].to_string(), "`failure_rate_threshold` from 50 to 80");
    /// assert_eq!(breaker.metrics().failed_calls, 4);
    ///
    /// breaker.try_acquire().unwrap().failure();
    /// assert_eq!(breaker.state(), State::Open, "five of five failed");
    /// ```
    pub fn change_config(
        &self,
        configure: impl FnOnce(CircuitBreakerConfigBuilder) -> CircuitBreakerConfigBuilder,
    ) -> Result<Vec<SettingChange>, ConfigError> {
        self.machine
            .membership
            .change_while_running(self, configure)
    }

    /// The state now.
    ///
    /// An OPEN whose wait is over shows as OPEN until the next call asks for a permit, unless
    /// `automatic_transition_from_open_to_half_open_enabled` is on.
    #[must_use]
    pub fn state(&self) -> State {
        self.machine.word().state()
    }

    /// What the current state has counted.
    #[must_use]
    pub fn metrics(&self) -> CircuitBreakerMetrics {
        self.machine.metrics()
    }

    /// Asks for leave to make one call.
    ///
    /// # Errors
    /// [`PolicyError::CircuitOpen`] when the breaker rejects the call. Nothing is allocated for it.
    #[inline]
    pub fn try_acquire(&self) -> Result<Permit<'_>, PolicyError> {
        match self.machine.admit() {
            Ok(admission) => Ok(Permit::new(&self.machine, admission)),
            Err(open) => Err(PolicyError::CircuitOpen(open)),
        }
    }

    /// Asks for leave to make one call, in a form that may outlive this handle: for calls that end
    /// elsewhere than they begin, such as with the last frame of a response.
    ///
    /// # Errors
    /// [`PolicyError::CircuitOpen`] when the breaker rejects the call. Nothing is allocated for it.
    ///
    /// ```
    /// use resilience4rs::Registry;
    ///
    /// let breaker = Registry::new().circuit_breaker("payments");
    /// let permit = breaker.try_acquire_owned().unwrap();
    /// std::thread::spawn(move || permit.success()).join().unwrap();
    /// assert_eq!(breaker.metrics().successful_calls, 1);
    /// ```
    pub fn try_acquire_owned(&self) -> Result<OwnedPermit, PolicyError> {
        match self.machine.admit() {
            Ok(admission) => Ok(OwnedPermit::new(Arc::clone(&self.machine), admission)),
            Err(open) => Err(PolicyError::CircuitOpen(open)),
        }
    }

    /// For a call that is polled at once.
    #[inline]
    fn acquire_to_poll(&self) -> Result<Permit<'_>, PolicyError> {
        match self.machine.admit_to_poll() {
            Ok(admission) => Ok(Permit::new(&self.machine, admission)),
            Err(open) => Err(PolicyError::CircuitOpen(open)),
        }
    }

    /// Makes a call under the breaker's protection.
    ///
    /// The permit is taken when the returned future is first polled. A panic counts as a failure
    /// and unwinds on. Errors and values are judged by the predicates of the
    /// [configuration](CircuitBreakerConfigBuilder::record_error), which is why they must be
    /// `'static`; the attribute `#[circuit_breaker]` judges by patterns instead, and need not.
    ///
    /// # Cancel safety
    /// Dropping the future at any point gives the permit back and counts as a cancelled call; see
    /// [`Permit`].
    ///
    /// # Errors
    /// [`Failure::Policy`] when the breaker rejects the call, [`Failure::Call`] when the call fails.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use resilience4rs::Registry;
    ///
    /// let breaker = Registry::new().circuit_breaker("payments");
    /// let answer = breaker.call(async { Ok::<_, std::io::Error>(42) }).await;
    /// assert_eq!(answer.unwrap(), 42);
    /// # }
    /// ```
    pub fn call<F, R>(
        &self,
        future: F,
    ) -> impl Future<Output = Result<R::Value, Failure<R::Error>>> + use<'_, F, R>
    where
        F: Future<Output = R>,
        R: Outcome<Value: 'static, Error: 'static>,
    {
        Run::new(Guarded::new(
            self,
            |result: Result<&R::Value, &R::Error>| self.judge(result),
            future,
        ))
    }

    /// Makes a call, as [`call`](Self::call) does, and judges its outcome by a closure instead of the
    /// configuration.
    ///
    /// # Cancel safety
    /// That of [`call`](Self::call).
    ///
    /// # Errors
    /// [`Failure::Policy`] when the breaker rejects the call, [`Failure::Call`] when the call fails.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use resilience4rs::{Registry, Verdict};
    ///
    /// let breaker = Registry::new().circuit_breaker("payments");
    /// let by_status = |status: Result<&u16, &&str>| match status {
    ///     Ok(500..) | Err(_) => Verdict::Failure,
    ///     Ok(_) => Verdict::Success,
    /// };
    /// let status = breaker.call_judged(by_status, async { Ok::<u16, &str>(503) }).await;
    /// assert_eq!(status, Ok(503));
    /// assert_eq!(breaker.metrics().failed_calls, 1);
    /// # }
    /// ```
    pub fn call_judged<F, R, C>(
        &self,
        classify: C,
        future: F,
    ) -> impl Future<Output = Result<R::Value, Failure<R::Error>>> + use<'_, F, R, C>
    where
        F: Future<Output = R>,
        R: Outcome,
        C: FnOnce(Result<&R::Value, &R::Error>) -> Verdict,
    {
        Run::new(Guarded::new(self, classify, future))
    }

    /// Makes a plain call under the breaker's protection; see [`call`](Self::call).
    ///
    /// # Errors
    /// [`Failure::Policy`] when the breaker rejects the call, [`Failure::Call`] when the call fails.
    ///
    /// ```
    /// use resilience4rs::{Failure, Registry};
    ///
    /// let breaker = Registry::new().circuit_breaker("payments");
    /// assert_eq!(breaker.call_blocking(|| Ok::<_, &str>(42)), Ok(42));
    /// let failed = breaker.call_blocking(|| Err::<(), _>("declined"));
    /// assert_eq!(failed, Err(Failure::Call("declined")));
    /// ```
    pub fn call_blocking<R>(&self, call: impl FnOnce() -> R) -> Result<R::Value, Failure<R::Error>>
    where
        R: Outcome<Value: 'static, Error: 'static>,
    {
        run_blocking(GuardedBlocking::new(
            self,
            |result: Result<&R::Value, &R::Error>| self.judge(result),
            call,
        ))
    }

    fn state_and_era(&self) -> (State, u64) {
        let word = self.machine.word();
        (word.state(), word.era())
    }

    #[inline]
    fn judge<V: Any, E: Any>(&self, result: Result<&V, &E>) -> Judgement {
        if self.machine.in_force.judges_plainly() {
            return Judgement::from(Verdict::plain(result));
        }
        self.judge_by_predicates(result)
    }

    #[inline(never)]
    fn judge_by_predicates<V: Any, E: Any>(&self, result: Result<&V, &E>) -> Judgement {
        let outcome: Result<&dyn Any, &dyn Any> = match result {
            Ok(value) => Ok(value),
            Err(error) => Err(error),
        };
        self.machine.in_force.with_predicates(|predicates| {
            let verdict = verdict_by(predicates, outcome);
            let open_for = open_for_by(predicates, outcome, verdict);
            Judgement { verdict, open_for }
        })
    }

    /// Calls `consumer` with every event from now on, on the thread that brings it about. It may use
    /// the breaker. A panic in it is caught; what it takes, the guarded call waits for.
    pub fn on_event(&self, consumer: impl Fn(&CircuitBreakerEvent) + Send + Sync + 'static) {
        self.machine.events.subscribe(Arc::new(consumer));
    }
}

/// Operating the breaker by hand.
impl CircuitBreaker {
    /// Closes the breaker, with nothing counted.
    ///
    /// # Errors
    /// Never in fact: every state may become CLOSED.
    ///
    /// ```
    /// use resilience4rs::{Registry, State};
    ///
    /// let breaker = Registry::new().circuit_breaker("payments");
    /// breaker.transition_to_forced_open().unwrap();
    /// breaker.transition_to_closed().unwrap();
    /// assert_eq!(breaker.state(), State::Closed);
    /// ```
    pub fn transition_to_closed(&self) -> Result<(), IllegalTransition> {
        self.machine.change(State::Closed, Wait::Configured)
    }

    /// Opens the breaker for as long as it is configured to stay open.
    ///
    /// # Errors
    /// From METRICS_ONLY.
    ///
    /// ```
    /// use resilience4rs::{Registry, State};
    ///
    /// let breaker = Registry::new().circuit_breaker("payments");
    /// breaker.transition_to_open().unwrap();
    /// assert_eq!(breaker.state(), State::Open);
    ///
    /// breaker.transition_to_metrics_only().unwrap();
    /// let refused = breaker.transition_to_open().unwrap_err();
    /// assert_eq!(refused.to_string(), "circuit breaker 'payments' cannot go from METRICS_ONLY to OPEN");
    /// ```
    pub fn transition_to_open(&self) -> Result<(), IllegalTransition> {
        self.machine.change(State::Open, Wait::Configured)
    }

    /// Opens the breaker for this long.
    ///
    /// # Errors
    /// From METRICS_ONLY.
    ///
    /// ```
    /// use std::time::Duration;
    /// use resilience4rs::{Clock, Registry};
    ///
    /// let time = Clock::manual();
    /// let breaker = Registry::builder().clock(&time).build().circuit_breaker("payments");
    /// breaker.transition_to_open_for(Duration::from_secs(5)).unwrap();
    /// time.advance(Duration::from_secs(6));
    /// assert!(breaker.try_acquire().is_ok());
    /// ```
    pub fn transition_to_open_for(&self, wait: Duration) -> Result<(), IllegalTransition> {
        let until = self
            .machine
            .clock
            .now_nanos()
            .saturating_add(nanos_of(wait));
        self.machine.change(State::Open, Wait::UntilNanos(until))
    }

    /// Opens the breaker until this time on the registry's clock.
    ///
    /// # Errors
    /// From METRICS_ONLY.
    ///
    /// ```
    /// use resilience4rs::{Registry, State};
    ///
    /// let breaker = Registry::new().circuit_breaker("payments");
    /// let later = Registry::global().clock().now() + std::time::Duration::from_secs(60);
    /// breaker.transition_to_open_until(later).unwrap();
    /// assert!(breaker.try_acquire().is_err());
    /// ```
    pub fn transition_to_open_until(&self, time: SystemTime) -> Result<(), IllegalTransition> {
        let until = self.machine.clock.nanos_at(time);
        self.machine.change(State::Open, Wait::UntilNanos(until))
    }

    /// Begins a half-open round.
    ///
    /// # Errors
    /// From CLOSED and METRICS_ONLY.
    ///
    /// ```
    /// use resilience4rs::{Registry, State};
    ///
    /// let breaker = Registry::new().circuit_breaker("payments");
    /// assert!(breaker.transition_to_half_open().is_err(), "it is CLOSED");
    /// breaker.transition_to_open().unwrap();
    /// breaker.transition_to_half_open().unwrap();
    /// assert_eq!(breaker.state(), State::HalfOpen);
    /// ```
    pub fn transition_to_half_open(&self) -> Result<(), IllegalTransition> {
        self.machine.change(State::HalfOpen, Wait::Configured)
    }

    /// Rejects every call until told otherwise.
    ///
    /// # Errors
    /// Never in fact: every state may become FORCED_OPEN.
    ///
    /// ```
    /// use resilience4rs::{Registry, State};
    ///
    /// let breaker = Registry::new().circuit_breaker("payments");
    /// breaker.transition_to_forced_open().unwrap();
    /// assert!(breaker.try_acquire().is_err());
    /// assert_eq!(breaker.state(), State::ForcedOpen);
    /// ```
    pub fn transition_to_forced_open(&self) -> Result<(), IllegalTransition> {
        self.machine.change(State::ForcedOpen, Wait::Configured)
    }

    /// Lets every call through uncounted until told otherwise.
    ///
    /// # Errors
    /// Never in fact: every state may become DISABLED.
    ///
    /// ```
    /// use resilience4rs::{Registry, State};
    ///
    /// let breaker = Registry::new().circuit_breaker("payments");
    /// breaker.transition_to_disabled().unwrap();
    /// breaker.try_acquire().unwrap().failure();
    /// assert_eq!(breaker.metrics().buffered_calls, 0);
    /// assert_eq!(breaker.state(), State::Disabled);
    /// ```
    pub fn transition_to_disabled(&self) -> Result<(), IllegalTransition> {
        self.machine.change(State::Disabled, Wait::Configured)
    }

    /// Lets every call through and counts it, without ever opening, until told otherwise.
    ///
    /// # Errors
    /// Never in fact: every state may become METRICS_ONLY.
    ///
    /// ```
    /// use resilience4rs::{Registry, State};
    ///
    /// let breaker = Registry::new().circuit_breaker("payments");
    /// breaker.transition_to_metrics_only().unwrap();
    /// for _ in 0..200 {
    ///     breaker.try_acquire().unwrap().failure();
    /// }
    /// assert_eq!(breaker.metrics().failure_rate, 100.0);
    /// assert_eq!(breaker.state(), State::MetricsOnly);
    /// ```
    pub fn transition_to_metrics_only(&self) -> Result<(), IllegalTransition> {
        self.machine.change(State::MetricsOnly, Wait::Configured)
    }

    /// Closes the breaker from whatever state, with nothing counted, and cancels its timers.
    ///
    /// ```
    /// use resilience4rs::{Registry, State};
    ///
    /// let breaker = Registry::new().circuit_breaker("payments");
    /// breaker.transition_to_disabled().unwrap();
    /// breaker.reset();
    /// assert_eq!(breaker.state(), State::Closed);
    /// ```
    pub fn reset(&self) {
        self.machine.reset();
    }
}

/// Calls without a permit object, exactly as in Resilience4j: what is reported counts in whatever
/// state the breaker has by then, and a half-open round whose permits are never returned does not
/// end. Prefer [`try_acquire`](Self::try_acquire).
impl CircuitBreaker {
    /// Asks for leave to make one call, whose outcome is to be reported by hand.
    ///
    /// ```
    /// use std::time::Duration;
    /// use resilience4rs::Registry;
    ///
    /// let breaker = Registry::new().circuit_breaker("payments");
    /// assert!(breaker.try_acquire_permission());
    /// breaker.on_success(Duration::from_millis(20));
    /// assert!(breaker.try_acquire_permission());
    /// breaker.on_error(Duration::from_millis(20), &"connection refused");
    /// assert!(breaker.try_acquire_permission());
    /// breaker.on_result(Duration::from_millis(20), &503);
    /// assert!(breaker.try_acquire_permission());
    /// breaker.release_permission();
    ///
    /// let metrics = breaker.metrics();
    /// assert_eq!((metrics.successful_calls, metrics.failed_calls), (2, 1));
    /// ```
    #[must_use]
    pub fn try_acquire_permission(&self) -> bool {
        self.machine.admit_without_permit()
    }

    /// Gives a permission back without reporting an outcome.
    pub fn release_permission(&self) {
        self.machine.release_without_permit();
    }

    /// Reports a call that went well.
    pub fn on_success(&self, elapsed: Duration) {
        self.machine
            .complete_without_permit(Completion::Succeeded, SeenError::Unknown, elapsed);
    }

    /// Reports a call that returned an error, to be judged by the configuration's predicates.
    pub fn on_error<E: Any>(&self, elapsed: Duration, error: &E) {
        let seen = SeenError::of_result(Err::<&(), _>(error));
        self.report(elapsed, Err(error), seen);
    }

    /// Reports a call that returned a value, to be judged by the configuration's predicates.
    pub fn on_result<V: Any>(&self, elapsed: Duration, value: &V) {
        self.report(elapsed, Ok(value), SeenError::Unknown);
    }

    fn report(&self, elapsed: Duration, outcome: Result<&dyn Any, &dyn Any>, error: SeenError<'_>) {
        let in_force = &self.machine.in_force;
        let verdict = in_force.with_predicates(|predicates| verdict_by(predicates, outcome));
        let cause = if outcome.is_ok() {
            FailureCause::Result
        } else {
            FailureCause::Error
        };
        let completion = match verdict {
            Verdict::Success => Completion::Succeeded,
            Verdict::Failure => Completion::Failed(cause),
            Verdict::Ignored => Completion::Ignored,
        };
        self.machine
            .complete_without_permit(completion, error, elapsed);
        let open_for =
            in_force.with_predicates(|predicates| open_for_by(predicates, outcome, verdict));
        if let Some(open_for) = open_for {
            self.machine.trip_for(self.machine.word(), open_for);
        }
    }
}

impl Member for CircuitBreaker {
    type Builder = CircuitBreakerConfigBuilder;
    type Config = CircuitBreakerConfig;
    type Event = CircuitBreakerEvent;
    const POLICY: Policy = Policy::CircuitBreaker;

    fn membership(&self) -> &Membership<CircuitBreakerConfigBuilder> {
        &self.machine.membership
    }

    fn settings(&self) -> CircuitBreakerConfig {
        self.config()
    }

    fn apply(&self, config: &CircuitBreakerConfig) {
        self.machine.apply(config);
    }

    fn catch_up(&self) {
        self.machine.catch_up();
    }

    fn begin_afresh(&self) {
        self.machine.begin_afresh();
    }

    fn is_idle(&self) -> bool {
        self.machine.is_idle()
    }

    fn is_expendable(&self) -> bool {
        self.machine.is_as_it_began()
    }

    fn handles(&self) -> usize {
        Arc::strong_count(&self.machine)
    }

    fn weak(&self) -> WeakMember<Self> {
        let machine = Arc::downgrade(&self.machine);
        Box::new(move || machine.upgrade().map(|machine| Self { machine }))
    }

    fn event_bus(&self) -> &EventBus<CircuitBreakerEvent> {
        &self.machine.events
    }
}

/// How an outcome counts; without predicates, an error is a failure.
fn verdict_by(predicates: Option<&Predicates>, outcome: Result<&dyn Any, &dyn Any>) -> Verdict {
    match (predicates, outcome) {
        (None, _) => Verdict::plain(outcome),
        (Some(predicates), Ok(value)) => predicates.judge_value(value),
        (Some(predicates), Err(error)) => predicates.judge_error(error),
    }
}

fn open_for_by(
    predicates: Option<&Predicates>,
    outcome: Result<&dyn Any, &dyn Any>,
    verdict: Verdict,
) -> Option<OpenFor> {
    predicates
        .filter(|_| asks_for_transition(verdict, outcome.is_ok()))
        .and_then(|predicates| predicates.transition_on(outcome))
}

/// Whether the outcome may open the breaker at once: not an ignored error, nor a value that is
/// recorded as a failure.
fn asks_for_transition(verdict: Verdict, is_value: bool) -> bool {
    match verdict {
        Verdict::Success => true,
        Verdict::Failure => !is_value,
        Verdict::Ignored => false,
    }
}

/// A panic leaves a breaker whole: it is made of atomics, and of locks whose holders call nobody.
impl UnwindSafe for CircuitBreaker {}
impl RefUnwindSafe for CircuitBreaker {}

impl fmt::Debug for CircuitBreaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CircuitBreaker")
            .field("name", &self.name())
            .field("state", &self.state())
            .field("metrics", &self.metrics())
            .finish_non_exhaustive()
    }
}
