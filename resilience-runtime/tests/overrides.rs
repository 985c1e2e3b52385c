//! What operators do to a breaker, when it ends, and who is told.

#![allow(
    clippy::unwrap_used,
    reason = "a test that meets something unforeseen is to fail"
)]

use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};

use resilience_runtime::{
    CircuitBreaker, Clock, ManualClock, Override, OverrideAction, OverrideError, Registry,
    RegistryEventKind, State,
};

const MINUTE: Duration = Duration::from_secs(60);

struct Service {
    time: ManualClock,
    breaker: CircuitBreaker,
    /// What happened to overrides, as the registry says it.
    log: Arc<Mutex<Vec<String>>>,
    _registry: Registry,
}

fn service() -> Service {
    let time = Clock::manual();
    let registry = Registry::builder().clock(&time).build();
    let breaker = registry.circuit_breaker("payments");
    let log = Arc::new(Mutex::new(Vec::new()));
    let lines = Arc::clone(&log);
    registry.on_event(move |event| lines.lock().unwrap().push(event.to_string()));
    Service {
        time,
        breaker,
        log,
        _registry: registry,
    }
}

impl Service {
    fn operate(&self, action: OverrideAction, minutes: Option<u32>) {
        let order = Override::new(action);
        let order = match minutes {
            Some(minutes) => order.lasting(MINUTE * minutes),
            None => order,
        };
        self.breaker.operate(order).unwrap();
    }

    fn logged(&self) -> Vec<String> {
        std::mem::take(&mut self.log.lock().unwrap())
    }
}

#[test]
fn each_action_puts_the_breaker_in_its_state() {
    for action in OverrideAction::ALL {
        let service = service();
        service.breaker.transition_to_open().unwrap();
        let done = service.breaker.operate(Override::new(action)).unwrap();
        assert_eq!(service.breaker.state(), action.state(), "{action}");
        assert_eq!((done.from, done.to), (State::Open, action.state()));
        assert_eq!(done.until, None);
    }
}

#[test]
fn an_override_with_an_end_is_over_then_and_not_before() {
    let service = service();
    service.operate(OverrideAction::ForceOpen, Some(10));
    service.time.advance(Duration::from_millis(599_999));
    assert_eq!(service.breaker.state(), State::ForcedOpen);
    service.time.advance(Duration::from_millis(1));
    assert_eq!(service.breaker.state(), State::Closed);
    assert!(service.breaker.standing_override().is_none());
}

#[test]
fn the_breaker_goes_back_to_what_was_set_by_hand_and_not_to_an_outage_of_long_ago() {
    for (before, after) in [
        (OverrideAction::Close, State::Closed),
        (OverrideAction::Open, State::Closed),
        (OverrideAction::Disable, State::Disabled),
        (OverrideAction::MetricsOnly, State::MetricsOnly),
        (OverrideAction::ForceOpen, State::ForcedOpen),
    ] {
        let service = service();
        service.operate(before, None);
        service.operate(OverrideAction::ForceOpen, Some(1));
        service.time.advance(MINUTE);
        assert_eq!(service.breaker.state(), after, "before: {before}");
    }
}

#[test]
fn an_override_that_is_replaced_does_not_expire() {
    let service = service();
    service.operate(OverrideAction::MetricsOnly, None);
    service.operate(OverrideAction::ForceOpen, Some(1));
    service.operate(OverrideAction::Disable, Some(3));
    service.time.advance(MINUTE * 2);
    assert_eq!(service.breaker.state(), State::Disabled, "not yet");
    service.time.advance(MINUTE);
    assert_eq!(
        service.breaker.state(),
        State::MetricsOnly,
        "as it was before both"
    );
}

#[test]
fn an_override_that_is_lifted_does_not_expire() {
    let lifts: [fn(&CircuitBreaker); 4] = [
        |breaker| {
            let _ = breaker
                .operate(Override::new(OverrideAction::Disable))
                .unwrap();
        },
        |breaker| breaker.transition_to_disabled().unwrap(),
        |breaker| {
            breaker.reset();
            breaker.transition_to_disabled().unwrap();
        },
        |breaker| {
            breaker.transition_to_closed().unwrap();
            breaker.transition_to_disabled().unwrap();
        },
    ];
    for lift in lifts {
        let service = service();
        service.operate(OverrideAction::ForceOpen, Some(1));
        lift(&service.breaker);
        service.time.advance(MINUTE * 2);
        assert_eq!(service.breaker.state(), State::Disabled);
        assert!(!service.logged().iter().any(|line| line.contains("is over")));
    }
}

#[test]
fn a_change_of_settings_leaves_an_override_and_its_end() {
    let service = service();
    service.operate(OverrideAction::MetricsOnly, Some(1));
    service
        .breaker
        .change_config(|config| config.sliding_window_size(1_000))
        .unwrap();
    assert!(service.breaker.standing_override().is_some());
    service.time.advance(MINUTE);
    assert_eq!(service.breaker.state(), State::Closed);
}

#[test]
fn the_end_of_an_open_is_that_of_its_wait() {
    let service = service();
    service.operate(OverrideAction::Open, Some(10));
    service.time.advance(MINUTE * 5);
    assert!(service.breaker.try_acquire().is_err());
    service.time.advance(MINUTE * 5 + Duration::from_nanos(1));
    assert!(service.breaker.try_acquire().is_ok());
    assert_eq!(service.breaker.state(), State::HalfOpen);
}

#[test]
fn what_cannot_be_is_refused_and_changes_nothing() {
    let service = service();
    let refused = |order: Override| {
        let before = service.breaker.state();
        let error = service.breaker.operate(order).unwrap_err();
        assert_eq!(service.breaker.state(), before);
        error
    };
    let error = refused(Override::new(OverrideAction::HalfOpen));
    assert_eq!(
        error.to_string(),
        "circuit breaker 'payments' cannot go from CLOSED to HALF_OPEN"
    );
    for action in [
        OverrideAction::Close,
        OverrideAction::HalfOpen,
        OverrideAction::Reset,
    ] {
        let error = refused(Override::new(action).lasting(MINUTE));
        assert!(matches!(error, OverrideError::TakesNoEnd { .. }));
    }
    let disable = || Override::new(OverrideAction::Disable);
    let error = refused(disable().lasting(Duration::ZERO));
    assert_eq!(error, OverrideError::EndsInThePast);
    service.time.advance(MINUTE);
    let error = refused(disable().until(UNIX_EPOCH + MINUTE));
    assert_eq!(error, OverrideError::EndsInThePast);
    assert!(service.logged().is_empty());
}

#[test]
fn the_registry_says_who_what_why_and_until_when() {
    let service = service();
    let order = Override::new(OverrideAction::ForceOpen)
        .by("alice")
        .because("migration")
        .until(UNIX_EPOCH + MINUTE);
    service.breaker.operate(order).unwrap();
    let standing = service.breaker.standing_override().unwrap();
    assert_eq!(standing.operator.as_deref(), Some("alice"));
    assert_eq!(standing.reason.as_deref(), Some("migration"));
    assert_eq!(standing.until, Some(UNIX_EPOCH + MINUTE));
    assert_eq!(standing.returns_to, State::Closed);

    service.time.advance(MINUTE);
    service.operate(OverrideAction::Reset, None);
    assert_eq!(
        service.logged(),
        [
            "circuit breaker 'payments' was put from CLOSED into FORCED_OPEN by alice until 1970-01-01T00:01:00Z: migration",
            "circuit breaker 'payments' is back in CLOSED: the time of FORCE_OPEN is over",
            "circuit breaker 'payments' was put from CLOSED into CLOSED",
        ]
    );
}

#[test]
fn a_listener_that_is_told_of_an_override_may_lift_it() {
    let time = Clock::manual();
    let registry = Registry::builder().clock(&time).build();
    let breaker = registry.circuit_breaker("payments");
    let same = breaker.clone();
    registry.on_event(move |event| {
        if let RegistryEventKind::Overridden { to, .. } = event.kind
            && to == State::ForcedOpen
        {
            same.operate(Override::new(OverrideAction::Close)).unwrap();
        }
    });
    breaker
        .operate(Override::new(OverrideAction::ForceOpen).lasting(MINUTE))
        .unwrap();
    assert_eq!(breaker.state(), State::Closed);
    breaker.transition_to_disabled().unwrap();
    time.advance(MINUTE);
    assert_eq!(breaker.state(), State::Disabled);
}

#[test]
fn a_breaker_that_is_removed_takes_its_override_along() {
    let time = Clock::manual();
    let registry = Registry::builder().clock(&time).build();
    let breaker = registry.circuit_breaker("payments");
    breaker
        .operate(Override::new(OverrideAction::ForceOpen).lasting(MINUTE))
        .unwrap();
    registry.remove_circuit_breaker("payments");
    assert_eq!(breaker.state(), State::Closed);
    breaker.transition_to_disabled().unwrap();
    time.advance(MINUTE);
    assert_eq!(breaker.state(), State::Disabled);
}
