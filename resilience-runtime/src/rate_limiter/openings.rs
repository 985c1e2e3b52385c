//! Permissions of this cycle and later ones that somebody had reserved and given back.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::sync::atomic::{AtomicBool, Ordering};
use crate::sync::{Mutex, MutexGuard, lock};

/// By cycle. A caller looks here only where it would else have to wait or be refused, and there is
/// something to be found.
#[derive(Debug)]
pub(super) struct Openings {
    has_any: AtomicBool,
    by_cycle: Mutex<BTreeMap<u64, u32>>,
}

impl Openings {
    pub(super) fn new() -> Self {
        Self {
            has_any: AtomicBool::new(false),
            by_cycle: Mutex::new(BTreeMap::new()),
        }
    }

    /// Relaxed: who misses something that is given back at the same moment came before it.
    #[inline]
    pub(super) fn has_any(&self) -> bool {
        self.has_any.load(Ordering::Relaxed)
    }

    pub(super) fn add(&self, shares: &[(u64, u32)]) {
        if shares.is_empty() {
            return;
        }
        let mut by_cycle = lock(&self.by_cycle);
        for (cycle, permits) in shares {
            *by_cycle.entry(*cycle).or_default() += permits;
        }
        self.has_any.store(true, Ordering::Relaxed);
    }

    /// Takes permissions of the earliest cycles from `now` on, if there are enough up to `latest`.
    pub(super) fn take(&self, now: u64, latest: u64, permits: u32) -> Option<Vec<(u64, u32)>> {
        let mut by_cycle = self.current(now);
        let mut missing = permits;
        let mut shares = Vec::new();
        for (cycle, open) in by_cycle.range(..=latest) {
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
            if let Entry::Occupied(mut open) = by_cycle.entry(*cycle) {
                *open.get_mut() -= share;
                if *open.get() == 0 {
                    open.remove();
                }
            }
        }
        self.has_any.store(!by_cycle.is_empty(), Ordering::Relaxed);
        Some(shares)
    }

    /// Takes all that a cycle has.
    pub(super) fn take_all_of(&self, now: u64) -> u32 {
        let mut by_cycle = self.current(now);
        let open = by_cycle.remove(&now).unwrap_or(0);
        self.has_any.store(!by_cycle.is_empty(), Ordering::Relaxed);
        open
    }

    /// How many a cycle has, and how many it and those after it have.
    pub(super) fn count(&self, now: u64) -> (u64, u64) {
        let by_cycle = self.current(now);
        let of_cycle = by_cycle.get(&now).copied().unwrap_or(0);
        (
            of_cycle.into(),
            by_cycle.values().copied().map(u64::from).sum(),
        )
    }

    /// The first cycle from `now` on that has any.
    pub(super) fn first(&self, now: u64) -> Option<u64> {
        self.current(now).keys().next().copied()
    }

    #[cfg(test)]
    pub(super) fn of(&self, cycle: u64) -> u32 {
        lock(&self.by_cycle).get(&cycle).copied().unwrap_or(0)
    }

    /// What has not lapsed.
    fn current(&self, now: u64) -> MutexGuard<'_, BTreeMap<u64, u32>> {
        let mut by_cycle = lock(&self.by_cycle);
        while let Some(earliest) = by_cycle.first_entry()
            && *earliest.key() < now
        {
            earliest.remove();
        }
        self.has_any.store(!by_cycle.is_empty(), Ordering::Relaxed);
        by_cycle
    }
}

#[cfg(all(test, not(resilience_loom)))]
mod tests {
    use super::*;

    #[test]
    fn the_earliest_are_taken_first_and_only_if_they_are_enough() {
        let openings = Openings::new();
        openings.add(&[(3, 1), (4, 2)]);
        openings.add(&[(4, 1)]);
        assert_eq!(openings.count(4), (3, 3), "the one of cycle 3 has lapsed");
        openings.add(&[(6, 5)]);
        assert_eq!(openings.take(4, 5, 4), None);
        assert_eq!(openings.take(4, 6, 4), Some(vec![(4, 3), (6, 1)]));
        assert_eq!(openings.first(4), Some(6));
        assert_eq!(openings.take_all_of(6), 4);
        assert!(!openings.has_any());
    }
}
