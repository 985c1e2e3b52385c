#![allow(
    clippy::unwrap_used,
    reason = "a test that meets something unforeseen is to fail"
)]

use crate::__private::{AttributeRecord, GuardedFunction};
use crate::configuration::Configuration;
use crate::policy::Policy;
use crate::registry::Registry;
use crate::sites::CallSite;

const BREAKER: AttributeRecord = AttributeRecord {
    policy: Policy::CircuitBreaker,
    file: "src/pay.rs",
    ..AttributeRecord::BARE
};

/// As if these attributes were all there are, each on a line of its own.
fn check(yaml: &str, attributes: Vec<AttributeRecord>) -> Vec<String> {
    findings(&registry_of(yaml), attributes)
}

fn registry_of(yaml: &str) -> Registry {
    let configuration = Configuration::from_yaml_str(yaml).unwrap();
    Registry::builder().configuration(configuration).build()
}

fn findings(registry: &Registry, attributes: Vec<AttributeRecord>) -> Vec<String> {
    let attributes = attributes
        .into_iter()
        .zip(1..)
        .map(|(attribute, line)| AttributeRecord { line, ..attribute })
        .collect::<Vec<_>>();
    // A program's are there for ever.
    let function = Box::leak(Box::new(GuardedFunction {
        module: "shop",
        name: "pay",
        attributes: Box::leak(attributes.into_boxed_slice()),
    }));
    let sites: Vec<_> = CallSite::all_of(function).collect();
    registry
        .check_sites(&sites)
        .iter()
        .map(ToString::to_string)
        .collect()
}

fn named(name: &'static str) -> AttributeRecord {
    AttributeRecord { name, ..BREAKER }
}

fn given(name: &'static str, settings: &'static [(&'static str, &'static str)]) -> AttributeRecord {
    AttributeRecord {
        settings,
        ..named(name)
    }
}

fn computed() -> AttributeRecord {
    AttributeRecord {
        is_expression: true,
        ..named("self.host")
    }
}

const NOTHING: [&str; 0] = [];

#[test]
fn what_goes_together_is_no_finding() {
    let yaml = "
resilience4j.circuitbreaker:
  configs.patient.slidingWindowSize: 10
  instances.payments.failureRateThreshold: 25
";
    let attributes = vec![
        named("payments"),
        given("payments", &[("sliding_window_size", "5")]),
        given("payments", &[("sliding_window_size", "5")]),
        AttributeRecord {
            config: Some("patient"),
            ..named("stock")
        },
        computed(),
    ];
    assert_eq!(check(yaml, attributes), NOTHING);
}

#[test]
fn a_configured_name_that_nothing_uses_is_found_with_what_may_be_meant() {
    let yaml = "
resilience4j.circuitbreaker.instances:
  paymentServce: {}
  stokc: {}
  backendA: {}
  ledgers: {}
";
    let retry = AttributeRecord {
        policy: Policy::Retry,
        ..named("ledgers")
    };
    assert_eq!(
        check(yaml, vec![named("paymentService"), named("stock"), retry]),
        [
            "<yaml>:3:3: circuit breaker 'paymentServce' is configured, and nothing uses it: did you mean 'paymentService' (src/pay.rs:1)?",
            "<yaml>:4:3: circuit breaker 'stokc' is configured, and nothing uses it: did you mean 'stock' (src/pay.rs:2)?",
            "<yaml>:5:3: circuit breaker 'backendA' is configured, and nothing uses it",
            "<yaml>:6:3: circuit breaker 'ledgers' is configured, and nothing uses it: 'ledgers' is a retry (src/pay.rs:3), whose section is `resilience4j.retry`",
        ]
    );
}

#[test]
fn a_bulkhead_of_the_other_kind_is_found() {
    let pool = AttributeRecord {
        policy: Policy::ThreadPoolBulkhead,
        ..named("reports")
    };
    assert_eq!(
        check("resilience4j.bulkhead.instances.reports: {}", vec![pool]),
        [
            "<yaml>:1:1: bulkhead 'reports' is configured, and nothing uses it: 'reports' is a thread-pool bulkhead (src/pay.rs:1), whose section is `resilience4j.thread-pool-bulkhead`"
        ]
    );
}

#[test]
fn a_name_that_is_configured_for_its_own_policy_is_not_meant_by_another_s() {
    let yaml = "
resilience4j.bulkhead.instances.reports: {}
resilience4j.retry.instances.reports: {}
";
    let retry = AttributeRecord {
        policy: Policy::Retry,
        ..named("reports")
    };
    assert_eq!(
        check(yaml, vec![retry]),
        ["<yaml>:2:1: bulkhead 'reports' is configured, and nothing uses it"]
    );
}

#[test]
fn a_name_that_some_expression_may_come_to_is_found_only_if_it_looks_like_a_slip() {
    let yaml = "resilience4j.circuitbreaker.instances: {tenant7: {}, paymentServce: {}}";
    assert_eq!(
        check(yaml, vec![named("paymentService"), computed()]),
        [
            "<yaml>:1:54: circuit breaker 'paymentServce' is configured, and nothing uses it: did you mean 'paymentService' (src/pay.rs:1)?"
        ]
    );
}

#[test]
fn what_code_has_asked_for_is_used() {
    let registry = registry_of("resilience4j.circuitbreaker.instances: {payments: {}, stock: {}}");
    registry.circuit_breaker("payments");
    assert_eq!(
        findings(&registry, Vec::new()),
        ["<yaml>:1:55: circuit breaker 'stock' is configured, and nothing uses it"]
    );
}

#[test]
fn an_attribute_that_reads_almost_like_a_configured_name_is_found() {
    let yaml = "resilience4j.circuitbreaker.instances: {payments: {}, backendA: {}}";
    let attributes = vec![
        named("payments"),
        named("payment"),
        named("backendA"),
        named("backendB"),
    ];
    assert_eq!(
        check(yaml, attributes),
        [
            "src/pay.rs:2: circuit breaker 'payment' is not configured: did you mean 'payments' (<yaml>:1:41)?"
        ]
    );
}

#[test]
fn a_shared_configuration_that_there_is_not_is_found() {
    let of = |config| AttributeRecord {
        config: Some(config),
        ..named("payments")
    };
    assert_eq!(
        check("resilience4j: {}", vec![of("patient")]),
        [
            "src/pay.rs:1: circuit breaker 'payments' starts from the shared configuration `patient`, which there is not; there is none at all"
        ]
    );
    let registry = registry_of("resilience4j.circuitbreaker.configs.patient.slidingWindowSize: 10");
    registry
        .add_circuit_breaker_config("hasty", |config| config)
        .unwrap();
    assert_eq!(findings(&registry, vec![of("hasty")]), NOTHING);
    assert_eq!(
        findings(&registry, vec![of("patent")]),
        [
            "src/pay.rs:1: circuit breaker 'payments' starts from the shared configuration `patent`, which there is not; there are `hasty`, `patient`"
        ]
    );
    let elsewhere = AttributeRecord {
        registry: Some("&self.registry"),
        ..of("elsewhere")
    };
    assert_eq!(findings(&registry, vec![elsewhere]), NOTHING);
}

#[test]
fn two_attributes_that_disagree_about_a_name_are_found() {
    let attributes = vec![
        named("payments"),
        given(
            "payments",
            &[
                ("failure_rate_threshold", "50"),
                ("sliding_window_size", "5"),
            ],
        ),
        AttributeRecord {
            config: Some("default"),
            ..given(
                "payments",
                &[
                    ("sliding_window_size", "5"),
                    ("failure_rate_threshold", "25"),
                ],
            )
        },
        AttributeRecord {
            registry: Some("&self.registry"),
            ..given("payments", &[("sliding_window_size", "7")])
        },
        AttributeRecord {
            policy: Policy::Retry,
            ..given("payments", &[("max_attempts", "7")])
        },
    ];
    let yaml = "resilience4j.circuitbreaker.configs.default: {}";
    assert_eq!(
        check(yaml, attributes),
        [
            "src/pay.rs:3: circuit breaker 'payments' has other settings than at src/pay.rs:2: `config` is default here and not given there, `failure_rate_threshold` is 25 here and 50 there; those of the first that is called count"
        ]
    );
}

#[test]
fn an_attribute_that_drops_what_is_to_run_on_is_found() {
    let yaml = "
resilience4j.timelimiter:
  configs.default.cancelRunningFuture: false
  instances: {payments: {}, stock: {cancelRunningFuture: true}}
";
    let of = |name, settings| AttributeRecord {
        policy: Policy::TimeLimiter,
        ..given(name, settings)
    };
    let attributes = vec![
        of("payments", &[("timeout_duration", "1s")]),
        of(
            "payments",
            &[
                ("cancel_running_future", "false"),
                ("timeout_duration", "1s"),
            ],
        ),
        of("stock", &[]),
        // Of another policy, and not of that name.
        named("payments"),
        of("elsewhere", &[]),
    ];
    let of_late_calls: Vec<_> = check(yaml, attributes)
        .into_iter()
        .filter(|finding| finding.contains("run on"))
        .collect();
    assert_eq!(
        of_late_calls,
        [
            "src/pay.rs:1: time limiter 'payments' is to let calls that take too long run on, and this attribute drops them: add `cancel_running_future = false` to it, or `true` if they may be dropped"
        ]
    );
}
