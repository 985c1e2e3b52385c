//! The named instances of a service.
//!
//! `members` holds those of one policy, `keeping` makes, finds and removes them alike for every policy,
//! `inherited` says what their settings stand on, and `policies` is what users call.

mod check;
#[cfg(feature = "test-util")]
mod entered;
mod event;
mod event_buffers;
mod events;
mod every_policy;
mod health_indicators;
mod inherited;
mod instances;
mod keeping;
mod making;
mod members;
#[cfg(feature = "metrics-core")]
mod metrics;
mod named;
mod policies;
#[cfg(feature = "config")]
mod reload;
mod retry_budgets;
mod shared_configs;
mod tags;

use std::fmt;
use std::sync::{Arc, OnceLock, Weak};
use std::time::{Duration, UNIX_EPOCH};

pub use self::check::CheckFinding;
#[cfg(feature = "test-util")]
pub(crate) use self::entered::is_ever_entered;
#[cfg(feature = "test-util")]
pub use self::entered::{Entered, Scoped};
pub use self::event::{RegistryEvent, RegistryEventKind};
pub use self::health_indicators::HealthIndication;
pub(crate) use self::keeping::{Asked, Kept};
#[cfg(feature = "opentelemetry")]
pub(crate) use self::metrics::WeakRegistry;
#[cfg(feature = "config")]
pub use self::reload::{InstanceError, ReloadError, Reloaded};

use self::instances::Instances;
use self::members::Members;
use self::tags::Tags;
use crate::bulkhead::Bulkhead;
use crate::circuit_breaker::CircuitBreaker;
use crate::clock::Clock;
#[cfg(feature = "config")]
use crate::configuration::Configuration;
use crate::event_bus::EventBus;
use crate::policy::Policy;
use crate::rate_limiter::RateLimiter;
use crate::retry::{Retry, RetryBudget};
use crate::thread_pool_bulkhead::ThreadPoolBulkhead;
use crate::time_limiter::TimeLimiter;
use crate::trace::log;

/// The named instances of a service's policies, and the clock they go by: a handle, cheap to clone.
///
/// The attributes use the [global](Self::global) one unless told otherwise. A registry of one's own
/// keeps tests apart, with a clock that they move by hand: name it in the attribute
/// (`registry = ..`), or enter it (`Registry::enter`, with the feature `test-util`).
///
/// ```
/// use resilience4rs::{Clock, Registry};
///
/// let registry = Registry::builder().clock(Clock::manual()).build();
/// let one = registry.circuit_breaker("payments");
/// let same = registry.circuit_breaker("payments");
/// one.transition_to_forced_open().unwrap();
/// assert_eq!(same.state(), one.state());
/// ```
///
/// # Where settings come from
/// From the least to the most: the defaults; the shared configuration that the instance starts from;
/// the attribute or the code that makes it; its own entry in the configuration file, and the
/// environment; and what is changed while it runs. A setting is taken from the last that gives it.
///
/// # Names that come from outside
/// One instance per tenant or host is made as they come, up to
/// [`max_instances`](RegistryBuilder::max_instances) of each policy.
#[derive(Clone)]
pub struct Registry {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    /// For instances, which must not keep it alive.
    this: Weak<Inner>,
    clock: Clock,
    events: EventBus<RegistryEvent>,
    event_buffers: event_buffers::EventBuffers,
    tags: Tags,
    #[cfg(feature = "metrics-core")]
    counting: metrics::Counting,
    #[cfg(feature = "config")]
    configuration: reload::Current,
    circuit_breakers: Members<CircuitBreaker>,
    bulkheads: Members<Bulkhead>,
    thread_pool_bulkheads: Members<ThreadPoolBulkhead>,
    time_limiters: Members<TimeLimiter>,
    rate_limiters: Members<RateLimiter>,
    retries: Members<Retry>,
    retry_budgets: Instances<RetryBudget>,
    #[cfg(feature = "test-util")]
    found_by_call_sites: std::sync::Mutex<entered::FoundByCallSites>,
}

/// Builds a [`Registry`].
#[must_use = "a builder does nothing until `build` is called"]
pub struct RegistryBuilder {
    clock: Clock,
    max_instances: usize,
    tags: Vec<(String, String)>,
    #[cfg(feature = "metrics-core")]
    counts_from_the_beginning: bool,
    #[cfg(feature = "config")]
    configuration: Option<Configuration>,
    /// What is to be done before anything is made.
    prepare: Vec<Preparation>,
}

/// The global registry is in use already: it can no more be another.
///
/// ```
/// use resilience4rs::Registry;
///
/// Registry::global().circuit_breaker("payments");
/// let error = Registry::new().make_global().unwrap_err();
/// assert!(error.to_string().starts_with("the global registry is in use already"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the global registry is in use already: make another one global before the first guarded call, and before `Registry::global`"
)]
#[non_exhaustive]
pub struct GlobalRegistryInUse;

type Preparation = Box<dyn FnOnce(&Registry)>;

static GLOBAL: OnceLock<Registry> = OnceLock::new();

impl Registry {
    /// A registry with the system's clock.
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// A registry to be set up.
    pub fn builder() -> RegistryBuilder {
        RegistryBuilder::default()
    }

    /// The process's own registry: the one that was [made global](Self::make_global), or one with the
    /// system's clock.
    #[must_use]
    pub fn global() -> &'static Self {
        GLOBAL.get_or_init(Self::new)
    }

    /// Makes this the process's own registry, which must not be in use yet: first thing in `main`.
    ///
    /// # Errors
    /// When the global registry has been asked for before, by a guarded call for example.
    pub fn make_global(self) -> Result<(), GlobalRegistryInUse> {
        GLOBAL.set(self).map_err(|_| GlobalRegistryInUse)
    }

    /// The clock of all instances.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// Calls `consumer` with every event from now on, on the thread that brings it about: of an instance
    /// that is added before anybody has made a call through it. It may use the registry. A panic in it
    /// is caught.
    ///
    /// ```
    /// use resilience4rs::{Registry, RegistryEventKind};
    ///
    /// let registry = Registry::new();
    /// registry.on_event(|event| {
    ///     if event.kind == RegistryEventKind::Added {
    ///         println!("{} '{}' is there", event.policy, event.name);
    ///     }
    /// });
    /// registry.circuit_breaker("payments");
    /// ```
    pub fn on_event(&self, consumer: impl Fn(&RegistryEvent) + Send + Sync + 'static) {
        self.inner.events.subscribe(Arc::new(consumer));
    }

    pub(crate) fn inner(&self) -> &Arc<Inner> {
        &self.inner
    }
}

impl Inner {
    fn event(&self, policy: Policy, name: &Arc<str>, kind: RegistryEventKind) -> RegistryEvent {
        RegistryEvent {
            policy,
            name: Arc::clone(name),
            created_at: UNIX_EPOCH + Duration::from_nanos(self.clock.now_nanos()),
            kind,
        }
    }
}

impl Default for Registry {
    fn default() -> Self {
        Self::new()
    }
}

impl RegistryBuilder {
    /// The clock of all instances; [`Clock::system`] by default.
    pub fn clock(mut self, clock: impl Into<Clock>) -> Self {
        self.clock = clock.into();
        self
    }

    /// How many instances of each policy there may be; 10,000 by default.
    ///
    /// It is meant for names that come from outside, such as one per tenant. Where there are as many,
    /// one that nobody has asked for of late makes room for a new one: one with which nothing is lost,
    /// or else a closed breaker with what it has counted. None that is open, in use, changed by hand, or
    /// held by anybody, as an attribute with a literal name does, and no rate limiter whose permits are
    /// out. Where there is none to make room, the new one is made for its call and not kept, which an
    /// [event](RegistryEventKind::NotKept) says.
    ///
    /// An instance that makes room takes with it who listens to it, and what it was given by a call of
    /// [`circuit_breaker_with`](Registry::circuit_breaker_with) or the like: hold a handle of one that
    /// must stay, or do both again when an [event](RegistryEventKind::Added) says that it is back.
    ///
    /// ```
    /// use resilience4rs::Registry;
    ///
    /// let registry = Registry::builder().max_instances(100).build();
    /// for tenant in 0..1_000 {
    ///     registry.circuit_breaker(&format!("tenant {tenant}"));
    /// }
    /// assert_eq!(registry.circuit_breakers().len(), 100);
    /// ```
    pub fn max_instances(mut self, max: usize) -> Self {
        self.max_instances = max;
        self
    }

    /// Calls `consumer` with every event, beginning with the instances that the configuration names;
    /// see [`Registry::on_event`].
    pub fn on_event(mut self, consumer: impl Fn(&RegistryEvent) + Send + Sync + 'static) -> Self {
        self.prepare
            .push(Box::new(|registry| registry.on_event(consumer)));
        self
    }

    /// What files and the environment say. The instances that they name are made at once.
    ///
    /// ```
    /// use resilience4rs::Registry;
    /// use resilience4rs::configuration::Configuration;
    ///
    /// let configuration = Configuration::from_yaml_str("
    /// resilience4j.circuitbreaker.instances.payments.slidingWindowSize: 20
    /// ").unwrap();
    /// let registry = Registry::builder().configuration(configuration).build();
    /// let payments = registry.find_circuit_breaker("payments").unwrap();
    /// assert_eq!(payments.config().sliding_window_size(), 20);
    /// ```
    #[cfg(feature = "config")]
    pub fn configuration(mut self, configuration: Configuration) -> Self {
        self.configuration = Some(configuration);
        self
    }

    /// Makes the registry.
    #[must_use]
    pub fn build(self) -> Registry {
        let max = self.max_instances;
        let registry = Registry {
            inner: Arc::new_cyclic(|this| Inner {
                this: Weak::clone(this),
                clock: self.clock,
                events: EventBus::default(),
                event_buffers: event_buffers::EventBuffers::default(),
                tags: Tags::new(self.tags),
                #[cfg(feature = "metrics-core")]
                counting: metrics::Counting::new(self.counts_from_the_beginning),
                #[cfg(feature = "config")]
                configuration: reload::Current::new(self.configuration),
                circuit_breakers: Members::new(max),
                bulkheads: Members::new(max),
                thread_pool_bulkheads: Members::new(max),
                time_limiters: Members::new(max),
                rate_limiters: Members::new(max),
                retries: Members::new(max),
                retry_budgets: Instances::default(),
                #[cfg(feature = "test-util")]
                found_by_call_sites: std::sync::Mutex::default(),
            }),
        };
        log::follow(&registry.inner.events);
        for prepare in self.prepare {
            prepare(&registry);
        }
        #[cfg(feature = "config")]
        registry.make_configured();
        registry
    }
}

impl Default for RegistryBuilder {
    fn default() -> Self {
        Self {
            clock: Clock::default(),
            max_instances: 10_000,
            tags: Vec::new(),
            #[cfg(feature = "metrics-core")]
            counts_from_the_beginning: false,
            #[cfg(feature = "config")]
            configuration: None,
            prepare: Vec::new(),
        }
    }
}

impl fmt::Debug for RegistryBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RegistryBuilder")
            .field("clock", &self.clock)
            .field("max_instances", &self.max_instances)
            .field("tags", &self.tags)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry")
            .field("clock", self.clock())
            .field("circuit_breakers", &self.circuit_breakers())
            .field("bulkheads", &self.bulkheads())
            .field("thread_pool_bulkheads", &self.thread_pool_bulkheads())
            .field("time_limiters", &self.time_limiters())
            .field("rate_limiters", &self.rate_limiters())
            .field("retries", &self.retries())
            .field("retry_budgets", &self.retry_budgets())
            .finish()
    }
}
