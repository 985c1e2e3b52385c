//! The calls and the retries of the last second, without a lock.

use crate::sync::atomic::{AtomicU64, Ordering};

/// How many slices a second has.
pub(super) const SLICES: usize = 16;

/// More than are looked at, so that none is overwritten before its time.
const SLOTS: usize = 2 * SLICES;

/// What the last second has seen, in slices.
///
/// Of calls, it is the running slice and the fifteen before it, which is a second at most. Of retries,
/// it is one slice more, which is a second at least: so whichever second one looks at, its retries are
/// no more than those that so many calls allow.
///
/// The running slice is one word, its number and its counts, so that a retry is allowed by the very
/// counts that it then adds itself to. When its time is over, whoever comes first puts the word into
/// the ring and begins the next. Two may do that at once, and one of them may be late: words only
/// grow, both within a slice and from one slice to a later one, so the greatest is the final one,
/// whoever stores it and when.
#[derive(Debug)]
pub(super) struct Ledger {
    running: AtomicU64,
    finished: [AtomicU64; SLOTS],
}

/// The number of a slice, its calls and its retries. The numbers of 32 bits last for eight years;
/// from then on a slice never ends. Counts stay at their highest: 65,535 in a sixteenth of a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Slice(u64);

const COUNT: u64 = 0xffff;
const ONE_CALL: u64 = 1 << 16;
const ONE_RETRY: u64 = 1;

impl Slice {
    fn new(number: u64) -> Self {
        Self(number << 32)
    }

    fn number(self) -> u64 {
        self.0 >> 32
    }

    fn calls(self) -> u64 {
        self.0 >> 16 & COUNT
    }

    fn retries(self) -> u64 {
        self.0 & COUNT
    }
}

/// How much of each a second has seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) calls: u64,
    pub(super) retries: u64,
}

impl Ledger {
    pub(super) fn new() -> Self {
        Self {
            running: AtomicU64::new(0),
            finished: [(); SLOTS].map(|()| AtomicU64::new(0)),
        }
    }

    /// Adds a call.
    pub(super) fn record_call(&self, now: u64) {
        let mut running = self.running(now);
        while running.calls() < COUNT && !self.replace(running, Slice(running.0 + ONE_CALL)) {
            running = self.running(now);
        }
    }

    /// Adds a retry, if the second has seen fewer than it `allows` with its calls.
    pub(super) fn take_retry(&self, now: u64, allows: impl Fn(u64) -> u64) -> bool {
        loop {
            let running = self.running(now);
            let counts = self.counts_with(running);
            if counts.retries >= allows(counts.calls) || running.retries() == COUNT {
                return false;
            }
            if self.replace(running, Slice(running.0 + ONE_RETRY)) {
                return true;
            }
        }
    }

    pub(super) fn counts(&self, now: u64) -> Counts {
        loop {
            let running = self.running(now);
            let counts = self.counts_with(running);
            // Or else the ring may have been turned under our eyes.
            if self.load() == running {
                return counts;
            }
        }
    }

    /// The running slice; a new one where the time of the last is over. A caller whose clock is late
    /// finds a slice that is ahead of it, and counts there.
    fn running(&self, now: u64) -> Slice {
        let now = now.min(u64::from(u32::MAX));
        loop {
            let running = self.load();
            if running.number() >= now {
                return running;
            }
            // Relaxed: it is published by the word that replaces this one. If that fails, the count
            // was not final, and is too small to be left.
            self.slot_of(running.number())
                .fetch_max(running.0, Ordering::Relaxed);
            let next = Slice::new(now);
            if self.replace(running, next) {
                return next;
            }
        }
    }

    /// The counts of the second that ends with this slice; of no meaning if it runs no more.
    fn counts_with(&self, running: Slice) -> Counts {
        let mut counts = Counts {
            calls: running.calls(),
            retries: running.retries(),
        };
        for finished in &self.finished {
            // Relaxed: the running word was acquired, and came after all that it follows.
            let slice = Slice(finished.load(Ordering::Relaxed));
            let age = running.number().wrapping_sub(slice.number());
            if (1..SLICES as u64).contains(&age) {
                counts.calls += slice.calls();
            }
            if (1..=SLICES as u64).contains(&age) {
                counts.retries += slice.retries();
            }
        }
        counts
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "a number has 32 bits, and the lowest decide"
    )]
    fn slot_of(&self, number: u64) -> &AtomicU64 {
        &self.finished[number as usize % SLOTS]
    }

    fn load(&self) -> Slice {
        Slice(self.running.load(Ordering::Acquire))
    }

    fn replace(&self, old: Slice, new: Slice) -> bool {
        // Release: with the slices that are finished. Acquire, since the next to be released by this
        // thread comes with what others had finished.
        self.running
            .compare_exchange(old.0, new.0, Ordering::AcqRel, Ordering::Relaxed)
            .is_ok()
    }
}
