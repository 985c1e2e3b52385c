//! The bulkhead with threads of its own: calls that must not hold up anybody else's threads.

pub(crate) mod call;
mod config;
mod config_builder;
mod drained;
mod events;
#[cfg(all(test, resilience_loom))]
mod interleavings;
mod metrics;
mod pool;
mod task;
mod worker;

use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

pub use config::ThreadPoolBulkheadConfig;
pub use config_builder::ThreadPoolBulkheadConfigBuilder;
pub use metrics::ThreadPoolBulkheadMetrics;

use crate::bulkhead::BulkheadEvent;
use crate::clock::Clock;
use crate::config_error::ConfigError;
use crate::event_bus::EventBus;
use crate::failure::Failure;
use crate::layer::Run;
use crate::membership::{Member, Membership, SettingChange, WeakMember};
use crate::outcome::Outcome;
use crate::parking::block_on;
use crate::policy::Policy;
use call::Pooled;
use drained::Drained;
use pool::Pool;

/// A bulkhead with threads of its own: a handle, cheap to clone, on one instance of a
/// [`Registry`](crate::Registry).
///
/// Calls run on its threads, as many at a time as there are threads, and the task that makes a call
/// stays free. It is for what blocks or computes, and would hold up an executor's threads.
///
/// While fewer than `core_thread_pool_size` threads exist, a call starts one. After that it waits in
/// a queue of `queue_capacity`, first come, first served. When the queue is full, it starts a thread
/// up to `max_thread_pool_size`; when those run, it is rejected. A thread above the core ends when it
/// has had no work for `keep_alive_duration`. The threads are called `bulkhead-<name>-<number>`.
///
/// The body runs where the caller's thread-local values are not. With the feature `tokio`, timers,
/// sockets and tasks of the runtime in which the call was first polled work inside it.
///
/// When the last handle goes, the registry's included, the bulkhead shuts down: see
/// [`shutdown`](Self::shutdown).
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use std::thread;
/// use resilience4rs::Registry;
///
/// let bulkhead = Registry::new().thread_pool_bulkhead("reports");
/// let name = bulkhead
///     .call(async { Ok::<_, ()>(thread::current().name().map(str::to_owned)) })
///     .await;
/// assert_eq!(name, Ok(Some("bulkhead-reports-1".to_owned())));
/// # }
/// ```
#[derive(Clone)]
pub struct ThreadPoolBulkhead {
    handle: Arc<Handle>,
}

/// What the handles share. The threads have only the pool, and so do not keep it open.
struct Handle {
    pool: Arc<Pool>,
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.pool.shut_down();
    }
}

impl ThreadPoolBulkhead {
    pub(crate) fn new(
        membership: Membership<ThreadPoolBulkheadConfigBuilder>,
        config: ThreadPoolBulkheadConfig,
        clock: Clock,
    ) -> Self {
        Self {
            handle: Arc::new(Handle {
                pool: Pool::new(membership, config, clock),
            }),
        }
    }

    /// The instance's name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.pool().membership.name()
    }

    /// The instance's settings, as they are now.
    #[must_use]
    pub fn config(&self) -> ThreadPoolBulkheadConfig {
        self.pool().config()
    }

    /// What the threads and the queue are at.
    #[must_use]
    pub fn metrics(&self) -> ThreadPoolBulkheadMetrics {
        self.pool().metrics()
    }

    /// Makes a call on a thread of the bulkhead, which polls the future until it is done.
    ///
    /// It is submitted when the returned future is first polled, which allocates its place once. A
    /// panic in it unwinds on where the returned future is polled; the thread survives.
    ///
    /// # Cancel safety
    /// Dropping the future withdraws the call: one that waits in the queue leaves it at once; one that
    /// runs is dropped by its thread as soon as its poll, if it is in one, comes back.
    ///
    /// # Errors
    /// [`Failure::Policy`] with [`BulkheadFull`](crate::BulkheadFull) when there is neither a thread nor
    /// a place in the queue, or the bulkhead has been shut down; [`Failure::Call`] when the call fails.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use resilience4rs::Registry;
    ///
    /// let bulkhead = Registry::new().thread_pool_bulkhead("reports");
    /// let sum = bulkhead.call(async { Ok::<u64, ()>((1..=1000).sum()) });
    /// assert_eq!(sum.await, Ok(500_500));
    /// # }
    /// ```
    pub fn call<F, R>(
        &self,
        future: F,
    ) -> impl Future<Output = Result<R::Value, Failure<R::Error>>> + use<'_, F, R>
    where
        F: Future<Output = R> + Send + 'static,
        R: Outcome + Send + 'static,
    {
        Run::new(Pooled::new(self, future))
    }

    /// Makes a plain call on a thread of the bulkhead; see [`call`](Self::call). Once it runs, nothing
    /// stops it, though dropping the future leaves it alone.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use resilience4rs::Registry;
    ///
    /// let bulkhead = Registry::new().thread_pool_bulkhead("files");
    /// let missing = bulkhead.submit(|| std::fs::read("/no/such/file"));
    /// assert!(missing.await.is_err());
    /// # }
    /// ```
    pub fn submit<R>(
        &self,
        call: impl FnOnce() -> R + Send + 'static,
    ) -> impl Future<Output = Result<R::Value, Failure<R::Error>>>
    where
        R: Outcome + Send + 'static,
    {
        self.call(async { call() })
    }

    /// Makes a plain call on a thread of the bulkhead, and blocks the calling thread until it is done.
    ///
    /// On a thread of the same bulkhead it waits for another one, and forever if there is none to
    /// come.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    ///
    /// ```
    /// use resilience4rs::Registry;
    ///
    /// let bulkhead = Registry::new().thread_pool_bulkhead("files");
    /// assert_eq!(bulkhead.call_blocking(|| Ok::<_, ()>(42)), Ok(42));
    /// ```
    pub fn call_blocking<R>(
        &self,
        call: impl FnOnce() -> R + Send + 'static,
    ) -> Result<R::Value, Failure<R::Error>>
    where
        R: Outcome + Send + 'static,
    {
        block_on(self.submit(call))
    }

    /// Calls `consumer` with every event from now on, on the thread that brings it about: the
    /// beginning and the end of a call on the call's thread, its end before its caller learns of it. A
    /// call that waits in the queue has not begun, and one that is dropped while it runs goes without
    /// an event.
    ///
    /// The consumer may use the bulkhead. A panic in it is caught; what it takes, the call waits for.
    ///
    /// ```
    /// use std::sync::{Arc, Mutex};
    /// use resilience4rs::Registry;
    ///
    /// let bulkhead = Registry::new().thread_pool_bulkhead("reports");
    /// let log = Arc::new(Mutex::new(Vec::new()));
    /// let lines = Arc::clone(&log);
    /// bulkhead.on_event(move |event| lines.lock().unwrap().push(event.to_string()));
    ///
    /// let _ = bulkhead.call_blocking(|| Ok::<_, ()>(42));
    /// assert_eq!(
    ///     *log.lock().unwrap(),
    ///     ["bulkhead 'reports' permitted a call", "bulkhead 'reports' has finished a call"],
    /// );
    /// ```
    pub fn on_event(&self, consumer: impl Fn(&BulkheadEvent) + Send + Sync + 'static) {
        self.pool().events.subscribe(Arc::new(consumer));
    }

    fn pool(&self) -> &Pool {
        &self.handle.pool
    }
}

/// Changing the settings while calls run.
impl ThreadPoolBulkhead {
    /// Changes settings of the running instance, over all that files and attributes say, and returns
    /// those that are different now.
    ///
    /// It never waits for a call, and loses none. A larger core gets threads for the calls in the queue
    /// at once. Threads that are more than the new `max_thread_pool_size` end as soon as they have no
    /// call; those above the new core after the new `keep_alive_duration`, counted from when they had
    /// their last call. Calls that are in the queue stay there, though a new `queue_capacity` is
    /// less: no other gets in until enough of them have begun.
    ///
    /// # Errors
    /// When the settings do not fit; then nothing changes.
    ///
    /// ```
    /// use resilience4rs::Registry;
    ///
    /// let bulkhead = Registry::new().thread_pool_bulkhead("reports");
    /// let changes = bulkhead.change_config(|config| config.queue_capacity(10)).unwrap();
    /// assert_eq!(changes[0].to_string(), "`queue_capacity` from 100 to 10");
    /// assert_eq!(bulkhead.metrics().remaining_queue_capacity, 10);
    /// ```
    pub fn change_config(
        &self,
        configure: impl FnOnce(ThreadPoolBulkheadConfigBuilder) -> ThreadPoolBulkheadConfigBuilder,
    ) -> Result<Vec<SettingChange>, ConfigError> {
        self.pool().membership.change_while_running(self, configure)
    }
}

/// The end of a bulkhead.
impl ThreadPoolBulkhead {
    /// Rejects every call from now on, lets those that run or wait in the queue finish, and then ends
    /// the threads. It does not wait for that; [`drained`](Self::drained) does.
    ///
    /// The global registry keeps its bulkheads until the process ends, and does not wait for their
    /// threads then: a service that must not lose what is queued shuts down and waits.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use resilience4rs::{Failure, PolicyError, Registry};
    ///
    /// let bulkhead = Registry::new().thread_pool_bulkhead("reports");
    /// assert_eq!(bulkhead.submit(|| Ok::<_, ()>(42)).await, Ok(42));
    ///
    /// bulkhead.shutdown();
    /// let late = bulkhead.submit(|| Ok::<_, ()>(42)).await;
    /// assert!(matches!(late, Err(Failure::Policy(PolicyError::BulkheadFull(_)))));
    ///
    /// bulkhead.drained().await;
    /// assert_eq!(bulkhead.metrics().thread_pool_size, 0);
    /// # }
    /// ```
    pub fn shutdown(&self) {
        self.pool().shut_down();
    }

    /// Waits until the bulkhead has been shut down and its last call is over. Without a
    /// [`shutdown`](Self::shutdown), now or later, that is never.
    ///
    /// The future holds no handle: that of the last one to go shuts the bulkhead down.
    ///
    /// # Cancel safety
    /// Dropping it stops the waiting and nothing else.
    pub fn drained(&self) -> impl Future<Output = ()> + Send + use<> {
        Drained::new(Arc::clone(&self.handle.pool))
    }

    /// [`drained`](Self::drained), for a thread: on one of the bulkhead's own it would wait for itself.
    ///
    /// ```
    /// use resilience4rs::Registry;
    ///
    /// let bulkhead = Registry::new().thread_pool_bulkhead("reports");
    /// assert_eq!(bulkhead.call_blocking(|| Ok::<_, ()>(42)), Ok(42));
    /// bulkhead.shutdown();
    /// bulkhead.drained_blocking();
    /// assert_eq!(bulkhead.metrics().thread_pool_size, 0);
    /// ```
    pub fn drained_blocking(&self) {
        block_on(self.drained());
    }
}

impl Member for ThreadPoolBulkhead {
    type Builder = ThreadPoolBulkheadConfigBuilder;
    type Config = ThreadPoolBulkheadConfig;
    type Event = BulkheadEvent;
    const POLICY: Policy = Policy::ThreadPoolBulkhead;

    fn membership(&self) -> &Membership<ThreadPoolBulkheadConfigBuilder> {
        &self.pool().membership
    }

    fn settings(&self) -> ThreadPoolBulkheadConfig {
        self.config()
    }

    fn apply(&self, config: &ThreadPoolBulkheadConfig) {
        self.pool().apply(config);
    }

    /// There is nothing to forget: it counts nothing but the calls that it has.
    fn begin_afresh(&self) {}

    fn come_back(&self) {
        self.pool().reopen();
    }

    fn is_idle(&self) -> bool {
        self.pool().is_at_rest()
    }

    fn handles(&self) -> usize {
        Arc::strong_count(&self.handle)
    }

    fn weak(&self) -> WeakMember<Self> {
        let handle = Arc::downgrade(&self.handle);
        Box::new(move || handle.upgrade().map(|handle| Self { handle }))
    }

    fn event_bus(&self) -> &EventBus<BulkheadEvent> {
        &self.pool().events
    }
}

/// A panic leaves a bulkhead whole: no code but its own runs under its lock.
impl UnwindSafe for ThreadPoolBulkhead {}
impl RefUnwindSafe for ThreadPoolBulkhead {}

impl fmt::Debug for ThreadPoolBulkhead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThreadPoolBulkhead")
            .field("name", &self.name())
            .field("metrics", &self.metrics())
            .finish_non_exhaustive()
    }
}
