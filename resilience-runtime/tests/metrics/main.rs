//! What a registry exports: names, kinds, descriptions, labels and values.
#![allow(clippy::unwrap_used, reason = "a test")]
#![allow(clippy::float_cmp, reason = "whole numbers, and quarters")]

mod bounds;
mod exporters;
mod storm;
mod table;
mod values;

use resilience4rs::{MetricFamily, MetricSample, MetricValue, Registry};

fn family(registry: &Registry, name: &str) -> MetricFamily {
    let families = registry.metric_families();
    let family = families.into_iter().find(|family| family.name == name);
    family.unwrap_or_else(|| panic!("there is no {name}"))
}

fn label<'a>(sample: &'a MetricSample, key: &str) -> &'a str {
    let found = sample.labels.iter().find(|(known, _)| known == key);
    found.map_or("", |(_, value)| value)
}

/// The value of the only sample whose labels are these, among others.
fn value(registry: &Registry, name: &str, labels: &[(&str, &str)]) -> f64 {
    let family = family(registry, name);
    let mut found = family.samples.iter().filter(|sample| {
        let mut wanted = labels.iter();
        wanted.all(|(key, value)| label(sample, key) == *value)
    });
    let sample = found.next().unwrap_or_else(|| panic!("{name} {labels:?}"));
    assert!(found.next().is_none(), "{name} {labels:?} is not one");
    match sample.value {
        MetricValue::Counter(value) | MetricValue::Gauge(value) => value,
        MetricValue::Timer { count, .. } => count as f64,
        _ => f64::NAN,
    }
}
