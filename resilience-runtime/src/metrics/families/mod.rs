//! What each policy has to say, by names, descriptions and kinds.
//!
//! What begins with `resilience4j.` is Resilience4j's own; what begins with `resilience4rs.` is ours.
//! Where Resilience4j describes the kinds of a meter differently, the description is that of the first,
//! which is the one that its Prometheus endpoint shows.

mod circuit_breaker;
mod limiters;
mod retry;

use super::collect::{Collection, Definition};
use super::family::{MetricFamily, MetricKind, MetricValue};
use crate::policy::Policy;
use crate::registry::Registry;

/// No thread of ours is a virtual one, which this says to those who ask.
const VIRTUAL_THREADS: Definition = gauge(
    "resilience4j.thread.virtual_thread_enabled",
    "Whether virtual threads are enabled in Resilience4j (1.0 = enabled, 0.0 = disabled)",
);

/// All of them.
pub(super) const DEFINITIONS: &[&[Definition]] = &[
    circuit_breaker::DEFINITIONS,
    retry::DEFINITIONS,
    limiters::DEFINITIONS,
    &[VIRTUAL_THREADS],
];

const fn gauge(name: &'static str, help: &'static str) -> Definition {
    let kind = MetricKind::Gauge;
    Definition { name, help, kind }
}

const fn counter(name: &'static str, help: &'static str) -> Definition {
    let kind = MetricKind::Counter;
    Definition { name, help, kind }
}

const fn timer(name: &'static str, help: &'static str) -> Definition {
    let kind = MetricKind::Timer;
    Definition { name, help, kind }
}

impl Registry {
    /// All metrics of all instances, as they are now, by their names: for an exporter. Names, kinds,
    /// labels and descriptions are those of Resilience4j; those that begin with `resilience4rs` are
    /// ours.
    ///
    /// Breakers count what becomes of calls from the [beginning](crate::RegistryBuilder::metrics), or
    /// else from the first time that this is called. Calls that run at that moment are not counted. A
    /// policy of which the configuration says `metrics.enabled: false` is left out.
    ///
    /// ```
    /// use resilience4rs::{MetricKind, MetricValue, Registry};
    ///
    /// let registry = Registry::builder().tag("region", "eu").build();
    /// registry.bulkhead_with("db", |config| config.max_concurrent_calls(7)).unwrap();
    ///
    /// let families = registry.metric_families();
    /// let available = families
    ///     .iter()
    ///     .find(|family| family.name == "resilience4j.bulkhead.available.concurrent.calls")
    ///     .unwrap();
    /// assert_eq!((available.kind, available.help), (MetricKind::Gauge, "The number of available permissions"));
    /// let sample = &available.samples[0];
    /// assert_eq!(sample.value, MetricValue::Gauge(7.0));
    /// assert_eq!(sample.labels, [("name", "db"), ("region", "eu")].map(|(k, v)| (k.into(), v.into())));
    /// ```
    #[must_use]
    pub fn metric_families(&self) -> Vec<MetricFamily> {
        let mut collection = Collection::new(self, DEFINITIONS);
        let publishes = |policy| self.inner().publishes_metrics(policy);
        if publishes(Policy::CircuitBreaker) {
            self.inner().begin_counting();
            circuit_breaker::collect(&mut collection);
        }
        if publishes(Policy::Retry) {
            retry::collect(&mut collection);
        }
        if publishes(Policy::RateLimiter) {
            limiters::collect_rate_limiters(&mut collection);
        }
        if publishes(Policy::Bulkhead) {
            limiters::collect_bulkheads(&mut collection);
        }
        if publishes(Policy::ThreadPoolBulkhead) {
            limiters::collect_thread_pools(&mut collection);
        }
        if publishes(Policy::TimeLimiter) {
            limiters::collect_time_limiters(&mut collection);
        }
        collection.add(&VIRTUAL_THREADS, MetricValue::Gauge(0.0));
        collection.finish()
    }
}
