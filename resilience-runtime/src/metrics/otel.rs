//! As observable instruments of OpenTelemetry.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use opentelemetry::KeyValue;
use opentelemetry::metrics::{AsyncInstrument, Meter};

use super::collect::Definition;
use super::families::DEFINITIONS;
use super::family::{MetricFamily, MetricKind, MetricSample, MetricValue};
use crate::registry::{Registry, WeakRegistry};

/// Makes an observable instrument of each metric of a registry, which a reader of the meter's provider
/// asks whenever it collects. The instruments do not keep the registry alive.
///
/// Names are Micrometer's, with dots; on the way to Prometheus they become Resilience4j's. A summary
/// cannot be observed, so of a timer there are `..calls.seconds.count` and `..calls.seconds.sum`, as
/// sums that could go up and down, since Prometheus would add `_total` to the name of a counter, and the
/// gauge `..calls.seconds.max`.
///
/// Breakers count from now on at the latest; see [`Registry::metric_families`].
///
/// ```
/// use opentelemetry::metrics::MeterProvider;
/// use opentelemetry_sdk::metrics::{InMemoryMetricExporter, SdkMeterProvider};
/// use resilience4rs::{Registry, observe_with_opentelemetry};
///
/// let registry = Registry::new();
/// registry.bulkhead("db");
/// let exporter = InMemoryMetricExporter::default();
/// let provider = SdkMeterProvider::builder().with_periodic_exporter(exporter.clone()).build();
/// observe_with_opentelemetry(&registry, &provider.meter("resilience4rs"));
///
/// provider.force_flush().unwrap();
/// let finished = exporter.get_finished_metrics().unwrap();
/// let metrics = finished[0].scope_metrics().flat_map(|scope| scope.metrics());
/// let names: Vec<_> = metrics.map(|metric| metric.name()).collect();
/// assert!(names.contains(&"resilience4j.bulkhead.available.concurrent.calls"));
/// ```
pub fn observe_with_opentelemetry(registry: &Registry, meter: &Meter) {
    // What is read now is of no use, but from now on it is counted.
    drop(registry.metric_families());
    let source = Arc::new(Source {
        registry: registry.downgrade(),
        last: Mutex::default(),
    });
    for definition in DEFINITIONS.iter().flat_map(|some| some.iter()) {
        observe(meter, &source, definition);
    }
}

fn observe(meter: &Meter, source: &Arc<Source>, definition: &Definition) {
    let Definition { name, help, kind } = *definition;
    let watch = |part: &'static str, value: fn(&MetricValue) -> f64| {
        let source = Arc::clone(source);
        move |observer: &dyn AsyncInstrument<f64>| {
            for sample in source.samples(name, part) {
                observer.observe(value(&sample.value), &attributes(&sample));
            }
        }
    };
    match kind {
        MetricKind::Counter => {
            let counter = meter.f64_observable_counter(name).with_description(help);
            counter.with_callback(watch("", plain)).build();
        }
        MetricKind::Gauge => {
            let gauge = meter.f64_observable_gauge(name).with_description(help);
            gauge.with_callback(watch("", plain)).build();
        }
        MetricKind::Timer => {
            for (part, value) in [("count", count as fn(&_) -> _), ("sum", total)] {
                let sum = meter.f64_observable_up_down_counter(format!("{name}.seconds.{part}"));
                let sum = sum.with_description(help);
                sum.with_callback(watch(part, value)).build();
            }
            let longest = meter.f64_observable_gauge(format!("{name}.seconds.max"));
            let longest = longest.with_description(help);
            longest.with_callback(watch("max", max)).build();
        }
    }
}

fn plain(value: &MetricValue) -> f64 {
    match value {
        MetricValue::Counter(value) | MetricValue::Gauge(value) => *value,
        MetricValue::Timer { count, .. } => *count as f64,
    }
}

fn count(value: &MetricValue) -> f64 {
    plain(value)
}

fn total(value: &MetricValue) -> f64 {
    match value {
        MetricValue::Timer { total_seconds, .. } => *total_seconds,
        other => plain(other),
    }
}

fn max(value: &MetricValue) -> f64 {
    match value {
        MetricValue::Timer { max_seconds, .. } => *max_seconds,
        other => plain(other),
    }
}

fn attributes(sample: &MetricSample) -> Vec<KeyValue> {
    let labels = sample.labels.iter();
    labels
        .map(|(key, value)| KeyValue::new(key.clone(), value.clone()))
        .collect()
}

/// The metrics of a registry, read once for all instruments that are asked in one go.
struct Source {
    registry: WeakRegistry,
    last: Mutex<Option<Last>>,
}

struct Last {
    families: Vec<MetricFamily>,
    read_at: Instant,
    /// Which instruments have had it: one that asks again is in the next collection.
    taken: HashSet<(&'static str, &'static str)>,
}

/// What is older belongs to another collection, whoever asks.
const LONGEST_COLLECTION: Duration = Duration::from_secs(1);

impl Source {
    fn samples(&self, name: &'static str, part: &'static str) -> Vec<MetricSample> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let known = last.take().filter(|last| {
            !last.taken.contains(&(name, part)) && last.read_at.elapsed() < LONGEST_COLLECTION
        });
        let last = last.insert(match known {
            Some(known) => known,
            None => Last {
                families: self
                    .registry
                    .upgrade()
                    .map(|registry| registry.metric_families())
                    .unwrap_or_default(),
                read_at: Instant::now(),
                taken: HashSet::new(),
            },
        });
        last.taken.insert((name, part));
        let family = last.families.iter().find(|family| family.name == name);
        family
            .map(|family| family.samples.clone())
            .unwrap_or_default()
    }
}
