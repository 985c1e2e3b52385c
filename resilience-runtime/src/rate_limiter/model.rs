//! The rate limiter as simple as it can be said, for the tests: one caller at a time, and numbers
//! that do not end.

use super::cycles::{Moment, Refused};
use super::period::Period;
use super::schedule::Schedule;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Model {
    limit: i128,
    period: i128,
    /// When the first cycle of this length began, and which it is.
    start: i128,
    first: i128,
    cycle: i128,
    permissions: i128,
}

impl Model {
    pub(super) fn new(limit: u32, period: u64) -> Self {
        Self {
            limit: limit.into(),
            period: period.into(),
            start: 0,
            first: 0,
            cycle: 0,
            permissions: limit.into(),
        }
    }

    fn refreshed(&self, now: u64) -> Self {
        let passed = (i128::from(now) - self.start).max(0) / self.period;
        let cycle = (self.first + passed).max(self.cycle);
        let mut next = self.clone();
        if cycle != self.cycle {
            let brought = (cycle - self.cycle) * self.limit;
            next.permissions = (self.permissions + brought).min(self.limit);
            next.cycle = cycle;
        }
        next
    }

    /// The same when time has passed and nothing else, if that is another cycle.
    #[cfg(resilience_loom)]
    pub(super) fn at_later_cycle(&self, now: u64) -> Option<Self> {
        let later = self.refreshed(now);
        (later != *self).then_some(later)
    }

    /// How long until then, where that can be said in 64 bits and the debt in 32.
    fn wait(&self, now: u64, permits: u32) -> Option<u64> {
        let missing = i128::from(permits) - self.permissions;
        if missing <= 0 {
            return Some(0);
        }
        if -missing < i128::from(i32::MIN) {
            return None;
        }
        let ahead = (missing + self.limit - 1) / self.limit;
        let start = self.start + (self.cycle + ahead - self.first) * self.period;
        let start = u64::try_from(start).ok()?;
        Some(start.saturating_sub(now))
    }

    pub(super) fn reserve(&mut self, now: u64, permits: u32, timeout: u64) -> Result<u64, Refused> {
        *self = self.refreshed(now);
        let wait_nanos = self.wait(now, permits);
        match wait_nanos {
            Some(wait) if wait <= timeout => {
                self.permissions -= i128::from(permits);
                Ok(wait)
            }
            _ => Err(Refused {
                wait_nanos,
                limit: u32::try_from(self.limit).unwrap(),
            }),
        }
    }

    pub(super) fn drain(&mut self, now: u64) -> u32 {
        *self = self.refreshed(now);
        let drained = self.permissions.max(0);
        self.permissions -= drained;
        u32::try_from(drained).unwrap()
    }

    pub(super) fn change_limit(&mut self, limit: u32) {
        self.limit = limit.into();
    }

    pub(super) fn change_period(&mut self, now: u64, period: u64, limit: u32) {
        let Self {
            cycle, permissions, ..
        } = self.refreshed(now);
        *self = Self {
            limit: limit.into(),
            period: period.into(),
            start: now.into(),
            first: cycle + 1,
            cycle: cycle + 1,
            permissions: permissions.min(limit.into()),
        };
    }

    pub(super) fn look(&self, now: u64) -> Moment {
        let seen = self.refreshed(now);
        Moment {
            cycle: u64::try_from(seen.cycle).unwrap(),
            permissions: i64::try_from(seen.permissions).unwrap(),
            limit: u32::try_from(seen.limit).unwrap(),
            schedule: Schedule {
                first_cycle: u64::try_from(seen.first).unwrap(),
                start: u64::try_from(seen.start).unwrap(),
                period: Period::new(u64::try_from(seen.period).unwrap()),
            },
        }
    }
}
