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
use super::schedule::Schedule;

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
            openings: Openings::new(Schedule::new(period)),
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
            self.close_openings_of(now, moment);
            return None;
        }
        let schedule = moment.schedule;
        let wait = Cycles::wait(moment, now, permits).unwrap_or(u64::MAX);
        let latest = schedule.cycle_at(now.saturating_add(wait.min(timeout_nanos)));
        let shares = self.openings.take(moment, latest, permits)?;
        let start = schedule.start_of(shares.last()?.0)?;
        Some(Reserved {
            wait_nanos: start.saturating_sub(now),
            reservation: Reservation::of_openings(schedule, shares),
        })
    }

    /// Where nobody has reserved permissions of later cycles, those of this one that were given
    /// back are like those that nobody took.
    fn close_openings_of(&self, now: u64, moment: Moment) {
        let Moment {
            cycle, schedule, ..
        } = moment;
        let open = self.openings.take_all_of(moment);
        if open > 0 && !self.cycles.top_up(now, cycle, open) {
            self.openings.add(schedule, &[(cycle, open)]);
        }
    }

    /// Gives back what of a reservation has not lapsed.
    pub(super) fn give_back(&self, now: u64, reservation: Reservation) {
        let schedule = reservation.schedule;
        let cycle = schedule.cycle_at(now);
        self.openings.add(schedule, &reservation.shares(cycle));
    }

    /// Takes whatever the running cycle has, and says how many that was. Reservations stay.
    pub(super) fn drain(&self, now: u64) -> u32 {
        let drained = self.cycles.drain(now);
        if !self.openings.has_any() {
            return drained;
        }
        let moment = self.cycles.look(now);
        drained.saturating_add(self.openings.take_all_of(moment))
    }

    /// What there is to be had at once, or, as a negative number, how many are reserved ahead.
    pub(super) fn available(&self, moment: Moment) -> i64 {
        let Moment {
            permissions, limit, ..
        } = moment;
        if !self.openings.has_any() {
            return permissions;
        }
        let (of_cycle, all) = self.openings.count(moment);
        let full = permissions.max(limit.into());
        // What is reserved of later cycles does not stand before what is open in this one.
        let (had, open) = match (permissions, of_cycle) {
            (0.., _) => (permissions, of_cycle),
            (_, 1..) => (0, of_cycle),
            _ => (permissions, all),
        };
        had.saturating_add_unsigned(open).min(full)
    }

    /// Forgets what was taken, reserved and given back; what is given back later, too.
    pub(super) fn begin_afresh(&self, now: impl Fn() -> u64) {
        let schedule = self.cycles.begin_afresh(now);
        self.openings.close(schedule);
    }

    /// Whether the running cycle has all that it brought, and nothing of later ones is reserved.
    pub(super) fn is_untouched(&self, now: u64) -> bool {
        let moment = self.cycles.look(now);
        moment.permissions >= i64::from(moment.limit) && self.openings.count(moment) == (0, 0)
    }

    #[cfg(test)]
    pub(super) fn open_in(&self, cycle: u64) -> i64 {
        self.openings.of(cycle).into()
    }

    /// How long until one permission is to be had.
    pub(super) fn wait_for_one(&self, moment: Moment, now: u64) -> Option<u64> {
        let wait = Cycles::wait(moment, now, 1);
        if wait == Some(0) || !self.openings.has_any() {
            return wait;
        }
        let opening = self.openings.first(moment);
        let start = opening.and_then(|cycle| moment.schedule.start_of(cycle));
        let until_opening = start.map(|start| start.saturating_sub(now));
        wait.into_iter().chain(until_opening).min()
    }
}
