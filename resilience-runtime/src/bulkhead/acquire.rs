//! Waiting for a permit, for as long as a call may.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::machine::Machine;
use super::permit::BulkheadPermit;
use super::semaphore::Waiter;
use crate::clock::Sleep;
use crate::failure::PolicyError;
use crate::parking;

/// A call that waits for its permit. Dropped before it has one, it leaves the line.
pub(super) struct Acquire<'a> {
    machine: &'a Machine,
    waiter: Waiter<'a>,
    /// Until when, once it waits; none where that is for ever.
    patience: Option<Sleep>,
}

impl<'a> Acquire<'a> {
    /// Of a call that found no permit and may wait for one.
    fn new(machine: &'a Machine, max_wait_nanos: u64) -> Self {
        Self {
            machine,
            waiter: machine.semaphore.waiter(),
            patience: deadline(machine, max_wait_nanos)
                .map(|at_nanos| machine.clock.sleep_until(at_nanos)),
        }
    }

    pub(super) fn poll(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<BulkheadPermit<'a>, PolicyError>> {
        let has_permit = self.waiter.poll(cx.waker()).is_ready();
        if !has_permit {
            let Some(patience) = &mut self.patience else {
                return Poll::Pending;
            };
            if Pin::new(patience).poll(cx).is_pending() {
                return Poll::Pending;
            }
        }
        // The timer goes as soon as it is of no use.
        self.patience = None;
        Poll::Ready(if has_permit || self.waiter.give_up() {
            Ok(BulkheadPermit::new(self.machine))
        } else {
            Err(self.machine.reject().into())
        })
    }
}

/// Until when a call waits that begins to wait now.
fn deadline(machine: &Machine, max_wait_nanos: u64) -> Option<u64> {
    let at_nanos = machine.clock.now_nanos().saturating_add(max_wait_nanos);
    (at_nanos != u64::MAX).then_some(at_nanos)
}

impl Machine {
    /// A permit, at once or not at all.
    #[inline]
    pub(super) fn try_acquire(&self) -> Result<BulkheadPermit<'_>, PolicyError> {
        if self.try_take() {
            Ok(BulkheadPermit::new(self))
        } else {
            Err(self.reject().into())
        }
    }

    /// How to wait for a permit.
    ///
    /// # Errors
    /// When the call may not wait.
    #[cold]
    pub(super) fn begin_to_wait(&self) -> Result<Acquire<'_>, PolicyError> {
        match self.max_wait_nanos() {
            0 => Err(self.reject().into()),
            nanos => Ok(Acquire::new(self, nanos)),
        }
    }

    /// A permit, for which the thread waits.
    #[inline]
    pub(super) fn acquire_blocking(&self) -> Result<BulkheadPermit<'_>, PolicyError> {
        if self.try_take() || self.wait_for_permit() {
            Ok(BulkheadPermit::new(self))
        } else {
            Err(self.reject().into())
        }
    }

    #[cold]
    fn wait_for_permit(&self) -> bool {
        let nanos = self.max_wait_nanos();
        if nanos == 0 {
            return false;
        }
        let parking = parking::of_this_thread();
        let waker = parking.waker();
        let deadline = deadline(self, nanos);
        let mut waiter = self.semaphore.waiter();
        // On a clock that only a test moves.
        let mut patience = None;
        loop {
            if waiter.poll(&waker).is_ready() {
                return true;
            }
            let Some(deadline) = deadline else {
                parking.wait();
                continue;
            };
            let is_over = if let Some(left) = self.clock.real_time_until(deadline) {
                !parking.wait_for(left)
            } else {
                let patience = patience.get_or_insert_with(|| self.clock.sleep_until(deadline));
                let mut cx = Context::from_waker(&waker);
                let is_over = Pin::new(patience).poll(&mut cx).is_ready();
                if !is_over {
                    parking.wait();
                }
                is_over
            };
            if is_over {
                return waiter.give_up();
            }
        }
    }
}

impl fmt::Debug for Acquire<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Acquire")
            .field("bulkhead", self.machine.membership.name())
            .finish_non_exhaustive()
    }
}
