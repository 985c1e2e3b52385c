//! What listeners are told, in which order, and what they may do.

#![allow(
    clippy::unwrap_used,
    reason = "a test that meets something unforeseen is to fail"
)]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use resilience_runtime::{CircuitBreaker, CircuitBreakerEventKind, Clock, Registry, State};

fn opens_after_two_failures() -> CircuitBreaker {
    Registry::builder()
        .clock(Clock::manual())
        .build()
        .circuit_breaker_with("tested", |config| config.sliding_window_size(2))
        .unwrap()
}

fn recorded(breaker: &CircuitBreaker) -> Arc<Mutex<Vec<CircuitBreakerEventKind>>> {
    let events = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&events);
    breaker.on_event(move |event| log.lock().unwrap().push(event.kind));
    events
}

#[test]
fn opening_is_announced_after_what_led_to_it() {
    let breaker = opens_after_two_failures();
    let events = recorded(&breaker);
    for _ in 0..2 {
        breaker.try_acquire().unwrap().failure();
    }
    let events = events.lock().unwrap();
    assert!(
        matches!(
            events[..],
            [
                CircuitBreakerEventKind::Error { .. },
                CircuitBreakerEventKind::Error { .. },
                CircuitBreakerEventKind::FailureRateExceeded { .. },
                CircuitBreakerEventKind::StateTransition {
                    from: State::Closed,
                    to: State::Open
                },
            ]
        ),
        "{events:?}"
    );
}

#[test]
fn a_listener_may_look_at_the_breaker_and_change_it() {
    let breaker = opens_after_two_failures();
    let events = recorded(&breaker);
    let handle = breaker.clone();
    breaker.on_event(move |event| {
        if let CircuitBreakerEventKind::StateTransition {
            to: State::Open, ..
        } = event.kind
        {
            assert_eq!(handle.metrics().failed_calls, 2);
            handle.transition_to_forced_open().unwrap();
        }
    });
    // Told after the one that changes the state.
    let later_events = recorded(&breaker);
    for _ in 0..2 {
        breaker.try_acquire().unwrap().failure();
    }
    assert_eq!(breaker.state(), State::ForcedOpen);
    for events in [events, later_events] {
        let events = events.lock().unwrap();
        let transitions = events.iter().filter_map(|event| match event {
            CircuitBreakerEventKind::StateTransition { to, .. } => Some(*to),
            _ => None,
        });
        let in_order = [State::Open, State::ForcedOpen];
        assert_eq!(
            transitions.collect::<Vec<_>>(),
            in_order,
            "as they happened"
        );
    }
}

#[test]
fn a_listener_that_panics_harms_neither_the_call_nor_the_other_listeners() {
    let breaker = opens_after_two_failures();
    breaker.on_event(|_| panic!("listener"));
    let events = recorded(&breaker);
    breaker.try_acquire().unwrap().success();
    breaker.transition_to_disabled().unwrap();
    breaker.reset();
    assert_eq!(events.lock().unwrap().len(), 4);
}

#[test]
fn calls_are_not_announced_in_disabled_and_forced_open() {
    let breaker = opens_after_two_failures();
    breaker.transition_to_disabled().unwrap();
    let events = recorded(&breaker);
    breaker.try_acquire().unwrap().failure();
    breaker.transition_to_forced_open().unwrap();
    assert!(breaker.try_acquire().is_err());
    assert_eq!(
        *events.lock().unwrap(),
        [CircuitBreakerEventKind::StateTransition {
            from: State::Disabled,
            to: State::ForcedOpen
        }]
    );
    assert_eq!(
        breaker.metrics().not_permitted_calls,
        1,
        "counted all the same"
    );
}

#[test]
fn a_cancelled_call_is_announced_as_such() {
    let breaker = opens_after_two_failures();
    let events = recorded(&breaker);
    drop(breaker.try_acquire().unwrap());
    assert_eq!(
        *events.lock().unwrap(),
        [CircuitBreakerEventKind::Cancelled {
            elapsed: Duration::ZERO
        }]
    );
}
