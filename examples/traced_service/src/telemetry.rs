//! From `tracing` to OpenTelemetry.

use std::error::Error;

use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::{Dispatch, Level};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;

/// A subscriber that exports the spans of a service, and what is to be shut down when it ends.
pub(crate) fn exporting(
    service: &'static str,
    otlp: &str,
) -> Result<(Dispatch, SdkTracerProvider), Box<dyn Error + Send + Sync>> {
    let exporter = SpanExporter::builder()
        .with_http()
        .with_endpoint(format!("{otlp}/v1/traces"))
        .build()?;
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_resource(Resource::builder().with_service_name(service).build())
        .build();
    // Guarded calls are at DEBUG. What the HTTP libraries say at that level is nobody's business.
    let wanted = Targets::new()
        .with_target("traced_service", Level::INFO)
        .with_target("resilience4rs", Level::DEBUG);
    let subscriber = tracing_subscriber::registry()
        .with(wanted)
        .with(tracing_opentelemetry::layer().with_tracer(provider.tracer(service)));
    Ok((Dispatch::new(subscriber), provider))
}
