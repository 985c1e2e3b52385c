//! Whose settings an instance has.

use std::time::Duration;

use resilience_runtime::{Registry, TimeLimiterConfig, TimeLimiterConfigBuilder};

fn seconds(count: u64) -> impl FnOnce(TimeLimiterConfigBuilder) -> TimeLimiterConfigBuilder {
    move |config| config.timeout_duration(Duration::from_secs(count))
}

fn timeout(registry: &Registry, name: &str) -> u64 {
    let limiter = registry.find_time_limiter(name).unwrap();
    limiter.config().timeout_duration().as_secs()
}

#[test]
fn the_first_who_gives_settings_wins() {
    let registry = Registry::new();
    registry.time_limiter_with("payments", seconds(2)).unwrap();
    registry.time_limiter_with("payments", seconds(3)).unwrap();
    assert_eq!(timeout(&registry, "payments"), 2);
}

#[test]
fn a_mere_look_leaves_the_settings_to_who_gives_some() {
    let registry = Registry::new();
    let seen = registry.time_limiter("payments");
    registry.time_limiter_with("payments", seconds(2)).unwrap();
    assert_eq!(seen.config().timeout_duration(), Duration::from_secs(2));
    registry.time_limiter_with("payments", seconds(3)).unwrap();
    assert_eq!(
        timeout(&registry, "payments"),
        2,
        "one has given some already"
    );
}

#[test]
fn an_instance_starts_from_the_shared_configuration_of_its_name_else_from_the_default_one() {
    let shared = |count| {
        TimeLimiterConfig::builder()
            .timeout_duration(Duration::from_secs(count))
            .build()
            .unwrap()
    };
    let registry = Registry::builder()
        .add_time_limiter_config("default", &shared(10))
        .add_time_limiter_config("patient", &shared(20))
        .add_time_limiter_config("payments", &shared(30))
        .build();
    registry.time_limiter("stock");
    registry.time_limiter("payments");
    registry
        .time_limiter_from("mail", "patient", |config| config)
        .unwrap();
    registry
        .time_limiter_from("bank", "patient", seconds(5))
        .unwrap();
    let timeouts = ["stock", "payments", "mail", "bank"].map(|name| timeout(&registry, name));
    assert_eq!(timeouts, [10, 30, 20, 5]);
}

#[test]
fn what_is_changed_while_it_runs_counts_more_than_what_it_was_made_with() {
    let registry = Registry::new();
    let limiter = registry.time_limiter("payments");
    limiter.change_config(seconds(7)).unwrap();
    registry
        .time_limiter_with("payments", |config| {
            seconds(2)(config).cancel_running_future(false)
        })
        .unwrap();
    assert_eq!(timeout(&registry, "payments"), 7);
    assert!(!limiter.config().cancel_running_future());
}

#[test]
fn a_removed_instance_comes_back_as_new_for_all_who_hold_it() {
    let registry = Registry::new();
    let held = registry.time_limiter_with("payments", seconds(2)).unwrap();
    held.on_success();
    registry.remove_time_limiter("payments").unwrap();
    assert_eq!(held.metrics().successful_calls, 0);

    let back = registry.time_limiter_with("payments", seconds(3)).unwrap();
    back.on_success();
    assert_eq!(held.metrics().successful_calls, 1, "it is the same");
    assert_eq!(held.config().timeout_duration(), Duration::from_secs(3));
}
