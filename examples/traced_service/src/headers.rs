//! The trace, from one service to the next: as W3C has it, in the header `traceparent`.

use axum::http::HeaderMap;
use opentelemetry::global;
use opentelemetry_http::{HeaderExtractor, HeaderInjector};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

pub(crate) fn use_trace_context() {
    global::set_text_map_propagator(TraceContextPropagator::new());
}

/// Goes on with the trace of whoever sent these headers, in this span.
pub(crate) fn continue_trace(span: &Span, headers: &HeaderMap) {
    let sender =
        global::get_text_map_propagator(|propagator| propagator.extract(&HeaderExtractor(headers)));
    // A span that nobody records has no trace to go on with.
    drop(span.set_parent(sender));
}

/// The headers by which the next service goes on with the trace of this span.
pub(crate) fn of_trace(span: &Span) -> HeaderMap {
    let mut headers = HeaderMap::new();
    global::get_text_map_propagator(|propagator| {
        propagator.inject_context(&span.context(), &mut HeaderInjector(&mut headers));
    });
    headers
}
