//! Which cycle it is, and how many permissions it has left.
//!
//! Resilience4j's algorithm: time is cut into cycles, and each brings up to the limit; what a cycle
//! leaves lapses. A caller who finds too few may reserve permissions of cycles to come, which makes
//! the number negative, and each cycle pays the limit back. Here the state is one word, and every
//! operation one compare-and-swap on it.
//!
//! The word has room for 2^24 cycles. They count from a base beside it, and when they run out, or
//! after as long a time without a call, the next caller moves the base. A base is written before
//! the word names it: the other place is free while the word names this one, and the first to
//! write there settles the next base for everybody. So is a schedule, which is the length of the
//! cycles, when the first of them began, and their limit; but by one caller at a time.
//!
//! A base is a cycle of a schedule, and is stored with that one's number: what a caller writes who
//! has overslept a change of the schedule is of no meaning to those who come after it.

use super::cycle_word::{CycleWord, SCHEDULE_BITS, is_too_deep};
use super::period::Period;
use super::schedule::{Place, Schedule};
use crate::clock::Ticks;
use crate::sync::atomic::{AtomicU64, Ordering};
use crate::sync::{Mutex, lock, try_lock};

#[derive(Debug)]
pub(super) struct Cycles {
    word: AtomicU64,
    /// Up to when, in the clock's ticks, the word's cycle has surely not passed.
    sure_until: AtomicU64,
    /// The [`Base`] that the word's count begins at, in the place that it tells.
    bases: [AtomicU64; 2],
    /// The schedule and the limit, in the place that the word tells.
    schedules: [Place; 2],
    /// Held by who changes the schedule or the limit, and, if it is free, by who says how long a cycle
    /// surely lasts; no call waits for it.
    changing: Mutex<()>,
}

/// The cycle that a word's count begins at, and the number of the schedule under which that was
/// settled.
#[derive(Debug, Clone, Copy)]
struct Base(u64);

impl Base {
    fn new(cycle: u64, word: CycleWord) -> Self {
        Self(cycle << SCHEDULE_BITS | word.schedule_number())
    }

    #[inline]
    fn cycle(self) -> u64 {
        self.0 >> SCHEDULE_BITS
    }

    fn is_of_schedule_of(self, word: CycleWord) -> bool {
        self.0 & ((1 << SCHEDULE_BITS) - 1) == word.schedule_number()
    }
}

/// What is to be seen at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) cycle: u64,
    pub(super) permissions: i64,
    pub(super) limit: u32,
    pub(super) schedule: Schedule,
}

/// Permissions that were had, now or later: those that came next at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Granted {
    pub(super) wait_nanos: u64,
    pub(super) moment: Moment,
}

/// Permissions that cannot be had in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refused {
    /// How long it would have taken. `None` where that is past the end of time, or the debt would be
    /// too deep to be written down.
    pub(super) wait_nanos: Option<u64>,
    pub(super) limit: u32,
}

/// A word, with what it names beside it. Where that has changed since, so has the word.
#[derive(Clone, Copy)]
struct Seen {
    word: CycleWord,
    base: u64,
    limit: u32,
    schedule: Schedule,
}

impl Seen {
    fn settings(self) -> (Schedule, u32) {
        (self.schedule, self.limit)
    }

    fn cycle(self) -> u64 {
        self.base.wrapping_add(self.word.cycle_of_base())
    }

    /// What a cycle that is not before the word's has.
    fn permissions_in(self, cycle: u64) -> i64 {
        let permissions = self.word.permissions();
        let passed = cycle.wrapping_sub(self.cycle());
        if passed == 0 {
            return permissions;
        }
        let limit = i64::from(self.limit);
        if permissions >= 0 {
            return limit;
        }
        // 2^32 cycles pay the deepest debt.
        let paid = passed.min(1 << 32).cast_signed() * limit;
        (permissions + paid).min(limit)
    }
}

impl Cycles {
    pub(super) fn new(limit: u32, period: Period) -> Self {
        Self {
            word: AtomicU64::new(CycleWord::new(limit).bits()),
            sure_until: AtomicU64::new(0),
            bases: [AtomicU64::new(0), AtomicU64::new(0)],
            schedules: [(); 2].map(|()| Place::new(Schedule::new(period), limit)),
            changing: Mutex::new(()),
        }
    }

    /// Takes permissions of the running cycle on the short way; fails also where that is not known
    /// to be the word's.
    #[inline]
    pub(super) fn take(&self, now: Ticks, permits: u32) -> bool {
        // Acquire: who stored it had seen the word in that cycle, so the word that is loaded next
        // is in that one or a later one.
        if now.bits() >= self.sure_until.load(Ordering::Acquire) {
            return false;
        }
        let word = self.load();
        word.minus(permits)
            .is_some_and(|less| self.exchange(word, less))
    }

    /// Takes permissions that are there, and says of which cycle, on the way of a call that finds
    /// the word in an earlier cycle; fails also where somebody else comes in between.
    #[inline]
    pub(super) fn take_at(&self, now: u64, permits: u32) -> Option<Moment> {
        let seen = self.see();
        let moment = Self::moment(seen, now);
        let left = moment.permissions - i64::from(permits);
        if left < 0 {
            return None;
        }
        let next = seen.word.at(moment.cycle.wrapping_sub(seen.base), left)?;
        self.exchange(seen.word, next).then_some(moment)
    }

    /// Whether the end of the cycle is known, so that [`take`](Self::take) fails for want of
    /// permissions only.
    pub(super) fn is_sure(&self, now: Ticks) -> bool {
        // Relaxed: it only saves work.
        now.bits() < self.sure_until.load(Ordering::Relaxed)
    }

    /// For [`take`](Self::take): up to when the cycle lasts in which permissions were taken, if that is
    /// still the word's. `last_ticks` is told its end.
    ///
    /// It gives up where somebody else is here, or changes the schedule: so what is stored is not what
    /// such a change has just made untrue.
    pub(super) fn be_sure_in(&self, cycle: u64, last_ticks: impl FnOnce(u64) -> Option<Ticks>) {
        let Some(_alone) = try_lock(&self.changing) else {
            return;
        };
        let seen = self.see_whole();
        if seen.cycle() == cycle
            && let Some(last) = seen.schedule.start_of(cycle + 1).and_then(last_ticks)
        {
            self.sure_until.store(last.bits(), Ordering::Release);
        }
    }

    /// Takes permissions that are to be had within `timeout_nanos`. As in Resilience4j a refusal
    /// too leaves the word in the cycle of `now`.
    pub(super) fn reserve(
        &self,
        now: u64,
        permits: u32,
        timeout_nanos: u64,
    ) -> Result<Granted, Refused> {
        loop {
            let seen = self.see();
            let moment = Self::moment(seen, now);
            let wait_nanos = Self::wait(moment, now, permits);
            let in_time = wait_nanos.filter(|wait| *wait <= timeout_nanos);
            let taken = if in_time.is_some() { permits } else { 0 };
            if !self.write(seen, moment.cycle, moment.permissions - i64::from(taken)) {
                continue;
            }
            return match in_time {
                Some(wait_nanos) => Ok(Granted { wait_nanos, moment }),
                None => Err(Refused {
                    wait_nanos,
                    limit: moment.limit,
                }),
            };
        }
    }

    /// Takes whatever the running cycle has, and says how many that was. Reservations stay.
    pub(super) fn drain(&self, now: u64) -> u32 {
        loop {
            let seen = self.see();
            let moment = Self::moment(seen, now);
            if self.write(seen, moment.cycle, moment.permissions.min(0)) {
                return u32::try_from(moment.permissions).unwrap_or(0);
            }
        }
    }

    /// Gives permissions of this cycle back to it, as far as it has room; fails where it is over or
    /// somebody has reserved permissions of a later one.
    pub(super) fn top_up(&self, now: u64, cycle: u64, permits: u32) -> bool {
        loop {
            let seen = self.see();
            let moment = Self::moment(seen, now);
            if moment.cycle != cycle || moment.permissions < 0 {
                return false;
            }
            let full = moment.permissions.max(i64::from(moment.limit));
            let more = (moment.permissions + i64::from(permits)).min(full);
            if self.write(seen, cycle, more) {
                return true;
            }
        }
    }

    /// The limit of the cycles to come. What the running cycle has, it keeps.
    pub(super) fn change_limit(&self, limit: u32) {
        let _alone = lock(&self.changing);
        let next = self.load().under_next_schedule();
        let (schedule, _) = self.see_whole().settings();
        self.schedules[next.schedule_place()].store(schedule, limit);
        let mut word = self.load();
        while !self.exchange(word, word.under_next_schedule()) {
            word = self.load();
        }
    }

    /// Ends the running cycle and begins one of another length, with the permissions that it has left,
    /// but no more than the limit. Debts stay, and are paid by the cycles to come: by as much as these
    /// bring.
    ///
    /// `now` is asked, perhaps several times, what time it is.
    pub(super) fn change_period(&self, period: Period, limit: u32, now: impl Fn() -> u64) {
        let _alone = lock(&self.changing);
        self.begin_cycle(period, limit, now, |left| left.min(limit.into()));
    }

    /// Ends the running cycle and begins one that has all its permissions, as if nobody had ever
    /// taken any. It is the first of the schedule that this returns.
    pub(super) fn begin_afresh(&self, now: impl Fn() -> u64) -> Schedule {
        let _alone = lock(&self.changing);
        let (schedule, limit) = self.settings();
        self.begin_cycle(schedule.period, limit, now, |_| limit.into())
    }

    /// By one thread at a time.
    fn begin_cycle(
        &self,
        period: Period,
        limit: u32,
        now: impl Fn() -> u64,
        brought: impl Fn(i64) -> i64,
    ) -> Schedule {
        // First of all, so that whoever is still sure of the running cycle has come before it ends.
        self.sure_until.swap(0, Ordering::AcqRel);
        loop {
            let seen = self.see();
            let start = now();
            let moment = Self::moment(seen, start);
            let schedule = Schedule {
                first_cycle: moment.cycle + 1,
                start,
                period,
            };
            let cycle_of_base = schedule.first_cycle.wrapping_sub(seen.base);
            let Some(next) = seen.word.at(cycle_of_base, brought(moment.permissions)) else {
                self.move_base(seen, moment.cycle);
                continue;
            };
            let next = next.under_next_schedule();
            // Nobody reads it with success before the word names it, and so it may be written again.
            self.schedules[next.schedule_place()].store(schedule, limit);
            if self.exchange(seen.word, next) {
                return schedule;
            }
        }
    }

    /// The schedule and the limit.
    pub(super) fn settings(&self) -> (Schedule, u32) {
        self.see_whole().settings()
    }

    pub(super) fn look(&self, now: u64) -> Moment {
        Self::moment(self.see_whole(), now)
    }

    /// How long until `permits` are to be had; `None` as in [`Refused`].
    pub(super) fn wait(moment: Moment, now: u64, permits: u32) -> Option<u64> {
        let left = moment.permissions - i64::from(permits);
        if left >= 0 {
            return Some(0);
        }
        if is_too_deep(left) {
            return None;
        }
        let ahead = left.unsigned_abs().div_ceil(moment.limit.into());
        let start = moment.schedule.start_of(moment.cycle.checked_add(ahead)?)?;
        // The cycle is not before that of `now`, so a later one is past it.
        Some(start.saturating_sub(now))
    }

    /// A time before the word's cycle, as another processor may show it, is in it.
    #[inline]
    fn moment(seen: Seen, now: u64) -> Moment {
        let cycle = seen.schedule.cycle_at(now).max(seen.cycle());
        Moment {
            cycle,
            permissions: seen.permissions_in(cycle),
            limit: seen.limit,
            schedule: seen.schedule,
        }
    }

    #[inline]
    fn see(&self) -> Seen {
        let word = self.load();
        // Acquire: with a newer one comes the news that the word has moved on.
        let base = Base(self.bases[word.base_place()].load(Ordering::Acquire));
        let (schedule, limit) = self.schedules[word.schedule_place()].load();
        Seen {
            word,
            base: base.cycle(),
            limit,
            schedule,
        }
    }

    /// For those who do not go on to exchange the word, and learn by it.
    fn see_whole(&self) -> Seen {
        loop {
            let seen = self.see();
            if self.load() == seen.word {
                return seen;
            }
        }
    }

    /// Whether the word was still as seen, and so is now in this cycle with these permissions.
    fn write(&self, seen: Seen, cycle: u64, permissions: i64) -> bool {
        let Some(next) = seen.word.at(cycle.wrapping_sub(seen.base), permissions) else {
            self.move_base(seen, cycle);
            return false;
        };
        if next == seen.word {
            return self.load() == seen.word;
        }
        self.exchange(seen.word, next)
    }

    /// Brings the word to a base from which it reaches `cycle`, or nearer to one.
    #[cold]
    fn move_base(&self, seen: Seen, cycle: u64) {
        let Seen { word, base, .. } = seen;
        let place = &self.bases[1 - word.base_place()];
        let found = Base(place.load(Ordering::Acquire));
        // Only now is it certain that `base` is the word's and `found` the one before it, or the
        // next, if somebody was here and has not come to exchange the word.
        if self.load() != word {
            return;
        }
        let is_next = |found: Base| found.cycle() > base && found.is_of_schedule_of(word);
        let next = if is_next(found) {
            found.cycle()
        } else {
            let next = Base::new(cycle, word);
            // It fails where another was faster: under one schedule bases grow, so what was found
            // never comes back.
            match place.compare_exchange(found.0, next.0, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => cycle,
                Err(newer) if is_next(Base(newer)) => Base(newer).cycle(),
                // Then the word has moved on as well.
                Err(_) => return,
            }
        };
        self.exchange(word, word.at_next_base(seen.permissions_in(next)));
    }

    #[inline]
    fn load(&self) -> CycleWord {
        CycleWord::from_bits(self.word.load(Ordering::Acquire))
    }

    #[inline]
    fn exchange(&self, word: CycleWord, next: CycleWord) -> bool {
        // Release: with the base or limit that it names. Acquire: with those of the one before.
        self.word
            .compare_exchange(
                word.bits(),
                next.bits(),
                Ordering::AcqRel,
                Ordering::Relaxed,
            )
            .is_ok()
    }
}
