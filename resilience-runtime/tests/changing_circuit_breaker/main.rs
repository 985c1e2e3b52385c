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

mod outcomes;
mod rates;
mod states;
mod windows;

use std::time::Duration;

use resilience_runtime::{
    CancelledCalls, CircuitBreaker, CircuitBreakerConfigBuilder, Clock, ManualClock, Registry,
    SlidingWindowType, State,
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
