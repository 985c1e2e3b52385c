//! The outcomes of the last n calls.
//!
//! One word, the head, holds everything that a decision needs: where the next outcome goes, how
//! many of those in the window failed and were slow, and the last outcome itself. A record is one
//! compare-and-swap on it. The outcomes, two bits each, lie in a ring of slots; the head is always
//! ahead of the ring by at most one outcome, which whoever comes next writes down first (it
//! *settles* the head). So no thread ever waits for another, and every head is an exact sum of the n
//! outcomes before it.
//!
//! A window that is full of fast successes is the same window after another one: which of n equal
//! outcomes is the oldest makes no difference to anything that follows. Recording it is a load that
//! finds the window so, and writes nothing. On a healthy dependency, threads share the head without
//! ever taking it from one another.

use crate::sync::atomic::{AtomicU64, Ordering};

use super::Recorded;
use super::head::{FAILED, Head, OUTCOME_BITS, SLOW};
use crate::circuit_breaker::metrics::Totals;

/// A window over the last calls, with as many bits per count as its size asks for: what is left
/// of the head's 64 tells laps and eras apart.
#[derive(Debug)]
pub(in super::super) enum CountWindow {
    Small(Ring<10>),
    Large(Ring<18>),
}

impl CountWindow {
    /// One with room for just so many calls.
    pub(in super::super) fn new(size: u32) -> Self {
        Self::with_words(size, words_for(size.into()))
    }

    /// One with room for more than that. Rooms double, so that there are few of them, whatever sizes
    /// are asked for in the course of time.
    pub(in super::super) fn with_room_to_grow(size: u32) -> Self {
        Self::with_words(size, words_for(size.into()).next_power_of_two())
    }

    fn with_words(size: u32, words: u64) -> Self {
        if u64::from(size) <= Ring::<10>::LARGEST {
            Self::Small(Ring::new(size, words))
        } else {
            Self::Large(Ring::new(size, words))
        }
    }

    /// Whether it may hold so many calls from its next era on.
    pub(in super::super) fn has_room_for(&self, size: u32) -> bool {
        match self {
            Self::Small(ring) => ring.has_room_for(size),
            Self::Large(ring) => ring.has_room_for(size),
        }
    }

    #[inline]
    pub(in super::super) fn record(&self, era: u64, outcome: Recorded) -> Option<Totals> {
        match self {
            Self::Small(ring) => ring.record(era, outcome),
            Self::Large(ring) => ring.record(era, outcome),
        }
    }

    #[expect(clippy::inline_always, reason = "part of `Machine::succeed`")]
    #[inline(always)]
    pub(in super::super) fn record_among_successes(&self, era: u64) -> bool {
        match self {
            Self::Small(ring) => ring.record_among_successes(era),
            Self::Large(ring) => ring.record_among_successes(era),
        }
    }

    pub(in super::super) fn totals(&self) -> Totals {
        match self {
            Self::Small(ring) => ring.totals(),
            Self::Large(ring) => ring.totals(),
        }
    }

    pub(in super::super) fn is_in_era(&self, era: u64) -> bool {
        match self {
            Self::Small(ring) => ring.load().is_in_era(era),
            Self::Large(ring) => ring.load().is_in_era(era),
        }
    }

    pub(in super::super) fn restart(&self, era: u64) {
        match self {
            Self::Small(ring) => ring.replace(|_| Head::EMPTY.in_era(era)),
            Self::Large(ring) => ring.replace(|_| Head::EMPTY.in_era(era)),
        }
    }

    /// As [`restart`](Self::restart), with room for `size` calls, which it must have.
    pub(in super::super) fn restart_with(&self, era: u64, size: u32) {
        self.restart(era);
        match self {
            Self::Small(ring) => ring.set_size(size),
            Self::Large(ring) => ring.set_size(size),
        }
    }

    /// The last outcomes, `most` of them or fewer, the oldest first. Nothing may be recorded meanwhile.
    pub(in super::super) fn last(&self, most: u32) -> Vec<Recorded> {
        match self {
            Self::Small(ring) => ring.last(most),
            Self::Large(ring) => ring.last(most),
        }
    }

    pub(in super::super) fn carry_over(&self, era: u64) {
        match self {
            Self::Small(ring) => ring.replace(|head| head.in_era(era)),
            Self::Large(ring) => ring.replace(|head| head.in_era(era)),
        }
    }

    /// How many calls it holds.
    pub(in super::super) fn size(&self) -> u64 {
        match self {
            Self::Small(ring) => ring.size(),
            Self::Large(ring) => ring.size(),
        }
    }

    /// A window that is full is always enough.
    pub(in super::super) fn calls_for_a_rate(&self, minimum: u32) -> u64 {
        u64::from(minimum).min(self.size())
    }
}

/// Outcomes in one word of the ring; the upper half of the word counts its changes.
const OUTCOMES_PER_WORD: u64 = 16;
const ONE_CHANGE: u64 = 1 << 32;

fn words_for(size: u64) -> u64 {
    size.div_ceil(OUTCOMES_PER_WORD)
}

#[derive(Debug)]
pub(in super::super) struct Ring<const BITS: u32> {
    /// How many of the slots are in use. It changes when an era has begun which nobody knows yet.
    size: AtomicU64,
    head: AtomicU64,
    words: Box<[AtomicU64]>,
}

impl<const BITS: u32> Ring<BITS> {
    const LARGEST: u64 = (1 << BITS) - 1;

    fn new(size: u32, words: u64) -> Self {
        Self {
            size: AtomicU64::new(size.into()),
            head: AtomicU64::new(Head::<BITS>::EMPTY.0),
            words: (0..words).map(|_| AtomicU64::new(0)).collect(),
        }
    }

    fn has_room_for(&self, size: u32) -> bool {
        let size = u64::from(size);
        size <= Self::LARGEST && words_for(size) <= self.words.len() as u64
    }

    /// Acquire: whoever finds the size of a later era finds, when it looks at the head again, that era's
    /// too, and so neither exchanges the head nor writes to a slot by a size that is not its own.
    #[inline]
    fn size(&self) -> u64 {
        self.size.load(Ordering::Acquire)
    }

    /// The head is in the size's era already, which nobody records in yet.
    fn set_size(&self, size: u32) {
        self.size.store(size.into(), Ordering::Release);
    }

    /// See the module: a load that finds the window so is all that recording another success is.
    /// Whatever was recorded before, in the order of happening, it sees.
    #[expect(clippy::inline_always, reason = "part of `Machine::succeed`")]
    #[inline(always)]
    fn record_among_successes(&self, era: u64) -> bool {
        self.load().is_uneventful_in(era)
    }

    fn record(&self, era: u64, outcome: Recorded) -> Option<Totals> {
        let outcome = u64::from(outcome.failed) * FAILED + u64::from(outcome.slow) * SLOW;
        let mut head = self.load();
        loop {
            if !head.is_in_era(era) {
                return None;
            }
            if outcome == 0 && head.is_uneventful_in(era) {
                return Some(self.sums(head));
            }
            let next = if let Some(replaced) = self.replaced_by_next(head) {
                head.after(outcome, replaced, self.size())
            } else {
                head = self.load();
                continue;
            };
            match self.exchange(head, next) {
                Ok(()) => return Some(self.sums(next)),
                Err(newer) => head = newer,
            }
        }
    }

    /// What lies in the slot that the outcome after `head` goes to, or `None` if the head has
    /// moved on meanwhile.
    ///
    /// The slot cannot change before the head does: it is written only when a later head is
    /// settled, and this one has been by the time we look.
    fn replaced_by_next(&self, head: Head<BITS>) -> Option<u64> {
        if !self.settle(head) {
            return None;
        }
        let (word, shift) = self.slot(head.offset());
        // Acquire: with what the settling thread wrote before it.
        Some(word.load(Ordering::Acquire) >> shift & (FAILED | SLOW))
    }

    /// Writes the head's last outcome into its slot, unless that has been done; `false` if the
    /// head moved on meanwhile.
    ///
    /// A thread that is suspended here must not write when it wakes to a later head. Its word is
    /// from before the outcome was settled (else it would return), so it must have changed since:
    /// settling is the only way on from an unsettled head, and a change of a word changes its
    /// count of changes too. The exchange fails then.
    fn settle(&self, head: Head<BITS>) -> bool {
        if head.is_settled() {
            return true;
        }
        let last = if head.offset() == 0 {
            self.size()
        } else {
            head.offset()
        } - 1;
        let (slot, shift) = self.slot(last);
        let word = slot.load(Ordering::Acquire);
        if word >> shift & (FAILED | SLOW) == head.last_outcome() {
            return true;
        }
        if self.load() != head {
            return false;
        }
        let written = word & !((FAILED | SLOW) << shift) | head.last_outcome() << shift;
        let changed = written.wrapping_add(ONE_CHANGE);
        // AcqRel, as for the head: whoever sees the new head's slot sees this word.
        slot.compare_exchange(word, changed, Ordering::AcqRel, Ordering::Acquire)
            .is_ok()
            || self.load() == head && self.settle(head)
    }

    fn last(&self, most: u32) -> Vec<Recorded> {
        let head = self.load();
        // Nobody else writes: the head is settled by us, if it was not.
        self.settle(head);
        let size = self.size();
        let calls = head.calls(size);
        let kept = calls.min(most.into());
        let oldest = if head.is_full() { head.offset() } else { 0 };
        (calls - kept..calls)
            .map(|call| {
                let (word, shift) = self.slot((oldest + call) % size);
                let outcome = word.load(Ordering::Acquire) >> shift;
                Recorded {
                    failed: outcome & FAILED != 0,
                    slow: outcome & SLOW != 0,
                }
            })
            .collect()
    }

    fn slot(&self, index: u64) -> (&AtomicU64, u64) {
        #[allow(clippy::cast_possible_truncation, reason = "an index is below 2^18")]
        let word = &self.words[(index / OUTCOMES_PER_WORD) as usize];
        (word, index % OUTCOMES_PER_WORD * u64::from(OUTCOME_BITS))
    }

    /// Replaces the head by what `next` makes of it. It is settled first, so that the argument of
    /// [`settle`](Self::settle) holds across eras too.
    fn replace(&self, next: impl Fn(Head<BITS>) -> Head<BITS>) {
        let mut head = self.load();
        loop {
            if self.settle(head) {
                let settled = Head(head.0 & !Head::<BITS>::UNSETTLED);
                match self.exchange(head, next(settled)) {
                    Ok(()) => return,
                    Err(newer) => head = newer,
                }
            } else {
                head = self.load();
            }
        }
    }

    fn totals(&self) -> Totals {
        let mut head = self.load();
        loop {
            let slow_failed = if self.settle(head) {
                self.count_slow_failed(head)
            } else {
                0
            };
            let now = self.load();
            if now == head {
                return Totals {
                    slow_failed,
                    ..self.sums(head)
                };
            }
            head = now;
        }
    }

    /// The only count that the head has no room for. It decides nothing; a reader of the metrics
    /// pays for it.
    fn count_slow_failed(&self, head: Head<BITS>) -> u64 {
        if head.failed() == 0 || head.slow() == 0 {
            return 0;
        }
        let mut left = head.calls(self.size());
        let mut count = 0;
        for word in &self.words {
            let outcomes = left.min(OUTCOMES_PER_WORD);
            let filled = (1u64 << (outcomes * u64::from(OUTCOME_BITS))) - 1;
            let word = word.load(Ordering::Acquire) & filled;
            let both = word & word >> 1 & 0x5555_5555;
            count += u64::from(both.count_ones());
            left -= outcomes;
        }
        count
    }

    #[inline]
    fn sums(&self, head: Head<BITS>) -> Totals {
        Totals {
            calls: head.calls(self.size()),
            failed: head.failed(),
            slow: head.slow(),
            slow_failed: 0,
        }
    }

    /// Acquire: with every slot that was settled before this head.
    #[inline]
    fn load(&self) -> Head<BITS> {
        Head(self.head.load(Ordering::Acquire))
    }

    /// `AcqRel`: a new head publishes that the one before it was settled, and sees it.
    #[inline]
    fn exchange(&self, head: Head<BITS>, next: Head<BITS>) -> Result<(), Head<BITS>> {
        self.head
            .compare_exchange(head.0, next.0, Ordering::AcqRel, Ordering::Acquire)
            .map(drop)
            .map_err(Head)
    }
}
