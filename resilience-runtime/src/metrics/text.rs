//! The text that Prometheus scrapes.

use std::collections::BTreeMap;

use prometheus::proto::{
    Counter, Gauge, LabelPair, Metric, MetricFamily as Proto, MetricType, Summary,
};
use prometheus::{Encoder, TextEncoder};

use super::family::{MetricFamily, MetricSample, MetricValue};
use crate::registry::Registry;

/// All metrics of a registry in Prometheus' text format, version 0.0.4, as Resilience4j's
/// `/actuator/prometheus` has them: a timer is a summary and a gauge of the longest.
///
/// See [`Registry::metric_families`] for what is counted, and since when.
///
/// ```
/// use resilience4rs::{Registry, prometheus_text};
///
/// let registry = Registry::builder().metrics(true).build();
/// let payments = registry.circuit_breaker("payments");
/// let _ = payments.call_blocking(|| Ok::<_, ()>(42));
///
/// let text = prometheus_text(&registry);
/// assert!(text.contains("# TYPE resilience4j_circuitbreaker_calls_seconds summary\n"));
/// let line = "resilience4j_circuitbreaker_calls_seconds_count{kind=\"successful\",name=\"payments\"} 1\n";
/// assert!(text.contains(line), "{text}");
/// ```
#[must_use]
pub fn prometheus_text(registry: &Registry) -> String {
    let families: Vec<Proto> = registry
        .metric_families()
        .iter()
        .flat_map(protos_of)
        .collect();
    let mut text = Vec::new();
    // It refuses families without name or values, of which there are none, and fails where writing
    // does, which it does not into memory.
    let encoded = TextEncoder::new().encode(&families, &mut text);
    debug_assert!(encoded.is_ok(), "{encoded:?}");
    String::from_utf8_lossy(&text).into_owned()
}

fn protos_of(family: &MetricFamily) -> Vec<Proto> {
    let name = family.prometheus_name();
    let help = family.help;
    let (mut values, mut longest) = (Vec::new(), Vec::new());
    let mut kind = MetricType::GAUGE;
    for sample in &family.samples {
        let mut metric = labelled(sample);
        match sample.value {
            MetricValue::Counter(value) => {
                kind = MetricType::COUNTER;
                let mut counter = Counter::default();
                counter.set_value(value);
                metric.set_counter(counter);
            }
            MetricValue::Gauge(value) => metric.set_gauge(gauge(value)),
            MetricValue::Timer {
                count,
                total_seconds,
                max_seconds,
            } => {
                kind = MetricType::SUMMARY;
                let mut summary = Summary::default();
                summary.set_sample_count(count);
                summary.set_sample_sum(total_seconds);
                metric.set_summary(summary);
                let mut max = labelled(sample);
                max.set_gauge(gauge(max_seconds));
                longest.push(max);
            }
        }
        values.push(metric);
    }
    let max_name = format!("{name}_max");
    let mut protos = vec![proto(name, help, kind, values)];
    if !longest.is_empty() {
        protos.push(proto(max_name, help, MetricType::GAUGE, longest));
    }
    protos
}

fn proto(name: String, help: &str, kind: MetricType, values: Vec<Metric>) -> Proto {
    let mut proto = Proto::default();
    proto.set_name(name);
    proto.set_help(help.to_owned());
    proto.set_field_type(kind);
    proto.set_metric(values);
    proto
}

fn gauge(value: f64) -> Gauge {
    let mut gauge = Gauge::default();
    gauge.set_value(value);
    gauge
}

fn labelled(sample: &MetricSample) -> Metric {
    // Different tags may come to the same name: the last one is taken, since two are not allowed.
    let labels: BTreeMap<String, &str> = sample
        .labels
        .iter()
        .map(|(key, value)| (label_name(key), value.as_str()))
        .collect();
    let pairs = labels.into_iter().map(|(key, value)| {
        let mut pair = LabelPair::default();
        pair.set_name(key);
        pair.set_value(value.to_owned());
        pair
    });
    Metric::from_label(pairs.collect())
}

/// As Micrometer names a label after a tag.
fn label_name(key: &str) -> String {
    let is_legal = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let name = key.replace(|character| !is_legal(character), "_");
    if name.starts_with(|first: char| first.is_ascii_alphabetic()) {
        name
    } else {
        format!("m_{name}")
    }
}
