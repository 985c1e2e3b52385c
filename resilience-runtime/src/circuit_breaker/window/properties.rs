//! A sequence of operations on a window does what it does on the model.

use proptest::collection::vec;
use proptest::prelude::*;

use super::count::CountWindow;
use super::model::{Model, decisive};
use super::time::TimeWindow;
use super::{Recorded, Shape};

#[derive(Debug, Clone, Copy)]
enum Operation {
    Record(Recorded),
    /// An outcome of an era that is over.
    RecordLate(Recorded),
    Advance {
        nanos: u64,
    },
    Restart,
    CarryOver,
    Reshape {
        size: u32,
    },
    Read,
}

fn outcome() -> impl Strategy<Value = Recorded> {
    (prop::bool::weighted(0.3), prop::bool::weighted(0.3))
        .prop_map(|(failed, slow)| Recorded { failed, slow })
}

fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        40 => outcome().prop_map(Operation::Record),
        2 => outcome().prop_map(Operation::RecordLate),
        8 => (0..3_000_000_000u64).prop_map(|nanos| Operation::Advance { nanos }),
        1 => (0..100_000_000_000u64).prop_map(|nanos| Operation::Advance { nanos }),
        1 => Just(Operation::Restart),
        1 => Just(Operation::CarryOver),
        2 => size().prop_map(|size| Operation::Reshape { size }),
        4 => Just(Operation::Read),
    ]
}

/// Small ones, those around the ends of a word of the ring, and those of the large layout.
fn size() -> impl Strategy<Value = u32> {
    prop_oneof![4 => 1..=20u32, 2 => 31..=34u32, 1 => 1020..=1030u32]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_count_window_is_the_last_calls(size in size(), operations in vec(operation(), 0..400)) {
        let (mut window, mut model) = (CountWindow::new(size), Model::of_calls(size));
        let mut era = 0;
        for operation in operations {
            match operation {
                Operation::Record(outcome) => {
                    let is_short = !outcome.failed
                        && !outcome.slow
                        && window.record_among_successes(era);
                    let totals = if is_short {
                        Some(window.totals())
                    } else {
                        window.record(era, outcome)
                    };
                    prop_assert_eq!(totals.map(decisive), Some(decisive(model.record(outcome))));
                }
                Operation::RecordLate(outcome) => {
                    prop_assert_eq!(window.record(era.wrapping_sub(1), outcome), None);
                    prop_assert!(!window.record_among_successes(era.wrapping_sub(1)));
                }
                Operation::Restart => {
                    era += 1;
                    window.restart(era);
                    model.restart();
                }
                Operation::CarryOver => {
                    era += 1;
                    window.carry_over(era);
                }
                // As a breaker does.
                Operation::Reshape { size } => {
                    era += 1;
                    window.carry_over(era);
                    let kept = window.last(size);
                    if !window.has_room_for(size) {
                        window = CountWindow::with_room_to_grow(size);
                        prop_assert!(window.has_room_for(size));
                    }
                    window.restart_with(era, size);
                    for outcome in kept {
                        prop_assert!(window.record(era, outcome).is_some());
                    }
                    model.reshape(Shape::Calls(size));
                    prop_assert_eq!(window.totals(), model.totals());
                }
                Operation::Read | Operation::Advance { .. } => {
                    prop_assert_eq!(window.totals(), model.totals());
                }
            }
        }
        prop_assert_eq!(window.totals(), model.totals());
    }

    #[test]
    fn a_time_window_is_the_last_seconds(size in 1..=12u32, operations in vec(operation(), 0..400)) {
        let mut now = 0;
        let (window, mut model) = (TimeWindow::new(size, now), Model::of_seconds(size));
        let mut era = 0;
        for operation in operations {
            match operation {
                Operation::Record(outcome) => {
                    let totals = window.record(era, now, outcome);
                    prop_assert_eq!(totals, Some(model.record(outcome)));
                }
                Operation::RecordLate(outcome) => {
                    prop_assert_eq!(window.record(era.wrapping_sub(1), now, outcome), None);
                }
                Operation::Advance { nanos } => {
                    now += nanos;
                    model.move_to(now / 1_000_000_000);
                }
                Operation::Restart => {
                    era += 1;
                    window.restart(era, now);
                    model.restart();
                }
                Operation::CarryOver => {
                    era += 1;
                    window.carry_over(era);
                }
                Operation::Reshape { size } => {
                    window.resize(now, size);
                    model.reshape(Shape::Seconds(size));
                }
                Operation::Read => prop_assert_eq!(window.totals(now), model.totals()),
            }
        }
        prop_assert_eq!(window.totals(now), model.totals());
    }
}

#[test]
fn a_page_that_is_full_is_turned_within_its_second() {
    let window = TimeWindow::new(2, 0);
    let failure = Recorded {
        failed: true,
        slow: false,
    };
    for calls in 1..=10_000 {
        let totals = window.record(0, 0, failure).unwrap();
        assert_eq!((totals.calls, totals.failed), (calls, calls));
    }
    assert_eq!(window.totals(1_000_000_000).calls, 10_000);
    assert_eq!(window.totals(2_000_000_000).calls, 0);
}

#[test]
fn the_longest_count_window_counts_to_its_end() {
    let size = resilience_settings::circuit_breaker::MAX_WINDOW_CALLS;
    let window = CountWindow::new(size);
    let both = Recorded {
        failed: true,
        slow: true,
    };
    for calls in 1..=u64::from(size) {
        assert_eq!(
            window.record(0, both).map(decisive),
            Some((calls, calls, calls))
        );
    }
    let success = Recorded {
        failed: false,
        slow: false,
    };
    let size = u64::from(size);
    assert_eq!(
        window.record(0, success).map(decisive),
        Some((size, size - 1, size - 1))
    );
    assert_eq!(window.totals().slow_failed, size - 1);
}

/// Many threads at once lose nothing and count nothing twice.
#[test]
fn a_window_that_threads_share_ends_with_the_sum_of_what_they_recorded() {
    const THREADS: u64 = 4;
    const EACH: u64 = 20_000;
    let (count, time) = (CountWindow::new(100_000), TimeWindow::new(1, 0));
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (count, time) = (&count, &time);
            scope.spawn(move || {
                for call in 0..EACH {
                    let outcome = Recorded {
                        failed: call % 3 == 0,
                        slow: call % 4 == thread % 4,
                    };
                    assert!(count.record(0, outcome).is_some());
                    assert!(time.record(0, 0, outcome).is_some());
                }
            });
        }
    });
    let expected = (THREADS * EACH, THREADS * EACH.div_ceil(3), EACH);
    assert_eq!(decisive(count.totals()), expected);
    assert_eq!(count.totals(), time.totals(0));
}
