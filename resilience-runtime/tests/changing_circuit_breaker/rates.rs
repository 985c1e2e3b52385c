//! When a rate is too high.

use resilience_runtime::State;

use super::{SLOW, TICK, breaker, change, counts, fail, succeed};

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
