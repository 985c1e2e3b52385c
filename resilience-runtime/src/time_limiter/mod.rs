//! The time limiter: it gives up on calls that take too long.

pub(crate) mod call;
mod config;
mod config_builder;
mod counts;
mod event;
mod events;
mod metrics;
pub(crate) mod timeout;

use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

pub use config::TimeLimiterConfig;
pub use config_builder::TimeLimiterConfigBuilder;
pub use event::{TimeLimiterEvent, TimeLimiterEventKind};
pub use metrics::TimeLimiterMetrics;

use crate::clock::{Clock, Sleep, Ticks, nanos_of};
use crate::config_error::ConfigError;
use crate::error_summary::SeenError;
use crate::event_bus::EventBus;
use crate::failure::{Failure, PolicyError, TimedOut};
use crate::layer::Run;
use crate::membership::{Member, Membership, SettingChange, WeakMember};
use crate::outcome::Outcome;
use crate::policy::Policy;
use crate::trace::log;
use call::Limited;
use counts::Counts;
use timeout::{Boxed, Cancel, Detach};

/// A time limiter: a handle, cheap to clone, on one instance of a [`Registry`](crate::Registry).
///
/// It gives up on a call that is not done when `timeout_duration` has passed since the call was first
/// polled, and drops its future. A call that is ready when it is polled is never late: the limit is
/// looked at only while the call has to wait.
///
/// Plain calls cannot be left, and so have no time limit.
///
/// ```
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// use std::time::Duration;
/// use resilience4rs::{Clock, Failure, PolicyError, Registry};
///
/// let limiter = Registry::builder()
///     .clock(Clock::tokio())
///     .build()
///     .time_limiter_with("payments", |config| config.timeout_duration(Duration::from_secs(2)))
///     .unwrap();
///
/// let slow = async {
///     tokio::time::sleep(Duration::from_secs(3)).await;
///     Ok::<_, ()>(42)
/// };
/// let late = limiter.call(slow).await.unwrap_err();
/// assert!(matches!(late, Failure::Policy(PolicyError::TimedOut(_))));
/// # }
/// ```
#[derive(Clone)]
pub struct TimeLimiter {
    shared: Arc<Shared>,
}

struct Shared {
    membership: Membership<TimeLimiterConfigBuilder>,
    timeout_nanos: AtomicU64,
    cancels_running_future: AtomicBool,
    clock: Clock,
    events: EventBus<TimeLimiterEvent>,
    counts: Counts,
}

impl TimeLimiter {
    pub(crate) fn new(
        membership: Membership<TimeLimiterConfigBuilder>,
        config: TimeLimiterConfig,
        clock: Clock,
    ) -> Self {
        Self {
            shared: Arc::new(Shared {
                membership,
                timeout_nanos: AtomicU64::new(nanos_of(config.timeout_duration())),
                cancels_running_future: AtomicBool::new(config.cancel_running_future()),
                clock,
                events: EventBus::default(),
                counts: Counts::default(),
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
    pub fn config(&self) -> TimeLimiterConfig {
        TimeLimiterConfig {
            timeout_duration: Duration::from_nanos(self.shared.timeout_nanos()),
            cancel_running_future: self.shared.cancels_running_future(),
        }
    }

    /// Changes settings of the running instance, over all that files and attributes say, and returns
    /// those that are different now. A call keeps the time it began with.
    ///
    /// # Errors
    /// When the settings do not fit; then nothing changes.
    ///
    /// ```
    /// use std::time::Duration;
    /// use resilience4rs::Registry;
    ///
    /// let limiter = Registry::new().time_limiter("payments");
    /// limiter.change_config(|config| config.timeout_duration(Duration::from_secs(3))).unwrap();
    /// assert_eq!(limiter.config().timeout_duration(), Duration::from_secs(3));
    /// ```
    pub fn change_config(
        &self,
        configure: impl FnOnce(TimeLimiterConfigBuilder) -> TimeLimiterConfigBuilder,
    ) -> Result<Vec<SettingChange>, ConfigError> {
        self.shared.membership.change_while_running(self, configure)
    }

    /// What the limiter has counted.
    #[must_use]
    pub fn metrics(&self) -> TimeLimiterMetrics {
        self.shared.counts.metrics()
    }

    /// Makes a call that is dropped when its time is over, whatever `cancel_running_future` says: it
    /// may borrow, and so cannot be left behind.
    ///
    /// It takes nothing to be ready at once, and one timer to wait.
    ///
    /// # Cancel safety
    /// Dropping the future drops the call and its timer, and counts as nothing.
    ///
    /// # Errors
    /// [`Failure::Policy`] with [`TimedOut`] when the call takes too long, [`Failure::Call`] when it
    /// fails.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use resilience4rs::Registry;
    ///
    /// let limiter = Registry::new().time_limiter("payments");
    /// let name = String::from("Ada");
    /// let answer = limiter.call(async { Ok::<_, std::io::Error>(name.len()) }).await;
    /// assert_eq!(answer.unwrap(), 3);
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
        Run::new(Limited::new(self, Cancel, future))
    }

    /// Makes a call that runs on in the background when its time is over, which is what
    /// `cancel_running_future = false` means to an attribute. Nobody learns what it brings, but the
    /// policies inside it.
    ///
    /// It runs on as a task of the tokio runtime in which it timed out (feature `tokio`), and
    /// without one on a thread of its own. It is boxed, so that it can change its place while it
    /// runs: one allocation a call.
    ///
    /// # Cancel safety
    /// Dropping the future before the time is over drops the call, and counts as nothing.
    ///
    /// # Errors
    /// [`Failure::Policy`] with [`TimedOut`] when the call takes too long, [`Failure::Call`] when it
    /// fails in time.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use std::time::Duration;
    /// use resilience4rs::Registry;
    /// use tokio::sync::oneshot;
    ///
    /// let limiter = Registry::new()
    ///     .time_limiter_with("payments", |config| config.timeout_duration(Duration::ZERO))
    ///     .unwrap();
    /// let (payment, accepted) = oneshot::channel();
    /// let (receipt, printed) = oneshot::channel();
    /// let slow = async {
    ///     let amount: u32 = accepted.await?;
    ///     receipt.send(amount).unwrap();
    ///     Ok::<_, oneshot::error::RecvError>(())
    /// };
    /// assert!(limiter.call_detaching(slow).await.is_err(), "nobody waits for it any more");
    ///
    /// payment.send(42).unwrap();
    /// assert_eq!(printed.await, Ok(42));
    /// # }
    /// ```
    pub fn call_detaching<F, R>(
        &self,
        future: F,
    ) -> impl Future<Output = Result<R::Value, Failure<R::Error>>> + use<'_, F, R>
    where
        F: Future<Output = R> + Send + 'static,
        R: Outcome,
    {
        Run::new(Limited::new(self, Detach::Always, Boxed::new(future)))
    }

    /// Calls `consumer` with every event from now on, on the thread that brings it about. It may use
    /// the limiter. A panic in it is caught; what it takes, the call waits for.
    pub fn on_event(&self, consumer: impl Fn(&TimeLimiterEvent) + Send + Sync + 'static) {
        self.shared.events.subscribe(Arc::new(consumer));
    }
}

/// Reporting calls whose time is limited elsewhere.
impl TimeLimiter {
    /// Reports a call that brought a value in time.
    ///
    /// ```
    /// use resilience4rs::Registry;
    ///
    /// let limiter = Registry::new().time_limiter("payments");
    /// limiter.on_success();
    /// limiter.on_error();
    /// limiter.on_timeout();
    /// let metrics = limiter.metrics();
    /// assert_eq!(
    ///     (metrics.successful_calls, metrics.failed_calls, metrics.timed_out_calls),
    ///     (1, 1, 1),
    /// );
    /// ```
    pub fn on_success(&self) {
        self.record(TimeLimiterEventKind::Success);
    }

    /// Reports a call that failed in time.
    pub fn on_error(&self) {
        self.record(TimeLimiterEventKind::Error);
    }

    /// Reports a call that took too long.
    pub fn on_timeout(&self) {
        self.record(TimeLimiterEventKind::Timeout);
    }
}

impl TimeLimiter {
    #[inline]
    fn clock(&self) -> &Clock {
        &self.shared.clock
    }

    /// The end of the time of a call that began at `start`.
    fn deadline_from(&self, start: Ticks) -> Sleep {
        let clock = self.clock();
        let timeout = self.shared.timeout_nanos();
        clock.sleep_until(clock.nanos(start).saturating_add(timeout))
    }

    #[inline]
    fn record(&self, kind: TimeLimiterEventKind) {
        self.record_with_error(kind, || SeenError::Unknown);
    }

    /// The same, where it may be known with which error the call ended, should anybody want to know.
    #[inline]
    fn record_with_error<'e>(
        &self,
        kind: TimeLimiterEventKind,
        error: impl FnOnce() -> SeenError<'e>,
    ) {
        self.shared.counts.count(kind);
        if self.shared.events.has_consumers() {
            self.announce(kind, error());
        }
    }

    #[cold]
    fn announce(&self, kind: TimeLimiterEventKind, error: SeenError<'_>) {
        let created_at = UNIX_EPOCH + Duration::from_nanos(self.clock().now_nanos());
        self.shared.events.publish(&TimeLimiterEvent {
            name: Arc::clone(self.shared.membership.name()),
            created_at,
            kind,
            error: error.summary(),
        });
    }

    fn timed_out(&self) -> PolicyError {
        let membership = &self.shared.membership;
        let timed_out = || TimedOut {
            name: Arc::clone(membership.name()),
            timeout_duration: Duration::from_nanos(self.shared.timeout_nanos()),
        };
        let (limit, clock, name) = (&membership.log_limit, self.clock(), membership.name());
        log::rejected(limit, clock, Policy::TimeLimiter, name, timed_out);
        PolicyError::TimedOut(timed_out())
    }
}

impl Shared {
    // Relaxed, here and below: a call takes what it finds, and nothing hangs on it but that.
    fn timeout_nanos(&self) -> u64 {
        self.timeout_nanos.load(Ordering::Relaxed)
    }

    fn cancels_running_future(&self) -> bool {
        self.cancels_running_future.load(Ordering::Relaxed)
    }
}

impl Member for TimeLimiter {
    type Builder = TimeLimiterConfigBuilder;
    type Config = TimeLimiterConfig;
    type Event = TimeLimiterEvent;
    const POLICY: Policy = Policy::TimeLimiter;

    fn membership(&self) -> &Membership<TimeLimiterConfigBuilder> {
        &self.shared.membership
    }

    fn settings(&self) -> TimeLimiterConfig {
        self.config()
    }

    fn apply(&self, config: &TimeLimiterConfig) {
        let timeout = nanos_of(config.timeout_duration());
        self.shared.timeout_nanos.store(timeout, Ordering::Relaxed);
        self.shared
            .cancels_running_future
            .store(config.cancel_running_future(), Ordering::Relaxed);
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

    fn event_bus(&self) -> &EventBus<TimeLimiterEvent> {
        &self.shared.events
    }
}

/// A panic leaves a limiter whole: it is made of atomics, and of locks whose holders call nobody.
impl UnwindSafe for TimeLimiter {}
impl RefUnwindSafe for TimeLimiter {}

impl fmt::Debug for TimeLimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TimeLimiter")
            .field("name", &self.name())
            .field("config", &self.config())
            .field("metrics", &self.metrics())
            .finish_non_exhaustive()
    }
}
