//! What a rate limiter is made of.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, UNIX_EPOCH};

use super::config::RateLimiterConfig;
use super::config_builder::{DrainsOn, RateLimiterConfigBuilder};
use super::event::{RateLimiterEvent, RateLimiterEventKind};
use super::ledger::Ledger;
use super::metrics::RateLimiterMetrics;
use super::period::Period;
use super::reservation::Reservation;
use crate::clock::{Clock, Ticks, nanos_of};
use crate::event_bus::EventBus;
use crate::membership::Membership;
use crate::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

pub(super) struct Machine {
    pub(super) membership: Membership<RateLimiterConfigBuilder>,
    pub(super) clock: Clock,
    pub(super) events: EventBus<RateLimiterEvent>,
    /// When the first cycle began.
    start: Ticks,
    pub(super) ledger: Ledger,
    timeout_nanos: AtomicU64,
    drains_on_results: AtomicBool,
    /// Where there is one, a call that ends reads it; it is written when the settings change.
    drains_on: RwLock<Option<Arc<DrainsOn>>>,
    /// How many threads and tasks wait.
    pub(super) waiting: AtomicUsize,
}

impl Machine {
    pub(super) fn new(
        membership: Membership<RateLimiterConfigBuilder>,
        config: RateLimiterConfig,
        clock: Clock,
    ) -> Self {
        let period = Period::new(nanos_of(config.limit_refresh_period()));
        Self {
            ledger: Ledger::new(config.limit_for_period(), period),
            timeout_nanos: AtomicU64::new(nanos_of(config.timeout_duration())),
            waiting: AtomicUsize::new(0),
            events: EventBus::default(),
            start: clock.ticks(),
            drains_on_results: AtomicBool::new(config.drain_permissions_on_result.is_some()),
            drains_on: RwLock::new(config.drain_permissions_on_result),
            membership,
            clock,
        }
    }

    /// Relaxed: a call takes the timeout that it finds, and nothing hangs on it but that.
    pub(super) fn timeout_nanos(&self) -> u64 {
        self.timeout_nanos.load(Ordering::Relaxed)
    }

    /// Relaxed, as above.
    #[inline]
    pub(super) fn drains_on_results(&self) -> bool {
        self.drains_on_results.load(Ordering::Relaxed)
    }

    pub(super) fn drains_on(&self) -> Option<Arc<DrainsOn>> {
        let drains_on = self.drains_on.read();
        drains_on.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The settings as they are now.
    pub(super) fn current_config(&self) -> RateLimiterConfig {
        let (schedule, limit) = self.ledger.cycles.settings();
        RateLimiterConfig {
            limit_for_period: limit,
            limit_refresh_period: Duration::from_nanos(schedule.period.nanos()),
            timeout_duration: Duration::from_nanos(self.timeout_nanos()),
            drain_permissions_on_result: self.drains_on(),
        }
    }

    /// Takes other settings. Not to be called twice at the same time.
    pub(super) fn change(&self, config: &RateLimiterConfig) {
        let cycles = &self.ledger.cycles;
        let (schedule, limit) = cycles.settings();
        let period = Period::new(nanos_of(config.limit_refresh_period));
        if period != schedule.period {
            let now = || self.elapsed(self.clock.ticks());
            cycles.change_period(period, config.limit_for_period, now);
        } else if config.limit_for_period != limit {
            cycles.change_limit(config.limit_for_period);
        }
        self.timeout_nanos
            .store(nanos_of(config.timeout_duration), Ordering::Relaxed);
        let drains_on = config.drain_permissions_on_result.clone();
        let is_there = drains_on.is_some();
        let mut place = self
            .drains_on
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let former = std::mem::replace(&mut *place, drains_on);
        drop(place);
        // It is the user's, and may do anything when it is dropped.
        drop(former);
        self.drains_on_results.store(is_there, Ordering::Relaxed);
    }

    pub(super) fn begin_afresh(&self) {
        self.ledger
            .begin_afresh(|| self.elapsed(self.clock.ticks()));
    }

    pub(super) fn is_idle(&self) -> bool {
        let now = self.elapsed(self.clock.ticks());
        self.waiting.load(Ordering::Relaxed) == 0 && self.ledger.is_untouched(now)
    }

    /// The time since the first cycle began.
    #[inline]
    pub(super) fn elapsed(&self, now: Ticks) -> u64 {
        self.clock.nanos_between(self.start, now)
    }

    /// The last moment before a time since the first cycle began, as the clock shows it.
    pub(super) fn last_ticks_before(&self, end: u64) -> Option<Ticks> {
        // Rounding what lies before the start apart from what lies after it makes the moment no
        // later.
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
            name: Arc::clone(self.membership.name()),
            created_at,
            kind,
        });
    }
}

impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Machine")
            .field("membership", &self.membership)
            .field("ledger", &self.ledger)
            .finish_non_exhaustive()
    }
}
