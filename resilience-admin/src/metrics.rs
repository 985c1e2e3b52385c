//! The text for Prometheus.

use std::sync::Arc;

use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use resilience_runtime::Registry;

/// Writes the metrics of a registry.
pub(crate) type Renderer = Arc<dyn Fn(&Registry) -> String + Send + Sync>;

pub(crate) fn show(registry: &Registry, render: &Renderer) -> Response {
    let text = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    ([(CONTENT_TYPE, text)], render(registry)).into_response()
}
