//! What is inherited, by the two rules of Resilience4j.

use resilience_runtime::configuration::Policy;

use super::{effective, instance, shown, yaml};

/// The same configurations under both rules: `section`, `key` and so on are filled in.
fn configs(section: &str, key: &str, other: &str) -> String {
    format!(
        "
resilience4j.{section}:
  configs:
    default:
      {key}: 11
    plain:
      {other}: 22
    child:
      baseConfig: plain
    grandchild:
      baseConfig: child
      {other}: 33
  instances:
    nothing: {{}}
    of-plain:
      baseConfig: plain
    of-child:
      base-config: child
    of-grandchild:
      base_config: grandchild
      {key}: 44
    plain: {{}}
    child: {{}}
    default: {{}}
"
    )
}

#[test]
fn a_circuit_breakers_shared_configuration_does_not_inherit_the_default() {
    let loaded = yaml(&configs(
        "circuitbreaker",
        "slidingWindowSize",
        "minimumNumberOfCalls",
    ));
    let none: &[&str] = &[];
    for (name, expected) in [
        ("nothing", ["sliding_window_size=11"].as_slice()),
        ("of-plain", &["minimum_number_of_calls=22"]),
        ("of-child", &["minimum_number_of_calls=22"]),
        (
            "of-grandchild",
            &["minimum_number_of_calls=33", "sliding_window_size=44"],
        ),
        // Named as a shared configuration, an instance inherits that, without what that inherits.
        ("plain", &["minimum_number_of_calls=22"]),
        ("child", none),
        ("default", &["sliding_window_size=11"]),
    ] {
        assert_eq!(
            effective(&loaded, Policy::CircuitBreaker, name),
            expected,
            "{name}"
        );
    }
}

#[test]
fn the_others_shared_configurations_inherit_the_default() {
    let loaded = yaml(&configs(
        "thread-pool-bulkhead",
        "keepAliveDuration",
        "queueCapacity",
    ));
    let none: &[&str] = &[];
    let both = ["keep_alive_duration=11ms", "queue_capacity=22"].as_slice();
    for (name, expected) in [
        ("nothing", ["keep_alive_duration=11ms"].as_slice()),
        ("of-plain", both),
        ("of-child", both),
        (
            "of-grandchild",
            &["keep_alive_duration=44ms", "queue_capacity=33"],
        ),
        // The name of a shared configuration is nothing special here, but that of the default is.
        ("plain", &["keep_alive_duration=11ms"]),
        ("child", &["keep_alive_duration=11ms"]),
        ("default", none),
    ] {
        assert_eq!(
            effective(&loaded, Policy::ThreadPoolBulkhead, name),
            expected,
            "{name}"
        );
    }
}

#[test]
fn without_a_default_nothing_is_inherited() {
    let loaded = yaml(
        "
resilience4j.retry:
  configs.shared.maxAttempts: 5
  instances.a.waitDuration: 1s
",
    );
    assert_eq!(effective(&loaded, Policy::Retry, "a"), ["wait_duration=1s"]);
}

#[test]
fn what_is_inherited_is_apart_from_what_is_the_instances_own() {
    let loaded = yaml(
        "
resilience4j.circuitbreaker:
  configs.default:
    slidingWindowSize: 11
    minimumNumberOfCalls: 5
  instances.a.slidingWindowSize: 20
",
    );
    let a = instance(&loaded, Policy::CircuitBreaker, "a");
    assert_eq!(
        shown(a.shared()),
        ["minimum_number_of_calls=5", "sliding_window_size=11"]
    );
    assert_eq!(shown(a.own()), ["sliding_window_size=20"]);
    assert_eq!(
        a.own()
            .find("sliding_window_size")
            .unwrap()
            .place
            .to_string(),
        "<yaml>:6:34"
    );
}

/// A circuit breaker's wait is varied only by what stands beside it at the same level.
#[test]
fn a_circuit_breakers_wait_does_not_inherit_what_varies_it() {
    let loaded = yaml(
        "
resilience4j.circuitbreaker:
  configs:
    default:
      waitDurationInOpenState: 10s
      enableExponentialBackoff: true
      exponentialBackoffMultiplier: 2
      exponentialMaxWaitDurationInOpenState: 60s
      slidingWindowSize: 20
  instances:
    same: {}
    other:
      slidingWindowSize: 30
    wait:
      waitDurationInOpenState: 5s
    random:
      waitDurationInOpenState: 5s
      enableRandomizedWait: true
      randomizedWaitFactor: 0.2
",
    );
    let varied = [
        "enable_exponential_backoff=true",
        "exponential_backoff_multiplier=2",
        "exponential_max_wait_duration_in_open_state=60s",
    ];
    let policy = Policy::CircuitBreaker;
    assert_eq!(effective(&loaded, policy, "same")[..3], varied);
    assert_eq!(effective(&loaded, policy, "other")[..3], varied);
    assert_eq!(
        effective(&loaded, policy, "wait"),
        ["sliding_window_size=20", "wait_duration_in_open_state=5s"]
    );
    assert_eq!(
        effective(&loaded, policy, "random"),
        [
            "enable_randomized_wait=true",
            "randomized_wait_factor=0.2",
            "sliding_window_size=20",
            "wait_duration_in_open_state=5s"
        ]
    );
}

/// A retry's wait inherits what varies it, but how far it strays.
#[test]
fn a_retrys_wait_inherits_what_varies_it() {
    let loaded = yaml(
        "
resilience4j.retry:
  configs:
    default:
      waitDuration: 100ms
      enableExponentialBackoff: true
      exponentialBackoffMultiplier: 2
      exponentialMaxWaitDuration: 10s
      enableRandomizedWait: true
      randomizedWaitFactor: 0.2
    # Without a wait these vary nothing here, but the waits of those that inherit them.
    varying:
      enableExponentialBackoff: false
  instances:
    same:
      maxAttempts: 4
    wait:
      waitDuration: 1s
    constant:
      waitDuration: 1s
      enableExponentialBackoff: false
      enableRandomizedWait: false
    of-varying:
      baseConfig: varying
    of-varying-with-wait:
      baseConfig: varying
      waitDuration: 1s
",
    );
    let all = |exponential: bool, random: bool, factor: &[&str], wait: &str| {
        let mut all = vec![
            format!("enable_exponential_backoff={exponential}"),
            format!("enable_randomized_wait={random}"),
            "exponential_backoff_multiplier=2".to_owned(),
            "exponential_max_wait_duration=10s".to_owned(),
        ];
        all.extend(factor.iter().map(|factor| (*factor).to_owned()));
        all.push(format!("wait_duration={wait}"));
        all
    };
    let factor = ["randomized_wait_factor=0.2"];
    let policy = Policy::Retry;
    let same = effective(&loaded, policy, "same");
    assert_eq!(same[4], "max_attempts=4");
    assert_eq!(
        [&same[..4], &same[5..]].concat(),
        all(true, true, &factor, "100ms")
    );
    assert_eq!(
        effective(&loaded, policy, "wait"),
        all(true, true, &[], "1s")
    );
    assert_eq!(
        effective(&loaded, policy, "constant"),
        all(false, false, &[], "1s")
    );
    assert_eq!(
        effective(&loaded, policy, "of-varying"),
        all(true, true, &factor, "100ms")
    );
    assert_eq!(
        effective(&loaded, policy, "of-varying-with-wait"),
        all(false, true, &[], "1s")
    );
}

#[test]
fn a_limit_of_the_wait_counts_only_with_a_multiplier() {
    let text = "
resilience4j.retry:
  configs.default:
    waitDuration: 1s
    enableExponentialBackoff: true
    exponentialMaxWaitDuration: 10s
  instances:
    a: {}
    b:
      waitDuration: 2s
      exponentialBackoffMultiplier: 3
";
    let loaded = resilience_runtime::configuration::Configuration::loader()
        .yaml("a.yml", text)
        .strict(false)
        .load()
        .unwrap();
    assert_eq!(
        effective(&loaded, Policy::Retry, "a"),
        ["enable_exponential_backoff=true", "wait_duration=1s"]
    );
    assert_eq!(
        effective(&loaded, Policy::Retry, "b"),
        [
            "enable_exponential_backoff=true",
            "exponential_backoff_multiplier=3",
            "exponential_max_wait_duration=10s",
            "wait_duration=2s"
        ]
    );
}

#[test]
fn the_keys_that_are_kept_are_inherited_too() {
    let loaded = yaml(
        "
resilience4j.ratelimiter:
  configs.default:
    registerHealthIndicator: true
    eventConsumerBufferSize: 7
  instances.a.eventConsumerBufferSize: 8
",
    );
    let a = instance(&loaded, Policy::RateLimiter, "a");
    assert_eq!(a.kept_flag("register_health_indicator"), Some(true));
    assert_eq!(a.event_consumer_buffer_size(), 8);
    let default = loaded
        .policy(Policy::RateLimiter)
        .config("default")
        .unwrap();
    assert_eq!(shown(default.kept()).len(), 2);
}

/// A chain as long as a file allows is no trouble, and every one of it is resolved.
#[test]
fn a_long_chain_is_resolved() {
    let mut text = "resilience4j.retry:\n  configs:\n    c0:\n      maxAttempts: 7\n".to_owned();
    for index in 1..10_000 {
        text += &format!("    c{index}:\n      baseConfig: c{}\n", index - 1);
    }
    text += "  instances.a.baseConfig: c9999\n";
    assert_eq!(
        effective(&yaml(&text), Policy::Retry, "a"),
        ["max_attempts=7"]
    );
}

#[test]
fn an_attribute_may_name_the_shared_configuration_unless_the_entry_does() {
    let loaded = yaml(
        "
resilience4j.retry:
  configs:
    default.maxAttempts: 2
    patient.maxAttempts: 9
    eager.maxAttempts: 3
  instances:
    plain.waitDuration: 1s
    named.baseConfig: eager
",
    );
    let retries = loaded.policy(Policy::Retry);
    for (name, config, expected) in [
        ("plain", None, "max_attempts=2"),
        ("plain", Some("patient"), "max_attempts=9"),
        ("named", Some("patient"), "max_attempts=3"),
        ("unnamed", None, "max_attempts=2"),
        ("unnamed", Some("eager"), "max_attempts=3"),
    ] {
        let layers = retries.layers(name, config).unwrap();
        assert_eq!(shown(&layers.shared), [expected], "{name} {config:?}");
        assert_eq!(layers.own.len(), usize::from(name == "plain"), "{name}");
    }
    let error = retries.layers("plain", Some("patent")).unwrap_err();
    assert_eq!(error.known, ["default", "eager", "patient"]);
    let error = loaded
        .policy(Policy::Bulkhead)
        .layers("a", Some("b"))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is no shared configuration `b` of bulkheads; there is none at all"
    );
}
