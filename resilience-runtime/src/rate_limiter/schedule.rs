//! How time is cut into cycles, and how many permissions each brings.

use super::period::Period;
use crate::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// From a cycle on, of whose beginning it knows. The numbers of cycles only grow, over all schedules
/// of a limiter: the number of a cycle tells which schedule it is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Schedule {
    pub(super) first_cycle: u64,
    /// When that one begins.
    pub(super) start: u64,
    pub(super) period: Period,
}

/// Cycles have so many bits where they are stored beside a number.
pub(super) const LAST_CYCLE: u64 = (1 << 60) - 1;

impl Schedule {
    /// From the beginning.
    pub(super) fn new(period: Period) -> Self {
        Self {
            first_cycle: 0,
            start: 0,
            period,
        }
    }

    /// The cycle that a time is in; the first one, if it is before that.
    #[inline]
    pub(super) fn cycle_at(self, now: u64) -> u64 {
        let passed = self.period.cycle_at(now.saturating_sub(self.start));
        self.first_cycle.saturating_add(passed).min(LAST_CYCLE)
    }

    /// When a cycle of this schedule begins; `None` past the end of time, 584 years on.
    pub(super) fn start_of(self, cycle: u64) -> Option<u64> {
        let since = self
            .period
            .start_of(cycle.saturating_sub(self.first_cycle))?;
        since.checked_add(self.start)
    }

    /// Which of its cycles a cycle of an earlier schedule falls into, by when it would have begun;
    /// `None` if that one was over before these began.
    pub(super) fn translate(self, cycle: u64, earlier: Self) -> Option<u64> {
        let is_over = earlier
            .start_of(cycle + 1)
            .is_some_and(|end| end <= self.start);
        let start = earlier.start_of(cycle).filter(|_| !is_over)?;
        Some(self.cycle_at(start))
    }
}

/// A schedule and its limit, in a place where they are read while another thread may write. Who reads
/// them learns from the word whether they are of a piece.
#[derive(Debug)]
pub(super) struct Place {
    limit: AtomicU32,
    first_cycle: AtomicU64,
    start: AtomicU64,
    nanos: AtomicU64,
    reciprocal: AtomicU64,
}

impl Place {
    pub(super) fn new(schedule: Schedule, limit: u32) -> Self {
        let (nanos, reciprocal) = schedule.period.parts();
        Self {
            limit: AtomicU32::new(limit),
            first_cycle: AtomicU64::new(schedule.first_cycle),
            start: AtomicU64::new(schedule.start),
            nanos: AtomicU64::new(nanos),
            reciprocal: AtomicU64::new(reciprocal),
        }
    }

    #[inline]
    pub(super) fn load(&self) -> (Schedule, u32) {
        // Acquire, all of them: with a newer one comes the news that the word has moved on.
        let nanos = self.nanos.load(Ordering::Acquire);
        let reciprocal = self.reciprocal.load(Ordering::Acquire);
        let schedule = Schedule {
            first_cycle: self.first_cycle.load(Ordering::Acquire),
            start: self.start.load(Ordering::Acquire),
            period: Period::from_parts(nanos, reciprocal),
        };
        (schedule, self.limit.load(Ordering::Acquire))
    }

    /// By one thread at a time, and while the word names the other place.
    pub(super) fn store(&self, schedule: Schedule, limit: u32) {
        let (nanos, reciprocal) = schedule.period.parts();
        // Release, all of them: whoever reads one finds the word no longer as it was when this place
        // was in use.
        self.limit.store(limit, Ordering::Release);
        self.first_cycle
            .store(schedule.first_cycle, Ordering::Release);
        self.start.store(schedule.start, Ordering::Release);
        self.nanos.store(nanos, Ordering::Release);
        self.reciprocal.store(reciprocal, Ordering::Release);
    }
}

#[cfg(all(test, not(resilience_loom)))]
mod tests {
    use super::*;

    #[test]
    fn cycles_go_on_from_the_one_in_which_the_period_changed() {
        let earlier = Schedule::new(Period::new(100));
        let later = Schedule {
            first_cycle: 4,
            start: 350,
            period: Period::new(1000),
        };
        assert_eq!(
            [0, 350, 1349, 1350].map(|now| later.cycle_at(now)),
            [4, 4, 4, 5]
        );
        assert_eq!(
            (later.start_of(4), later.start_of(6)),
            (Some(350), Some(2350))
        );
        assert_eq!(later.start_of(u64::MAX), None);
        let translated = [2, 3, 4, 13, 14].map(|cycle| later.translate(cycle, earlier));
        assert_eq!(translated, [None, Some(4), Some(4), Some(4), Some(5)]);
    }
}
