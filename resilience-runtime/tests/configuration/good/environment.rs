//! The environment, and placeholders.

use resilience_runtime::configuration::{Configuration, Place, Policy};

use super::{effective, instance, shown};

fn with(variables: &[(&str, &str)], text: &str) -> Configuration {
    Configuration::loader()
        .yaml("application.yml", text)
        .environment(variables.iter().copied())
        .load()
        .unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn variables_come_over_files() {
    let loaded = with(
        &[
            (
                "RESILIENCE4J_CIRCUITBREAKER_INSTANCES_BACKENDA_FAILURERATETHRESHOLD",
                "60",
            ),
            (
                "RESILIENCE4J_CIRCUITBREAKER_INSTANCES_BACKEND_B_SLIDING_WINDOW_SIZE",
                "7",
            ),
            (
                "RESILIENCE4J_CIRCUITBREAKER_CONFIGS_DEFAULT_SLIDINGWINDOWSIZE",
                "9",
            ),
            (
                "RESILIENCE4J_CIRCUITBREAKER_BACKENDS_BACKENDA_REGISTERHEALTHINDICATOR",
                "true",
            ),
            (
                "RESILIENCE4J_THREADPOOLBULKHEAD_INSTANCES_POOL_QUEUECAPACITY",
                "1",
            ),
            (
                "RESILIENCE4J_THREAD_POOL_BULKHEAD_INSTANCES_POOL_KEEPALIVEDURATION",
                "2s",
            ),
            (
                "RESILIENCE4J_RATELIMITER_LIMITERS_BACKENDA_LIMITFORPERIOD",
                "3",
            ),
            (
                "RESILIENCE4J_MICROMETER_TIMER_INSTANCES_BACKENDA_METRICNAMES",
                "calls",
            ),
            ("RESILIENCE4J_RETRY_METRICS_ENABLED", "false"),
            ("RESILIENCE4J_RETRY_METRICS_LEGACY_ENABLED", "true"),
            ("RESILIENCE4J_RETRY_TAGS_REGION", "eu"),
            ("RESILIENCE4J_RETRY_RETRYASPECTORDER", "4"),
            ("RESILIENCE4J_THREAD_TYPE", "virtual"),
            ("PATH", "/bin"),
        ],
        "
resilience4j.circuitbreaker:
  configs.default.slidingWindowSize: 5
  instances:
    backendA:
      failureRateThreshold: 40
    backend-b: {}
    other: {}
",
    );
    let policy = Policy::CircuitBreaker;
    assert_eq!(
        effective(&loaded, policy, "backendA"),
        ["failure_rate_threshold=60", "sliding_window_size=9"]
    );
    assert_eq!(
        effective(&loaded, policy, "backend-b"),
        ["sliding_window_size=7"]
    );
    assert_eq!(
        effective(&loaded, policy, "other"),
        ["sliding_window_size=9"]
    );
    assert_eq!(loaded.policy(policy).instances().len(), 3);
    let a = instance(&loaded, policy, "backendA");
    assert_eq!(a.kept_flag("register_health_indicator"), Some(true));
    assert!(matches!(
        &a.own().find("failure_rate_threshold").unwrap().place,
        Place::Variable { name } if name.ends_with("BACKENDA_FAILURERATETHRESHOLD")
    ));
    assert_eq!(
        effective(&loaded, Policy::ThreadPoolBulkhead, "pool"),
        ["keep_alive_duration=2s", "queue_capacity=1"]
    );
    // Only variables name this one, so that any spelling of its name finds it.
    assert_eq!(
        effective(&loaded, Policy::RateLimiter, "backend-a"),
        ["limit_for_period=3"]
    );
    assert_eq!(
        shown(instance(&loaded, Policy::Timer, "backendA").kept()),
        ["metric_names=calls"]
    );
    let retries = loaded.policy(Policy::Retry);
    assert!(!retries.metrics_enabled());
    assert!(retries.legacy_metrics_enabled());
    assert_eq!(retries.tags()["region"], "eu");
    assert_eq!(retries.aspect_order(), Some(4));
}

/// What the environment says is more than what an attribute says, as it is of the instance's own.
#[test]
fn a_variable_is_of_the_instances_own_layer() {
    let loaded = with(
        &[(
            "RESILIENCE4J_RETRY_INSTANCES_PAYMENTSERVICE_MAXATTEMPTS",
            "5",
        )],
        "resilience4j.retry.configs.default.maxAttempts: 2",
    );
    let layers = loaded
        .policy(Policy::Retry)
        .layers("paymentService", None)
        .unwrap();
    assert_eq!(shown(&layers.own), ["max_attempts=5"]);
    assert_eq!(shown(&layers.shared), ["max_attempts=2"]);
}

#[test]
fn placeholders_are_replaced_in_every_value() {
    let loaded = with(
        &[("ATTEMPTS", "5"), ("UNIT", "ms"), ("SERVICE_TIMEOUT", "7s")],
        "
service:
  attempts: ${ATTEMPTS:3}
  region: eu
resilience4j:
  retry:
    tags.region: ${service.region}-west
    configs.shared.waitDuration: ${MISSING:${ALSO_MISSING:20}}${UNIT}
    instances.a:
      baseConfig: ${BASE:shared}
      maxAttempts: ${service.attempts}
  timelimiter.instances.a.timeoutDuration: ${service.timeout:1s}
",
    );
    assert_eq!(
        effective(&loaded, Policy::Retry, "a"),
        ["max_attempts=5", "wait_duration=20ms"]
    );
    assert_eq!(
        effective(&loaded, Policy::TimeLimiter, "a"),
        ["timeout_duration=7s"]
    );
    assert_eq!(loaded.policy(Policy::Retry).tags()["region"], "eu-west");
}

/// No test sets a variable of the process, so all that can be seen is that they are there.
#[test]
fn the_environment_of_the_process_is_read_when_asked_for() {
    let name = "CARGO_MANIFEST_DIR";
    let text = format!("resilience4j.retry.instances.a.budget: ${{{name}}}");
    let of_text = || Configuration::loader().yaml("application.yml", text.as_str());
    assert!(of_text().load().is_err());
    let loaded = of_text().process_environment().load().unwrap();
    let budget = format!("budget={}", std::env::var(name).unwrap());
    assert_eq!(effective(&loaded, Policy::Retry, "a"), [budget]);
}

#[test]
fn a_variable_of_nobody_is_a_warning() {
    let loaded = with(&[("RESILIENCE4J_VERSION", "1")], "");
    assert_eq!(
        loaded.warnings()[0].to_string(),
        "environment: `RESILIENCE4J_VERSION` is no key of `resilience4j`: it is not read"
    );
}
