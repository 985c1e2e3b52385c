//! Outcomes that come while the window is exchanged for one of another shape.
//!
//! The window before takes nothing any more, and the next is not there yet. Nobody is to wait for it,
//! since copying takes as long as the window is; so outcomes are set aside, how many of each kind, for
//! whoever exchanges the window to record in the next.

use super::window::Recorded;
use crate::sync::atomic::{AtomicU64, Ordering};

/// By what is failed and slow. From the lowest bit of each: how many there are, whether more are taken,
/// and the era of the next window.
#[derive(Debug)]
pub(super) struct SetAside {
    counts: [AtomicU64; 4],
}

const COUNT: u64 = (1 << 32) - 1;
const TAKES: u64 = 1 << 32;
const ERA_SHIFT: u32 = 33;

const KINDS: [Recorded; 4] = [
    kind(false, false),
    kind(true, false),
    kind(false, true),
    kind(true, true),
];

const fn kind(failed: bool, slow: bool) -> Recorded {
    Recorded { failed, slow }
}

impl SetAside {
    pub(super) fn new() -> Self {
        Self {
            counts: KINDS.map(|_| AtomicU64::new(0)),
        }
    }

    /// Takes outcomes for that era, before the window of the one before it takes no more: so whoever finds
    /// that closed finds this open, or closed again.
    pub(super) fn open(&self, era: u64) {
        for count in &self.counts {
            // Release: whoever comes for an era that is over finds the word of the next.
            count.store(empty(era), Ordering::Release);
        }
    }

    /// Takes no more of them, and returns how many there are of each kind. After the word of that era is
    /// published: so whoever finds this closed finds that.
    pub(super) fn close(&self) -> impl Iterator<Item = (Recorded, u64)> + '_ {
        KINDS.into_iter().zip(&self.counts).map(|(kind, count)| {
            // Release: with the word. Acquire: with what led to the outcomes.
            (kind, count.swap(0, Ordering::AcqRel) & COUNT)
        })
    }

    /// Whether the outcome is taken for that era.
    pub(super) fn add(&self, era: u64, outcome: Recorded) -> bool {
        let of_kind = usize::from(outcome.failed) + 2 * usize::from(outcome.slow);
        let Some(count) = self.counts.get(of_kind) else {
            return false;
        };
        count
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |count| {
                // No window holds as many.
                let is_taken = count & !COUNT == empty(era) && count & COUNT < COUNT;
                is_taken.then(|| count + 1)
            })
            .is_ok()
    }
}

fn empty(era: u64) -> u64 {
    era << ERA_SHIFT | TAKES
}

#[cfg(all(test, not(resilience_loom)))]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_is_found_by_its_kind_and_for_its_era_alone() {
        let aside = SetAside::new();
        assert!(!aside.add(0, KINDS[0]) && !aside.add(1, KINDS[0]));
        for era in [1, 2, u64::MAX >> 5] {
            aside.open(era);
            for (times, kind) in KINDS.into_iter().enumerate() {
                assert!((0..times).all(|_| aside.add(era, kind)));
                assert!(!aside.add(era - 1, kind) && !aside.add(era + 1, kind));
            }
            assert!(aside.close().eq(KINDS.into_iter().zip(0..)));
            assert!(!aside.add(era, KINDS[0]));
        }
    }
}
