//! The circuit breaker: it cuts off a dependency that fails, and finds out when it is back.

mod admission;
mod announcing;
mod by_hand;
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
mod without_permit;

use std::any::Any;
use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

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

use crate::clock::Clock;
use crate::config_error::ConfigError;
use crate::event_bus::EventBus;
use crate::failure::{Failure, PolicyError};
use crate::layer::{Run, run_blocking};
use crate::membership::{Member, Membership, SettingChange, WeakMember};
use crate::outcome::{Outcome, Verdict};
use crate::policy::Policy;
use call::{Guarded, GuardedBlocking};
use machine::Machine;
pub(crate) use permit::Judgement;
use predicates::{open_for_by, verdict_by};
#[cfg(feature = "metrics-core")]
pub(crate) use reading::{Reading, Timed};

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
