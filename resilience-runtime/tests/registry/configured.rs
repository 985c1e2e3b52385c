//! Attributes between what files share and what they say of one instance.

use std::time::Duration;

use resilience_runtime::configuration::Configuration;
use resilience_runtime::{Registry, TimeLimiterConfig};

fn registry(yaml: &str) -> Registry {
    let configuration = Configuration::from_yaml_str(yaml).unwrap();
    Registry::builder().configuration(configuration).build()
}

#[test]
fn files_come_before_and_after_what_code_says() {
    let registry = registry(
        "
resilience4j.timelimiter:
  configs:
    default: {timeoutDuration: 10s, cancelRunningFuture: false}
    patient: {timeoutDuration: 20s}
  instances:
    payments: {timeoutDuration: 3s}
    mail: {baseConfig: patient}
",
    );
    let timeout = |name: &str| {
        let give = |config: resilience_runtime::TimeLimiterConfigBuilder| {
            config.timeout_duration(Duration::from_secs(5))
        };
        let limiter = registry.time_limiter_with(name, give).unwrap();
        (
            limiter.config().timeout_duration().as_secs(),
            limiter.config().cancel_running_future(),
        )
    };
    assert_eq!(timeout("stock"), (5, false), "its own over the shared");
    assert_eq!(
        timeout("payments"),
        (3, false),
        "the entry of the file over its own"
    );
    let mail = registry.time_limiter("mail");
    assert_eq!(mail.config().timeout_duration().as_secs(), 20);
}

#[test]
fn what_files_name_is_there_from_the_start() {
    let registry =
        registry("resilience4j.bulkhead.instances: {payments: {}, stock: {maxConcurrentCalls: 3}}");
    let names: Vec<_> = registry
        .bulkheads()
        .iter()
        .map(|one| one.name().to_owned())
        .collect();
    assert_eq!(names, ["payments", "stock"]);
    assert!(registry.retries().is_empty());
}

#[test]
fn files_say_their_word_over_shared_configurations_of_code() {
    let code = TimeLimiterConfig::builder()
        .timeout_duration(Duration::from_secs(9))
        .cancel_running_future(false)
        .build()
        .unwrap();
    let configuration = Configuration::from_yaml_str(
        "resilience4j.timelimiter.configs.default.timeoutDuration: 4s",
    )
    .unwrap();
    let registry = Registry::builder()
        .add_time_limiter_config("default", &code)
        .add_time_limiter_config("code", &code)
        .configuration(configuration)
        .build();
    let stock = registry.time_limiter("stock").config();
    assert_eq!(
        (
            stock.timeout_duration().as_secs(),
            stock.cancel_running_future()
        ),
        (4, false)
    );
    let mail = registry
        .time_limiter_from("mail", "code", |config| config)
        .unwrap()
        .config();
    assert_eq!(
        mail.timeout_duration().as_secs(),
        9,
        "not the default of the files"
    );
}
