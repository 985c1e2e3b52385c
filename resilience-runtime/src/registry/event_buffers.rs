//! Which instances keep their last events, and how many.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::every_policy::ForPolicy;
use super::keeping::Kept;
use super::{Inner, Registry};
use crate::event_bus::EventBus;
use crate::policy::Policy;

/// How many events the instances of each policy were asked to keep; 0 for none.
#[derive(Debug, Default)]
pub(super) struct EventBuffers([AtomicUsize; Policy::ALL.len()]);

impl EventBuffers {
    fn asked(&self, policy: Policy) -> Option<usize> {
        let capacity = self.0[policy as usize].load(Ordering::Relaxed);
        (capacity > 0).then_some(capacity)
    }
}

impl Registry {
    /// Lets all instances of a policy, those too that are made later, keep at least their last
    /// `capacity` events, for [`buffered_events`](crate::CircuitBreaker::buffered_events).
    ///
    /// An instance for which the configuration says `eventConsumerBufferSize` keeps as many without
    /// being asked; but a rate limiter only where it says `subscribeForEvents: true`, 100 by default.
    /// Others keep none, unlike Resilience4j's, which keep 100 whether or not somebody reads them: an
    /// instance that keeps its events makes one of every call.
    ///
    /// ```
    /// use resilience4rs::{Policy, Registry};
    ///
    /// let registry = Registry::new();
    /// registry.buffer_events(Policy::Bulkhead, 10);
    /// let bulkhead = registry.bulkhead("payments");
    /// let _ = bulkhead.call_blocking(|| Ok::<_, ()>(42));
    /// assert_eq!(bulkhead.buffered_events().len(), 2);
    /// ```
    pub fn buffer_events(&self, policy: Policy, capacity: usize) {
        if capacity > 0 {
            let asked = &self.inner.event_buffers.0[policy as usize];
            asked.fetch_max(capacity, Ordering::Relaxed);
            self.inner.for_each_policy(&mut Ask(policy));
        }
    }
}

impl Inner {
    /// An instance is made, or begins afresh: it keeps what is said of its name.
    pub(super) fn begin_buffer<M: Kept>(&self, name: &str, bus: &EventBus<M::Event>) {
        if let Some(capacity) = self.buffer_capacity(M::POLICY, name) {
            bus.keep(capacity);
        }
    }

    /// An instance was removed or replaced: what it has kept is of another life.
    pub(super) fn clear_buffer<M: Kept>(&self, name: &str, bus: &EventBus<M::Event>) {
        if self.buffer_capacity(M::POLICY, name).is_some() {
            bus.keep_no_more();
        }
    }

    fn buffer_capacity(&self, policy: Policy, name: &str) -> Option<usize> {
        self.configured_buffer(policy, name)
            .or_else(|| self.event_buffers.asked(policy))
    }

    #[cfg(not(feature = "config"))]
    #[expect(clippy::unused_self, reason = "with files, it is asked")]
    fn configured_buffer(&self, _: Policy, _: &str) -> Option<usize> {
        None
    }
}

struct Ask(Policy);

impl ForPolicy for Ask {
    fn visit<M: Kept>(&mut self, registry: &Inner) {
        if M::POLICY != self.0 {
            return;
        }
        // Those that are made from here on have it anyway.
        for member in M::members(registry).by_name() {
            let name = member.membership().name();
            if registry.configured_buffer(M::POLICY, name).is_none()
                && let Some(capacity) = registry.event_buffers.asked(M::POLICY)
            {
                member.event_bus().keep_at_least(capacity);
            }
        }
    }
}

#[cfg(feature = "config")]
pub(super) use self::files::Rebuffer;

#[cfg(feature = "config")]
mod files {
    use std::sync::Arc;

    use super::Inner;
    use crate::configuration::Configuration;
    use crate::policy::Policy;
    use crate::registry::every_policy::ForPolicy;
    use crate::registry::keeping::Kept;

    impl Inner {
        pub(super) fn configured_buffer(&self, policy: Policy, name: &str) -> Option<usize> {
            let configuration = self.configuration()?;
            capacity_by(&configuration, policy, name)
        }
    }

    fn capacity_by(configuration: &Configuration, policy: Policy, name: &str) -> Option<usize> {
        let instance = configuration.policy(policy).instance(name)?;
        let is_kept = if policy == Policy::RateLimiter {
            instance.kept_flag("subscribe_for_events") == Some(true)
        } else {
            instance.kept().get("event_consumer_buffer_size").is_some()
        };
        is_kept.then(|| instance.event_consumer_buffer_size() as usize)
    }

    /// Lets instances keep what the configuration says now, where it said something else before. Where
    /// it says what it said, code that has asked an instance for more keeps that.
    pub(in crate::registry) struct Rebuffer(pub(in crate::registry) Option<Arc<Configuration>>);

    impl ForPolicy for Rebuffer {
        fn visit<M: Kept>(&mut self, registry: &Inner) {
            for member in M::members(registry).by_name() {
                let name = member.membership().name();
                let former = self
                    .0
                    .as_ref()
                    .and_then(|former| capacity_by(former, M::POLICY, name));
                let now = registry.configured_buffer(M::POLICY, name);
                if former == now {
                    continue;
                }
                match now.or_else(|| registry.event_buffers.asked(M::POLICY)) {
                    Some(capacity) => member.event_bus().keep(capacity),
                    None => member.event_bus().keep_no_more(),
                }
            }
        }
    }
}
