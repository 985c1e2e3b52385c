//! What a rate limiter is made of.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use super::config::RateLimiterConfig;
use super::event::{RateLimiterEvent, RateLimiterEventKind};
use super::ledger::Ledger;
use super::metrics::RateLimiterMetrics;
use super::period::Period;
use super::reservation::Reservation;
use crate::clock::{Clock, Ticks, nanos_of};
use crate::event_bus::EventBus;
use crate::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

#[derive(Debug)]
pub(super) struct Machine {
    pub(super) name: Arc<str>,
    pub(super) config: RateLimiterConfig,
    pub(super) clock: Clock,
    pub(super) events: EventBus<RateLimiterEvent>,
    /// When the first cycle began.
    start: Ticks,
    pub(super) ledger: Ledger,
    timeout_nanos: AtomicU64,
    /// How many threads and tasks wait.
    pub(super) waiting: AtomicUsize,
}

impl Machine {
    pub(super) fn new(name: Arc<str>, config: RateLimiterConfig, clock: Clock) -> Self {
        let period = Period::new(nanos_of(config.limit_refresh_period()));
        Self {
            ledger: Ledger::new(config.limit_for_period(), period),
            timeout_nanos: AtomicU64::new(nanos_of(config.timeout_duration())),
            waiting: AtomicUsize::new(0),
            events: EventBus::default(),
            start: clock.ticks(),
            name,
            config,
            clock,
        }
    }

    /// Relaxed: a call takes the timeout that it finds, and nothing hangs on it but that.
    pub(super) fn timeout_nanos(&self) -> u64 {
        self.timeout_nanos.load(Ordering::Relaxed)
    }

    pub(super) fn change_timeout(&self, timeout: Duration) {
        self.timeout_nanos
            .store(nanos_of(timeout), Ordering::Relaxed);
    }

    /// The settings as they are now.
    pub(super) fn current_config(&self) -> RateLimiterConfig {
        let builder = self.config.to_builder();
        RateLimiterConfig::of(
            builder
                .limit_for_period(self.ledger.cycles.limit())
                .timeout_duration(Duration::from_nanos(self.timeout_nanos())),
        )
    }

    /// The time since the first cycle began.
    #[inline]
    pub(super) fn elapsed(&self, now: Ticks) -> u64 {
        self.clock.nanos_between(self.start, now)
    }

    /// The last moment of a cycle, if there is one on the clock.
    pub(super) fn last_ticks_of(&self, cycle: u64) -> Option<Ticks> {
        // Rounding what lies before the start apart from what lies after it makes the moment no
        // later.
        let end = self.ledger.cycles.period().start_of(cycle + 1)?;
        let last = self.clock.nanos(self.start).checked_add(end - 1)?;
        Some(self.clock.last_ticks_at(last))
    }

    pub(super) fn drain(&self) {
        let permits = self.ledger.drain(self.elapsed(self.clock.ticks()));
        self.announce(RateLimiterEventKind::Drained { permits });
    }

    pub(super) fn give_back(&self, reservation: Reservation) {
        let now = self.elapsed(self.clock.ticks());
        self.ledger.give_back(now, reservation);
    }

    pub(super) fn metrics(&self) -> RateLimiterMetrics {
        let now = self.elapsed(self.clock.ticks());
        let moment = self.ledger.cycles.look(now);
        let available = self.ledger.available(moment);
        RateLimiterMetrics {
            // As deep as the deepest debt, and no more than the highest limit.
            available_permissions: i32::try_from(available).unwrap_or(i32::MAX),
            number_of_waiting_threads: self.waiting.load(Ordering::Relaxed),
            nanos_to_wait: self.ledger.wait_for_one(moment, now).unwrap_or(u64::MAX),
            cycle: moment.cycle,
        }
    }

    #[inline]
    pub(super) fn announce(&self, kind: RateLimiterEventKind) {
        if self.events.has_consumers() {
            self.publish(kind);
        }
    }

    #[cold]
    fn publish(&self, kind: RateLimiterEventKind) {
        let created_at = UNIX_EPOCH + Duration::from_nanos(self.clock.now_nanos());
        self.events.publish(&RateLimiterEvent {
            name: Arc::clone(&self.name),
            created_at,
            kind,
        });
    }
}
