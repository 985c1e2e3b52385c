//! What becomes of a breaker's states, and of the probes of its half-open rounds.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use resilience4rs::{CircuitBreaker, CircuitBreakerEventKind as Kind, Clock, Registry, State};

use super::{Load, reload, sum, vary};

const SECTION: &str = "circuitbreaker";

/// How many probes the round has, from its beginning to its end.
const PROBES: u64 = 3;

#[derive(Debug, Default)]
struct Tally {
    cancelled: u64,
    rejected: u64,
}

/// How many probes are let through, all of which are ignored at the end.
fn free_probes(breaker: &CircuitBreaker) -> u64 {
    let mut probes = Vec::new();
    while let Ok(probe) = breaker.try_acquire() {
        probes.push(probe);
    }
    let free = probes.len() as u64;
    for probe in probes {
        probe.ignore();
    }
    free
}

/// Both callers take the probes of one round, which count for nothing, and give them back.
pub(super) fn half_open_round(load: Load) -> String {
    let registry = Registry::builder().clock(Clock::manual()).build();
    let breaker = registry.circuit_breaker("loaded");
    let change = |probes: u64, change: u64| {
        let settings = format!(
            "permittedNumberOfCallsInHalfOpenState: {probes}, failureRateThreshold: {}, \
             maxWaitDurationInHalfOpenState: {}s, slidingWindowSize: {}",
            vary(change, 1, 100),
            vary(change, 0, 9),
            vary(change, 1, 200),
        );
        reload(&registry, SECTION, &settings);
        let threshold = Duration::from_secs(vary(change, 1, 60));
        breaker
            .change_config(|config| config.slow_call_duration_threshold(threshold))
            .unwrap();
    };
    change(PROBES, load.changes + 1);
    breaker.transition_to_open().unwrap();
    breaker.transition_to_half_open().unwrap();
    let call = |tally: &mut Tally, number: u64| {
        let probes = [(); 2].map(|()| breaker.try_acquire());
        for probe in probes {
            match probe {
                Ok(probe) if number.is_multiple_of(2) => probe.ignore(),
                Ok(probe) => {
                    drop(probe);
                    tally.cancelled += 1;
                }
                Err(_) => tally.rejected += 1,
            }
        }
    };
    let tallies = load.run(call, |number| change(vary(number, 1, 20), number));
    let rejected = sum(&tallies, |tally| tally.rejected);
    let metrics = breaker.metrics();
    assert_eq!(breaker.state(), State::HalfOpen);
    assert_eq!(metrics.not_permitted_calls, rejected);
    assert_eq!(
        metrics.cancelled_calls,
        sum(&tallies, |tally| tally.cancelled)
    );
    assert_eq!(free_probes(&breaker), PROBES);
    for _ in 0..PROBES {
        breaker.try_acquire().unwrap().success();
    }
    assert_eq!(breaker.state(), State::Closed);
    format!("all {PROBES} probes free at the end; {rejected} rejections counted")
}

/// A consumer's view of a breaker.
#[derive(Debug, Default)]
struct Seen {
    calls: AtomicU64,
    transitions: Mutex<Vec<(State, State)>>,
}

/// The service is down and up by turns, time goes on with each call, and the breaker does what it is to.
/// Each call is announced as what it was, each change of state follows on the one before, and no probe is
/// missing afterwards.
pub(super) fn states_that_come_and_go(load: Load) -> String {
    let time = Clock::manual();
    let registry = Registry::builder().clock(&time).build();
    let breaker = registry.circuit_breaker("loaded");
    let seen = Arc::new(Seen::default());
    let consumer = Arc::clone(&seen);
    breaker.on_event(move |event| match event.kind {
        Kind::Success { .. } | Kind::Error { .. } | Kind::NotPermitted => {
            consumer.calls.fetch_add(1, Ordering::Relaxed);
        }
        Kind::StateTransition { from, to } => consumer.transitions.lock().unwrap().push((from, to)),
        _ => {}
    });
    let change = |change: u64| {
        let settings = format!(
            "slidingWindowSize: {}, minimumNumberOfCalls: {}, failureRateThreshold: {}, \
             permittedNumberOfCallsInHalfOpenState: {}, waitDurationInOpenState: {}ms, \
             automaticTransitionFromOpenToHalfOpenEnabled: {}, maxWaitDurationInHalfOpenState: {}ms",
            vary(change, 5, 60),
            vary(change, 5, 30),
            vary(change, 20, 90),
            vary(change, 1, 9),
            vary(change, 1, 9),
            change.is_multiple_of(2),
            vary(change, 0, 3),
        );
        reload(&registry, SECTION, &settings);
        let threshold = Duration::from_millis(vary(change, 1, 60));
        breaker
            .change_config(|config| config.slow_call_duration_threshold(threshold))
            .unwrap();
    };
    change(load.changes + 1);
    let call = |rejected: &mut u64, number: u64| {
        time.advance(Duration::from_micros(20));
        match breaker.try_acquire() {
            Err(_) => *rejected += 1,
            Ok(permit) if (number / 64).is_multiple_of(2) => permit.failure(),
            Ok(permit) => permit.success(),
        }
    };
    let rejected = sum(&load.run(call, change), |rejected| *rejected);
    assert_eq!(seen.calls.load(Ordering::Relaxed), load.calls);
    let transitions = seen.transitions.lock().unwrap();
    let follow = transitions.windows(2).all(|pair| pair[0].1 == pair[1].0);
    assert!(
        follow,
        "each leaves the state that the one before it entered"
    );
    assert_eq!(transitions.last().unwrap().1, breaker.state());
    let entered = |state| transitions.iter().filter(|(_, to)| *to == state).count();
    let rounds = entered(State::HalfOpen);
    drop(transitions);

    // A longest round would end while its probes are looked for.
    reload(
        &registry,
        SECTION,
        "permittedNumberOfCallsInHalfOpenState: 5",
    );
    breaker.reset();
    breaker.transition_to_open().unwrap();
    breaker.transition_to_half_open().unwrap();
    assert_eq!(free_probes(&breaker), 5);
    for _ in 0..5 {
        breaker.try_acquire().unwrap().success();
    }
    assert_eq!(breaker.state(), State::Closed);
    format!(
        "{} announced, {rejected} of them rejections; {rounds} half-open rounds",
        load.calls
    )
}
