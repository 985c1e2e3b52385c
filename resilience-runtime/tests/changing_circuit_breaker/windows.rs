//! What a window keeps that becomes another.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use resilience_runtime::{SlidingWindowType, State};

use super::{breaker, change, counts, fail, succeed};

#[test]
fn a_window_of_calls_that_becomes_shorter_keeps_the_last() {
    let (breaker, _) = breaker(|config| config.failure_rate_threshold(90.0));
    fail(&breaker, 5);
    succeed(&breaker, 2);
    fail(&breaker, 1);
    succeed(&breaker, 1);
    change(&breaker, |config| config.sliding_window_size(4));
    assert_eq!(breaker.state(), State::Closed);
    assert_eq!(counts(&breaker), (4, 1));
    succeed(&breaker, 2);
    assert_eq!(counts(&breaker), (4, 1));
    succeed(&breaker, 1);
    assert_eq!(counts(&breaker), (4, 0), "in the order in which they came");
}

#[test]
fn a_window_of_calls_that_becomes_longer_keeps_all_and_takes_more() {
    for longer in [12, 17, 1_023, 1_024, 100_000] {
        let (breaker, _) = breaker(|config| config.failure_rate_threshold(90.0));
        succeed(&breaker, 7);
        fail(&breaker, 5);
        change(&breaker, |config| config.sliding_window_size(longer));
        assert_eq!(counts(&breaker), (10, 5), "{longer}");
        succeed(&breaker, 2);
        assert_eq!(counts(&breaker), (12, 5), "{longer}");
        succeed(&breaker, longer as usize);
        assert_eq!(counts(&breaker), (longer.into(), 0), "{longer}");
        change(&breaker, |config| config.sliding_window_size(10));
        assert_eq!(counts(&breaker), (10, 0), "{longer}");
        fail(&breaker, 8);
        assert_eq!(breaker.state(), State::Closed);
        fail(&breaker, 1);
        assert_eq!(breaker.state(), State::Open, "{longer}");
    }
}

/// The shortest way of a success looks at the first window only.
#[test]
fn a_window_full_of_successes_that_is_left_takes_no_more_of_them() {
    let (breaker, _) = breaker(|config| config.sliding_window_size(1));
    succeed(&breaker, 3);
    change(&breaker, |config| {
        config.sliding_window_size(100).minimum_number_of_calls(100)
    });
    succeed(&breaker, 49);
    assert_eq!(counts(&breaker), (50, 0));
    fail(&breaker, 49);
    assert_eq!(breaker.state(), State::Closed);
    fail(&breaker, 1);
    assert_eq!(breaker.state(), State::Open, "50 of 100 failed");
}

#[test]
fn a_window_of_seconds_that_becomes_shorter_or_longer_keeps_its_last_seconds() {
    let (breaker, time) = breaker(|config| {
        config
            .sliding_window_type(SlidingWindowType::TimeBased)
            .sliding_window_size(10)
            .minimum_number_of_calls(100)
    });
    for failures in [1, 2, 4, 8] {
        fail(&breaker, failures);
        time.advance(Duration::from_secs(1));
    }
    let running = breaker.try_acquire().unwrap();
    change(&breaker, |config| config.sliding_window_size(3));
    assert_eq!(
        counts(&breaker),
        (12, 12),
        "of this second and the two before"
    );
    running.failure();
    assert_eq!(counts(&breaker), (13, 13));
    change(&breaker, |config| config.sliding_window_size(20));
    time.advance(Duration::from_secs(17));
    assert_eq!(counts(&breaker), (13, 13));
    time.advance(Duration::from_secs(1));
    assert_eq!(counts(&breaker), (9, 9));
    time.advance(Duration::from_secs(2));
    assert_eq!(counts(&breaker), (0, 0));
}

#[test]
fn between_calls_and_seconds_the_window_begins_with_nothing() {
    let (breaker, time) = breaker(|config| config);
    fail(&breaker, 4);
    let running = breaker.try_acquire().unwrap();
    change(&breaker, |config| {
        config.sliding_window_type(SlidingWindowType::TimeBased)
    });
    assert_eq!((breaker.state(), counts(&breaker)), (State::Closed, (0, 0)));
    running.failure();
    assert_eq!(counts(&breaker), (1, 1), "the call that ran counts");
    time.advance(Duration::from_secs(10));
    assert_eq!(counts(&breaker), (0, 0));
    fail(&breaker, 3);
    change(&breaker, |config| {
        config.sliding_window_type(SlidingWindowType::CountBased)
    });
    assert_eq!(counts(&breaker), (0, 0));
    fail(&breaker, 9);
    assert_eq!(breaker.state(), State::Closed);
    fail(&breaker, 1);
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn the_outcome_of_a_call_that_runs_counts_in_the_window_of_another_shape() {
    for shape in [
        (SlidingWindowType::CountBased, 5),
        (SlidingWindowType::CountBased, 50),
        (SlidingWindowType::TimeBased, 5),
    ] {
        let (breaker, _) = breaker(|config| config);
        let fails = breaker.try_acquire().unwrap();
        let succeeds = breaker.try_acquire().unwrap();
        let cancelled = breaker.try_acquire().unwrap();
        change(&breaker, |config| {
            config
                .sliding_window_type(shape.0)
                .sliding_window_size(shape.1)
        });
        fails.failure();
        succeeds.success();
        drop(cancelled);
        assert_eq!(counts(&breaker), (2, 1), "{shape:?}");
        assert_eq!(breaker.metrics().cancelled_calls, 1);
    }
}

#[test]
fn the_outcome_of_a_call_of_an_ended_state_counts_in_no_shape() {
    let (breaker, _) = breaker(|config| config);
    let late = breaker.try_acquire().unwrap();
    breaker.reset();
    change(&breaker, |config| config.sliding_window_size(5));
    late.failure();
    assert_eq!(counts(&breaker), (0, 0));
}

#[test]
fn metrics_only_keeps_what_it_counted_and_announced_when_its_window_changes() {
    let (breaker, _) = breaker(|config| config);
    breaker.transition_to_metrics_only().unwrap();
    let announced = Arc::new(AtomicU32::new(0));
    let events = Arc::clone(&announced);
    breaker.on_event(move |event| {
        if format!("{:?}", event.kind).contains("FailureRateExceeded") {
            events.fetch_add(1, Ordering::Relaxed);
        }
    });
    fail(&breaker, 10);
    change(&breaker, |config| config.sliding_window_size(20));
    fail(&breaker, 5);
    assert_eq!(counts(&breaker), (15, 15));
    fail(&breaker, 20);
    assert_eq!(announced.load(Ordering::Relaxed), 1);
    assert_eq!(breaker.state(), State::MetricsOnly);
}

#[test]
fn rejections_and_cancellations_stay_counted_when_settings_change() {
    let (breaker, _) = breaker(|config| config);
    drop(breaker.try_acquire().unwrap());
    change(&breaker, |config| config.sliding_window_size(3));
    assert_eq!(breaker.metrics().cancelled_calls, 1);
    breaker.transition_to_forced_open().unwrap();
    assert!(breaker.try_acquire().is_err());
    change(&breaker, |config| config.sliding_window_size(4));
    assert_eq!(breaker.metrics().not_permitted_calls, 1);
    assert_eq!(breaker.state(), State::ForcedOpen);
}

/// Shapes change while threads record: nothing is counted twice, and nothing is lost for good.
#[test]
fn a_breaker_whose_shape_changes_all_the_time_stays_whole() {
    let (breaker, _) = breaker(|config| config.failure_rate_threshold(100.0));
    succeed(&breaker, 1);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                for call in 0..20_000 {
                    let permit = breaker.try_acquire().unwrap();
                    if call % 4 == 0 {
                        permit.failure();
                    } else {
                        permit.success();
                    }
                }
            });
        }
        for round in 0..2_000u32 {
            let size = 1_000 + round * 37 % 1_500;
            change(&breaker, |config| config.sliding_window_size(size));
            let (calls, failed) = counts(&breaker);
            assert!(failed <= calls && calls <= size.into());
        }
    });
    assert_eq!(breaker.state(), State::Closed);
    change(&breaker, |config| config.sliding_window_size(1_000));
    succeed(&breaker, 1_000);
    assert_eq!(counts(&breaker), (1_000, 0));
    fail(&breaker, 999);
    assert_eq!(
        (breaker.state(), counts(&breaker)),
        (State::Closed, (1_000, 999))
    );
    fail(&breaker, 1);
    assert_eq!(breaker.state(), State::Open);
}
