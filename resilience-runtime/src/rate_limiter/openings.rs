//! Permissions of this cycle and later ones that somebody had reserved and given back.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::cycles::Moment;
use super::schedule::Schedule;
use crate::sync::atomic::{AtomicBool, Ordering};
use crate::sync::{Mutex, MutexGuard, lock};

/// By cycle. A caller looks here only where it would else have to wait or be refused, and there is
/// something to be found.
///
/// The first who comes with a newer schedule brings all of them to its cycles, by the time at which
/// theirs would have begun. A caller who still goes by an older one finds nothing.
#[derive(Debug)]
pub(super) struct Openings {
    has_any: AtomicBool,
    open: Mutex<Open>,
}

#[derive(Debug)]
struct Open {
    schedule: Schedule,
    /// The first cycle of the earliest one of which something may be given back.
    earliest_schedule: u64,
    by_cycle: BTreeMap<u64, u32>,
}

impl Openings {
    pub(super) fn new(schedule: Schedule) -> Self {
        Self {
            has_any: AtomicBool::new(false),
            open: Mutex::new(Open {
                schedule,
                earliest_schedule: 0,
                by_cycle: BTreeMap::new(),
            }),
        }
    }

    /// Relaxed: who misses something that is given back at the same moment came before it.
    #[inline]
    pub(super) fn has_any(&self) -> bool {
        self.has_any.load(Ordering::Relaxed)
    }

    pub(super) fn add(&self, schedule: Schedule, shares: &[(u64, u32)]) {
        if shares.is_empty() {
            return;
        }
        let mut open = lock(&self.open);
        open.bring_to(schedule);
        if schedule.first_cycle < open.earliest_schedule {
            return;
        }
        let of_now = open.schedule;
        for (cycle, permits) in shares {
            let cycle = if schedule == of_now {
                Some(*cycle)
            } else {
                of_now.translate(*cycle, schedule)
            };
            if let Some(cycle) = cycle {
                *open.by_cycle.entry(cycle).or_default() += permits;
            }
        }
        self.note(&open);
    }

    /// Takes permissions of the earliest cycles from this one on, if there are enough up to `latest`.
    pub(super) fn take(
        &self,
        moment: Moment,
        latest: u64,
        permits: u32,
    ) -> Option<Vec<(u64, u32)>> {
        let mut open = self.current(moment)?;
        let mut missing = permits;
        let mut shares = Vec::new();
        for (cycle, open) in open.by_cycle.range(..=latest) {
            let share = missing.min(*open);
            shares.push((*cycle, share));
            missing -= share;
            if missing == 0 {
                break;
            }
        }
        if missing > 0 {
            return None;
        }
        for (cycle, share) in &shares {
            if let Entry::Occupied(mut open) = open.by_cycle.entry(*cycle) {
                *open.get_mut() -= share;
                if *open.get() == 0 {
                    open.remove();
                }
            }
        }
        self.note(&open);
        Some(shares)
    }

    /// Takes all that the cycle has.
    pub(super) fn take_all_of(&self, moment: Moment) -> u32 {
        let Some(mut open) = self.current(moment) else {
            return 0;
        };
        let permits = open.by_cycle.remove(&moment.cycle).unwrap_or(0);
        self.note(&open);
        permits
    }

    /// How many the cycle has, and how many it and those after it have.
    pub(super) fn count(&self, moment: Moment) -> (u64, u64) {
        let Some(open) = self.current(moment) else {
            return (0, 0);
        };
        let of_cycle = open.by_cycle.get(&moment.cycle).copied().unwrap_or(0);
        let all = open.by_cycle.values().copied().map(u64::from).sum();
        (of_cycle.into(), all)
    }

    /// The first cycle from this one on that has any.
    pub(super) fn first(&self, moment: Moment) -> Option<u64> {
        self.current(moment)?.by_cycle.keys().next().copied()
    }

    /// Forgets them all, and those that are still to be given back of earlier schedules.
    pub(super) fn close(&self, schedule: Schedule) {
        let mut open = lock(&self.open);
        open.bring_to(schedule);
        open.earliest_schedule = schedule.first_cycle;
        open.by_cycle.clear();
        self.note(&open);
    }

    #[cfg(test)]
    pub(super) fn of(&self, cycle: u64) -> u32 {
        lock(&self.open).by_cycle.get(&cycle).copied().unwrap_or(0)
    }

    /// What has not lapsed, if the moment is not of an older schedule.
    fn current(&self, moment: Moment) -> Option<MutexGuard<'_, Open>> {
        let mut open = lock(&self.open);
        open.bring_to(moment.schedule);
        if open.schedule != moment.schedule {
            return None;
        }
        while let Some(earliest) = open.by_cycle.first_entry()
            && *earliest.key() < moment.cycle
        {
            earliest.remove();
        }
        self.note(&open);
        Some(open)
    }

    fn note(&self, open: &Open) {
        self.has_any
            .store(!open.by_cycle.is_empty(), Ordering::Relaxed);
    }
}

impl Open {
    /// Nothing changes if the schedule is an older one.
    fn bring_to(&mut self, schedule: Schedule) {
        if schedule.first_cycle <= self.schedule.first_cycle {
            return;
        }
        let mut by_cycle = BTreeMap::new();
        for (cycle, permits) in &self.by_cycle {
            if let Some(cycle) = schedule.translate(*cycle, self.schedule) {
                *by_cycle.entry(cycle).or_default() += permits;
            }
        }
        self.schedule = schedule;
        self.by_cycle = by_cycle;
    }
}

#[cfg(all(test, not(resilience_loom)))]
mod tests {
    use super::*;

    use crate::rate_limiter::period::Period;

    const FIRST: u64 = 100;

    fn schedule() -> Schedule {
        Schedule::new(Period::new(FIRST))
    }

    fn in_cycle(cycle: u64, schedule: Schedule) -> Moment {
        Moment {
            cycle,
            permissions: 0,
            limit: 1,
            schedule,
        }
    }

    #[test]
    fn the_earliest_are_taken_first_and_only_if_they_are_enough() {
        let openings = Openings::new(schedule());
        let now = in_cycle(4, schedule());
        openings.add(schedule(), &[(3, 1), (4, 2)]);
        openings.add(schedule(), &[(4, 1)]);
        assert_eq!(openings.count(now), (3, 3), "the one of cycle 3 has lapsed");
        openings.add(schedule(), &[(6, 5)]);
        assert_eq!(openings.take(now, 5, 4), None);
        assert_eq!(openings.take(now, 6, 4), Some(vec![(4, 3), (6, 1)]));
        assert_eq!(openings.first(now), Some(6));
        assert_eq!(openings.take_all_of(in_cycle(6, schedule())), 4);
        assert!(!openings.has_any());
    }

    #[test]
    fn they_keep_their_time_when_the_period_changes() {
        let openings = Openings::new(schedule());
        openings.add(schedule(), &[(3, 1), (4, 2), (5, 4), (12, 8)]);
        // In cycle 4, of which half is over.
        let later = Schedule {
            first_cycle: 5,
            start: 450,
            period: Period::new(500),
        };
        let now = in_cycle(5, later);
        assert_eq!(
            openings.count(now),
            (6, 14),
            "of 450 to 949, and from 950 on"
        );
        assert_eq!(openings.of(6), 8);
        let old = in_cycle(4, schedule());
        assert_eq!(
            openings.take(old, 20, 1),
            None,
            "who still goes by the old one"
        );
        openings.add(schedule(), &[(3, 100), (5, 1), (9, 1), (10, 1)]);
        assert_eq!((openings.of(5), openings.of(6)), (8, 9));
    }
}
