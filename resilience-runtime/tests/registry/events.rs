//! Who is told of what happens to instances.

use std::sync::{Arc, Barrier, Mutex};
use std::time::Duration;

use resilience_runtime::{Clock, Policy, Registry, RegistryEventKind};

type Log = Arc<Mutex<Vec<String>>>;

fn logged(registry: &Registry) -> Log {
    let log = Log::default();
    let lines = Arc::clone(&log);
    registry.on_event(move |event| lines.lock().unwrap().push(event.to_string()));
    log
}

#[test]
fn an_instance_that_is_added_changed_replaced_and_removed_is_announced_in_that_order() {
    let registry = Registry::new();
    let log = logged(&registry);
    let limiter = registry.time_limiter("payments");
    let second = Duration::from_secs(2);
    limiter
        .change_config(|config| config.timeout_duration(second))
        .unwrap();
    limiter
        .change_config(|config| config.timeout_duration(second))
        .unwrap();
    registry
        .replace_time_limiter("payments", |config| config.cancel_running_future(false))
        .unwrap();
    registry.remove_time_limiter("payments");
    assert!(registry.remove_time_limiter("payments").is_none());
    assert!(
        registry
            .replace_time_limiter("payments", |config| config)
            .unwrap()
            .is_none()
    );
    registry.time_limiter("payments");
    assert_eq!(
        *log.lock().unwrap(),
        [
            "time limiter 'payments' was added",
            "time limiter 'payments' changed `timeout_duration` from 1s to 2s",
            "time limiter 'payments' changed `timeout_duration` from 2s to 1s, `cancel_running_future` from true to false",
            "time limiter 'payments' was replaced",
            "time limiter 'payments' was removed",
            "time limiter 'payments' was added",
        ]
    );
}

#[test]
fn an_event_carries_the_registry_s_time() {
    let time = Clock::manual();
    let registry = Registry::builder().clock(&time).build();
    let seen = Arc::new(Mutex::new(None));
    let log = Arc::clone(&seen);
    registry.on_event(move |event| *log.lock().unwrap() = Some(event.clone()));
    time.advance(Duration::from_secs(5));
    registry.bulkhead("payments");
    let event = seen.lock().unwrap().clone().unwrap();
    assert_eq!(
        (event.policy, event.kind),
        (Policy::Bulkhead, RegistryEventKind::Added)
    );
    assert_eq!(event.created_at, registry.clock().now());
}

#[test]
fn nobody_calls_through_an_instance_before_all_have_been_told_of_it() {
    for _ in 0..200 {
        let registry = Registry::new();
        let both = Barrier::new(2);
        let heard = Arc::new(Mutex::new(0));
        let calls = Arc::clone(&heard);
        registry.on_event({
            let registry = registry.clone();
            move |event| {
                let limiter = registry.find_time_limiter(&event.name).unwrap();
                let calls = Arc::clone(&calls);
                limiter.on_event(move |_| *calls.lock().unwrap() += 1);
            }
        });
        std::thread::scope(|threads| {
            for _ in 0..2 {
                threads.spawn(|| {
                    both.wait();
                    registry.time_limiter("payments").on_success();
                });
            }
        });
        assert_eq!(*heard.lock().unwrap(), 2, "both calls were heard");
    }
}

#[test]
fn a_listener_may_make_other_instances() {
    let registry = Registry::new();
    let log = logged(&registry);
    registry.on_event({
        let registry = registry.clone();
        move |event| {
            if event.policy == Policy::TimeLimiter && &*event.name == "payments" {
                registry.time_limiter("payments-backup");
                registry.bulkhead("payments");
            }
        }
    });
    registry.time_limiter("payments");
    assert_eq!(
        *log.lock().unwrap(),
        [
            "time limiter 'payments' was added",
            "time limiter 'payments-backup' was added",
            "bulkhead 'payments' was added",
        ]
    );
}

#[test]
fn a_listener_that_panics_harms_nobody() {
    let registry = Registry::new();
    registry.on_event(|_| panic!("a listener's own fault"));
    let log = logged(&registry);
    registry.time_limiter("payments").on_success();
    assert_eq!(*log.lock().unwrap(), ["time limiter 'payments' was added"]);
}

#[test]
fn a_removed_instance_comes_back_with_the_next_call_through_a_handle() {
    let registry = Registry::new();
    let breaker = registry
        .circuit_breaker_with("payments", |config| config.sliding_window_size(7))
        .unwrap();
    let retry = registry
        .retry_with("payments", |config| config.max_attempts(7))
        .unwrap();
    let bulkhead = registry.bulkhead("payments");
    let limiter = registry.time_limiter("payments");
    breaker.transition_to_forced_open().unwrap();
    registry.remove_circuit_breaker("payments");
    registry.remove_retry("payments");
    registry.remove_bulkhead("payments");
    registry.remove_time_limiter("payments");
    let log = logged(&registry);

    breaker.call_blocking(|| Ok::<_, ()>(())).unwrap();
    retry.call_blocking(|| Ok::<_, ()>(())).unwrap();
    bulkhead.call_blocking(|| Ok::<_, ()>(())).unwrap();
    limiter.on_success();
    for call in 0..3 {
        breaker.call_blocking(|| Ok::<_, ()>(call)).unwrap();
        retry.call_blocking(|| Ok::<_, ()>(call)).unwrap();
    }
    assert_eq!(
        *log.lock().unwrap(),
        [
            "circuit breaker 'payments' was added",
            "retry 'payments' was added",
            "bulkhead 'payments' was added",
            "time limiter 'payments' was added",
        ]
    );
    let breaker = registry.find_circuit_breaker("payments").unwrap();
    assert_eq!(breaker.config().sliding_window_size(), 7);
    assert_eq!(
        breaker.metrics().successful_calls,
        4,
        "the first call counts, too"
    );
    let retry = registry.find_retry("payments").unwrap();
    assert_eq!(retry.config().max_attempts(), 7);
    assert_eq!(retry.metrics().successful_calls_without_retry, 4);
}
