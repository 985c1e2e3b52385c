//! Types of events, and states.

use std::sync::{Arc, Mutex};

use guides::Status;
use resilience4rs::{
    BulkheadEventKind, CircuitBreakerEventKind, RateLimiterEventKind, Registry, RetryEventKind,
    State, TimeLimiterEventKind,
};

use crate::rows;

#[test]
fn a_type_of_events_is_there_as_its_row_says() {
    let none: &[&str] = &[];
    for (list, types) in [
        ("events_circuitbreaker", CircuitBreakerEventKind::TYPE_NAMES),
        ("events_retry", RetryEventKind::TYPE_NAMES),
        ("events_ratelimiter", RateLimiterEventKind::TYPE_NAMES),
        ("events_bulkhead", BulkheadEventKind::TYPE_NAMES),
        ("events_timelimiter", TimeLimiterEventKind::TYPE_NAMES),
        ("events_cache", none),
        ("events_hedge", none),
        ("events_timer", none),
    ] {
        for (row, status) in rows(list) {
            assert_eq!(
                types.contains(&row.name.as_str()),
                status == Status::Same,
                "line {}, `{}` of {list}",
                row.line,
                row.name
            );
        }
    }
}

#[test]
fn a_registry_announces_what_its_rows_say() {
    let registry = Registry::new();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    registry.on_event(move |event| {
        log.lock()
            .unwrap()
            .push(format!("{:?}", event.kind).to_uppercase());
    });
    registry.retry("payments");
    registry.replace_retry("payments", |config| config).unwrap();
    registry.remove_retry("payments");
    for (row, status) in rows("events_registry") {
        assert_eq!(
            seen.lock().unwrap().contains(&row.name),
            status == Status::Same,
            "{}",
            row.name
        );
    }
}

#[test]
fn the_states_are_called_as_their_rows_say() {
    let states = [
        State::Disabled,
        State::MetricsOnly,
        State::Closed,
        State::Open,
        State::ForcedOpen,
        State::HalfOpen,
    ];
    for (row, status) in rows("states") {
        assert_eq!(status, Status::Same);
        let state = states.iter().find(|state| state.to_string() == row.name);
        let state = state.unwrap_or_else(|| panic!("there is no state {}", row.name));
        assert!(
            row.said().contains(&format!("State::{state:?}")),
            "{}",
            row.name
        );
    }
}
