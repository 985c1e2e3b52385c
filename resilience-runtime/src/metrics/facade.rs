//! Through the facade of the crate `metrics`.

use ::metrics::{
    Key, KeyName, Label, Level, Metadata, Recorder, SharedString, Unit, with_recorder,
};

use super::family::{MetricFamily, MetricKind, MetricValue};
use crate::registry::Registry;

/// Tells the recorder of the crate `metrics` what all metrics of a registry are now: to be called when
/// they are about to be read, for example before a `PrometheusHandle` renders them.
///
/// Names are those of Prometheus. The facade has no summary that others have summed up, and counters
/// of whole numbers only, so of a timer there is the counter `.._seconds_count` and, as gauges,
/// `.._seconds_sum` and `.._seconds_max`; seconds in a state are a gauge, too. What is said once of an
/// instance stays with the recorder when the instance is gone: where names come from outside, let it
/// forget what is idle.
///
/// See [`Registry::metric_families`] for what is counted, and since when.
///
/// ```
/// use metrics_util::debugging::{DebugValue, DebuggingRecorder};
/// use resilience4rs::{Registry, publish_metrics};
///
/// let registry = Registry::builder().metrics(true).build();
/// let _ = registry.circuit_breaker("payments").call_blocking(|| Ok::<_, ()>(42));
///
/// let recorder = DebuggingRecorder::new();
/// let snapshotter = recorder.snapshotter();
/// // A service installs its recorder once, for the whole process.
/// metrics::with_local_recorder(&recorder, || publish_metrics(&registry));
///
/// let metrics = snapshotter.snapshot().into_vec();
/// let (_, _, _, started) = metrics
///     .iter()
///     .find(|(key, ..)| key.key().name() == "resilience4rs_circuitbreaker_started_calls_total")
///     .unwrap();
/// assert_eq!(*started, DebugValue::Counter(1));
/// ```
pub fn publish_metrics(registry: &Registry) {
    let families = registry.metric_families();
    with_recorder(|recorder| {
        for family in &families {
            publish(recorder, family);
        }
    });
}

const METADATA: Metadata<'static> =
    Metadata::new(module_path!(), Level::INFO, Some(module_path!()));

fn publish(recorder: &dyn Recorder, family: &MetricFamily) {
    let name = family.prometheus_name();
    let to = Publication {
        recorder,
        help: family.help,
    };
    // Whole numbers can be counters. None is beyond what a float holds exactly.
    let is_whole = !family.name.ends_with(".seconds");
    match family.kind {
        MetricKind::Counter if is_whole => to.describe_counter(&name),
        MetricKind::Counter => to.describe_gauge(&name, Some(Unit::Seconds)),
        MetricKind::Gauge => to.describe_gauge(&name, None),
        MetricKind::Timer => {
            to.describe_counter(&format!("{name}_count"));
            to.describe_gauge(&format!("{name}_sum"), Some(Unit::Seconds));
            to.describe_gauge(&format!("{name}_max"), Some(Unit::Seconds));
        }
    }
    for sample in &family.samples {
        let labels: Vec<Label> = sample.labels.iter().map(Label::from).collect();
        match sample.value {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "it was a whole number before"
            )]
            MetricValue::Counter(value) if is_whole => to.count(&name, labels, value as u64),
            MetricValue::Counter(value) | MetricValue::Gauge(value) => {
                to.gauge(&name, labels, value);
            }
            MetricValue::Timer {
                count,
                total_seconds,
                max_seconds,
            } => {
                to.count(&format!("{name}_count"), labels.clone(), count);
                to.gauge(&format!("{name}_sum"), labels.clone(), total_seconds);
                to.gauge(&format!("{name}_max"), labels, max_seconds);
            }
        }
    }
}

/// Where the values of a family go.
#[derive(Clone, Copy)]
struct Publication<'a> {
    recorder: &'a dyn Recorder,
    help: &'static str,
}

impl Publication<'_> {
    fn describe_counter(self, name: &str) {
        self.recorder
            .describe_counter(key_name(name), None, SharedString::const_str(self.help));
    }

    fn describe_gauge(self, name: &str, unit: Option<Unit>) {
        self.recorder
            .describe_gauge(key_name(name), unit, SharedString::const_str(self.help));
    }

    fn count(self, name: &str, labels: Vec<Label>, value: u64) {
        let key = Key::from_parts(name.to_owned(), labels);
        self.recorder
            .register_counter(&key, &METADATA)
            .absolute(value);
    }

    fn gauge(self, name: &str, labels: Vec<Label>, value: f64) {
        let key = Key::from_parts(name.to_owned(), labels);
        self.recorder.register_gauge(&key, &METADATA).set(value);
    }
}

fn key_name(name: &str) -> KeyName {
    KeyName::from(name.to_owned())
}
