//! Letting calls through: at once, when their permits come, or not.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use super::cycles::Refused;
use super::event::RateLimiterEventKind;
use super::machine::Machine;
use super::reservation::Reservation;
use crate::clock::{Sleep, Ticks};
use crate::failure::{PolicyError, RateLimited};
use crate::policy::Policy;
use crate::seldom::Seldom;
use crate::sync::atomic::Ordering;
use crate::trace::log;

/// Cycles that are shorter than that are gone sooner than it pays to find their end on the clock.
const SHORTEST_SURE_NANOS: u64 = 100_000;

impl Machine {
    /// Lets a call through at once, or not at all.
    #[inline]
    pub(super) fn try_acquire(&self, permits: u32) -> Result<(), PolicyError> {
        let now = self.clock.ticks();
        if self.take(now, permits) {
            self.announce(RateLimiterEventKind::SuccessfulAcquire { permits });
            return Ok(());
        }
        self.try_acquire_slowly(now, permits)
    }

    #[inline(never)]
    fn try_acquire_slowly(&self, now: Ticks, permits: u32) -> Result<(), PolicyError> {
        match self.ledger.take(self.elapsed(now), permits) {
            Ok(()) => {
                self.announce(RateLimiterEventKind::SuccessfulAcquire { permits });
                Ok(())
            }
            Err(refused) => Err(self.refuse(permits, refused)),
        }
    }

    /// Takes permits, for now or later, and announces that at once.
    pub(super) fn reserve(&self, permits: u32) -> Result<Duration, PolicyError> {
        let now = self.elapsed(self.clock.ticks());
        match self.ledger.reserve(now, permits, self.timeout_nanos()) {
            Ok(reserved) => {
                self.announce(RateLimiterEventKind::SuccessfulAcquire { permits });
                Ok(Duration::from_nanos(reserved.wait_nanos))
            }
            Err(refused) => Err(self.refuse(permits, refused)),
        }
    }

    #[inline]
    pub(super) fn acquire_blocking(&self, permits: u32) -> Result<(), PolicyError> {
        let now = self.clock.ticks();
        if !self.take(now, permits) {
            self.block(now, permits)?;
        }
        self.announce(RateLimiterEventKind::SuccessfulAcquire { permits });
        Ok(())
    }

    /// As in Resilience4j, who is refused has waited as long as it may.
    #[inline(never)]
    fn block(&self, now: Ticks, permits: u32) -> Result<(), PolicyError> {
        let timeout_nanos = self.timeout_nanos();
        let elapsed = self.elapsed(now);
        let reserved = self.ledger.reserve(elapsed, permits, timeout_nanos);
        let wait_nanos = match &reserved {
            Ok(reserved) => reserved.wait_nanos,
            Err(_) => timeout_nanos,
        };
        if wait_nanos > 0 {
            let _counted = Counted::new(self);
            self.clock.wait_until(self.nanos_after(now, wait_nanos));
        }
        reserved.map(|_| ()).map_err(|refused| {
            let left = |wait: u64| wait.saturating_sub(timeout_nanos);
            let wait_nanos = refused.wait_nanos.map(left);
            self.refuse(
                permits,
                Refused {
                    wait_nanos,
                    ..refused
                },
            )
        })
    }

    /// Takes permits of the running cycle, if they are there and nobody comes in between.
    #[inline]
    fn take(&self, now: Ticks, permits: u32) -> bool {
        self.ledger.cycles.take(now, permits) || self.take_in_new_cycle(now, permits)
    }

    #[inline(never)]
    fn take_in_new_cycle(&self, now: Ticks, permits: u32) -> bool {
        let cycles = &self.ledger.cycles;
        if cycles.is_sure(now) {
            return false;
        }
        let Some(moment) = cycles.take_at(self.elapsed(now), permits) else {
            return false;
        };
        if moment.schedule.period.nanos() >= SHORTEST_SURE_NANOS {
            self.be_sure_in(moment.cycle);
        }
        true
    }

    /// Once in a cycle.
    #[cold]
    fn be_sure_in(&self, cycle: u64) {
        let cycles = &self.ledger.cycles;
        cycles.be_sure_in(cycle, |end| self.last_ticks_before(end));
    }

    fn nanos_after(&self, now: Ticks, wait_nanos: u64) -> u64 {
        self.clock.nanos(now).saturating_add(wait_nanos)
    }

    fn refuse(&self, permits: u32, refused: Refused) -> PolicyError {
        self.announce(RateLimiterEventKind::FailedAcquire { permits });
        let name = self.membership.name();
        let limited = move || RateLimited {
            name: Arc::clone(name),
            limit_for_period: refused.limit,
            retry_after: refused.wait_nanos.map(Duration::from_nanos),
        };
        let limit = &self.membership.log_limit;
        log::rejected(limit, &self.clock, Policy::RateLimiter, name, limited);
        PolicyError::RateLimited(limited())
    }
}

/// A caller who waits, as long as it does.
#[derive(Debug)]
struct Counted<'a> {
    machine: &'a Machine,
}

impl<'a> Counted<'a> {
    fn new(machine: &'a Machine) -> Self {
        // Relaxed, here and below: a count that nothing is decided by.
        machine.waiting.fetch_add(1, Ordering::Relaxed);
        Self { machine }
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.machine.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A task's way in.
#[derive(Debug)]
pub(super) struct Admission<'a> {
    machine: &'a Machine,
    permits: u32,
    stage: Stage,
    /// In a box, since most calls never wait, and beside the stage, so that these need not look what
    /// a stage leaves behind.
    waiting: Seldom<Box<Waiting<'a>>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Asking,
    Waiting,
    Admitted,
    Refused,
}

/// A reservation that is given back if its owner goes away before its time.
#[derive(Debug)]
struct Waiting<'a> {
    sleep: Sleep,
    reservation: Option<Reservation>,
    counted: Counted<'a>,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if let Some(reservation) = self.reservation.take() {
            self.counted.machine.give_back(reservation);
        }
    }
}

impl<'a> Admission<'a> {
    #[inline]
    pub(super) fn new(machine: &'a Machine, permits: u32) -> Self {
        Self {
            machine,
            permits,
            stage: Stage::Asking,
            waiting: Seldom::nothing(),
        }
    }

    /// Whether the call has not asked yet.
    #[inline]
    pub(super) fn is_new(&self) -> bool {
        self.stage == Stage::Asking
    }

    /// Its limiter's name.
    #[inline]
    pub(super) fn name(&self) -> &str {
        self.machine.membership.name()
    }

    /// Whether the call is let through: at once, or as it was before.
    #[inline]
    pub(super) fn is_admitted(&mut self) -> bool {
        match self.stage {
            Stage::Admitted => true,
            Stage::Asking => {
                let is_admitted = self.machine.take(self.machine.clock.ticks(), self.permits);
                if is_admitted {
                    self.be_admitted();
                }
                is_admitted
            }
            Stage::Waiting | Stage::Refused => false,
        }
    }

    #[inline]
    fn be_admitted(&mut self) {
        let permits = self.permits;
        self.stage = Stage::Admitted;
        self.machine
            .announce(RateLimiterEventKind::SuccessfulAcquire { permits });
    }

    /// Waits for leave, where there was none at once.
    #[inline(never)]
    pub(super) fn poll_wait(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), PolicyError>> {
        match self.stage {
            Stage::Asking => self.ask()?,
            Stage::Waiting | Stage::Admitted => {}
            Stage::Refused => panic!("a call was polled after it was refused"),
        }
        if let Some(waiting) = &mut *self.waiting {
            ready!(Pin::new(&mut waiting.sleep).poll(cx));
            waiting.reservation = None;
            *self.waiting = None;
            self.be_admitted();
        }
        Poll::Ready(Ok(()))
    }

    fn ask(&mut self) -> Result<(), PolicyError> {
        let Self {
            machine, permits, ..
        } = *self;
        let now = machine.clock.ticks();
        let (elapsed, timeout_nanos) = (machine.elapsed(now), machine.timeout_nanos());
        let reserved = machine.ledger.reserve(elapsed, permits, timeout_nanos);
        let reserved = reserved.map_err(|refused| {
            self.stage = Stage::Refused;
            machine.refuse(permits, refused)
        })?;
        if reserved.wait_nanos == 0 {
            // It was only that somebody else came in between.
            self.be_admitted();
        } else {
            let until = machine.nanos_after(now, reserved.wait_nanos);
            self.stage = Stage::Waiting;
            *self.waiting = Some(Box::new(Waiting {
                sleep: machine.clock.sleep_until(until),
                reservation: Some(reserved.reservation),
                counted: Counted::new(machine),
            }));
        }
        Ok(())
    }
}
