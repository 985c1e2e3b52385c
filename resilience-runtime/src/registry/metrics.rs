//! Whether calls are counted for metrics.

use std::sync::atomic::{AtomicBool, Ordering};

#[cfg(feature = "opentelemetry")]
use super::Registry;
use super::{Inner, RegistryBuilder};
use crate::policy::Policy;

/// Whether the instances of a registry count what becomes of their calls.
#[derive(Debug)]
pub(super) struct Counting(AtomicBool);

impl Counting {
    pub(super) fn new(is_on: bool) -> Self {
        Self(AtomicBool::new(is_on))
    }
}

impl Inner {
    /// Relaxed, here and below: an instance that is made meanwhile is found when it is read.
    pub(super) fn counts_calls(&self) -> bool {
        self.counting.0.load(Ordering::Relaxed)
    }

    /// Instances that are made from now on count from their beginning.
    pub(crate) fn begin_counting(&self) {
        self.counting.0.store(true, Ordering::Relaxed);
    }
}

#[cfg(feature = "config")]
impl Inner {
    /// Whether files say nothing against it.
    pub(crate) fn publishes_metrics(&self, policy: Policy) -> bool {
        self.configuration()
            .is_none_or(|configuration| configuration.policy(policy).metrics_enabled())
    }
}

#[cfg(not(feature = "config"))]
impl Inner {
    #[expect(clippy::unused_self, reason = "with files, it is asked")]
    pub(crate) fn publishes_metrics(&self, _: Policy) -> bool {
        true
    }
}

/// A handle on a registry that does not keep it alive.
#[cfg(feature = "opentelemetry")]
pub(crate) struct WeakRegistry(std::sync::Weak<Inner>);

#[cfg(feature = "opentelemetry")]
impl WeakRegistry {
    pub(crate) fn upgrade(&self) -> Option<Registry> {
        self.0.upgrade().map(|inner| Registry { inner })
    }
}

#[cfg(feature = "opentelemetry")]
impl Registry {
    pub(crate) fn downgrade(&self) -> WeakRegistry {
        WeakRegistry(std::sync::Arc::downgrade(&self.inner))
    }
}

impl RegistryBuilder {
    /// Counts for metrics from the first call on, or (`false`, as by default) from the first time that
    /// somebody reads them; see [`Registry::metric_families`](crate::Registry::metric_families).
    ///
    /// ```
    /// use resilience4rs::Registry;
    ///
    /// let registry = Registry::builder().metrics(true).build();
    /// let _ = registry.circuit_breaker("payments").call_blocking(|| Ok::<_, ()>(42));
    /// let families = registry.metric_families();
    /// let started = families
    ///     .iter()
    ///     .find(|family| family.name == "resilience4rs.circuitbreaker.started.calls")
    ///     .unwrap();
    /// assert_eq!(started.samples[0].value, resilience4rs::MetricValue::Counter(1.0));
    /// ```
    pub fn metrics(mut self, from_the_beginning: bool) -> Self {
        self.counts_from_the_beginning = from_the_beginning;
        self
    }
}
