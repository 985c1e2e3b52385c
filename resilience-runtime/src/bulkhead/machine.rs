//! What a bulkhead is made of: permits, and who is told.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use super::config::BulkheadConfig;
use super::config_builder::BulkheadConfigBuilder;
use super::event::{BulkheadEvent, BulkheadEventKind};
use super::metrics::BulkheadMetrics;
use super::semaphore::Semaphore;
use crate::clock::{Clock, nanos_of};
use crate::event_bus::EventBus;
use crate::failure::BulkheadFull;
use crate::membership::Membership;
use crate::policy::Policy;
use crate::sync::atomic::{AtomicU64, Ordering};
use crate::trace::log;

#[derive(Debug)]
pub(super) struct Machine {
    pub(super) membership: Membership<BulkheadConfigBuilder>,
    pub(super) clock: Clock,
    pub(super) events: EventBus<BulkheadEvent>,
    pub(super) semaphore: Semaphore,
    max_wait_nanos: AtomicU64,
}

impl Machine {
    pub(super) fn new(
        membership: Membership<BulkheadConfigBuilder>,
        config: BulkheadConfig,
        clock: Clock,
    ) -> Self {
        let is_fair = config.is_fair_call_handling_enabled();
        Self {
            membership,
            clock,
            events: EventBus::default(),
            semaphore: Semaphore::new(config.max_concurrent_calls(), is_fair),
            max_wait_nanos: AtomicU64::new(nanos_of(config.max_wait_duration())),
        }
    }

    pub(super) fn config(&self) -> BulkheadConfig {
        let (max_concurrent_calls, _) = self.semaphore.permits();
        BulkheadConfig {
            max_concurrent_calls,
            max_wait_duration: self.max_wait_duration(),
            fair_call_handling_enabled: self.semaphore.is_fair(),
        }
    }

    pub(super) fn apply(&self, config: &BulkheadConfig) {
        let wait = nanos_of(config.max_wait_duration());
        self.max_wait_nanos.store(wait, Ordering::Relaxed);
        let is_fair = config.is_fair_call_handling_enabled();
        self.semaphore
            .reshape(config.max_concurrent_calls(), is_fair);
    }

    pub(super) fn metrics(&self) -> BulkheadMetrics {
        let (limit, free) = self.semaphore.permits();
        BulkheadMetrics {
            available_concurrent_calls: free,
            max_allowed_concurrent_calls: limit,
            waiting_calls: self.semaphore.waiting(),
        }
    }

    // Relaxed, here and above: a number of its own.
    pub(super) fn max_wait_nanos(&self) -> u64 {
        self.max_wait_nanos.load(Ordering::Relaxed)
    }

    fn max_wait_duration(&self) -> Duration {
        Duration::from_nanos(self.max_wait_nanos())
    }

    /// Takes a permit without waiting and without a word to anybody.
    #[inline]
    pub(super) fn try_take(&self) -> bool {
        self.semaphore.try_take()
    }

    /// Gives a permit back without a word to anybody.
    #[inline]
    pub(super) fn give_back(&self) {
        self.semaphore.give_back();
    }

    /// A call is over.
    #[inline]
    pub(super) fn finish(&self) {
        self.semaphore.give_back();
        self.announce(BulkheadEventKind::CallFinished);
    }

    #[cold]
    pub(super) fn reject(&self) -> BulkheadFull {
        self.announce(BulkheadEventKind::CallRejected);
        let (limit, _) = self.semaphore.permits();
        let name = self.membership.name();
        let full = move || BulkheadFull {
            name: Arc::clone(name),
            max_concurrent_calls: limit,
            max_wait_duration: self.max_wait_duration(),
        };
        let log_limit = &self.membership.log_limit;
        log::rejected(log_limit, &self.clock, Policy::Bulkhead, name, full);
        full()
    }

    #[inline]
    pub(super) fn announce(&self, kind: BulkheadEventKind) {
        if self.events.has_consumers() {
            self.publish(kind);
        }
    }

    #[cold]
    fn publish(&self, kind: BulkheadEventKind) {
        self.events.publish(&BulkheadEvent {
            name: Arc::clone(self.membership.name()),
            created_at: UNIX_EPOCH + Duration::from_nanos(self.clock.now_nanos()),
            kind,
        });
    }
}
