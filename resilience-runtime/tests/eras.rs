//! An outcome counts only for the era that admitted its call; the rows about late results and
//! probes of the peers' comparison.

#![allow(
    clippy::unwrap_used,
    reason = "a test that meets something unforeseen is to fail"
)]

use std::time::Duration;

use resilience_runtime::{
    CircuitBreaker, CircuitBreakerConfigBuilder, Clock, ManualClock, Registry, State,
};

const WAIT: Duration = Duration::from_secs(10);
const SLOW: Duration = Duration::from_secs(1);

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
                    .permitted_number_of_calls_in_half_open_state(1)
                    .wait_duration_in_open_state(WAIT)
                    .slow_call_duration_threshold(SLOW),
            )
        })
        .unwrap();
    (breaker, time)
}

fn fail(breaker: &CircuitBreaker, times: usize) {
    for _ in 0..times {
        breaker.try_acquire().unwrap().failure();
    }
}

/// Opens the breaker and waits until it lets a probe through.
fn open_and_wait(breaker: &CircuitBreaker, time: &ManualClock) {
    breaker.transition_to_open().unwrap();
    time.advance(WAIT + Duration::from_millis(1));
}

#[test]
fn five_failures_open_a_window_of_ten_after_five_thousand_successes() {
    let (breaker, _) = breaker(|config| config);
    for _ in 0..5_000 {
        breaker.try_acquire().unwrap().success();
    }
    fail(&breaker, 4);
    assert_eq!(breaker.state(), State::Closed);
    fail(&breaker, 1);
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn a_late_success_of_an_older_call_does_not_close_a_half_open_round() {
    let (breaker, time) = breaker(|config| config);
    let late = breaker.try_acquire().unwrap();
    open_and_wait(&breaker, &time);
    let probe = breaker.try_acquire().unwrap();
    late.success();
    assert_eq!(breaker.state(), State::HalfOpen);
    assert_eq!(breaker.metrics().buffered_calls, 0);
    probe.success();
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn a_late_failure_of_an_older_call_does_not_reopen_a_half_open_round() {
    let (breaker, time) = breaker(|config| config);
    let late = breaker.try_acquire().unwrap();
    open_and_wait(&breaker, &time);
    let probe = breaker.try_acquire().unwrap();
    late.failure();
    assert_eq!(breaker.state(), State::HalfOpen);
    probe.success();
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn a_late_outcome_does_not_count_in_a_later_closed_window() {
    let (breaker, _) = breaker(|config| config);
    let late: Vec<_> = (0..10).map(|_| breaker.try_acquire().unwrap()).collect();
    breaker.reset();
    late.into_iter()
        .for_each(resilience_runtime::Permit::failure);
    assert_eq!(breaker.state(), State::Closed);
    assert_eq!(breaker.metrics().buffered_calls, 0);
}

#[test]
fn a_late_release_does_not_admit_another_probe() {
    let (breaker, time) = breaker(|config| config);
    let (dropped, ignored) = (
        breaker.try_acquire().unwrap(),
        breaker.try_acquire().unwrap(),
    );
    open_and_wait(&breaker, &time);
    let _probe = breaker.try_acquire().unwrap();
    drop(dropped);
    ignored.ignore();
    assert!(
        breaker.try_acquire().is_err(),
        "the one permit of the round is out"
    );
}

#[test]
fn a_late_cancellation_does_not_count_in_a_later_state() {
    let (breaker, _) = breaker(|config| config);
    let late = breaker.try_acquire().unwrap();
    breaker.transition_to_open().unwrap();
    breaker.transition_to_closed().unwrap();
    drop(late);
    assert_eq!(breaker.metrics().cancelled_calls, 0);
}

#[test]
fn disabled_counts_no_cancellation_either() {
    let (breaker, _) = breaker(|config| config);
    breaker.transition_to_disabled().unwrap();
    drop(breaker.try_acquire().unwrap());
    assert_eq!(breaker.metrics().cancelled_calls, 0);
}

#[test]
fn a_probe_of_an_earlier_round_does_not_decide_a_later_one() {
    let (breaker, time) = breaker(|config| config);
    open_and_wait(&breaker, &time);
    let first_round = breaker.try_acquire().unwrap();
    open_and_wait(&breaker, &time);
    let second_round = breaker.try_acquire().unwrap();
    first_round.success();
    assert_eq!(breaker.state(), State::HalfOpen);
    second_round.failure();
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn one_probe_of_fifty_is_admitted_where_one_is_allowed() {
    let (breaker, time) = breaker(|config| config);
    open_and_wait(&breaker, &time);
    let probes: Vec<_> = (0..50).map(|_| breaker.try_acquire()).collect();
    assert_eq!(probes.iter().filter(|probe| probe.is_ok()).count(), 1);
    assert_eq!(breaker.metrics().not_permitted_calls, 49);
}

#[test]
fn after_a_cancelled_probe_the_next_one_is_admitted_at_once() {
    let (breaker, time) = breaker(|config| config);
    open_and_wait(&breaker, &time);
    for _ in 0..20 {
        drop(breaker.try_acquire().unwrap());
    }
    assert_eq!(breaker.metrics().cancelled_calls, 20);
    breaker.try_acquire().unwrap().success();
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn a_hung_probe_is_given_up_after_the_slow_call_threshold() {
    let (breaker, time) = breaker(|config| config);
    open_and_wait(&breaker, &time);
    let hung = breaker.try_acquire().unwrap();
    time.advance(SLOW);
    assert!(breaker.try_acquire().is_err(), "it may still come back");
    time.advance(Duration::from_nanos(1));
    let fresh = breaker.try_acquire().unwrap();
    hung.failure();
    assert_eq!(
        breaker.state(),
        State::HalfOpen,
        "the old probe no longer counts"
    );
    fresh.success();
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn the_time_for_a_hung_probe_runs_from_when_the_last_permit_went() {
    let (breaker, time) = breaker(|config| config.permitted_number_of_calls_in_half_open_state(2));
    open_and_wait(&breaker, &time);
    let _first = breaker.try_acquire().unwrap();
    time.advance(SLOW * 5);
    let _second = breaker.try_acquire().unwrap();
    time.advance(SLOW);
    assert!(breaker.try_acquire().is_err());
}

#[test]
fn hung_probes_do_not_outlast_the_longest_round() {
    let longest = Duration::from_secs(5);
    let (breaker, time) = breaker(|config| config.max_wait_duration_in_half_open_state(longest));
    open_and_wait(&breaker, &time);
    let hung = breaker.try_acquire().unwrap();
    time.advance(longest);
    assert_eq!(breaker.state(), State::Open);
    hung.success();
    assert_eq!(breaker.state(), State::Open);
    time.advance(WAIT + Duration::from_millis(1));
    breaker.try_acquire().unwrap().success();
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn reset_cancels_the_timers_of_the_state_it_ends() {
    let longest = Duration::from_secs(5);
    let (breaker, time) = breaker(|config| {
        config
            .max_wait_duration_in_half_open_state(longest)
            .automatic_transition_from_open_to_half_open_enabled(true)
    });
    breaker.transition_to_open().unwrap();
    time.advance(WAIT);
    assert_eq!(breaker.state(), State::HalfOpen);
    breaker.reset();
    time.advance(longest * 2);
    assert_eq!(breaker.state(), State::Closed);

    breaker.transition_to_open().unwrap();
    time.advance(WAIT / 2);
    breaker.reset();
    breaker.transition_to_open().unwrap();
    time.advance(WAIT / 2);
    assert_eq!(
        breaker.state(),
        State::Open,
        "the first OPEN's timer is gone"
    );
    time.advance(WAIT / 2);
    assert_eq!(breaker.state(), State::HalfOpen);
}

#[test]
fn an_open_state_that_came_from_disabled_survives_late_reports() {
    let (breaker, _) = breaker(|config| config);
    breaker.transition_to_disabled().unwrap();
    breaker.transition_to_open().unwrap();
    breaker.on_success(Duration::ZERO);
    assert_eq!(breaker.metrics().buffered_calls, 0);
    assert_eq!(breaker.metrics().failure_rate.to_string(), "-1");
}

#[test]
fn a_time_window_forgets_second_by_second() {
    let (breaker, time) = breaker(|config| {
        config
            .sliding_window_type(resilience_runtime::SlidingWindowType::TimeBased)
            .sliding_window_size(3)
    });
    for _ in 0..3 {
        breaker.try_acquire().unwrap().success();
        time.advance(Duration::from_secs(1));
    }
    assert_eq!(
        breaker.metrics().buffered_calls,
        2,
        "the second now running is the third"
    );
    time.advance(Duration::from_secs(2));
    assert_eq!(breaker.metrics().buffered_calls, 0);
}
