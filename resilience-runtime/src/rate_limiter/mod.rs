//! The rate limiter: it lets so many calls through in each period, and makes others wait their turn.

mod admission;
pub(crate) mod call;
mod config;
mod config_builder;
mod cycle_word;
mod cycles;
mod event;
mod events;
#[cfg(all(test, resilience_loom))]
mod interleavings;
mod ledger;
mod machine;
mod metrics;
#[cfg(test)]
mod model;
mod openings;
mod operating;
mod period;
mod permits;
#[cfg(all(test, not(resilience_loom)))]
mod properties;
mod reservation;
mod schedule;

use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

pub use config::RateLimiterConfig;
pub use config_builder::RateLimiterConfigBuilder;
pub use event::{RateLimiterEvent, RateLimiterEventKind};
pub use metrics::RateLimiterMetrics;

use crate::clock::Clock;
use crate::config_error::ConfigError;
use crate::event_bus::EventBus;
use crate::failure::Failure;
use crate::layer::{Run, run_blocking};
use crate::membership::{Member, Membership, SettingChange, WeakMember};
use crate::outcome::Outcome;
use crate::policy::Policy;
use call::{Draining, Limited, LimitedBlocking, drain_if_asked};
use machine::Machine;

/// A rate limiter: a handle, cheap to clone, on one instance of a [`Registry`](crate::Registry).
///
/// Time is cut into periods, counted from when the limiter is made, or from when the length of its
/// periods was last changed. Each brings
/// `limit_for_period` permits, and what it leaves lapses. A caller who finds too few reserves
/// permits of periods to come, and goes when they come, if that is within `timeout_duration`; else
/// it is refused. Nobody who comes later goes before it, nor does anything on a call's way wait for
/// another thread.
///
/// # What becomes of a reservation whose future is dropped
///
/// Its permits are given back, as far as their periods are not over. Whoever comes next and would
/// have to wait longer gets them, and goes when the former would have gone; of a reservation over
/// more than 1,024 periods, the last ones' are given back. Those who wait already keep their time. So
/// no period ever lets more through than its limit, and what nobody comes for lapses with its
/// period. A change of the limit changes nothing about that: a place in a period is passed on as it
/// was reserved. Nor does one of the period: the place is then one in the new period into which its
/// time falls. Only periods that were promised to somebody before such a change may let through, with
/// those, more than their limit; as much less comes with the first periods after it.
///
/// A permit is used up when the call begins. What becomes of the call then does not bring it back.
///
/// # Weights
///
/// A call may take several permits, also more than a period brings: it then waits until so many
/// periods have brought them. One that takes none goes at once, unless others have reserved permits
/// of periods to come: then it goes after them. Where more than 2,147,483,648 permits would be
/// reserved ahead, the call is refused.
///
/// ```
/// use std::time::Duration;
/// use resilience4rs::{Clock, PolicyError, Registry};
///
/// let time = Clock::manual();
/// let limiter = Registry::builder()
///     .clock(&time)
///     .build()
///     .rate_limiter_with("search", |config| {
///         config.limit_for_period(2).limit_refresh_period(Duration::from_secs(1))
///     })
///     .unwrap();
///
/// assert!(limiter.try_acquire().is_ok());
/// assert!(limiter.try_acquire().is_ok());
/// let refused = limiter.try_acquire().unwrap_err();
/// let PolicyError::RateLimited(limited) = refused else { unreachable!() };
/// assert_eq!(limited.retry_after, Some(Duration::from_secs(1)));
///
/// time.advance(Duration::from_secs(1));
/// assert!(limiter.try_acquire().is_ok());
/// ```
#[derive(Clone)]
pub struct RateLimiter {
    machine: Arc<Machine>,
}

impl RateLimiter {
    pub(crate) fn new(
        membership: Membership<RateLimiterConfigBuilder>,
        config: RateLimiterConfig,
        clock: Clock,
    ) -> Self {
        Self {
            machine: Arc::new(Machine::new(membership, config, clock)),
        }
    }

    /// The instance's name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.machine.membership.name()
    }

    /// The instance's settings, as they are now.
    #[must_use]
    pub fn config(&self) -> RateLimiterConfig {
        self.machine.current_config()
    }

    /// Changes settings of the running instance, over all that files and attributes say, and returns
    /// those that are different now. Those who wait keep their time.
    ///
    /// Another `limit_for_period` is that of the periods to come: what the running one has, it keeps.
    /// With another `limit_refresh_period`, the running period ends, and a new one begins with the
    /// permits that were left, but no more than the limit. What is reserved ahead is paid by the
    /// periods to come, before they bring permits to those who come after the change.
    ///
    /// # Errors
    /// When the settings do not fit; then nothing changes.
    ///
    /// ```
    /// use std::time::Duration;
    /// use resilience4rs::{Clock, Registry};
    ///
    /// let time = Clock::manual();
    /// let limiter = Registry::builder()
    ///     .clock(&time)
    ///     .build()
    ///     .rate_limiter_with("search", |config| {
    ///         config.limit_for_period(10).limit_refresh_period(Duration::from_secs(60))
    ///     })
    ///     .unwrap();
    /// limiter.try_acquire_many(7).unwrap();
    ///
    /// let second = Duration::from_secs(1);
    /// let changes = limiter.change_config(|config| config.limit_refresh_period(second)).unwrap();
    /// assert_eq!(changes[0].to_string(), "`limit_refresh_period` from 1m to 1s");
    /// assert_eq!(limiter.available_permissions(), 3, "no second burst");
    /// time.advance(second);
    /// assert_eq!(limiter.available_permissions(), 10);
    /// ```
    pub fn change_config(
        &self,
        configure: impl FnOnce(RateLimiterConfigBuilder) -> RateLimiterConfigBuilder,
    ) -> Result<Vec<SettingChange>, ConfigError> {
        self.machine
            .membership
            .change_while_running(self, configure)
    }

    /// What the limiter shows of itself.
    #[must_use]
    pub fn metrics(&self) -> RateLimiterMetrics {
        self.machine.metrics()
    }

    /// What the running period has left; negative where permits of later ones are reserved.
    #[must_use]
    pub fn available_permissions(&self) -> i32 {
        self.metrics().available_permissions
    }

    /// Makes a call when it has a permit.
    ///
    /// It asks for one when the returned future is first polled. A call that cannot have one within
    /// the timeout fails at once: it is known by then that waiting would bring nothing. So do
    /// Resilience4j's operators of asynchronous pipelines; what blocks a thread
    /// ([`call_blocking`](Self::call_blocking)) waits for the whole timeout first, there as here.
    ///
    /// Errors and values are shown to the predicate of the
    /// [configuration](RateLimiterConfigBuilder::drain_permissions_on_result), which is why they
    /// must be `'static`; the attribute `#[rate_limiter]` has none, and they need not.
    ///
    /// # Cancel safety
    /// Dropping the future while it waits gives the permit back; see [`RateLimiter`].
    ///
    /// # Errors
    /// [`Failure::Policy`] when the limiter refuses the call, [`Failure::Call`] when the call fails.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use resilience4rs::Registry;
    ///
    /// let limiter = Registry::new().rate_limiter("search");
    /// let answer = limiter.call(async { Ok::<_, std::io::Error>(42) }).await;
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
        self.call_with_permits(1, future)
    }

    /// Makes a call when it has so many permits; see [`call`](Self::call).
    ///
    /// # Errors
    /// [`Failure::Policy`] when the limiter refuses the call, [`Failure::Call`] when the call fails.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use std::time::Duration;
    /// use resilience4rs::Registry;
    ///
    /// let limiter = Registry::new()
    ///     .rate_limiter_with("mail", |config| config.limit_refresh_period(Duration::from_secs(60)))
    ///     .unwrap();
    /// let letters = ["one", "two", "three"];
    /// let sent = limiter.call_with_permits(3, async { Ok::<_, std::io::Error>(letters.len()) }).await;
    /// assert_eq!(sent.unwrap(), 3);
    /// assert_eq!(limiter.available_permissions(), 47);
    /// # }
    /// ```
    pub fn call_with_permits<F, R>(
        &self,
        permits: u32,
        future: F,
    ) -> impl Future<Output = Result<R::Value, Failure<R::Error>>> + use<'_, F, R>
    where
        F: Future<Output = R>,
        R: Outcome<Value: 'static, Error: 'static>,
    {
        Run::new(Limited::new(self, permits, Draining::new(self, future)))
    }

    /// Makes a plain call when it has a permit, for which the thread waits; see
    /// [`acquire_blocking`](Self::acquire_blocking).
    ///
    /// # Errors
    /// [`Failure::Policy`] when the limiter refuses the call, [`Failure::Call`] when the call fails.
    ///
    /// ```
    /// use resilience4rs::{Failure, Registry};
    ///
    /// let limiter = Registry::new().rate_limiter("search");
    /// assert_eq!(limiter.call_blocking(|| Ok::<_, &str>(42)), Ok(42));
    /// let failed = limiter.call_blocking(|| Err::<(), _>("not found"));
    /// assert_eq!(failed, Err(Failure::Call("not found")));
    /// ```
    pub fn call_blocking<R>(&self, call: impl FnOnce() -> R) -> Result<R::Value, Failure<R::Error>>
    where
        R: Outcome<Value: 'static, Error: 'static>,
    {
        self.call_blocking_with_permits(1, call)
    }

    /// Makes a plain call when it has so many permits; see [`call_blocking`](Self::call_blocking).
    ///
    /// # Errors
    /// [`Failure::Policy`] when the limiter refuses the call, [`Failure::Call`] when the call fails.
    ///
    /// ```
    /// use resilience4rs::Registry;
    ///
    /// let limiter = Registry::new().rate_limiter("mail");
    /// let letters = ["one", "two", "three"];
    /// assert_eq!(limiter.call_blocking_with_permits(3, || Ok::<_, ()>(letters.len())), Ok(3));
    /// ```
    pub fn call_blocking_with_permits<R>(
        &self,
        permits: u32,
        call: impl FnOnce() -> R,
    ) -> Result<R::Value, Failure<R::Error>>
    where
        R: Outcome<Value: 'static, Error: 'static>,
    {
        run_blocking(LimitedBlocking::new(self, permits, || {
            let outcome = call();
            drain_if_asked(self, &outcome);
            outcome
        }))
    }

    /// Calls `consumer` with every event from now on, on the thread that brings it about. It may use
    /// the limiter. A panic in it is caught; what it takes, the call waits for.
    pub fn on_event(&self, consumer: impl Fn(&RateLimiterEvent) + Send + Sync + 'static) {
        self.machine.events.subscribe(Arc::new(consumer));
    }
}

impl Member for RateLimiter {
    type Builder = RateLimiterConfigBuilder;
    type Config = RateLimiterConfig;
    type Event = RateLimiterEvent;
    const POLICY: Policy = Policy::RateLimiter;

    fn membership(&self) -> &Membership<RateLimiterConfigBuilder> {
        &self.machine.membership
    }

    fn settings(&self) -> RateLimiterConfig {
        self.config()
    }

    fn apply(&self, config: &RateLimiterConfig) {
        self.machine.change(config);
    }

    fn begin_afresh(&self) {
        self.machine.begin_afresh();
    }

    fn is_idle(&self) -> bool {
        self.machine.is_idle()
    }

    fn handles(&self) -> usize {
        Arc::strong_count(&self.machine)
    }

    fn weak(&self) -> WeakMember<Self> {
        let machine = Arc::downgrade(&self.machine);
        Box::new(move || machine.upgrade().map(|machine| Self { machine }))
    }

    fn event_bus(&self) -> &EventBus<RateLimiterEvent> {
        &self.machine.events
    }
}

/// A panic leaves a limiter whole: it is made of atomics, and of locks whose holders call nobody.
impl UnwindSafe for RateLimiter {}
impl RefUnwindSafe for RateLimiter {}

impl fmt::Debug for RateLimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimiter")
            .field("name", &self.name())
            .field("config", &self.config())
            .field("metrics", &self.metrics())
            .finish_non_exhaustive()
    }
}
