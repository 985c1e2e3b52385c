//! Other settings for instances that run.

use std::sync::{Arc, Barrier, LazyLock, Mutex, Once};
use std::time::Duration;

use resilience_runtime::__private::{resolve, resolve_in_config};
use resilience_runtime::configuration::Configuration;
use resilience_runtime::{Registry, State, TimeLimiter};

fn configuration(yaml: &str) -> Configuration {
    Configuration::from_yaml_str(yaml).unwrap()
}

#[test]
fn a_reload_changes_what_it_says_and_nothing_else() {
    let registry = Registry::new();
    let limiter = registry
        .time_limiter_with("payments", |config| config.cancel_running_future(false))
        .unwrap();
    limiter.on_success();
    let reloaded = registry
        .reload(configuration(
            "resilience4j.timelimiter.instances.payments.timeoutDuration: 3s",
        ))
        .unwrap();
    assert_eq!(
        reloaded.to_string(),
        "time limiter 'payments' changed `timeout_duration` from 1s to 3s\n"
    );
    assert!(!limiter.config().cancel_running_future());
    assert_eq!(limiter.metrics().successful_calls, 1);

    let reloaded = registry.reload(configuration("resilience4j: {}")).unwrap();
    assert_eq!(
        reloaded.to_string(),
        "time limiter 'payments' changed `timeout_duration` from 3s to 1s\n"
    );
}

#[test]
fn what_was_changed_by_hand_stays_over_a_reload() {
    let registry = Registry::new();
    let limiter = registry.time_limiter("payments");
    limiter
        .change_config(|config| config.timeout_duration(Duration::from_secs(9)))
        .unwrap();
    registry
        .reload(configuration("resilience4j.timelimiter.instances.payments: {timeoutDuration: 3s, cancelRunningFuture: false}"))
        .unwrap();
    let config = limiter.config();
    assert_eq!(
        (
            config.timeout_duration().as_secs(),
            config.cancel_running_future()
        ),
        (9, false)
    );
}

#[test]
fn a_configuration_that_one_instance_cannot_take_changes_none() {
    let registry = Registry::new();
    let limiter = registry.time_limiter("payments");
    let pool = registry
        .thread_pool_bulkhead_with("reports", |config| {
            config.max_thread_pool_size(2).core_thread_pool_size(1)
        })
        .unwrap();
    let events = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&events);
    registry.on_event(move |event| log.lock().unwrap().push(event.to_string()));

    let error = registry
        .reload(configuration(
            "
resilience4j:
  timelimiter.instances.payments.timeoutDuration: 3s
  thread-pool-bulkhead.instances.reports.coreThreadPoolSize: 5
",
        ))
        .unwrap_err();
    assert_eq!(error.problems.len(), 1);
    assert!(
        error.to_string().starts_with("thread-pool bulkhead 'reports': `max_thread_pool_size` takes a whole number of at least 5"),
        "{error}"
    );
    assert_eq!(limiter.config().timeout_duration().as_secs(), 1);
    assert_eq!(pool.config().core_thread_pool_size(), 1);
    assert_eq!(*events.lock().unwrap(), Vec::<String>::new());
    let made_later = registry.time_limiter("payments");
    assert_eq!(made_later.config().timeout_duration().as_secs(), 1);
}

#[test]
fn a_breaker_stays_open_and_keeps_its_counts() {
    let registry = Registry::new();
    let breaker = registry
        .circuit_breaker_with("payments", |config| {
            config.sliding_window_size(10).minimum_number_of_calls(4)
        })
        .unwrap();
    for _ in 0..4 {
        breaker.try_acquire().unwrap().failure();
    }
    assert_eq!(breaker.state(), State::Open);
    registry
        .reload(configuration("resilience4j.circuitbreaker.instances.payments: {failureRateThreshold: 90, permittedNumberOfCallsInHalfOpenState: 2}"))
        .unwrap();
    assert_eq!(breaker.state(), State::Open);
    assert_eq!(breaker.metrics().failed_calls, 4);
    assert_eq!(breaker.config().failure_rate_threshold().to_string(), "90");
}

#[test]
fn instances_that_a_reload_names_are_made_and_those_it_forgets_keep_running() {
    let registry = Registry::new();
    registry
        .reload(configuration(
            "resilience4j.bulkhead.instances.payments.maxConcurrentCalls: 3",
        ))
        .unwrap();
    let bulkhead = registry.find_bulkhead("payments").unwrap();
    assert_eq!(bulkhead.config().max_concurrent_calls(), 3);
    registry.reload(configuration("resilience4j: {}")).unwrap();
    assert_eq!(bulkhead.config().max_concurrent_calls(), 25);
    assert!(registry.find_bulkhead("payments").is_some());
}

#[test]
fn a_listener_may_reload() {
    let registry = Registry::new();
    let limiter = registry.time_limiter("payments");
    registry.on_event({
        let registry = registry.clone();
        move |_| {
            // What it says is in force then, and no news any more.
            registry
                .reload(configuration(
                    "resilience4j.timelimiter.instances: {payments.timeoutDuration: 4s, orders.timeoutDuration: 5s}",
                ))
                .unwrap();
        }
    });
    registry
        .reload(configuration(
            "resilience4j.timelimiter.instances: {payments.timeoutDuration: 3s, stock.timeoutDuration: 6s}",
        ))
        .unwrap();
    assert_eq!(limiter.config().timeout_duration().as_secs(), 4);
    let orders = registry.find_time_limiter("orders").unwrap();
    assert_eq!(orders.config().timeout_duration().as_secs(), 5);
}

#[test]
fn an_instance_that_is_made_while_a_configuration_is_taken_has_that_one() {
    static REGISTRY: LazyLock<Registry> = LazyLock::new(Registry::new);
    static MEANWHILE: Once = Once::new();
    fn reload(timeout: &str) {
        let text = format!("resilience4j.timelimiter.configs.default.timeoutDuration: {timeout}");
        REGISTRY.reload(configuration(&text)).unwrap();
    }
    reload("3s");
    // What the attribute says is asked for when files have been, and before others find the instance.
    let limiter = resolve::<TimeLimiter>(&REGISTRY, "payments", |config| {
        MEANWHILE.call_once(|| std::thread::spawn(|| reload("4s")).join().unwrap());
        config.cancel_running_future(false)
    });
    assert_eq!(limiter.config().timeout_duration().as_secs(), 4);
    assert!(!limiter.config().cancel_running_future());
}

#[test]
fn settings_that_are_given_while_a_configuration_is_taken_stay() {
    let texts = ["3s", "4s"].map(|of_default| {
        configuration(&format!(
            "resilience4j.timelimiter.configs: {{default.timeoutDuration: {of_default}, patient.timeoutDuration: 9s}}"
        ))
    });
    for round in 0..4_000 {
        let registry = Registry::builder().configuration(texts[0].clone()).build();
        let limiter = registry.time_limiter("payments");
        let both = Barrier::new(2);
        std::thread::scope(|threads| {
            threads.spawn(|| {
                both.wait();
                registry.reload(texts[1].clone()).unwrap();
            });
            both.wait();
            resolve_in_config::<TimeLimiter>(&registry, "payments", "patient", |config| {
                config.cancel_running_future(false)
            });
        });
        assert_eq!(limiter.config().timeout_duration().as_secs(), 9, "{round}");
    }
}
