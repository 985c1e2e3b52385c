//! Who gets which permissions: those of the cycles in their order, and those given back.
//!
//! A reservation is permissions of certain cycles. Giving it back opens them for whoever comes
//! next and would else have to wait for later ones: that one goes when the former would have gone.
//! Those who wait already keep their time, so nobody needs to be told, and no cycle ever lets more
//! through than it would have.

use super::cycles::{Cycles, Granted, Moment, Refused};
use super::openings::Openings;
use super::period::Period;
use super::reservation::Reservation;

#[derive(Debug)]
pub(super) struct Ledger {
    pub(super) cycles: Cycles,
    openings: Openings,
}

/// Permissions that are the caller's, from when it has waited for them.
#[derive(Debug)]
pub(super) struct Reserved {
    pub(super) wait_nanos: u64,
    pub(super) reservation: Reservation,
}

impl Ledger {
    pub(super) fn new(limit: u32, period: Period) -> Self {
        Self {
            cycles: Cycles::new(limit, period),
            openings: Openings::new(),
        }
    }

    /// Takes permissions that are to be had at once.
    pub(super) fn take(&self, now: u64, permits: u32) -> Result<(), Refused> {
        match self.cycles.reserve(now, permits, 0) {
            Ok(_) => Ok(()),
            Err(_) if self.openings.has_any() => self.reserve(now, permits, 0).map(|_| ()),
            Err(refused) => Err(refused),
        }
    }

    /// Takes permissions that are to be had within `timeout_nanos`.
    pub(super) fn reserve(
        &self,
        now: u64,
        permits: u32,
        timeout_nanos: u64,
    ) -> Result<Reserved, Refused> {
        if self.openings.has_any()
            && let Some(reserved) = self.reserve_opening(now, permits, timeout_nanos)
        {
            return Ok(reserved);
        }
        let Granted { wait_nanos, moment } = self.cycles.reserve(now, permits, timeout_nanos)?;
        Ok(Reserved {
            wait_nanos,
            reservation: Reservation::after(moment, permits),
        })
    }

    /// Takes what was given back, where that comes earlier than what is next in order.
    #[inline(never)]
    fn reserve_opening(&self, now: u64, permits: u32, timeout_nanos: u64) -> Option<Reserved> {
        let moment = self.cycles.look(now);
        if moment.permissions >= i64::from(permits) || permits == 0 {
            return None;
        }
        if moment.permissions >= 0 {
            self.close_openings_of(now, moment.cycle);
            return None;
        }
        let period = self.cycles.period();
        let wait = self.cycles.wait(moment, now, permits).unwrap_or(u64::MAX);
        let latest = period.cycle_at(now.saturating_add(wait.min(timeout_nanos)));
        let shares = self.openings.take(moment.cycle, latest, permits)?;
        let start = period.start_of(shares.last()?.0)?;
        Some(Reserved {
            wait_nanos: start.saturating_sub(now),
            reservation: Reservation::Openings(shares),
        })
    }

    /// Where nobody has reserved permissions of later cycles, those of this one that were given
    /// back are like those that nobody took.
    fn close_openings_of(&self, now: u64, cycle: u64) {
        let open = self.openings.take_all_of(cycle);
        if open > 0 && !self.cycles.top_up(now, cycle, open) {
            self.openings.add(&[(cycle, open)]);
        }
    }

    /// Gives back what of a reservation has not lapsed.
    pub(super) fn give_back(&self, now: u64, reservation: Reservation) {
        let cycle = self.cycles.period().cycle_at(now);
        self.openings.add(&reservation.shares(cycle));
    }

    /// Takes whatever the running cycle has, and says how many that was. Reservations stay.
    pub(super) fn drain(&self, now: u64) -> u32 {
        let drained = self.cycles.drain(now);
        if !self.openings.has_any() {
            return drained;
        }
        let cycle = self.cycles.look(now).cycle;
        drained.saturating_add(self.openings.take_all_of(cycle))
    }

    /// What there is to be had at once, or, as a negative number, how many are reserved ahead.
    pub(super) fn available(&self, moment: Moment) -> i64 {
        let Moment {
            cycle,
            permissions,
            limit,
        } = moment;
        if !self.openings.has_any() {
            return permissions;
        }
        let (of_cycle, all) = self.openings.count(cycle);
        let full = permissions.max(limit.into());
        // What is reserved of later cycles does not stand before what is open in this one.
        let (had, open) = match (permissions, of_cycle) {
            (0.., _) => (permissions, of_cycle),
            (_, 1..) => (0, of_cycle),
            _ => (permissions, all),
        };
        had.saturating_add_unsigned(open).min(full)
    }

    #[cfg(test)]
    pub(super) fn open_in(&self, cycle: u64) -> i64 {
        self.openings.of(cycle).into()
    }

    /// How long until one permission is to be had.
    pub(super) fn wait_for_one(&self, moment: Moment, now: u64) -> Option<u64> {
        let wait = self.cycles.wait(moment, now, 1);
        if wait == Some(0) || !self.openings.has_any() {
            return wait;
        }
        let opening = self.openings.first(moment.cycle);
        let start = opening.and_then(|cycle| self.cycles.period().start_of(cycle));
        let until_opening = start.map(|start| start.saturating_sub(now));
        wait.into_iter().chain(until_opening).min()
    }
}
