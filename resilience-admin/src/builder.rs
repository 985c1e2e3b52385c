//! How an [`Admin`] is set up.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use resilience_runtime::{Policy, Registry};
use tokio::sync::{Semaphore, watch};

use crate::access::Authorizer;
use crate::admin::{Admin, Shared};
use crate::health::{HealthIndicator, Indicators};

/// Sets up an [`Admin`].
#[must_use = "a builder does nothing until `build` is called"]
pub struct AdminBuilder {
    registry: Registry,
    base_path: String,
    authorizer: Option<Arc<dyn Authorizer>>,
    protects_reads: bool,
    allowed_origins: Vec<String>,
    event_buffer_size: usize,
    buffers_rate_limiter_events: bool,
    max_streams: usize,
    stream_capacity: usize,
    heartbeat: Duration,
    indicators: Indicators,
    #[cfg(feature = "prometheus")]
    metrics: crate::metrics::Renderer,
}

impl AdminBuilder {
    pub(crate) fn new(registry: &Registry) -> Self {
        Self {
            registry: registry.clone(),
            base_path: "/actuator".to_owned(),
            authorizer: None,
            protects_reads: false,
            allowed_origins: Vec::new(),
            event_buffer_size: 100,
            buffers_rate_limiter_events: false,
            max_streams: 32,
            stream_capacity: 256,
            heartbeat: Duration::from_secs(1),
            indicators: Indicators::default(),
            #[cfg(feature = "prometheus")]
            metrics: Arc::new(resilience_runtime::prometheus_text),
        }
    }

    /// What all paths begin with; `/actuator` by default.
    ///
    /// ```
    /// use resilience_admin::Admin;
    /// use resilience4rs::Registry;
    ///
    /// // Without one, for a router that is nested.
    /// let admin = Admin::builder(&Registry::new()).base_path("").build();
    /// let app: axum::Router = axum::Router::new().nest("/manage", admin.router());
    /// ```
    pub fn base_path(mut self, path: &str) -> Self {
        let path = path.trim_matches('/');
        self.base_path = if path.is_empty() {
            String::new()
        } else {
            format!("/{path}")
        };
        self
    }

    /// Who may change the state of breakers, and see what is [protected](Self::protect_reads). Without
    /// one, nobody may: the endpoints are there to read.
    ///
    /// ```
    /// use resilience_admin::{Access, AccessRequest, Admin, Principal, Refusal};
    /// use resilience4rs::Registry;
    ///
    /// let only_reading = |request: &AccessRequest<'_>| match request.access() {
    ///     Access::Read => Ok(Principal::new("anybody").unwrap()),
    ///     _ => Err(Refusal::Forbidden),
    /// };
    /// let admin = Admin::builder(&Registry::new()).authorizer(only_reading).build();
    /// assert!(format!("{admin:?}").contains("has_authorizer: true"));
    /// ```
    pub fn authorizer(mut self, authorizer: impl Authorizer) -> Self {
        self.authorizer = Some(Arc::new(authorizer));
        self
    }

    /// Whether the authorizer is asked for reading, too; not by default. The probes for liveness and
    /// readiness, which tell nothing else, are open all the same, and so is the page, which has nothing
    /// in it.
    pub fn protect_reads(mut self, protect: bool) -> Self {
        self.protects_reads = protect;
        self
    }

    /// Lets the pages of another origin, such as `https://console.example`, change the state of
    /// breakers, as far as the authorizer allows it. Those of the host that a request is sent to may
    /// anyway; where a proxy changes that host, the origin that browsers see is to be named.
    pub fn allow_origin(mut self, origin: impl Into<String>) -> Self {
        self.allowed_origins.push(origin.into());
        self
    }

    /// How many events each instance keeps at least; 100 by default, and none with 0. An instance
    /// for which a configuration says `eventConsumerBufferSize` keeps as many as that.
    ///
    /// ```
    /// use resilience_admin::Admin;
    /// use resilience4rs::Registry;
    ///
    /// let registry = Registry::new();
    /// let admin = Admin::builder(&registry).event_buffer_size(2).build();
    /// let breaker = registry.circuit_breaker("payments");
    /// for _ in 0..3 {
    ///     breaker.reset();
    /// }
    /// assert_eq!(breaker.buffered_events().len(), 2);
    /// ```
    pub fn event_buffer_size(mut self, size: usize) -> Self {
        self.event_buffer_size = size;
        self
    }

    /// Whether rate limiters keep events without a `subscribeForEvents` in the configuration; not by
    /// default, since they may have many.
    pub fn buffer_rate_limiter_events(mut self, buffer: bool) -> Self {
        self.buffers_rate_limiter_events = buffer;
        self
    }

    /// How many streams of live events may be open at a time; 32 by default. Who asks for more is
    /// answered with 503.
    ///
    /// ```
    /// use std::time::Duration;
    /// use resilience_admin::Admin;
    /// use resilience4rs::Registry;
    ///
    /// let admin = Admin::builder(&Registry::new())
    ///     .max_streams(4)
    ///     .stream_capacity(1_000)
    ///     .heartbeat(Duration::from_secs(15))
    ///     .build();
    /// assert_eq!(admin.open_streams(), 0);
    /// ```
    pub fn max_streams(mut self, max: usize) -> Self {
        self.max_streams = max.min(Semaphore::MAX_PERMITS);
        self
    }

    /// How many events a stream holds for its reader, at least one; 256 by default. A reader who is
    /// slower loses the oldest, and is told how many.
    pub fn stream_capacity(mut self, capacity: usize) -> Self {
        self.stream_capacity = capacity;
        self
    }

    /// How long a stream is silent before it says that it is there; a second by default, and a
    /// millisecond at least.
    pub fn heartbeat(mut self, interval: Duration) -> Self {
        self.heartbeat = interval.max(Duration::from_millis(1));
        self
    }

    /// The part in the health of the service that all instances have of which nothing else is said;
    /// [none](HealthIndicator::None) by default, as in Resilience4j.
    ///
    /// ```
    /// use resilience_admin::{Admin, HealthIndicator};
    /// use resilience4rs::{Policy, Registry};
    ///
    /// let admin = Admin::builder(&Registry::new())
    ///     .health_of_all(HealthIndicator::Shown)
    ///     .health_of(Policy::CircuitBreaker, "ledger", HealthIndicator::MayFail)
    ///     .build();
    /// ```
    pub fn health_of_all(mut self, indicator: HealthIndicator) -> Self {
        self.indicators.of_all = indicator;
        self
    }

    /// The part of one instance.
    pub fn health_of(
        mut self,
        policy: Policy,
        name: impl Into<String>,
        indicator: HealthIndicator,
    ) -> Self {
        self.indicators
            .named
            .insert((policy, name.into()), indicator);
        self
    }

    /// What writes the metrics for Prometheus, instead of
    /// [`prometheus_text`](resilience_runtime::prometheus_text) alone.
    ///
    /// ```
    /// use resilience_admin::Admin;
    /// use resilience4rs::Registry;
    ///
    /// let admin = Admin::builder(&Registry::new())
    ///     .metrics(|registry| format!("breakers {}\n", registry.circuit_breakers().len()))
    ///     .build();
    /// ```
    #[cfg(feature = "prometheus")]
    pub fn metrics(mut self, render: impl Fn(&Registry) -> String + Send + Sync + 'static) -> Self {
        self.metrics = Arc::new(render);
        self
    }

    /// Attaches it to the registry, whose instances keep their events from now on. With the feature
    /// `prometheus`, calls count for metrics from now on, too, and not only from the first scrape.
    #[must_use]
    pub fn build(self) -> Admin {
        // Whoever reads them begins it.
        #[cfg(feature = "prometheus")]
        drop(self.registry.metric_families());
        for policy in Policy::ALL {
            if policy != Policy::RateLimiter || self.buffers_rate_limiter_events {
                self.registry.buffer_events(policy, self.event_buffer_size);
            }
        }
        let (is_ending, _) = watch::channel(false);
        Admin::new(Shared {
            registry: self.registry,
            base_path: self.base_path,
            authorizer: self.authorizer,
            protects_reads: self.protects_reads,
            allowed_origins: self.allowed_origins,
            stream_places: Arc::new(Semaphore::new(self.max_streams)),
            max_streams: self.max_streams,
            stream_capacity: self.stream_capacity,
            heartbeat: self.heartbeat,
            is_ending,
            indicators: self.indicators,
            #[cfg(feature = "prometheus")]
            metrics: self.metrics,
        })
    }
}

impl fmt::Debug for AdminBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AdminBuilder")
            .field("base_path", &self.base_path)
            .field("has_authorizer", &self.authorizer.is_some())
            .field("protects_reads", &self.protects_reads)
            .finish_non_exhaustive()
    }
}
