//! A breaker whose settings change while it runs: what becomes of its state, its counts and its calls.

#![allow(
    clippy::float_cmp,
    reason = "rates of these counts are exact, and -1 says that there is none"
)]
#![allow(
    clippy::unchecked_time_subtraction,
    clippy::unwrap_used,
    reason = "a test that meets something unforeseen is to fail"
)]

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use resilience_runtime::{
    CancelledCalls, CircuitBreaker, CircuitBreakerConfigBuilder, Clock, ManualClock, OpenFor,
    Registry, SlidingWindowType, State,
};

const WAIT: Duration = Duration::from_secs(10);
const SLOW: Duration = Duration::from_secs(1);
const TICK: Duration = Duration::from_nanos(1);

fn breaker(
    configure: impl FnOnce(CircuitBreakerConfigBuilder) -> CircuitBreakerConfigBuilder,
) -> (CircuitBreaker, ManualClock) {
    let time = Clock::manual();
    let breaker = Registry::builder()
        .clock(&time)
        .build()
        .circuit_breaker_with("tested", |config| {
            configure(
                config
                    .sliding_window_size(10)
                    .minimum_number_of_calls(10)
                    .permitted_number_of_calls_in_half_open_state(2)
                    .wait_duration_in_open_state(WAIT)
                    .slow_call_duration_threshold(SLOW),
            )
        })
        .unwrap();
    (breaker, time)
}

fn change(
    breaker: &CircuitBreaker,
    configure: impl FnOnce(CircuitBreakerConfigBuilder) -> CircuitBreakerConfigBuilder,
) {
    breaker.change_config(configure).unwrap();
}

fn fail(breaker: &CircuitBreaker, times: usize) {
    for _ in 0..times {
        breaker.try_acquire().unwrap().failure();
    }
}

fn succeed(breaker: &CircuitBreaker, times: usize) {
    for _ in 0..times {
        breaker.try_acquire().unwrap().success();
    }
}

/// Calls and failed ones.
fn counts(breaker: &CircuitBreaker) -> (u64, u64) {
    let metrics = breaker.metrics();
    (metrics.buffered_calls, metrics.failed_calls)
}

fn half_open(breaker: &CircuitBreaker) {
    breaker.transition_to_open().unwrap();
    breaker.transition_to_half_open().unwrap();
}

/// How many probes are let through, all of which are ignored at the end.
fn free_probes(breaker: &CircuitBreaker) -> usize {
    let mut probes = Vec::new();
    while let Ok(probe) = breaker.try_acquire() {
        probes.push(probe);
    }
    let free = probes.len();
    for probe in probes {
        probe.ignore();
    }
    free
}

#[test]
fn a_change_that_does_not_fit_changes_nothing() {
    let (breaker, _) = breaker(|config| config);
    fail(&breaker, 3);
    let error = breaker
        .change_config(|config| config.sliding_window_size(20).failure_rate_threshold(0.0))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "`failure_rate_threshold` takes a percentage above 0 and at most 100, but was 0",
    );
    assert_eq!(breaker.config().sliding_window_size(), 10);
    assert_eq!(counts(&breaker), (3, 3));
    assert_eq!(breaker.change_config(|config| config).unwrap(), []);
}

#[test]
fn changes_add_up_and_each_names_what_is_different_now() {
    let (breaker, _) = breaker(|config| config);
    let changes = breaker
        .change_config(|config| {
            config
                .slow_call_rate_threshold(12.5)
                .sliding_window_type(SlidingWindowType::TimeBased)
                .exponential_max_wait_duration_in_open_state(Duration::from_secs(90))
                .cancelled_calls(CancelledCalls::Failure)
                .initial_state(State::Disabled)
                .minimum_number_of_calls(10)
        })
        .unwrap();
    let changes: Vec<_> = changes.iter().map(ToString::to_string).collect();
    assert_eq!(
        changes,
        [
            "`slow_call_rate_threshold` from 100 to 12.5",
            "`sliding_window_type` from COUNT_BASED to TIME_BASED",
            "`exponential_max_wait_duration_in_open_state` from none to 1m 30s",
            "`initial_state` from CLOSED to DISABLED",
            "`cancelled_calls` from ignore to failure",
        ]
    );
    change(&breaker, |config| config.sliding_window_size(7));
    assert_eq!(
        breaker.config().sliding_window_type(),
        SlidingWindowType::TimeBased
    );
    assert_eq!(breaker.config().sliding_window_size(), 7);
    assert_eq!(breaker.state(), State::Closed, "it has begun already");
}

#[test]
fn a_lower_failure_rate_is_judged_at_the_next_call() {
    let (breaker, _) = breaker(|config| config);
    succeed(&breaker, 7);
    fail(&breaker, 3);
    change(&breaker, |config| config.failure_rate_threshold(30.0));
    assert_eq!(breaker.state(), State::Closed);
    assert_eq!(counts(&breaker), (10, 3));
    succeed(&breaker, 1);
    assert_eq!(breaker.state(), State::Open, "a success brings it to light");
}

#[test]
fn a_higher_failure_rate_lets_more_fail() {
    let (breaker, _) = breaker(|config| config);
    succeed(&breaker, 6);
    fail(&breaker, 4);
    change(&breaker, |config| config.failure_rate_threshold(70.0));
    // The first successes leave: six of ten failed, then seven.
    fail(&breaker, 2);
    assert_eq!(breaker.state(), State::Closed);
    fail(&breaker, 1);
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn a_lower_slow_call_rate_is_judged_at_the_next_call() {
    let (breaker, time) = breaker(|config| config);
    let slow = breaker.try_acquire().unwrap();
    time.advance(SLOW + TICK);
    slow.success();
    succeed(&breaker, 9);
    change(&breaker, |config| config.slow_call_rate_threshold(10.0));
    assert_eq!(breaker.metrics().slow_call_rate, 10.0);
    assert_eq!(breaker.state(), State::Closed);
    // The slow one leaves with the next call.
    succeed(&breaker, 1);
    assert_eq!(breaker.state(), State::Closed);
    let slow = breaker.try_acquire().unwrap();
    time.advance(SLOW + TICK);
    slow.success();
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn a_call_that_runs_is_slow_by_the_threshold_at_its_end() {
    let (breaker, time) = breaker(|config| config);
    let first = breaker.try_acquire().unwrap();
    let second = breaker.try_acquire().unwrap();
    time.advance(SLOW);
    first.success();
    change(&breaker, |config| {
        config.slow_call_duration_threshold(SLOW - TICK)
    });
    second.success();
    assert_eq!(breaker.metrics().slow_calls, 1);
    breaker.on_success(SLOW);
    assert_eq!(breaker.metrics().slow_calls, 2);
    change(&breaker, |config| config.slow_call_duration_threshold(SLOW));
    breaker.on_success(SLOW);
    assert_eq!(breaker.metrics().slow_calls, 2, "those before stay slow");
}

#[test]
fn fewer_calls_for_a_rate_make_one_of_those_that_are_there() {
    let (breaker, _) = breaker(|config| config);
    fail(&breaker, 4);
    assert_eq!(breaker.metrics().failure_rate, -1.0);
    change(&breaker, |config| config.minimum_number_of_calls(4));
    assert_eq!(breaker.metrics().failure_rate, 100.0);
    assert_eq!(breaker.state(), State::Closed);
    fail(&breaker, 1);
    assert_eq!(breaker.state(), State::Open);
}

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

#[test]
fn an_open_breaker_keeps_its_deadline_and_goes_on_showing_what_opened_it() {
    let (breaker, time) = breaker(|config| config);
    fail(&breaker, 10);
    time.advance(WAIT / 2);
    change(&breaker, |config| {
        config
            .wait_duration_in_open_state(3 * WAIT)
            .sliding_window_size(4)
    });
    assert_eq!((breaker.state(), counts(&breaker)), (State::Open, (10, 10)));
    time.advance(WAIT / 2);
    assert!(breaker.try_acquire().is_err(), "that moment belongs to it");
    time.advance(TICK);
    breaker.try_acquire().unwrap().failure();
    fail(&breaker, 1);
    assert_eq!(breaker.state(), State::Open);
    time.advance(3 * WAIT);
    assert!(breaker.try_acquire().is_err(), "the next wait is the new");
    time.advance(TICK);
    succeed(&breaker, 2);
    assert_eq!(breaker.state(), State::Closed);
    fail(&breaker, 4);
    assert_eq!(breaker.state(), State::Open, "four calls fill the window");
}

#[test]
fn the_next_opening_waits_as_it_is_now_told() {
    let (breaker, time) = breaker(|config| config);
    let waits = |breaker: &CircuitBreaker, wait: Duration| {
        breaker.reset();
        breaker.transition_to_open().unwrap();
        time.advance(wait);
        assert!(breaker.try_acquire().is_err());
        time.advance(TICK);
        assert!(breaker.try_acquire().is_ok());
    };
    change(&breaker, |config| {
        config.wait_interval_function_in_open_state(|_| Duration::from_secs(3))
    });
    waits(&breaker, Duration::from_secs(3));
    change(&breaker, |config| config.enable_exponential_backoff(true));
    waits(&breaker, WAIT);
    change(&breaker, |config| {
        config
            .wait_duration_in_open_state(2 * WAIT)
            .exponential_max_wait_duration_in_open_state(WAIT)
    });
    waits(&breaker, WAIT);
    let error = breaker
        .change_config(|config| config.enable_randomized_wait(true))
        .unwrap_err();
    assert!(error.to_string().contains("enable_randomized_wait"));
    change(&breaker, |config| {
        config
            .enable_exponential_backoff(false)
            .enable_randomized_wait(true)
            .randomized_wait_factor(0.0)
    });
    waits(&breaker, 2 * WAIT);
    change(&breaker, |config| {
        config.exponential_backoff_multiplier(3.0)
    });
    assert_eq!(breaker.config().wait_in_open_state(1), 2 * WAIT);
}

#[test]
fn an_automatic_transition_that_is_turned_on_ends_the_running_wait_in_time() {
    let (breaker, time) = breaker(|config| config);
    breaker.transition_to_open().unwrap();
    time.advance(WAIT / 4);
    let automatic = |enabled: bool| {
        change(&breaker, |config| {
            config.automatic_transition_from_open_to_half_open_enabled(enabled)
        });
    };
    automatic(true);
    time.advance(WAIT / 4);
    automatic(false);
    time.advance(WAIT / 2 + TICK);
    assert_eq!(breaker.state(), State::Open, "it was turned off again");
    breaker.transition_to_open().unwrap();
    time.advance(WAIT / 3);
    automatic(true);
    automatic(true);
    time.advance(WAIT - WAIT / 3 - TICK);
    assert_eq!(breaker.state(), State::Open);
    time.advance(TICK);
    assert_eq!(breaker.state(), State::HalfOpen);
}

#[test]
fn a_running_round_keeps_its_probes_and_the_next_has_the_new_number() {
    for more in [3, 30, 3_000] {
        let (breaker, time) = breaker(|config| config);
        half_open(&breaker);
        let probe = breaker.try_acquire().unwrap();
        change(&breaker, |config| {
            config
                .permitted_number_of_calls_in_half_open_state(more)
                .minimum_number_of_calls(5_000)
        });
        assert_eq!(breaker.state(), State::HalfOpen);
        assert_eq!(free_probes(&breaker), 1, "of two, one is out");
        probe.failure();
        assert_eq!(counts(&breaker), (1, 1));
        fail(&breaker, 1);
        assert_eq!(breaker.state(), State::Open, "two were enough");
        time.advance(WAIT + TICK);
        assert_eq!(free_probes(&breaker), more as usize);
        succeed(&breaker, more as usize - 1);
        assert_eq!(breaker.state(), State::HalfOpen);
        assert_eq!(counts(&breaker), (u64::from(more) - 1, 0));
        succeed(&breaker, 1);
        assert_eq!(breaker.state(), State::Closed);
        fail(&breaker, 10);
        assert_eq!(breaker.state(), State::Open, "the window of calls is whole");
    }
}

#[test]
fn a_running_round_is_judged_by_the_thresholds_that_are_in_force() {
    let (breaker, _) = breaker(|config| config.permitted_number_of_calls_in_half_open_state(5));
    half_open(&breaker);
    fail(&breaker, 1);
    succeed(&breaker, 1);
    change(&breaker, |config| {
        config
            .minimum_number_of_calls(3)
            .failure_rate_threshold(34.0)
    });
    assert_eq!(breaker.state(), State::HalfOpen);
    succeed(&breaker, 1);
    assert_eq!(breaker.state(), State::Closed, "one of three failed");
}

#[test]
fn the_longest_round_is_measured_from_the_beginning_of_the_running_one() {
    let second = Duration::from_secs(1);
    let (breaker, time) = breaker(|config| config);
    let longest = |wait: Duration| {
        change(&breaker, |config| {
            config.max_wait_duration_in_half_open_state(wait)
        });
    };
    half_open(&breaker);
    time.advance(second);
    longest(3 * second);
    time.advance(2 * second - TICK);
    assert_eq!(breaker.state(), State::HalfOpen);
    longest(5 * second);
    time.advance(2 * second);
    assert_eq!(breaker.state(), State::HalfOpen);
    change(&breaker, |config| {
        config.transition_to_state_after_wait_duration(State::Closed)
    });
    time.advance(TICK);
    assert_eq!(breaker.state(), State::Closed, "after five seconds");

    half_open(&breaker);
    longest(Duration::ZERO);
    time.advance(60 * second);
    assert_eq!(breaker.state(), State::HalfOpen);
    longest(10 * second);
    time.advance(Duration::ZERO);
    assert_eq!(breaker.state(), State::Closed, "it is over already");
}

/// Without a longest round, probes that hang for longer than a slow call are given up.
#[test]
fn a_hung_round_is_given_up_by_the_settings_in_force() {
    let (breaker, time) =
        breaker(|config| config.max_wait_duration_in_half_open_state(Duration::from_secs(600)));
    half_open(&breaker);
    let hung: Vec<_> = (0..2).map(|_| breaker.try_acquire().unwrap()).collect();
    time.advance(2 * SLOW);
    assert!(breaker.try_acquire().is_err());
    change(&breaker, |config| {
        config
            .max_wait_duration_in_half_open_state(Duration::ZERO)
            .slow_call_duration_threshold(3 * SLOW)
    });
    assert!(breaker.try_acquire().is_err());
    change(&breaker, |config| config.slow_call_duration_threshold(SLOW));
    assert!(breaker.try_acquire().is_ok(), "a round of its own");
    drop(hung);
}

#[test]
fn cancelled_calls_count_as_they_are_told_to_when_they_are_dropped() {
    let (breaker, _) = breaker(|config| config);
    let cancelled = breaker.try_acquire().unwrap();
    change(&breaker, |config| {
        config.cancelled_calls(CancelledCalls::Failure)
    });
    drop(cancelled);
    assert_eq!(counts(&breaker), (1, 1));
    change(&breaker, |config| {
        config.cancelled_calls(CancelledCalls::Ignore)
    });
    drop(breaker.try_acquire().unwrap());
    assert_eq!(counts(&breaker), (1, 1));
}

#[test]
fn predicates_that_are_given_take_the_place_of_those_before() {
    let (breaker, _) = breaker(|config| config.ignore_error(|status: &u16| *status < 500));
    let call = |status: u16| drop(breaker.call_blocking(move || Err::<(), _>(status)));
    call(404);
    assert_eq!(counts(&breaker), (0, 0));
    change(&breaker, |config| {
        config.ignore_error(|status: &u16| *status == 503)
    });
    call(404);
    call(503);
    assert_eq!(counts(&breaker), (1, 1));
    change(&breaker, |config| {
        config.record_error(|status: &u16| *status == 500)
    });
    call(404);
    call(503);
    call(500);
    assert_eq!(counts(&breaker), (3, 2), "both lists hold");
    change(&breaker, |config| {
        config.record_result(|value: &i32| *value < 0)
    });
    drop(breaker.call_blocking(|| Ok::<_, ()>(-1)));
    assert_eq!(counts(&breaker), (4, 3));
    change(&breaker, |config| {
        config.transition_on_result(|outcome| {
            outcome.err()?.downcast_ref::<u16>()?;
            Some(OpenFor::Duration(WAIT))
        })
    });
    call(500);
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn an_outcome_may_open_the_breaker_after_its_window_has_changed() {
    let (breaker, _) = breaker(|config| {
        config.transition_on_result(|outcome| outcome.err().map(|_| OpenFor::Duration(WAIT)))
    });
    let handle = breaker.clone();
    let _ = breaker.call_blocking(move || {
        change(&handle, |config| config.sliding_window_size(200));
        Err::<(), _>("maintenance")
    });
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn predicates_may_change_the_settings_of_their_breaker() {
    let handle: Arc<OnceLock<CircuitBreaker>> = Arc::default();
    let own = Arc::clone(&handle);
    let (breaker, _) = breaker(|config| {
        config.record_error(move |(): &()| {
            change(own.get().unwrap(), |config| config.sliding_window_size(5));
            true
        })
    });
    handle.set(breaker.clone()).unwrap();
    let _ = breaker.call_blocking(|| Err::<(), _>(()));
    assert_eq!(breaker.config().sliding_window_size(), 5);
    assert_eq!(counts(&breaker), (1, 1));
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
