//! Files, formats, documents and profiles.

use std::fs;

use resilience_runtime::configuration::{Configuration, Policy};

use super::{effective, yaml};

#[test]
fn the_rest_of_the_application_is_ignored() {
    let loaded = yaml(
        "
spring:
  application.name: shop
  datasource:
    url: ${DATABASE}
    url: twice is their trouble
logging: [a, {b: c}]
1: 2
true: [x]
resilience4j: {retry: {instances: {a: {maxAttempts: 5}}}}
management.health.circuitbreakers.enabled: true
",
    );
    assert_eq!(effective(&loaded, Policy::Retry, "a"), ["max_attempts=5"]);
    assert_eq!(loaded.warnings(), []);
}

#[test]
fn nothing_is_a_configuration_too() {
    for text in [
        "",
        "---\n",
        "# a comment\n",
        "resilience4j:\n",
        "resilience4j.retry:\n  instances:\n    a:\n",
    ] {
        assert!(
            yaml(text).policy(Policy::Retry).instances().len() < 2,
            "{text}"
        );
    }
    assert!(Configuration::from_toml_str("").is_ok());
    assert!(Configuration::from_json_str("{}").is_ok());
}

#[test]
fn a_later_document_comes_over_an_earlier_one() {
    let loaded = yaml(
        "
resilience4j.retry.instances.a:
  maxAttempts: 2
  waitDuration: 1s
---
resilience4j:
  retry:
    backends:
      a:
        max-attempts: 3
",
    );
    assert_eq!(
        effective(&loaded, Policy::Retry, "a"),
        ["max_attempts=3", "wait_duration=1s"]
    );
}

#[test]
fn a_document_counts_when_its_profiles_are_active() {
    let text = "
resilience4j.retry.instances.a.maxAttempts: 1
spring.profiles.active: by-file
---
spring:
  config:
    activate:
      on-profile: prod & !eu
resilience4j.retry.instances.a.maxAttempts: 2
---
spring.profiles: [eu, us]
resilience4j.retry.instances.a.maxAttempts: 3
---
spring.config.activate.onProfile: by-file
resilience4j.retry.instances.a.maxAttempts: 4
---
spring.config.activate.on-profile: by-variable
resilience4j.retry.instances.a.maxAttempts: 5
";
    let of = |profiles: Option<&[&str]>, variable: &[(&str, &str)]| {
        let loader = Configuration::loader().yaml("application.yml", text);
        let loader = loader.environment(variable.iter().copied());
        let loader = match profiles {
            Some(profiles) => loader.profiles(profiles.iter().copied()),
            None => loader,
        };
        effective(&loader.load().unwrap(), Policy::Retry, "a")
    };
    assert_eq!(of(Some(&[]), &[]), ["max_attempts=1"]);
    assert_eq!(of(Some(&["prod"]), &[]), ["max_attempts=2"]);
    assert_eq!(of(Some(&["prod", "eu"]), &[]), ["max_attempts=3"]);
    assert_eq!(of(None, &[]), ["max_attempts=4"]);
    let variable = [("SPRING_PROFILES_ACTIVE", "other, by-variable")];
    assert_eq!(of(None, &variable), ["max_attempts=5"]);
    assert_eq!(of(Some(&["us"]), &variable), ["max_attempts=3"]);
}

#[test]
fn a_document_for_a_cloud_platform_is_left_out_with_a_warning() {
    let loaded = yaml(
        "
spring.config.activate.on-cloud-platform: kubernetes
resilience4j.retry.instances.a.maxAttempts: 2
",
    );
    assert!(loaded.policy(Policy::Retry).instance("a").is_none());
    assert_eq!(
        loaded.warnings()[0].to_string(),
        "<yaml>:2:43: `spring.config.activate.on-cloud-platform` is not known here: this document is left out"
    );
}

#[test]
fn names_may_have_dots_in_brackets_or_quotes() {
    let name = "payments.eu";
    let spellings = [
        yaml("resilience4j.retry.instances:\n  '[payments.eu]':\n    maxAttempts: 5"),
        yaml("resilience4j.retry.instances[payments.eu].maxAttempts: 5"),
        Configuration::from_toml_str(
            "[resilience4j.retry.instances.\"payments.eu\"]\nmaxAttempts = 5",
        )
        .unwrap(),
        Configuration::from_json_str(
            r#"{"resilience4j": {"retry": {"instances": {"[payments.eu]": {"maxAttempts": 5}}}}}"#,
        )
        .unwrap(),
    ];
    for loaded in spellings {
        assert_eq!(effective(&loaded, Policy::Retry, name), ["max_attempts=5"]);
    }
    let loaded = yaml("resilience4j.retry.instances.payment_service.maxAttempts: 5");
    assert!(
        loaded
            .policy(Policy::Retry)
            .instance("payment_service")
            .is_some()
    );
}

#[test]
fn anchors_and_merges_are_followed() {
    let loaded = yaml(
        "
x-common: &common
  maxAttempts: 2
  waitDuration: 1s
x-other: &other {waitDuration: 9s, failAfterMaxAttempts: true}
resilience4j.retry:
  instances:
    a: *common
    b:
      <<: *common
      maxAttempts: 3
    c:
      <<: [*common, *other]
",
    );
    assert_eq!(
        effective(&loaded, Policy::Retry, "a"),
        ["max_attempts=2", "wait_duration=1s"]
    );
    assert_eq!(
        effective(&loaded, Policy::Retry, "b"),
        ["max_attempts=3", "wait_duration=1s"]
    );
    assert_eq!(
        effective(&loaded, Policy::Retry, "c"),
        [
            "fail_after_max_attempts=true",
            "max_attempts=2",
            "wait_duration=1s"
        ]
    );
}

#[test]
fn files_are_read_by_their_extension_and_with_those_of_their_profiles() {
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = directory.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let main = write(
        "application.yml",
        "\u{feff}resilience4j.retry.instances.a: {maxAttempts: 2, waitDuration: 1s}",
    );
    write(
        "application-prod.yml",
        "resilience4j.retry.instances.a.maxAttempts: 7",
    );
    let toml = write(
        "more.toml",
        "resilience4j.retry.instances.a.failAfterMaxAttempts = true",
    );
    let json = write(
        "more.JSON",
        r#"{"resilience4j": {"bulkhead": {"instances": {"a": null}}}}"#,
    );

    let all = || Configuration::loader().file(&main).file(&toml).file(&json);
    let loaded = all().load().unwrap();
    let expected = [
        "fail_after_max_attempts=true",
        "max_attempts=2",
        "wait_duration=1s",
    ];
    assert_eq!(effective(&loaded, Policy::Retry, "a"), expected);
    assert!(loaded.policy(Policy::Bulkhead).instance("a").is_some());
    let loaded = all().profiles(["../x", "prod"]).load().unwrap();
    assert_eq!(effective(&loaded, Policy::Retry, "a")[1], "max_attempts=7");
    assert_eq!(loaded.profiles(), ["../x", "prod"]);
    assert!(Configuration::load(&main).is_ok());

    let other = write("application.properties", "a=b");
    let bytes = directory.path().join("latin.yml");
    fs::write(&bytes, [b'a', b':', b' ', 0xe4]).unwrap();
    let missing = directory.path().join("missing.yml");
    let error = Configuration::loader()
        .file(&other)
        .file(&bytes)
        .file(&missing)
        .load();
    let error = error.unwrap_err().to_string();
    let said: Vec<_> = error.lines().collect();
    assert_eq!(said.len(), 3, "{error}");
    assert!(
        said[0].ends_with(
            "application.properties: ends in none of `.yml`, `.yaml`, `.toml` and `.json`"
        )
    );
    assert!(said[1].ends_with("latin.yml: is not UTF-8 from byte 3 on"));
    assert!(said[2].contains("missing.yml: cannot be read: "));
}

#[test]
fn problems_are_ordered_by_source_and_line() {
    let error = Configuration::loader()
        .yaml("z.yml", "resilience4j.retry.instances.b.maxAttempts: 0\nresilience4j.retry.instances.a.maxAttempts: 0")
        .toml("a.toml", "resilience4j.retry.instances.c.maxAttempts = 0")
        .environment([("RESILIENCE4J_RETRY_INSTANCES_A_WAITDURATION", "soon")])
        .load()
        .unwrap_err();
    let places: Vec<_> = error
        .problems
        .iter()
        .map(|problem| problem.place.to_string())
        .collect();
    assert_eq!(
        places,
        ["z.yml:1:45", "z.yml:2:45", "a.toml:1:46", "environment"]
    );
    assert_eq!(error.problems[0].place.source(), "z.yml");
    assert_eq!(error.problems[0].place.column(), Some(45));
}

#[test]
fn a_lenient_load_warns_of_what_it_leaves_out() {
    let text = "
resilience4j.circuitbreaker.instances.a:
  recordExceptions: [java.io.IOException]
  colour: blue
  enableExponentialBackoff: true
  slidingWindowSize: 10
";
    assert_eq!(
        Configuration::from_yaml_str(text)
            .unwrap_err()
            .problems
            .len(),
        3
    );
    let loaded = Configuration::loader()
        .yaml("a.yml", text)
        .strict(false)
        .load()
        .unwrap();
    let warnings = loaded.warnings();
    assert_eq!(warnings.len(), 3);
    assert_eq!(
        warnings[0].to_string(),
        "a.yml:3:3: `resilience4j.circuitbreaker.instances.a.recordExceptions` names Java classes: write `record_errors(Error::Io)` in `#[circuit_breaker]`, with the variants of the function's own error"
    );
    assert_eq!(
        effective(&loaded, Policy::CircuitBreaker, "a"),
        ["sliding_window_size=10"]
    );
}

#[test]
fn what_is_doubtful_is_a_warning_even_in_a_strict_load() {
    let loaded = yaml(
        "
resilience4j:
  retry.instances.a.max-attempts: 1
  ratelimiter.instances.a.limitForPeriod: 10
  bulkhead.instances.a.fairCallHandlingEnabled: true
  timelimiter.instances.a.timeoutDuration: 0
  circuitbreaker:
    circuitBreakerAspectOrder: 1
    instances.a: {slidingWindowSize: 10, minimumNumberOfCalls: 20}
  thread.type: virtual
",
    );
    let warnings: Vec<_> = loaded.warnings().iter().map(ToString::to_string).collect();
    let starts = [
        "<yaml>:3:35: `resilience4j.retry.instances.a.max-attempts` is 1, and",
        "<yaml>:4:43: `resilience4j.ratelimiter.instances.a.limitForPeriod` is 10 for each period, and a period lasts 500ns unless `limitRefreshPeriod` says otherwise: that limits nothing; give for example `limitRefreshPeriod: 1s`",
        "<yaml>:5:49: `resilience4j.bulkhead.instances.a.fairCallHandlingEnabled` has no effect without a `maxWaitDuration` above zero",
        "<yaml>:6:44: `resilience4j.timelimiter.instances.a.timeoutDuration` is zero",
        "<yaml>:8:5: `resilience4j.circuitbreaker.circuitBreakerAspectOrder` has no effect: policies stand in each other as their attributes do",
        "<yaml>:9:64: `resilience4j.circuitbreaker.instances.a.minimumNumberOfCalls` is 20, but",
        "<yaml>:10:3: `resilience4j.thread` has no effect",
    ];
    assert_eq!(warnings.len(), starts.len(), "{warnings:#?}");
    for (warning, start) in warnings.iter().zip(starts) {
        assert!(warning.starts_with(start), "{warning}");
    }
}
