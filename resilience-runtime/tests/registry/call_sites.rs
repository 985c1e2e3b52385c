//! Instances as call sites find them, where somebody listens, removes, or is faster.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use resilience_runtime::__private::{Instance, InstanceOf, Site, resolve};
use resilience_runtime::configuration::Configuration;
use resilience_runtime::{CircuitBreaker, Clock, Registry, RegistryEventKind, State, TimeLimiter};

#[test]
fn a_listener_that_is_told_of_an_instance_may_make_the_very_call_that_made_it() {
    static ALERTS: Site<CircuitBreaker> = Site::new("told of itself");
    static OTHERS: Site<CircuitBreaker> = Site::new("another that is told of");
    let registry = Registry::global();
    registry.on_event(|event| {
        if event.kind == RegistryEventKind::Added {
            ALERTS.resolve().try_acquire().unwrap().success();
        }
    });
    OTHERS.resolve().try_acquire().unwrap().success();
    let alerts = registry.circuit_breaker("told of itself");
    assert!(alerts.metrics().successful_calls >= 1);
}

#[test]
fn a_name_that_is_in_code_is_kept_though_there_is_no_room() {
    let registry = Registry::builder().max_instances(1).build();
    let held = registry.time_limiter("held");
    assert!(registry.find_time_limiter("held").is_some());
    registry.time_limiter("computed");
    assert!(registry.find_time_limiter("computed").is_none());

    TimeLimiter::resolve(&registry, InstanceOf::Literal("literal"), None, None).unwrap();
    assert!(registry.find_time_limiter("literal").is_some());
    drop(held);
}

#[test]
fn names_in_files_are_kept_though_there_is_no_room() {
    let yaml = "resilience4j.timelimiter.instances: {a: {}, b: {}, c: {}}";
    let registry = Registry::builder()
        .max_instances(1)
        .configuration(Configuration::from_yaml_str(yaml).unwrap())
        .build();
    assert_eq!(registry.time_limiters().len(), 3);
}

#[test]
fn one_that_cannot_come_back_as_asked_comes_back_as_it_was_when_it_is_called() {
    let registry = Registry::new();
    let held = registry
        .circuit_breaker_with("payments", |config| config.sliding_window_size(7))
        .unwrap();
    registry.remove_circuit_breaker("payments");
    let refused =
        registry.circuit_breaker_with("payments", |config| config.failure_rate_threshold(0.0));
    assert!(refused.is_err());
    assert!(registry.find_circuit_breaker("payments").is_none());

    held.try_acquire().unwrap().success();
    let back = registry.find_circuit_breaker("payments").unwrap();
    back.transition_to_forced_open().unwrap();
    assert_eq!(held.state(), back.state(), "it is the same");
    assert_eq!(held.config().sliding_window_size(), 7);
}

#[test]
fn who_gives_what_does_not_fit_is_told_so_though_the_instance_is_there() {
    let registry = Registry::new();
    registry.circuit_breaker("payments");
    let error = registry
        .circuit_breaker_with("payments", |config| config.failure_rate_threshold(0.0))
        .unwrap_err();
    assert!(error.to_string().starts_with("`failure_rate_threshold`"));
    let error = registry
        .circuit_breaker_from("payments", "sharde", |config| config)
        .unwrap_err();
    assert!(error.to_string().contains("was `sharde`"), "{error}");
    let given = registry
        .circuit_breaker_with("payments", |config| config.sliding_window_size(7))
        .unwrap();
    assert_eq!(
        given.config().sliding_window_size(),
        7,
        "the next is the first"
    );
}

#[test]
fn a_panic_while_an_instance_is_made_takes_no_room() {
    let registry = Registry::builder().max_instances(1).build();
    for _ in 0..3 {
        let made = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            registry.time_limiter_with("exploding", |_| panic!("on purpose"))
        }));
        assert!(made.is_err());
    }
    registry.time_limiter("payments");
    assert!(registry.find_time_limiter("payments").is_some());
}

#[test]
fn a_reload_that_takes_away_what_code_starts_from_is_refused() {
    let configuration = |yaml| Configuration::from_yaml_str(yaml).unwrap();
    let registry = Registry::builder()
        .configuration(configuration(
            "resilience4j.timelimiter.configs.patient.timeoutDuration: 9s",
        ))
        .build();
    let limiter = registry
        .time_limiter_from("payments", "patient", |config| config)
        .unwrap();
    let error = registry
        .reload(configuration(
            "resilience4j.timelimiter.configs.patiente.timeoutDuration: 9s",
        ))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "time limiter 'payments': `config` takes one of the shared configurations `patiente`, but was `patient`"
    );
    assert_eq!(limiter.config().timeout_duration().as_secs(), 9);
}

#[test]
fn settings_of_a_call_site_reach_an_instance_that_somebody_looks_at_meanwhile() {
    for _ in 0..2_000 {
        let registry = Registry::new();
        let found = Arc::new(Mutex::new(None));
        std::thread::scope(|threads| {
            threads.spawn(|| registry.circuit_breaker("payments"));
            let made = resolve::<CircuitBreaker>(&registry, "payments", |config| {
                config.sliding_window_size(7)
            });
            *found.lock().unwrap() = Some(made);
        });
        let breaker = found.lock().unwrap().take().unwrap();
        assert_eq!(breaker.config().sliding_window_size(), 7);
    }
}

#[test]
fn a_breaker_that_is_opened_before_its_call_site_is_called_is_open_for_as_long_as_that_says() {
    let time = Clock::manual();
    let registry = Registry::builder().clock(&time).build();
    let as_configured = registry.circuit_breaker("payments");
    as_configured.transition_to_open().unwrap();
    let by_hand = registry.circuit_breaker("orders");
    by_hand
        .transition_to_open_for(Duration::from_secs(45))
        .unwrap();
    time.advance(Duration::from_secs(20));
    for name in ["payments", "orders"] {
        resolve::<CircuitBreaker>(&registry, name, |config| {
            config
                .wait_duration_in_open_state(Duration::from_secs(30))
                .automatic_transition_from_open_to_half_open_enabled(true)
        });
    }
    time.advance(Duration::from_millis(9_999));
    assert_eq!(as_configured.state(), State::Open);
    time.advance(Duration::from_millis(1));
    assert_eq!(as_configured.state(), State::HalfOpen);
    assert_eq!(by_hand.state(), State::Open);
    time.advance(Duration::from_secs(15));
    assert_eq!(by_hand.state(), State::HalfOpen);
}
