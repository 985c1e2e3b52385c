//! The permits of a half-open round.

use crate::sync::atomic::{AtomicU64, Ordering};

/// How many more calls a half-open round lets through, and since when it lets none.
///
/// Permits and the era they belong to are one word, so that a permit of an earlier round can
/// neither be taken from a later one nor returned to it.
#[derive(Debug)]
pub(super) struct Probes {
    /// The low half of the era above the permits.
    word: AtomicU64,
    /// When the last permit was taken.
    exhausted_nanos: AtomicU64,
}

/// What came of asking for a probe's permit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Probe {
    Taken,
    /// All are out.
    NoneLeft,
    /// Another round has begun.
    AnotherEra,
}

const PERMIT_BITS: u32 = 32;
const PERMIT_MASK: u64 = (1 << PERMIT_BITS) - 1;

impl Probes {
    pub(super) fn new() -> Self {
        Self {
            word: AtomicU64::new(0),
            exhausted_nanos: AtomicU64::new(0),
        }
    }

    /// Begins the round of an era, before the era itself is published.
    pub(super) fn begin(&self, era: u64, permits: u32) {
        // A swap, so that every change of the word reads the one before it; AcqRel, here and below,
        // so that whoever goes on from a word sees what led to it.
        self.word
            .swap((era << PERMIT_BITS) | u64::from(permits), Ordering::AcqRel);
    }

    pub(super) fn take(&self, era: u64, now_nanos: impl Fn() -> u64) -> Probe {
        let mut word = self.word.load(Ordering::Acquire);
        loop {
            if word >> PERMIT_BITS != era & PERMIT_MASK {
                return Probe::AnotherEra;
            }
            match word & PERMIT_MASK {
                0 => return Probe::NoneLeft,
                // Before the permit is gone: whoever finds none left must find this time, not that
                // of the last round. If the exchange fails, nobody looks at it.
                1 => {
                    self.exhausted_nanos
                        .fetch_max(now_nanos(), Ordering::Relaxed);
                }
                _ => {}
            }
            match self
                .word
                .compare_exchange(word, word - 1, Ordering::AcqRel, Ordering::Acquire)
            {
                Ok(_) => return Probe::Taken,
                Err(newer) => word = newer,
            }
        }
    }

    /// Gives a permit back to its round, if that is still the running one. As in Resilience4j,
    /// there is no upper bound, so that a call that was let through before can make room for one.
    pub(super) fn give_back(&self, era: u64) {
        let mut word = self.word.load(Ordering::Acquire);
        while word >> PERMIT_BITS == era & PERMIT_MASK && word & PERMIT_MASK < PERMIT_MASK {
            match self
                .word
                .compare_exchange(word, word + 1, Ordering::AcqRel, Ordering::Acquire)
            {
                Ok(_) => return,
                Err(newer) => word = newer,
            }
        }
    }

    /// When the round's last permit was taken. Meaningful after [`Probe::NoneLeft`].
    pub(super) fn exhausted_nanos(&self) -> u64 {
        // Relaxed: ordered by the acquire that found no permit left.
        self.exhausted_nanos.load(Ordering::Relaxed)
    }
}
