//! Every interleaving of a few operations on a window is one that the model can do in some order.
//!
//! Run by `cargo xtask loom`.

use loom::sync::Arc;
use loom::thread;

use super::Recorded;
use super::count::CountWindow;
use super::model::{Model, decisive};
use super::time::TimeWindow;
use crate::circuit_breaker::metrics::Totals;

const SUCCESS: Recorded = Recorded {
    failed: false,
    slow: false,
};
const FAILURE: Recorded = Recorded {
    failed: true,
    slow: false,
};
const SLOW_SUCCESS: Recorded = Recorded {
    failed: false,
    slow: true,
};
const SLOW_FAILURE: Recorded = Recorded {
    failed: true,
    slow: true,
};

const SECOND: u64 = 1_000_000_000;

/// What a thread's records returned.
type Seen = Vec<(u64, u64, u64)>;

/// Whether the two threads' records, in some order, return on the model what they returned here.
fn is_linear(
    model: &Model,
    left: &[Recorded],
    left_seen: &[(u64, u64, u64)],
    right: &[Recorded],
    right_seen: &[(u64, u64, u64)],
    end: Totals,
) -> bool {
    if left.is_empty() && right.is_empty() {
        return model.totals() == end;
    }
    let goes_first = |mine: &[Recorded], seen: &[(u64, u64, u64)]| {
        let mut model = model.clone();
        (mine
            .first()
            .is_some_and(|outcome| decisive(model.record(*outcome)) == seen[0]))
        .then_some(model)
    };
    goes_first(left, left_seen)
        .is_some_and(|model| is_linear(&model, &left[1..], &left_seen[1..], right, right_seen, end))
        || goes_first(right, right_seen).is_some_and(|model| {
            is_linear(&model, left, left_seen, &right[1..], &right_seen[1..], end)
        })
}

fn check_count_window(size: u32, before: &'static [Recorded], outcomes: [&'static [Recorded]; 2]) {
    loom::model(move || {
        let window = Arc::new(CountWindow::new(size));
        let mut model = Model::of_calls(size);
        for outcome in before {
            window.record(0, *outcome);
            model.record(*outcome);
        }
        let record_all = |window: Arc<CountWindow>, outcomes: &'static [Recorded]| {
            move || -> Seen {
                // As a breaker does: the short way first.
                let record = |outcome: &Recorded| {
                    if *outcome == SUCCESS && window.record_among_successes(0) {
                        (u64::from(size), 0, 0)
                    } else {
                        decisive(window.record(0, *outcome).unwrap())
                    }
                };
                outcomes.iter().map(record).collect()
            }
        };
        let other = thread::spawn(record_all(Arc::clone(&window), outcomes[1]));
        let mine = record_all(Arc::clone(&window), outcomes[0])();
        let others = other.join().unwrap();
        let end = window.totals();
        assert!(
            is_linear(&model, outcomes[0], &mine, outcomes[1], &others, end),
            "no order returns {mine:?} and {others:?} and ends with {end:?}"
        );
    });
}

#[test]
fn records_on_a_count_window_of_one_are_linear() {
    check_count_window(1, &[FAILURE], [&[SUCCESS, FAILURE], &[SLOW_FAILURE]]);
}

#[test]
fn records_on_a_count_window_of_two_are_linear() {
    check_count_window(
        2,
        &[FAILURE, SLOW_SUCCESS],
        [&[SUCCESS, FAILURE], &[SLOW_FAILURE, SUCCESS]],
    );
}

#[test]
fn records_that_fill_a_count_window_are_linear() {
    check_count_window(3, &[], [&[FAILURE, SUCCESS], &[SLOW_SUCCESS, FAILURE]]);
}

#[test]
fn fast_successes_pass_a_failure_that_is_not_settled() {
    check_count_window(
        2,
        &[SUCCESS, SUCCESS],
        [&[SUCCESS, SUCCESS], &[FAILURE, SUCCESS]],
    );
}

/// While one of them is about to write down the success, the other makes the slot a failure again.
#[test]
fn a_thread_that_sleeps_while_it_settles_does_not_write_when_it_wakes() {
    check_count_window(1, &[FAILURE, SUCCESS], [&[SUCCESS], &[FAILURE, FAILURE]]);
}

#[test]
fn an_outcome_of_an_era_that_ends_meanwhile_does_not_reach_the_next() {
    loom::model(|| {
        let window = Arc::new(CountWindow::new(2));
        window.record(0, FAILURE);
        let late = {
            let window = Arc::clone(&window);
            thread::spawn(move || {
                window.record(0, FAILURE);
                window.record(0, SLOW_FAILURE);
            })
        };
        window.restart(1);
        let first = window.record(1, SUCCESS).map(decisive);
        late.join().unwrap();
        assert_eq!(first, Some((1, 0, 0)));
        assert_eq!(decisive(window.totals()), (1, 0, 0));
        assert_eq!(window.record(1, SUCCESS).map(decisive), Some((2, 0, 0)));
        assert_eq!(window.record(1, SUCCESS).map(decisive), Some((2, 0, 0)));
    });
}

#[test]
fn records_around_the_turn_of_a_page_are_all_kept() {
    loom::model(|| {
        let window = Arc::new(TimeWindow::new(2, 0));
        window.record(0, 0, FAILURE);
        let other = {
            let window = Arc::clone(&window);
            thread::spawn(move || {
                let first = window.record(0, 0, SLOW_SUCCESS).unwrap();
                let second = window.record(0, SECOND, FAILURE).unwrap();
                assert!(first.calls >= 2 && second.calls > first.calls);
            })
        };
        let mine = window.record(0, SECOND, SLOW_FAILURE).unwrap();
        assert!(mine.calls >= 2 && mine.failed >= 2);
        other.join().unwrap();
        let totals = window.totals(SECOND);
        assert_eq!(
            (totals.calls, totals.failed, totals.slow, totals.slow_failed),
            (4, 3, 2, 1)
        );
    });
}

#[test]
fn the_first_second_leaves_a_window_of_one_with_the_turn() {
    loom::model(|| {
        let window = Arc::new(TimeWindow::new(1, 0));
        window.record(0, 0, FAILURE);
        let other = {
            let window = Arc::clone(&window);
            thread::spawn(move || window.record(0, SECOND, SUCCESS).unwrap())
        };
        let mine = window.record(0, SECOND, SUCCESS).unwrap();
        let others = other.join().unwrap();
        // One of them may have come while the other was turning the page, and be booked with the
        // second that ends.
        let end = window.totals(SECOND);
        assert_eq!(end.failed, 0);
        assert!(
            (1..=2).contains(&end.calls),
            "{end:?}, {mine:?}, {others:?}"
        );
        assert_eq!(window.totals(2 * SECOND), Totals::default());
    });
}

#[test]
fn an_outcome_of_an_ended_era_does_not_reach_a_fresh_time_window() {
    loom::model(|| {
        let window = Arc::new(TimeWindow::new(2, 0));
        let late = {
            let window = Arc::clone(&window);
            thread::spawn(move || {
                window.record(0, 0, FAILURE);
                window.record(0, SECOND, FAILURE);
            })
        };
        window.restart(1, 0);
        let mine = window.record(1, SECOND, SUCCESS).map(decisive);
        late.join().unwrap();
        assert_eq!(mine, Some((1, 0, 0)));
        assert_eq!(decisive(window.totals(SECOND)), (1, 0, 0));
    });
}
