//! What a state keeps: its wait, its probes, its end.

use std::time::Duration;

use resilience_runtime::{CircuitBreaker, State};

use super::{SLOW, TICK, WAIT, breaker, change, counts, fail, free_probes, half_open, succeed};

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
