//! Letting calls through: at once, when their permits come, or not.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use super::cycles::{Refused, Reserved};
use super::event::RateLimiterEventKind;
use super::machine::Machine;
use super::reservation::Reservation;
use crate::clock::{Sleep, Ticks};
use crate::failure::{PolicyError, RateLimited};
use crate::sync::atomic::Ordering;

/// Cycles that are shorter than that are gone sooner than it pays to find their end on the clock.
const SHORTEST_SURE_NANOS: u64 = 100_000;

impl Machine {
    /// Lets a call through at once, or not at all.
    #[inline]
    pub(super) fn try_acquire(&self, permits: u32) -> Result<(), PolicyError> {
        let now = self.clock.ticks();
        if self.ledger.cycles.take(now, permits) {
            self.announce(RateLimiterEventKind::SuccessfulAcquire { permits });
            return Ok(());
        }
        self.acquire_within(now, permits, 0).map(|_| ())
    }

    /// Takes permits, for now or later, and announces that at once.
    pub(super) fn reserve(&self, permits: u32) -> Result<Duration, PolicyError> {
        let now = self.clock.ticks();
        self.acquire_within(now, permits, self.timeout_nanos())
            .map(|reserved| Duration::from_nanos(reserved.wait_nanos))
    }

    #[inline(never)]
    fn acquire_within(
        &self,
        now: Ticks,
        permits: u32,
        timeout_nanos: u64,
    ) -> Result<Reserved, PolicyError> {
        match self.reserve_within(now, permits, timeout_nanos) {
            Ok(reserved) => {
                self.announce(RateLimiterEventKind::SuccessfulAcquire { permits });
                Ok(reserved)
            }
            Err(refused) => Err(self.refuse(permits, refused.wait_nanos)),
        }
    }

    pub(super) fn acquire_blocking(&self, permits: u32) -> Result<(), PolicyError> {
        let now = self.clock.ticks();
        if !self.ledger.cycles.take(now, permits) {
            self.block(now, permits)?;
        }
        self.announce(RateLimiterEventKind::SuccessfulAcquire { permits });
        Ok(())
    }

    /// As in Resilience4j, who is refused has waited as long as it may.
    #[inline(never)]
    fn block(&self, now: Ticks, permits: u32) -> Result<(), PolicyError> {
        let timeout_nanos = self.timeout_nanos();
        let reserved = self.reserve_within(now, permits, timeout_nanos);
        let wait_nanos = match &reserved {
            Ok(reserved) => reserved.wait_nanos,
            Err(_) => timeout_nanos,
        };
        if wait_nanos > 0 {
            let _counted = Counted::new(self);
            let until = self.clock.nanos(now).saturating_add(wait_nanos);
            self.clock.wait_until(until);
        }
        match reserved {
            Ok(_) => Ok(()),
            Err(Refused { wait_nanos }) => {
                let left = wait_nanos.map(|wait| wait.saturating_sub(timeout_nanos));
                Err(self.refuse(permits, left))
            }
        }
    }

    fn reserve_within(
        &self,
        now: Ticks,
        permits: u32,
        timeout_nanos: u64,
    ) -> Result<Reserved, Refused> {
        let reserved = self
            .ledger
            .reserve(self.elapsed(now), permits, timeout_nanos)?;
        if reserved.wait_nanos == 0
            && self.ledger.cycles.period().nanos() >= SHORTEST_SURE_NANOS
            && !self.ledger.cycles.is_sure(now)
        {
            self.be_sure_in(reserved.cycle);
        }
        Ok(reserved)
    }

    /// Once in a cycle.
    #[cold]
    fn be_sure_in(&self, cycle: u64) {
        if let Some(last) = self.last_ticks_of(cycle) {
            self.ledger.cycles.be_sure_until(last);
        }
    }

    fn refuse(&self, permits: u32, wait_nanos: Option<u64>) -> PolicyError {
        self.announce(RateLimiterEventKind::FailedAcquire { permits });
        PolicyError::RateLimited(RateLimited {
            name: Arc::clone(&self.name),
            limit_for_period: self.ledger.cycles.limit(),
            retry_after: wait_nanos.map(Duration::from_nanos),
        })
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
    stage: Stage<'a>,
}

#[derive(Debug)]
enum Stage<'a> {
    Asking,
    /// In a box, since most calls never wait.
    Waiting(Box<Waiting<'a>>),
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
        }
    }

    /// Whether the call is let through; it goes on being so.
    #[inline]
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), PolicyError>> {
        match self.stage {
            Stage::Admitted => Poll::Ready(Ok(())),
            Stage::Asking => {
                let now = self.machine.clock.ticks();
                if !self.machine.ledger.cycles.take(now, self.permits) {
                    return self.ask(now, cx);
                }
                self.be_admitted()
            }
            Stage::Waiting(_) | Stage::Refused => self.wait(cx),
        }
    }

    #[inline]
    fn be_admitted(&mut self) -> Poll<Result<(), PolicyError>> {
        let permits = self.permits;
        self.stage = Stage::Admitted;
        self.machine
            .announce(RateLimiterEventKind::SuccessfulAcquire { permits });
        Poll::Ready(Ok(()))
    }

    #[inline(never)]
    fn ask(&mut self, now: Ticks, cx: &mut Context<'_>) -> Poll<Result<(), PolicyError>> {
        let Self {
            machine, permits, ..
        } = *self;
        match machine.reserve_within(now, permits, machine.timeout_nanos()) {
            Ok(Reserved { wait_nanos: 0, .. }) => self.be_admitted(),
            Ok(reserved) => {
                let until = machine.clock.nanos(now);
                let until = until.saturating_add(reserved.wait_nanos);
                self.stage = Stage::Waiting(Box::new(Waiting {
                    sleep: machine.clock.sleep_until(until),
                    reservation: Some(reserved.reservation),
                    counted: Counted::new(machine),
                }));
                self.wait(cx)
            }
            Err(refused) => {
                self.stage = Stage::Refused;
                Poll::Ready(Err(machine.refuse(permits, refused.wait_nanos)))
            }
        }
    }

    #[inline(never)]
    fn wait(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), PolicyError>> {
        let Stage::Waiting(waiting) = &mut self.stage else {
            panic!("a call was polled after it was refused");
        };
        if Pin::new(&mut waiting.sleep).poll(cx).is_pending() {
            return Poll::Pending;
        }
        waiting.reservation = None;
        self.be_admitted()
    }
}
