//! The same values, whoever exports them.

use std::time::Duration;

use expect_test::expect_file;
use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use opentelemetry::metrics::MeterProvider;
use opentelemetry_sdk::metrics::data::{
    AggregatedMetrics, GaugeDataPoint, MetricData, ScopeMetrics, SumDataPoint,
};
use opentelemetry_sdk::metrics::{InMemoryMetricExporter, SdkMeterProvider};
use resilience4rs::{
    Clock, Registry, observe_with_opentelemetry, prometheus_text, publish_metrics,
};

fn registry() -> Registry {
    let time = Clock::manual();
    let registry = Registry::builder()
        .clock(&time)
        .metrics(true)
        .tag("region", "eu")
        .build();
    let breaker = registry.circuit_breaker("payments");
    let permit = breaker.try_acquire().unwrap();
    time.advance(Duration::from_millis(250));
    permit.success();
    breaker.transition_to_forced_open().unwrap();
    assert!(breaker.try_acquire().is_err());
    time.advance(Duration::from_secs(2));
    let _ = registry.retry("payments").call_blocking(|| Ok::<_, ()>(1));
    registry.rate_limiter("search");
    registry.bulkhead("db");
    registry
        .thread_pool_bulkhead_with("reports", |config| {
            config
                .core_thread_pool_size(2)
                .max_thread_pool_size(4)
                .queue_capacity(10)
        })
        .unwrap();
    registry.time_limiter("search");
    registry
}

#[test]
fn the_page_that_prometheus_scrapes() {
    expect_file!["page.txt"].assert_eq(&prometheus_text(&registry()));
}

#[test]
fn through_the_facade() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    metrics::with_local_recorder(&recorder, || {
        publish_metrics(&registry());
    });
    let known = snapshotter.snapshot().into_vec();
    let value = |name: &str, kind: &str| {
        let mut known = known.iter();
        let found = known.find(|(key, ..)| {
            let is_kind = |label: &metrics::Label| label.value() == kind;
            key.key().name() == name && (kind.is_empty() || key.key().labels().any(is_kind))
        });
        found.map(|(_, unit, help, value)| (*unit, help.clone().unwrap().to_string(), value))
    };
    let calls = "resilience4j_circuitbreaker_calls_seconds";
    let (_, help, count) = value(&format!("{calls}_count"), "successful").unwrap();
    assert_eq!(
        (help.as_str(), count),
        ("Total number of successful calls", &DebugValue::Counter(1))
    );
    let (unit, _, sum) = value(&format!("{calls}_sum"), "successful").unwrap();
    assert_eq!(
        (unit, sum),
        (
            Some(metrics::Unit::Seconds),
            &DebugValue::Gauge(0.25.into())
        )
    );
    let state = value("resilience4j_circuitbreaker_state", "forced_open").unwrap();
    assert_eq!(state.2, &DebugValue::Gauge(1.0.into()));
    let seconds = value(
        "resilience4rs_circuitbreaker_state_seconds_total",
        "forced_open",
    )
    .unwrap();
    assert_eq!(seconds.2, &DebugValue::Gauge(2.0.into()));
    let retried = value("resilience4j_retry_calls_total", "successful_without_retry").unwrap();
    assert_eq!(retried.2, &DebugValue::Counter(1));
}

#[test]
fn as_instruments_of_opentelemetry() {
    let exporter = InMemoryMetricExporter::default();
    let provider = SdkMeterProvider::builder()
        .with_periodic_exporter(exporter.clone())
        .build();
    let registry = registry();
    observe_with_opentelemetry(&registry, &provider.meter("resilience4rs"));
    let kind = |name: &str| {
        let finished = exporter.get_finished_metrics().unwrap();
        let last = finished.last().unwrap();
        let mut metrics = last.scope_metrics().flat_map(ScopeMetrics::metrics);
        let metric = metrics.find(|metric| metric.name() == name)?;
        let AggregatedMetrics::F64(data) = metric.data() else {
            panic!("{name}: {:?}", metric.data());
        };
        Some(match data {
            MetricData::Gauge(gauge) => (
                "gauge",
                gauge.data_points().map(GaugeDataPoint::value).sum::<f64>(),
            ),
            MetricData::Sum(sum) if sum.is_monotonic() => {
                ("counter", sum.data_points().map(SumDataPoint::value).sum())
            }
            MetricData::Sum(sum) => ("sum", sum.data_points().map(SumDataPoint::value).sum()),
            other => panic!("{name}: {other:?}"),
        })
    };
    provider.force_flush().unwrap();
    assert_eq!(
        kind("resilience4j.circuitbreaker.state"),
        Some(("gauge", 1.0))
    );
    assert_eq!(
        kind("resilience4j.circuitbreaker.calls.seconds.count"),
        Some(("sum", 1.0))
    );
    assert_eq!(
        kind("resilience4j.circuitbreaker.calls.seconds.sum"),
        Some(("sum", 0.25))
    );
    assert_eq!(
        kind("resilience4j.circuitbreaker.calls.seconds.max"),
        Some(("gauge", 0.25))
    );
    assert_eq!(kind("resilience4j.retry.calls"), Some(("counter", 1.0)));
    // Read anew for each collection.
    let _ = registry.retry("payments").call_blocking(|| Ok::<_, ()>(1));
    provider.force_flush().unwrap();
    assert_eq!(kind("resilience4j.retry.calls"), Some(("counter", 2.0)));
}
