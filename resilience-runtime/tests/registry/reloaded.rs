//! Other settings for instances that run.

use std::sync::{Arc, Barrier, LazyLock, Mutex, Once};
use std::time::Duration;

use resilience_runtime::__private::{resolve, resolve_in_config};
use resilience_runtime::configuration::Configuration;
use resilience_runtime::{Registry, State, TimeLimiter, TimeLimiterConfigBuilder};

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
fn what_code_says_later_comes_with_no_reload_refused_or_taken() {
    let registry = Registry::new();
    let seconds = |seconds| {
        move |config: TimeLimiterConfigBuilder| {
            config.timeout_duration(Duration::from_secs(seconds))
        }
    };
    registry
        .add_time_limiter_config("shared", seconds(2))
        .unwrap();
    registry
        .add_time_limiter_config("default", seconds(3))
        .unwrap();
    let shared = registry.time_limiter_from("payments", "shared", |config| config);
    let shared = shared.unwrap();
    let by_default = registry.time_limiter("orders");
    let pool = registry
        .thread_pool_bulkhead_with("reports", |config| {
            config.max_thread_pool_size(2).core_thread_pool_size(1)
        })
        .unwrap();
    registry
        .add_time_limiter_config("default", seconds(7))
        .unwrap();
    assert!(registry.remove_time_limiter_config("shared"));
    let events = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&events);
    registry.on_event(move |event| log.lock().unwrap().push(event.to_string()));
    let timeouts =
        || [&shared, &by_default].map(|limiter| limiter.config().timeout_duration().as_secs());

    let refused = registry.reload(configuration(
        "resilience4j.thread-pool-bulkhead.instances.reports.coreThreadPoolSize: 5",
    ));
    assert_eq!(refused.unwrap_err().problems.len(), 1);
    assert_eq!((timeouts(), events.lock().unwrap().len()), ([2, 3], 0));

    // Of another instance, and of another setting of these.
    let reloaded = registry
        .reload(configuration(
            "
resilience4j:
  thread-pool-bulkhead.instances.reports.queueCapacity: 5
  timelimiter.instances: {payments.cancelRunningFuture: false, orders.cancelRunningFuture: false}
",
        ))
        .unwrap();
    assert_eq!(
        reloaded.to_string(),
        "thread-pool bulkhead 'reports' changed `queue_capacity` from 100 to 5\n\
         time limiter 'orders' changed `cancel_running_future` from true to false\n\
         time limiter 'payments' changed `cancel_running_future` from true to false\n"
    );
    assert_eq!(timeouts(), [2, 3]);
    assert_eq!(pool.config().core_thread_pool_size(), 1);
    let made_now = registry.time_limiter("made now");
    assert_eq!(made_now.config().timeout_duration().as_secs(), 7);
}

#[test]
fn nobody_sees_a_configuration_that_is_refused() {
    static REGISTRY: LazyLock<Registry> = LazyLock::new(Registry::new);
    static SEEN: Mutex<Vec<bool>> = Mutex::new(Vec::new());
    // What the attribute says is asked for whenever settings are judged.
    resolve::<TimeLimiter>(&REGISTRY, "payments", |config| {
        SEEN.lock()
            .unwrap()
            .push(REGISTRY.configuration().is_some());
        config
    });
    SEEN.lock().unwrap().clear();
    REGISTRY
        .thread_pool_bulkhead_with("reports", |config| config.max_thread_pool_size(2))
        .unwrap();
    let refused = REGISTRY.reload(configuration(
        "
resilience4j:
  timelimiter.instances.orders.timeoutDuration: 3s
  thread-pool-bulkhead.instances.reports.coreThreadPoolSize: 5
",
    ));
    assert!(refused.is_err());
    assert_eq!(*SEEN.lock().unwrap(), [false]);
    assert!(REGISTRY.configuration().is_none());
    assert!(REGISTRY.find_time_limiter("orders").is_none());
}

#[test]
fn a_shared_configuration_of_files_that_code_starts_from_must_stay() {
    let registry = Registry::builder()
        .configuration(configuration(
            "resilience4j.timelimiter.configs: {patient.timeoutDuration: 9s}",
        ))
        .build();
    let limiter = registry.time_limiter_from("payments", "patient", |config| config);
    let limiter = limiter.unwrap();
    let error = registry
        .reload(configuration(
            "resilience4j.timelimiter.configs: {hasty.timeoutDuration: 1s}",
        ))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "time limiter 'payments': `config` takes one of the shared configurations `hasty`, but was `patient`"
    );
    assert_eq!(limiter.config().timeout_duration().as_secs(), 9);
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
fn settings_that_are_given_while_a_configuration_is_taken_are_what_that_one_says() {
    let texts = ["8s", "9s"].map(|of_patient| {
        configuration(&format!(
            "resilience4j.timelimiter.configs: {{default.timeoutDuration: 3s, patient.timeoutDuration: {of_patient}}}"
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
