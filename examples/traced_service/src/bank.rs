//! The bank. It is as good as the card that it is to charge.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use tracing::info_span;

use crate::headers::continue_trace;

/// Whether a slow card has been tried.
type Tried = Arc<AtomicBool>;

pub(crate) fn router() -> Router {
    Router::new()
        .route("/charge/{card}", post(charge))
        .with_state(Tried::default())
}

async fn charge(
    State(tried): State<Tried>,
    Path(card): Path<String>,
    headers: HeaderMap,
) -> (StatusCode, &'static str) {
    let span = info_span!("POST /charge", otel.kind = "server", card);
    continue_trace(&span, &headers);
    // Nothing is awaited in here.
    let _charging = span.entered();
    match card.as_str() {
        "fine" => (StatusCode::OK, "charged"),
        "slow" if tried.swap(true, Ordering::Relaxed) => (StatusCode::OK, "charged"),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "try again"),
    }
}
