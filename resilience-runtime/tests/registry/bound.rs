//! Names that come from outside.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use resilience_runtime::{Clock, Registry, State};

fn of_at_most(max: usize) -> Registry {
    Registry::builder()
        .clock(Clock::manual())
        .max_instances(max)
        .build()
}

/// A build without optimizations would take too long over a million.
const MANY: u32 = if cfg!(debug_assertions) {
    50_000
} else {
    1_000_000
};

#[test]
fn many_names_leave_no_more_instances_than_the_bound() {
    let registry = of_at_most(500);
    for tenant in 0..MANY {
        registry.circuit_breaker(&format!("tenant-{tenant}"));
    }
    assert_eq!(registry.circuit_breakers().len(), 500);
}

#[test]
fn the_bound_holds_while_threads_bring_new_names_at_the_same_time() {
    let registry = of_at_most(100);
    std::thread::scope(|threads| {
        for thread in 0..4 {
            let registry = &registry;
            threads.spawn(move || {
                for tenant in 0..20_000 {
                    registry.time_limiter(&format!("tenant-{thread}-{tenant}"));
                    if tenant % 1_000 == 0 {
                        assert!(registry.time_limiters().len() <= 100);
                    }
                }
            });
        }
    });
    assert_eq!(registry.time_limiters().len(), 100);
}

#[test]
fn those_asked_for_lately_stay_and_others_go() {
    let registry = of_at_most(100);
    for tenant in 0..10_000 {
        registry
            .circuit_breaker("regular")
            .call_blocking(|| Err::<(), _>(()))
            .unwrap_err();
        registry.time_limiter("regular").on_success();
        registry.time_limiter(&format!("tenant-{tenant}"));
    }
    let regular = registry.find_time_limiter("regular").unwrap();
    assert_eq!(regular.metrics().successful_calls, 10_000);
}

#[test]
fn an_instance_that_is_held_is_not_forgotten() {
    let registry = of_at_most(10);
    let held = registry.time_limiter("held");
    held.on_success();
    for tenant in 0..1_000 {
        registry.time_limiter(&format!("tenant-{tenant}"));
    }
    let found = registry.find_time_limiter("held").unwrap();
    assert_eq!(found.metrics().successful_calls, 1);
}

#[test]
fn a_breaker_that_is_open_or_has_counted_is_not_forgotten() {
    let registry = of_at_most(10);
    registry
        .circuit_breaker("open")
        .transition_to_open()
        .unwrap();
    registry
        .circuit_breaker("forced")
        .transition_to_forced_open()
        .unwrap();
    registry
        .circuit_breaker("failing")
        .try_acquire()
        .unwrap()
        .failure();
    for tenant in 0..1_000 {
        registry.circuit_breaker(&format!("tenant-{tenant}"));
    }
    let state = |name| registry.find_circuit_breaker(name).unwrap().state();
    assert_eq!(
        (state("open"), state("forced")),
        (State::Open, State::ForcedOpen)
    );
    let failing = registry.find_circuit_breaker("failing").unwrap();
    assert_eq!(failing.metrics().failed_calls, 1);
}

/// Or else those that came first would stay for ever, and all others go without.
#[test]
fn a_breaker_whose_calls_went_well_makes_room() {
    let registry = of_at_most(10);
    for tenant in 0..1_000 {
        let breaker = registry.circuit_breaker(&format!("tenant-{tenant}"));
        breaker.try_acquire().unwrap().success();
    }
    assert_eq!(registry.circuit_breakers().len(), 10);
    let last = registry.find_circuit_breaker("tenant-999").unwrap();
    assert_eq!(last.metrics().successful_calls, 1);
}

#[test]
fn a_bulkhead_with_a_call_and_a_limiter_with_permits_out_are_not_forgotten() {
    let time = Clock::manual();
    let registry = Registry::builder().clock(&time).max_instances(10).build();
    let bulkhead = registry.bulkhead("busy");
    let permit = bulkhead.try_acquire().unwrap();
    let period = |config: resilience_runtime::RateLimiterConfigBuilder| {
        config
            .limit_for_period(2)
            .limit_refresh_period(Duration::from_secs(10))
    };
    registry
        .rate_limiter_with("used", period)
        .unwrap()
        .try_acquire()
        .unwrap();
    for tenant in 0..1_000 {
        registry.bulkhead(&format!("tenant-{tenant}"));
        registry.rate_limiter(&format!("tenant-{tenant}"));
    }
    assert_eq!(
        registry
            .find_bulkhead("busy")
            .unwrap()
            .metrics()
            .available_concurrent_calls,
        24
    );
    assert_eq!(
        registry
            .find_rate_limiter("used")
            .unwrap()
            .available_permissions(),
        1
    );
    drop(permit);
}

#[test]
fn what_an_operator_has_changed_is_not_forgotten() {
    let registry = of_at_most(10);
    let changed = |config: resilience_runtime::TimeLimiterConfigBuilder| {
        config.timeout_duration(Duration::from_secs(9))
    };
    registry
        .time_limiter("changed")
        .change_config(changed)
        .unwrap();
    for tenant in 0..1_000 {
        registry.time_limiter(&format!("tenant-{tenant}"));
    }
    let found = registry.find_time_limiter("changed").unwrap();
    assert_eq!(found.config().timeout_duration(), Duration::from_secs(9));
}

#[test]
fn where_nothing_can_be_forgotten_a_new_instance_works_but_is_not_kept() {
    let registry = of_at_most(2);
    let events = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&events);
    let held = [registry.time_limiter("a"), registry.time_limiter("b")];
    registry.on_event(move |event| {
        log.lock()
            .unwrap()
            .push((event.name.to_string(), event.kind.clone()));
    });

    let extra = registry.time_limiter("c");
    extra.on_success();
    assert_eq!(extra.metrics().successful_calls, 1);
    assert!(registry.find_time_limiter("c").is_none());
    assert_eq!(registry.time_limiters().len(), 2);

    drop(held);
    registry.time_limiter("c");
    assert!(
        registry.find_time_limiter("c").is_some(),
        "now there is one to be forgotten"
    );
    let kinds: Vec<_> = events
        .lock()
        .unwrap()
        .iter()
        .map(|(name, kind)| format!("{name} {kind:?}"))
        .collect();
    assert_eq!(kinds[..2], ["c Added", "c NotKept"]);
    assert!(
        kinds[2] == "a Evicted" || kinds[2] == "b Evicted",
        "{kinds:?}"
    );
    assert_eq!(kinds[3], "c Added");
}
