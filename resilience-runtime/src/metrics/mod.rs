//! All metrics of a registry, read at once: plain values, whoever exports them.
//!
//! The exporters (`text`, `facade`, `otel`) know nothing of policies, and the policies (`families`)
//! nothing of exporters.

mod collect;
#[cfg(feature = "metrics")]
mod facade;
mod families;
mod family;
mod labels;
#[cfg(feature = "opentelemetry")]
mod otel;
#[cfg(feature = "prometheus")]
mod text;

#[cfg(feature = "metrics")]
pub use facade::publish_metrics;
pub use family::{MetricFamily, MetricKind, MetricSample, MetricValue};
#[cfg(feature = "opentelemetry")]
pub use otel::observe_with_opentelemetry;
#[cfg(feature = "prometheus")]
pub use text::prometheus_text;
