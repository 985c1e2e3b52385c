//! Labels are bounded, however instances are called, and policies can be left out.

use resilience4rs::{Policy, Registry, prometheus_text};

#[test]
fn label_values_are_bounded_and_instances_remain_apart() {
    let registry = Registry::new();
    let long = "x".repeat(5_000);
    registry.retry(&format!("{long}1"));
    registry.retry(&format!("{long}2"));
    registry.retry("two\nlines");
    registry.set_tags(Policy::Retry, "two\nlines", [("team", "y".repeat(300))]);
    let family = crate::family(&registry, "resilience4rs.retry.attempts");
    let mut names: Vec<_> = family
        .samples
        .iter()
        .map(|one| crate::label(one, "name"))
        .collect();
    assert!(
        names
            .iter()
            .all(|name| name.len() <= 200 && !name.contains('\n'))
    );
    names.dedup();
    assert_eq!(names.len(), 3);
    let teams = family
        .samples
        .iter()
        .map(|one| crate::label(one, "team").len());
    assert_eq!(teams.max(), Some(200));
}

#[test]
fn names_are_at_most_as_many_as_instances_may_be() {
    let registry = Registry::builder().max_instances(20).metrics(true).build();
    for tenant in 0..500 {
        let breaker = registry.circuit_breaker(&format!("tenant {tenant}"));
        breaker.try_acquire().unwrap().success();
    }
    let family = crate::family(&registry, "resilience4rs.circuitbreaker.started.calls");
    assert_eq!(family.samples.len(), 20);
}

#[test]
fn a_tag_cannot_take_the_place_of_a_label_and_labels_are_escaped() {
    let registry = Registry::builder()
        .tag("name", "no")
        .tag("data-center", "a")
        .build();
    registry.rate_limiter("say \"hi\" \\ bye");
    let text = prometheus_text(&registry);
    let line =
        r#"resilience4j_ratelimiter_waiting_threads{data_center="a",name="say \"hi\" \\ bye"} 0"#;
    assert!(text.lines().any(|known| known == line), "{text}");
}

#[test]
fn a_policy_is_left_out_where_the_configuration_says_so() {
    let configuration = resilience4rs::configuration::Configuration::from_yaml_str(
        "resilience4j.retry.metrics.enabled: false\nresilience4j.bulkhead.tags: {tier: '1'}",
    )
    .unwrap();
    let registry = Registry::builder().configuration(configuration).build();
    registry.retry("payments");
    registry.bulkhead("payments");
    let families = registry.metric_families();
    assert!(
        families
            .iter()
            .all(|family| !family.name.contains(".retry."))
    );
    let family = crate::family(&registry, "resilience4rs.bulkhead.waiting.calls");
    assert_eq!(crate::label(&family.samples[0], "tier"), "1");
}
