//! Every interleaving of a few callers of a ledger loses no count and allows no retry too many.
//!
//! Run by `cargo xtask loom`.

use loom::sync::Arc;
use loom::thread;

use super::ledger::{self, Counts, Ledger};

const SLICES: u64 = ledger::SLICES as u64;

#[test]
fn of_two_that_ask_for_the_last_retry_one_gets_it() {
    loom::model(|| {
        let ledger = Arc::new(Ledger::new());
        let other = {
            let ledger = ledger.clone();
            thread::spawn(move || ledger.take_retry(0, |_| 1))
        };
        let mine = ledger.take_retry(0, |_| 1);
        assert!(mine ^ other.join().unwrap());
    });
}

/// The one is late: for it, the slice has not ended yet.
#[test]
fn of_two_that_ask_for_the_last_retry_as_the_slice_ends_one_gets_it() {
    loom::model(|| {
        let ledger = Arc::new(Ledger::new());
        ledger.record_call(3);
        let late = {
            let ledger = ledger.clone();
            thread::spawn(move || ledger.take_retry(3, |_| 1))
        };
        let mine = ledger.take_retry(4, |_| 1);
        assert!(mine ^ late.join().unwrap());
        assert_eq!(
            ledger.counts(4),
            Counts {
                calls: 1,
                retries: 1
            }
        );
    });
}

/// Whoever sees the slice that follows, sees the retry that the last one allowed.
#[test]
fn a_retry_of_a_finished_slice_is_not_forgotten() {
    loom::model(|| {
        let ledger = Arc::new(Ledger::new());
        let other = {
            let ledger = ledger.clone();
            thread::spawn(move || {
                let is_taken = ledger.take_retry(1, |_| 1);
                ledger.record_call(2);
                is_taken
            })
        };
        let mine = ledger.take_retry(2, |_| 1);
        assert!(mine ^ other.join().unwrap());
    });
}

#[test]
fn calls_that_turn_the_slice_together_are_all_counted() {
    loom::model(|| {
        let ledger = Arc::new(Ledger::new());
        ledger.record_call(3);
        let others = [4, 3].map(|now| {
            let ledger = ledger.clone();
            thread::spawn(move || ledger.record_call(now))
        });
        ledger.record_call(4);
        for other in others {
            other.join().unwrap();
        }
        assert_eq!(
            ledger.counts(4),
            Counts {
                calls: 4,
                retries: 0
            }
        );
    });
}

/// Whoever is late to store a finished slice finds a later one in its place.
#[test]
fn a_slice_that_is_stored_late_does_not_come_back() {
    loom::model(|| {
        let ledger = Arc::new(Ledger::new());
        ledger.record_call(3);
        let late = {
            let ledger = ledger.clone();
            thread::spawn(move || ledger.record_call(4))
        };
        ledger.record_call(3 + SLICES);
        ledger.record_call(4 + SLICES);
        late.join().unwrap();
        let counts = ledger.counts(4 + SLICES);
        assert!((2..=3).contains(&counts.calls), "{counts:?}");
    });
}

#[test]
fn a_call_is_seen_by_the_retry_that_it_allows() {
    loom::model(|| {
        let ledger = Arc::new(Ledger::new());
        let caller = {
            let ledger = ledger.clone();
            thread::spawn(move || {
                ledger.record_call(1);
                ledger.record_call(2);
            })
        };
        let taken = ledger.take_retry(2, |calls| calls / 2);
        caller.join().unwrap();
        assert_eq!(
            ledger.counts(2),
            Counts {
                calls: 2,
                retries: taken.into()
            }
        );
        assert!(taken || ledger.take_retry(2, |calls| calls / 2));
    });
}
