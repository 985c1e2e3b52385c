//! The bulkhead: it bounds how many calls run at the same time.

mod acquire;
pub(crate) mod call;
#[cfg(all(test, not(resilience_loom)))]
mod changes;
mod config;
mod config_builder;
mod event;
mod events;
#[cfg(all(test, resilience_loom))]
mod interleavings;
mod line;
mod machine;
mod metrics;
#[cfg(all(test, not(resilience_loom)))]
mod model;
mod permit;
mod permit_word;
#[cfg(all(test, not(resilience_loom)))]
mod properties;
mod semaphore;

use std::fmt;
use std::future::poll_fn;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;
use std::time::Duration;

pub use config::BulkheadConfig;
pub use config_builder::BulkheadConfigBuilder;
pub use event::{BulkheadEvent, BulkheadEventKind};
pub use metrics::BulkheadMetrics;
pub use permit::BulkheadPermit;

use resilience_settings::bulkhead::MAX_CALLS;

use crate::clock::Clock;
use crate::config_error::ConfigError;
use crate::event_bus::EventBus;
use crate::failure::{Failure, PolicyError};
use crate::layer::{self, Run};
use crate::membership::{Member, Membership, SettingChange, WeakMember};
use crate::outcome::Outcome;
use crate::policy::Policy;
use call::{Guarded, GuardedBlocking};
use machine::Machine;

/// A bulkhead: a handle, cheap to clone, on one instance of a [`Registry`](crate::Registry).
///
/// It lets so many calls run at the same time and no more, so that one dependency that hangs does
/// not take everything a service has. A call that finds it full is rejected, or waits for a place
/// for as long as `max_wait_duration` says. Tasks and threads wait in one line, and are served in the
/// order in which they came.
///
/// ```
/// use resilience4rs::{Failure, PolicyError, Registry};
///
/// let bulkhead = Registry::new()
///     .bulkhead_with("payments", |config| config.max_concurrent_calls(1))
///     .unwrap();
///
/// let answer = bulkhead.call_blocking(|| {
///     let second = bulkhead.call_blocking(|| Ok::<_, ()>("never made"));
///     assert!(matches!(second, Err(Failure::Policy(PolicyError::BulkheadFull { .. }))));
///     Ok::<_, ()>(42)
/// });
/// assert_eq!(answer, Ok(42));
/// ```
#[derive(Clone)]
pub struct Bulkhead {
    machine: Arc<Machine>,
}

impl Bulkhead {
    pub(crate) fn new(
        membership: Membership<BulkheadConfigBuilder>,
        config: BulkheadConfig,
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
    pub fn config(&self) -> BulkheadConfig {
        self.machine.config()
    }

    /// How full it is.
    #[must_use]
    pub fn metrics(&self) -> BulkheadMetrics {
        self.machine.metrics()
    }

    /// Takes a place, if one is free, and does not wait. Where calls are handled fairly, none is free
    /// as long as others wait.
    ///
    /// # Errors
    /// [`PolicyError::BulkheadFull`] when there is no place. Nothing is allocated for it.
    #[inline]
    pub fn try_acquire(&self) -> Result<BulkheadPermit<'_>, PolicyError> {
        self.machine.try_acquire()
    }

    /// Takes a place, and waits for one for `max_wait_duration` at the most.
    ///
    /// # Cancel safety
    /// Dropping the future takes the call out of the line. If a place had just been given to it, the
    /// next in line gets that. Nobody is told.
    ///
    /// # Errors
    /// [`PolicyError::BulkheadFull`] when there was no place in time.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use std::time::Duration;
    /// use resilience4rs::Registry;
    ///
    /// let bulkhead = Registry::new()
    ///     .bulkhead_with("payments", |config| {
    ///         config.max_concurrent_calls(1).max_wait_duration(Duration::from_secs(60))
    ///     })
    ///     .unwrap();
    /// let first = bulkhead.acquire().await.unwrap();
    /// let (second, ()) = tokio::join!(bulkhead.acquire(), async { first.complete() });
    /// assert!(second.is_ok());
    /// # }
    /// ```
    pub async fn acquire(&self) -> Result<BulkheadPermit<'_>, PolicyError> {
        if self.machine.try_take() {
            return Ok(BulkheadPermit::new(&self.machine));
        }
        let mut acquire = self.machine.begin_to_wait()?;
        poll_fn(|cx| acquire.poll(cx)).await
    }

    /// Takes a place, and blocks the thread for `max_wait_duration` at the most until there is one. In
    /// async code use [`acquire`](Self::acquire), which lets other tasks run meanwhile.
    ///
    /// # Errors
    /// [`PolicyError::BulkheadFull`] when there was no place in time.
    ///
    /// ```
    /// use std::thread;
    /// use std::time::Duration;
    /// use resilience4rs::Registry;
    ///
    /// let bulkhead = Registry::new()
    ///     .bulkhead_with("payments", |config| {
    ///         config.max_concurrent_calls(1).max_wait_duration(Duration::from_secs(60))
    ///     })
    ///     .unwrap();
    /// let first = bulkhead.acquire_blocking().unwrap();
    /// thread::scope(|threads| {
    ///     let second = threads.spawn(|| bulkhead.acquire_blocking().is_ok());
    ///     first.complete();
    ///     assert!(second.join().unwrap());
    /// });
    /// ```
    #[inline]
    pub fn acquire_blocking(&self) -> Result<BulkheadPermit<'_>, PolicyError> {
        self.machine.acquire_blocking()
    }

    /// Makes a call in a place of the bulkhead, for which it waits for `max_wait_duration` at the most.
    ///
    /// The place is asked for when the returned future is first polled. A panic frees the place like
    /// any other end of the call, and unwinds on.
    ///
    /// # Cancel safety
    /// Dropping the future at any point frees the place, or gives up the wait for it, and nobody is
    /// told.
    ///
    /// # Errors
    /// [`Failure::Policy`] when there was no place in time, [`Failure::Call`] when the call fails.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use resilience4rs::Registry;
    ///
    /// let bulkhead = Registry::new().bulkhead("payments");
    /// let answer = bulkhead.call(async { Ok::<_, std::io::Error>(42) }).await;
    /// assert_eq!(answer.unwrap(), 42);
    /// # }
    /// ```
    pub fn call<F, R>(
        &self,
        future: F,
    ) -> impl Future<Output = Result<R::Value, Failure<R::Error>>> + use<'_, F, R>
    where
        F: Future<Output = R>,
        R: Outcome,
    {
        Run::new(Guarded::new(self, future))
    }

    /// Makes a plain call in a place of the bulkhead; see [`call`](Self::call). The thread waits.
    ///
    /// # Errors
    /// [`Failure::Policy`] when there was no place in time, [`Failure::Call`] when the call fails.
    ///
    /// ```
    /// use resilience4rs::{Failure, Registry};
    ///
    /// let bulkhead = Registry::new().bulkhead("payments");
    /// assert_eq!(bulkhead.call_blocking(|| Ok::<_, &str>(42)), Ok(42));
    /// let failed = bulkhead.call_blocking(|| Err::<(), _>("declined"));
    /// assert_eq!(failed, Err(Failure::Call("declined")));
    /// ```
    pub fn call_blocking<R: Outcome>(
        &self,
        call: impl FnOnce() -> R,
    ) -> Result<R::Value, Failure<R::Error>> {
        layer::run_blocking(GuardedBlocking::new(self, call))
    }

    /// Calls `consumer` with every event from now on, on the thread that brings it about. It may use
    /// the bulkhead. A panic in it is caught, and costs no place; what it takes, the guarded call
    /// waits for.
    pub fn on_event(&self, consumer: impl Fn(&BulkheadEvent) + Send + Sync + 'static) {
        self.machine.events.subscribe(Arc::new(consumer));
    }
}

/// Changing the settings while calls run.
impl Bulkhead {
    /// Changes settings of the running instance, over all that files and attributes say, and returns
    /// those that are different now.
    ///
    /// It never waits for a call. Calls that run keep their places: where more run than a new limit
    /// allows, it holds from when enough of them are over. Calls that wait keep their places in the
    /// line, also where they are served in turn from now on, and wait for as long as they were to; new
    /// places go to them.
    ///
    /// # Errors
    /// When the settings do not fit; then nothing changes.
    ///
    /// ```
    /// use std::time::Duration;
    /// use resilience4rs::Registry;
    ///
    /// let bulkhead = Registry::new().bulkhead("payments");
    /// let running = bulkhead.try_acquire().unwrap();
    /// let changes = bulkhead
    ///     .change_config(|config| {
    ///         config.max_concurrent_calls(10).max_wait_duration(Duration::from_millis(20))
    ///     })
    ///     .unwrap();
    /// assert_eq!(changes[0].to_string(), "`max_concurrent_calls` from 25 to 10");
    /// assert_eq!(changes[1].to_string(), "`max_wait_duration` from 0s to 20ms");
    /// assert_eq!(bulkhead.metrics().available_concurrent_calls, 9);
    /// running.complete();
    /// ```
    pub fn change_config(
        &self,
        configure: impl FnOnce(BulkheadConfigBuilder) -> BulkheadConfigBuilder,
    ) -> Result<Vec<SettingChange>, ConfigError> {
        self.machine
            .membership
            .change_while_running(self, configure)
    }

    /// Changes how many calls may run at the same time: from 0 to 2147483647, and what is more counts
    /// as that.
    ///
    /// It never waits. Calls that run go on: where more run than the new limit allows, it holds from
    /// when enough of them are over. New places go to those who wait.
    ///
    /// ```
    /// use resilience4rs::Registry;
    ///
    /// let bulkhead = Registry::new()
    ///     .bulkhead_with("payments", |config| config.max_concurrent_calls(2))
    ///     .unwrap();
    /// let (first, second) = (bulkhead.try_acquire().unwrap(), bulkhead.try_acquire().unwrap());
    /// bulkhead.change_max_concurrent_calls(1);
    /// first.complete();
    /// assert!(bulkhead.try_acquire().is_err(), "one still runs, and one may");
    /// second.complete();
    /// assert!(bulkhead.try_acquire().is_ok());
    /// ```
    pub fn change_max_concurrent_calls(&self, calls: u32) {
        let calls = calls.min(MAX_CALLS);
        self.change(|config| config.max_concurrent_calls(calls));
    }

    /// Changes how long a call waits for a place at the most. Calls that wait already do so for as
    /// long as they were to.
    ///
    /// ```
    /// use std::time::Duration;
    /// use resilience4rs::Registry;
    ///
    /// let bulkhead = Registry::new().bulkhead("payments");
    /// bulkhead.change_max_wait_duration(Duration::from_millis(20));
    /// assert_eq!(bulkhead.config().max_wait_duration(), Duration::from_millis(20));
    /// ```
    pub fn change_max_wait_duration(&self, wait: Duration) {
        self.change(|config| config.max_wait_duration(wait));
    }

    /// Changes what always fits: every value does, and no setting depends on another.
    fn change(&self, configure: impl FnOnce(BulkheadConfigBuilder) -> BulkheadConfigBuilder) {
        let changed = self.change_config(configure);
        debug_assert!(changed.is_ok(), "{changed:?}");
    }
}

/// Calls without a permit object, as in Resilience4j: whoever takes a place gives it back by hand.
/// Prefer [`try_acquire`](Self::try_acquire) and [`acquire_blocking`](Self::acquire_blocking).
///
/// A place that is given back more often than it was taken makes no more of them than
/// `max_concurrent_calls`; but while another call runs, it counts as that one's.
impl Bulkhead {
    /// Takes a place. As in Resilience4j it blocks the thread for `max_wait_duration` at the most
    /// until there is one.
    ///
    /// ```
    /// use resilience4rs::Registry;
    ///
    /// let bulkhead = Registry::new()
    ///     .bulkhead_with("payments", |config| config.max_concurrent_calls(1))
    ///     .unwrap();
    /// assert!(bulkhead.try_acquire_permission());
    /// assert!(!bulkhead.try_acquire_permission());
    /// bulkhead.on_complete();
    /// assert!(bulkhead.try_acquire_permission());
    /// bulkhead.release_permission();
    /// bulkhead.release_permission();
    /// assert_eq!(bulkhead.metrics().available_concurrent_calls, 1);
    /// ```
    #[must_use]
    pub fn try_acquire_permission(&self) -> bool {
        match self.machine.acquire_blocking() {
            Ok(permit) => {
                permit.keep();
                true
            }
            Err(_) => false,
        }
    }

    /// Gives a place back without an event: the call was not made.
    pub fn release_permission(&self) {
        self.machine.give_back();
    }

    /// Gives a place back: the call is over.
    pub fn on_complete(&self) {
        self.machine.finish();
    }
}

impl Member for Bulkhead {
    type Builder = BulkheadConfigBuilder;
    type Config = BulkheadConfig;
    type Event = BulkheadEvent;
    const POLICY: Policy = Policy::Bulkhead;

    fn membership(&self) -> &Membership<BulkheadConfigBuilder> {
        &self.machine.membership
    }

    fn settings(&self) -> BulkheadConfig {
        self.config()
    }

    fn apply(&self, config: &BulkheadConfig) {
        self.machine.apply(config);
    }

    /// There is nothing to forget: a bulkhead counts nothing but the calls that run, and those must
    /// go on to count, or more of them would run than may.
    fn begin_afresh(&self) {}

    fn is_idle(&self) -> bool {
        self.machine.semaphore.is_at_rest()
    }

    fn handles(&self) -> usize {
        Arc::strong_count(&self.machine)
    }

    fn weak(&self) -> WeakMember<Self> {
        let machine = Arc::downgrade(&self.machine);
        Box::new(move || machine.upgrade().map(|machine| Self { machine }))
    }

    fn event_bus(&self) -> &EventBus<BulkheadEvent> {
        &self.machine.events
    }
}

/// A panic leaves a bulkhead whole: it is made of atomics, and of locks whose holders call nobody.
impl UnwindSafe for Bulkhead {}
impl RefUnwindSafe for Bulkhead {}

impl fmt::Debug for Bulkhead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bulkhead")
            .field("name", &self.name())
            .field("metrics", &self.metrics())
            .finish_non_exhaustive()
    }
}
