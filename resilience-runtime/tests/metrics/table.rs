//! Resilience4j's own table: every meter, with its type, labels, description and Prometheus name.

use std::collections::BTreeSet;

use resilience4rs::{MetricKind, Registry};

use crate::{family, label};

/// Name, kind, label and its values, description, name in Prometheus: section 12.1 of the specification.
/// `resilience4j.timer.calls` is made with the first call of a timer, of which there are none here.
type Row = (
    &'static str,
    MetricKind,
    &'static str,
    &'static [&'static str],
    &'static str,
    &'static str,
);

#[rustfmt::skip]
const TABLE: &[Row] = &[
    ("resilience4j.circuitbreaker.calls", MetricKind::Timer, "kind", &["successful", "failed", "ignored"], "Total number of successful calls", "resilience4j_circuitbreaker_calls_seconds"),
    ("resilience4j.circuitbreaker.not.permitted.calls", MetricKind::Counter, "kind", &["not_permitted"], "Total number of not permitted calls", "resilience4j_circuitbreaker_not_permitted_calls_total"),
    ("resilience4j.circuitbreaker.state", MetricKind::Gauge, "state", &["disabled", "metrics_only", "closed", "open", "forced_open", "half_open"], "The states of the circuit breaker", "resilience4j_circuitbreaker_state"),
    ("resilience4j.circuitbreaker.buffered.calls", MetricKind::Gauge, "kind", &["failed", "successful"], "The number of buffered failed calls stored in the ring buffer", "resilience4j_circuitbreaker_buffered_calls"),
    ("resilience4j.circuitbreaker.slow.calls", MetricKind::Gauge, "kind", &["successful", "failed"], "The number of slow successful which were slower than a certain threshold", "resilience4j_circuitbreaker_slow_calls"),
    ("resilience4j.circuitbreaker.failure.rate", MetricKind::Gauge, "", &[], "The failure rate of the circuit breaker", "resilience4j_circuitbreaker_failure_rate"),
    ("resilience4j.circuitbreaker.slow.call.rate", MetricKind::Gauge, "", &[], "The slow call of the circuit breaker", "resilience4j_circuitbreaker_slow_call_rate"),
    ("resilience4j.retry.calls", MetricKind::Counter, "kind", &["successful_without_retry", "successful_with_retry", "failed_without_retry", "failed_with_retry"], "The number of successful calls without a retry attempt", "resilience4j_retry_calls_total"),
    ("resilience4j.ratelimiter.available.permissions", MetricKind::Gauge, "", &[], "The number of available permissions", "resilience4j_ratelimiter_available_permissions"),
    ("resilience4j.ratelimiter.waiting_threads", MetricKind::Gauge, "", &[], "The number of waiting threads", "resilience4j_ratelimiter_waiting_threads"),
    ("resilience4j.bulkhead.available.concurrent.calls", MetricKind::Gauge, "", &[], "The number of available permissions", "resilience4j_bulkhead_available_concurrent_calls"),
    ("resilience4j.bulkhead.max.allowed.concurrent.calls", MetricKind::Gauge, "", &[], "The maximum number of available permissions", "resilience4j_bulkhead_max_allowed_concurrent_calls"),
    ("resilience4j.bulkhead.queue.depth", MetricKind::Gauge, "", &[], "The queue depth", "resilience4j_bulkhead_queue_depth"),
    ("resilience4j.bulkhead.queue.capacity", MetricKind::Gauge, "", &[], "The queue capacity", "resilience4j_bulkhead_queue_capacity"),
    ("resilience4j.bulkhead.thread.pool.size", MetricKind::Gauge, "", &[], "The thread pool size", "resilience4j_bulkhead_thread_pool_size"),
    ("resilience4j.bulkhead.max.thread.pool.size", MetricKind::Gauge, "", &[], "The maximum thread pool size", "resilience4j_bulkhead_max_thread_pool_size"),
    ("resilience4j.bulkhead.core.thread.pool.size", MetricKind::Gauge, "", &[], "The core thread pool size", "resilience4j_bulkhead_core_thread_pool_size"),
    ("resilience4j.bulkhead.active.thread.count", MetricKind::Gauge, "", &[], "The number of active threads", "resilience4j_bulkhead_active_thread_count"),
    ("resilience4j.bulkhead.available.thread.count", MetricKind::Gauge, "", &[], "The number of available threads", "resilience4j_bulkhead_available_thread_count"),
    ("resilience4j.timelimiter.calls", MetricKind::Counter, "kind", &["successful", "failed", "timeout"], "The number of successful calls", "resilience4j_timelimiter_calls_total"),
    ("resilience4j.thread.virtual_thread_enabled", MetricKind::Gauge, "", &[], "Whether virtual threads are enabled in Resilience4j (1.0 = enabled, 0.0 = disabled)", "resilience4j_thread_virtual_thread_enabled"),
];

/// What the panels of Resilience4j's Grafana dashboard ask for.
const DASHBOARD: &[&str] = &[
    "resilience4j_circuitbreaker_state{",
    "resilience4j_circuitbreaker_failure_rate{",
    "resilience4j_circuitbreaker_calls_seconds_count{",
    "resilience4j_circuitbreaker_calls_seconds_sum{",
    "resilience4j_circuitbreaker_buffered_calls{",
    "resilience4j_circuitbreaker_max_buffered_calls{",
    "resilience4j_retry_calls_total{",
    "resilience4j_bulkhead_available_concurrent_calls{",
    "resilience4j_bulkhead_max_allowed_concurrent_calls{",
];

pub(crate) fn one_of_each() -> Registry {
    let registry = Registry::builder().tag("region", "eu").build();
    registry.circuit_breaker("one");
    registry.retry("one");
    registry.rate_limiter("one");
    registry.bulkhead("one");
    registry.thread_pool_bulkhead("one");
    registry.time_limiter("one");
    registry
}

#[test]
fn every_meter_of_the_specification_is_there() {
    let registry = one_of_each();
    for (name, kind, key, values, help, prometheus_name) in TABLE {
        let family = family(&registry, name);
        assert_eq!(family.kind, *kind, "{name}");
        assert_eq!(family.help, *help, "{name}");
        assert_eq!(family.prometheus_name(), *prometheus_name);
        let is_of_no_instance = *name == "resilience4j.thread.virtual_thread_enabled";
        let mut keys: BTreeSet<&str> = BTreeSet::from(["name", "region"]);
        if !key.is_empty() {
            keys.insert(key);
        }
        if is_of_no_instance {
            keys.clear();
        }
        for sample in &family.samples {
            let known: BTreeSet<_> = sample.labels.iter().map(|(key, _)| key.as_str()).collect();
            assert_eq!(known, keys, "{name}");
        }
        let known: BTreeSet<_> = family.samples.iter().map(|one| label(one, key)).collect();
        let wanted: BTreeSet<_> = values.iter().copied().collect();
        if !key.is_empty() {
            assert_eq!(known, wanted, "{name}");
        }
        assert_eq!(family.samples.len(), values.len().max(1), "{name}");
    }
}

#[test]
fn what_is_not_of_the_specification_is_ours_by_name() {
    let known: BTreeSet<_> = TABLE.iter().map(|row| row.0).collect();
    for family in one_of_each().metric_families() {
        let is_for_the_dashboard = family.name == "resilience4j.circuitbreaker.max.buffered.calls";
        assert!(
            known.contains(family.name)
                || is_for_the_dashboard
                || family.name.starts_with("resilience4rs."),
            "{}",
            family.name
        );
    }
}

#[test]
fn every_panel_of_the_dashboard_has_data() {
    let text = resilience4rs::prometheus_text(&one_of_each());
    for start in DASHBOARD {
        assert!(text.lines().any(|line| line.starts_with(start)), "{start}");
    }
}
