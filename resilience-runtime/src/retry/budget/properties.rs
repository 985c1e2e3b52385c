//! The ledger agrees with a plain list of what happened, whatever happens.

use std::collections::VecDeque;

use proptest::collection::vec;
use proptest::prelude::*;

use super::ledger::{self, Counts, Ledger};

const SLICES: u64 = ledger::SLICES as u64;

/// Every call and every retry, with the number of its slice.
#[derive(Default)]
struct Model {
    seen: VecDeque<(u64, bool)>,
}

impl Model {
    fn counts(&mut self, now: u64) -> Counts {
        // A retry counts for one slice more.
        self.seen
            .retain(|(slice, is_retry)| slice + SLICES + u64::from(*is_retry) > now);
        let retries = self.seen.iter().filter(|(_, is_retry)| *is_retry).count() as u64;
        Counts {
            calls: self.seen.len() as u64 - retries,
            retries,
        }
    }

    fn take_retry(&mut self, now: u64, allows: impl Fn(u64) -> u64) -> bool {
        let counts = self.counts(now);
        let is_allowed = counts.retries < allows(counts.calls);
        if is_allowed {
            self.seen.push_back((now, true));
        }
        is_allowed
    }
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Wait(u64),
    Call,
    Retry,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        2 => (0..3u64).prop_map(Step::Wait),
        1 => (12..60u64).prop_map(Step::Wait),
        8 => Just(Step::Call),
        8 => Just(Step::Retry),
    ];
    vec(step, 1..300)
}

proptest! {
    #[test]
    fn the_ledger_agrees_with_a_plain_list(steps in steps(), percentage in 0..=100u64, minimum in 0..5u64) {
        let allows = |calls: u64| (calls * percentage / 100).max(minimum);
        let (ledger, mut model) = (Ledger::new(), Model::default());
        let mut now = 0;
        for step in steps {
            match step {
                Step::Wait(slices) => now += slices,
                Step::Call => {
                    ledger.record_call(now);
                    model.seen.push_back((now, false));
                }
                Step::Retry => {
                    prop_assert_eq!(ledger.take_retry(now, allows), model.take_retry(now, allows));
                }
            }
            prop_assert_eq!(ledger.counts(now), model.counts(now));
        }
    }

    #[test]
    fn a_late_clock_counts_in_the_slice_that_runs(late in 0..40u64, now in 40..80u64) {
        let ledger = Ledger::new();
        ledger.record_call(now);
        ledger.record_call(late);
        prop_assert_eq!(ledger.counts(now), Counts { calls: 2, retries: 0 });
    }
}

#[test]
fn a_slice_that_is_full_stays_full() {
    let ledger = Ledger::new();
    for _ in 0..70_000 {
        ledger.record_call(5);
        ledger.take_retry(5, |calls| calls);
    }
    let full = Counts {
        calls: 0xffff,
        retries: 0xffff,
    };
    assert_eq!(ledger.counts(5), full);
    assert!(!ledger.take_retry(5, |_| u64::MAX));
    assert_eq!(ledger.counts(6 + SLICES), Counts::default());
}
