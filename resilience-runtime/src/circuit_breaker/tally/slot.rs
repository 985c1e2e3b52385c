//! The counts of one thread, or of those that have none of their own.

use super::Ending;
use crate::sync::atomic::{AtomicU64, Ordering};

/// How many windows there is room for. Those that are read are fewer, so that the one which a writer
/// empties is none of them.
const WINDOWS: usize = 4;

/// How many windows before the running one still show.
const EARLIER_WINDOWS: u64 = 2;

/// What is counted, in cache lines of its own; what a call that goes well writes comes first.
#[derive(Debug, Default)]
#[repr(C, align(64))]
pub(super) struct Slot {
    started: AtomicU64,
    /// The number of the window that the longest durations go to, counted from the clock's origin.
    window: AtomicU64,
    /// When that window is over.
    window_ends: AtomicU64,
    timed: [Timed; Ending::TIMED],
    not_permitted: AtomicU64,
    cancelled: AtomicU64,
}

#[derive(Debug, Default)]
#[repr(C)]
struct Timed {
    calls: AtomicU64,
    ticks: AtomicU64,
    longest: [AtomicU64; WINDOWS],
}

impl Timed {
    /// The longest in the window of this number.
    #[expect(clippy::cast_possible_truncation, reason = "the remainder is small")]
    #[inline]
    fn longest_in(&self, window: u64) -> &AtomicU64 {
        &self.longest[(window % WINDOWS as u64) as usize]
    }
}

/// How a slot is written to.
pub(super) trait Writer {
    fn add(count: &AtomicU64, more: u64, order: Ordering);
    fn raise(count: &AtomicU64, to: u64);
}

/// By the one thread that owns it: nothing comes between reading a count and writing it.
pub(super) enum Owner {}

/// By any number of threads.
pub(super) enum Anybody {}

impl Writer for Owner {
    #[inline]
    fn add(count: &AtomicU64, more: u64, order: Ordering) {
        // Relaxed: it was written by this thread, or by one that had its number before.
        let sum = count.load(Ordering::Relaxed).wrapping_add(more);
        count.store(sum, order);
    }

    #[inline]
    fn raise(count: &AtomicU64, to: u64) {
        if count.load(Ordering::Relaxed) < to {
            count.store(to, Ordering::Relaxed);
        }
    }
}

impl Writer for Anybody {
    fn add(count: &AtomicU64, more: u64, order: Ordering) {
        count.fetch_add(more, order);
    }

    fn raise(count: &AtomicU64, to: u64) {
        count.fetch_max(to, Ordering::Relaxed);
    }
}

/// What a slot, or several, have counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::circuit_breaker) struct Sums {
    pub(in crate::circuit_breaker) started: u64,
    pub(in crate::circuit_breaker) not_permitted: u64,
    pub(in crate::circuit_breaker) cancelled: u64,
    /// By [`Ending`].
    pub(in crate::circuit_breaker) timed: [TimedSums; Ending::TIMED],
}

/// How many calls, and how long they took on the clock's own scale.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::circuit_breaker) struct TimedSums {
    pub(in crate::circuit_breaker) calls: u64,
    pub(in crate::circuit_breaker) ticks: u128,
    pub(in crate::circuit_breaker) longest: u64,
}

impl Slot {
    #[inline]
    pub(super) fn start<W: Writer>(&self) {
        // Relaxed: the call's end, which comes after it, publishes it.
        W::add(&self.started, 1, Ordering::Relaxed);
    }

    /// Release, here and below: whoever sees the end of a call sees its start, so that never more calls
    /// seem to have ended than were begun.
    pub(super) fn reject<W: Writer>(&self) {
        W::add(&self.not_permitted, 1, Ordering::Release);
    }

    pub(super) fn cancel<W: Writer>(&self) {
        W::add(&self.cancelled, 1, Ordering::Release);
    }

    #[inline]
    pub(super) fn end<W: Writer>(&self, ending: Ending, ticks: u64) {
        let timed = &self.timed[ending as usize];
        W::add(&timed.ticks, ticks, Ordering::Relaxed);
        // Relaxed: only who writes to the slot turns to another window.
        let window = self.window.load(Ordering::Relaxed);
        W::raise(timed.longest_in(window), ticks);
        W::add(&timed.calls, 1, Ordering::Release);
    }

    /// Whether the window is over in which the longest durations are kept.
    #[inline]
    pub(super) fn is_window_over(&self, now: u64) -> bool {
        now >= self.window_ends.load(Ordering::Relaxed)
    }

    /// Turns to the window of `now`. One thread at a time.
    #[cold]
    #[inline(never)]
    pub(super) fn turn_window(&self, now: u64, length: u64) {
        let (before, next) = (self.window.load(Ordering::Relaxed), now / length);
        let skipped = next.saturating_sub(before).min(WINDOWS as u64);
        for number in (0..skipped).map(|back| next - back) {
            for timed in &self.timed {
                timed.longest_in(number).store(0, Ordering::Relaxed);
            }
        }
        let ends = next.saturating_add(1).saturating_mul(length);
        self.window_ends.store(ends, Ordering::Relaxed);
        // Release: whoever sees its number sees it emptied.
        self.window.store(next, Ordering::Release);
    }

    /// Adds what became of calls, but not how many there were.
    ///
    /// Acquire: with the starts of those that have ended.
    pub(super) fn add_ends_to(&self, sums: &mut Sums, now: u64, window_length: u64) {
        sums.not_permitted += self.not_permitted.load(Ordering::Acquire);
        sums.cancelled += self.cancelled.load(Ordering::Acquire);
        for (timed, sums) in self.timed.iter().zip(&mut sums.timed) {
            sums.calls += timed.calls.load(Ordering::Acquire);
            sums.ticks += u128::from(timed.ticks.load(Ordering::Relaxed));
            let window = self.window.load(Ordering::Acquire);
            let oldest = (now / window_length).saturating_sub(EARLIER_WINDOWS);
            for number in
                (window.saturating_sub(EARLIER_WINDOWS)..=window).filter(|number| *number >= oldest)
            {
                let longest = timed.longest_in(number).load(Ordering::Relaxed);
                sums.longest = sums.longest.max(longest);
            }
        }
    }

    /// Adds how many calls there were. To be read after what became of them.
    pub(super) fn add_starts_to(&self, sums: &mut Sums) {
        sums.started += self.started.load(Ordering::Relaxed);
    }
}
