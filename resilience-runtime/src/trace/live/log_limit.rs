//! How often an instance may log what happens to its calls.

use crate::sync::atomic::{AtomicU64, Ordering};

/// A line every ten seconds, and how many were left out since, in one word: what a policy rejects, it
/// may reject a million times a second.
///
/// The upper 36 bits are the sixteenth of a second, since 1970, before which there is to be no other
/// line: they last for 136 years. The rest counts what is left out, and stays at its highest.
#[derive(Debug)]
pub(crate) struct LogLimit(AtomicU64);

const COUNT_BITS: u32 = 28;
const MOST: u64 = (1 << COUNT_BITS) - 1;
const NANOS_PER_STEP: u64 = 1_000_000_000 / 16;
/// Ten seconds.
const STEPS_BETWEEN: u64 = 160;

impl LogLimit {
    pub(crate) fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// How many lines were left out since the last one, if there is to be one now.
    ///
    /// Relaxed: nothing hangs on it but the line.
    pub(super) fn allows(&self, now_nanos: u64) -> Option<u64> {
        let now = now_nanos / NANOS_PER_STEP;
        let mut word = self.0.load(Ordering::Relaxed);
        loop {
            let (next_line, left_out) = (word >> COUNT_BITS, word & MOST);
            let is_due = now >= next_line;
            let changed = if is_due {
                // One step more, since this one may be nearly over.
                (now + STEPS_BETWEEN + 1) << COUNT_BITS
            } else if left_out < MOST {
                word + 1
            } else {
                return None;
            };
            match self
                .0
                .compare_exchange_weak(word, changed, Ordering::Relaxed, Ordering::Relaxed)
            {
                Ok(_) => return is_due.then_some(left_out),
                Err(other) => word = other,
            }
        }
    }
}

#[cfg(all(test, not(resilience_loom)))]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;
    /// Some day in 2026.
    const START: u64 = 1_780_000_000 * SECOND;

    #[test]
    fn a_line_in_ten_seconds_and_the_next_says_how_many_were_left_out() {
        let limit = LogLimit::new();
        assert_eq!(limit.allows(START), Some(0));
        for millis in [0, 1, 5_000, 9_999, 10_000] {
            assert_eq!(
                limit.allows(START + millis * 1_000_000),
                None,
                "{millis} ms"
            );
        }
        assert_eq!(limit.allows(START + 11 * SECOND), Some(5));
        assert_eq!(limit.allows(START + 12 * SECOND), None);
        assert_eq!(limit.allows(START + 60 * SECOND), Some(1));
    }

    #[test]
    fn a_clock_that_begins_at_zero_gets_its_first_line() {
        let limit = LogLimit::new();
        assert_eq!(limit.allows(0), Some(0));
        assert_eq!(limit.allows(1), None);
    }

    #[test]
    fn the_count_stays_at_its_highest() {
        let limit = LogLimit::new();
        assert_eq!(limit.allows(START), Some(0));
        limit.0.fetch_add(MOST - 1, Ordering::Relaxed);
        assert_eq!(limit.allows(START), None);
        assert_eq!(limit.allows(START), None);
        assert_eq!(limit.allows(START + 11 * SECOND), Some(MOST));
    }

    #[test]
    fn many_threads_get_one_line_and_lose_no_count() {
        let limit = LogLimit::new();
        let lines = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|_| scope.spawn(|| (0..1000).filter_map(|_| limit.allows(START)).count()))
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .sum::<usize>()
        });
        assert_eq!(lines, 1);
        assert_eq!(limit.allows(START + 11 * SECOND), Some(3999));
    }
}
