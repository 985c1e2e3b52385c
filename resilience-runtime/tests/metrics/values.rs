//! Values on a clock that is moved by hand.

use std::time::Duration;

use resilience4rs::{Clock, ManualClock, MetricValue, Permit, Registry, State};

use crate::{family, label, value};

fn registry() -> (Registry, ManualClock) {
    let time = Clock::manual();
    let registry = Registry::builder().clock(&time).metrics(true).build();
    (registry, time)
}

fn timer(registry: &Registry, kind: &str) -> MetricValue {
    let family = family(registry, "resilience4j.circuitbreaker.calls");
    let mut samples = family.samples.iter();
    let sample = samples.find(|sample| label(sample, "kind") == kind);
    sample.unwrap().value
}

fn parts(timer: MetricValue) -> (u64, f64, f64) {
    let MetricValue::Timer {
        count,
        total_seconds,
        max_seconds,
        ..
    } = timer
    else {
        panic!("{timer:?}");
    };
    (count, total_seconds, max_seconds)
}

#[test]
fn timers_sum_up_and_the_longest_passes() {
    let (registry, time) = registry();
    let breaker = registry.circuit_breaker("payments");
    for millis in [250, 750] {
        let permit = breaker.try_acquire().unwrap();
        time.advance(Duration::from_millis(millis));
        permit.success();
    }
    breaker.on_error(Duration::from_millis(20), &"refused");
    assert_eq!(parts(timer(&registry, "successful")), (2, 1.0, 0.75));
    assert_eq!(parts(timer(&registry, "failed")), (1, 0.02, 0.02));
    time.advance(Duration::from_secs(180));
    assert_eq!(parts(timer(&registry, "successful")), (2, 1.0, 0.0));
}

#[test]
fn seconds_in_states_are_the_age_and_transitions_have_causes() {
    let (registry, time) = registry();
    let breaker = registry
        .circuit_breaker_with("payments", |config| {
            config
                .sliding_window_size(2)
                .permitted_number_of_calls_in_half_open_state(1)
                .wait_duration_in_open_state(Duration::from_secs(30))
        })
        .unwrap();
    time.advance(Duration::from_secs(10));
    for _ in 0..2 {
        breaker.try_acquire().unwrap().failure();
    }
    time.advance(Duration::from_secs(31));
    let probe = breaker.try_acquire().unwrap();
    time.advance(Duration::from_secs(2));
    probe.success();
    time.advance(Duration::from_secs(4));
    breaker.reset();
    breaker.transition_to_disabled().unwrap();
    time.advance(Duration::from_secs(5));

    let seconds = |state| {
        value(
            &registry,
            "resilience4rs.circuitbreaker.state.seconds",
            &[("state", state)],
        )
    };
    let states = [
        "closed",
        "open",
        "half_open",
        "disabled",
        "forced_open",
        "metrics_only",
    ];
    assert_eq!(states.map(seconds), [14.0, 31.0, 2.0, 5.0, 0.0, 0.0]);
    let transitions = family(&registry, "resilience4rs.circuitbreaker.transitions").samples;
    let transitions: Vec<_> = transitions
        .iter()
        .map(|one| ["from", "to", "cause"].map(|key| label(one, key)).join(" "))
        .collect();
    assert_eq!(
        transitions,
        [
            "closed open failure_rate",
            "open half_open wait_over",
            "half_open closed probes_succeeded",
            "closed closed reset",
            "closed disabled manual",
        ]
    );
}

#[test]
fn calls_count_in_every_state_and_one_outcome_each() {
    let (registry, _) = registry();
    let breaker = registry.circuit_breaker("payments");
    breaker.try_acquire().unwrap().success();
    breaker.try_acquire().unwrap().ignore();
    drop(breaker.try_acquire().unwrap());
    breaker.transition_to_forced_open().unwrap();
    assert!(breaker.try_acquire().is_err());
    breaker.transition_to_disabled().unwrap();
    breaker.try_acquire().unwrap().failure();
    assert!(breaker.try_acquire_permission());
    breaker.release_permission();
    let outcomes = |kind| {
        value(
            &registry,
            "resilience4rs.circuitbreaker.outcomes",
            &[("kind", kind)],
        )
    };
    let kinds = [
        "successful",
        "failed",
        "ignored",
        "not_permitted",
        "cancelled",
    ];
    assert_eq!(kinds.map(outcomes), [1.0, 1.0, 1.0, 1.0, 2.0]);
    assert_eq!(
        value(&registry, "resilience4rs.circuitbreaker.started.calls", &[]),
        6.0
    );
}

#[test]
fn counting_begins_with_the_first_reading_and_not_for_calls_under_way() {
    let registry = Registry::new();
    let breaker = registry.circuit_breaker("payments");
    breaker.transition_to_open().unwrap();
    breaker.transition_to_half_open().unwrap();
    let permits: Vec<Permit<'_>> = (0..10).map_while(|_| breaker.try_acquire().ok()).collect();
    assert_eq!(permits.len(), 10, "all probes");
    let started = || value(&registry, "resilience4rs.circuitbreaker.started.calls", &[]);
    assert_eq!(started(), 0.0);
    for (number, permit) in permits.into_iter().enumerate() {
        match number {
            0 => permit.ignore(),
            _ => permit.success(),
        }
    }
    let outcomes = family(&registry, "resilience4rs.circuitbreaker.outcomes").samples;
    assert!(
        outcomes
            .iter()
            .all(|one| one.value == MetricValue::Counter(0.0))
    );
    // Their round goes on all the same: the permit of the one that was ignored is back.
    assert_eq!((breaker.state(), started()), (State::HalfOpen, 0.0));
    breaker.try_acquire().unwrap().success();
    assert_eq!((breaker.state(), started()), (State::Closed, 1.0));
}

#[test]
fn the_window_of_a_time_based_breaker_has_no_size() {
    let (registry, _) = registry();
    registry
        .circuit_breaker_with("by time", |config| {
            config.sliding_window_type(resilience4rs::SlidingWindowType::TimeBased)
        })
        .unwrap();
    registry.circuit_breaker("by count");
    let size = |name| {
        value(
            &registry,
            "resilience4j.circuitbreaker.max.buffered.calls",
            &[("name", name)],
        )
    };
    assert_eq!((size("by time"), size("by count")), (-1.0, 100.0));
}

#[test]
fn amplification_is_attempts_for_each_call() {
    let (registry, _) = registry();
    let retry = registry
        .retry_with("payments", |config| {
            config.max_attempts(3).wait_duration(Duration::ZERO)
        })
        .unwrap();
    let _ = retry.call_blocking(|| Ok::<_, ()>(1));
    let _ = retry.call_blocking(|| Err::<(), _>("down"));
    assert_eq!(value(&registry, "resilience4rs.retry.attempts", &[]), 4.0);
    assert_eq!(
        value(&registry, "resilience4rs.retry.amplification", &[]),
        2.0
    );

    let judged = registry
        .retry_with("results", |config| {
            config
                .max_attempts(2)
                .wait_duration(Duration::ZERO)
                .retry_on_result(|_: &u8| true)
        })
        .unwrap();
    let _ = judged.call_blocking(|| Ok::<_, ()>(7_u8));
    let attempts = value(
        &registry,
        "resilience4rs.retry.attempts",
        &[("name", "results")],
    );
    assert_eq!(attempts, 2.0, "the end of the call is none");
}
