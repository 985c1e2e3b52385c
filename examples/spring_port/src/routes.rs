//! Java's two controllers.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;
use resilience4rs::Registry;

use crate::backend_a::BackendA;
use crate::backend_b::BackendB;
use crate::connector::{Answer, Connector};

type Of<C> = State<Arc<C>>;

pub(crate) fn backend_a(registry: &Registry) -> Router {
    type A = Of<BackendA>;
    of_connector()
        .route(
            "/badRequest",
            get(async |State(a): A| a.bad_request().await),
        )
        .route("/recovery", get(recovery))
        .route("/fallback/{order}", get(fallback_by_type))
        .route("/timeout", get(async |State(a): A| a.timeout().await))
        .route(
            "/timeoutWithFallback",
            get(async |State(a): A| a.timeout_with_fallback().await),
        )
        .route("/limited", get(async |State(a): A| a.limited().await))
        .route(
            "/futureSuccess",
            get(async |State(a): A| a.future_success().await),
        )
        .route(
            "/futureFailure",
            get(async |State(a): A| a.future_failure().await),
        )
        .route(
            "/futureTimeout",
            get(async |State(a): A| a.future_timeout().await),
        )
        .route(
            "/blockingSuccess",
            get(async |State(a): A| on_a_thread(move || a.blocking_success()).await),
        )
        .route(
            "/blockingFailure",
            get(async |State(a): A| on_a_thread(move || a.blocking_failure()).await),
        )
        .with_state(Arc::new(BackendA::new(registry)))
}

pub(crate) fn backend_b(registry: &Registry) -> Router {
    type B = Of<BackendB>;
    of_connector()
        .route("/limited", get(async |State(b): B| b.limited().await))
        .route("/decorated", get(async |State(b): B| b.decorated().await))
        .with_state(Arc::new(BackendB::new(registry)))
}

fn of_connector<C: Connector>() -> Router<Arc<C>> {
    Router::new()
        .route("/success", get(async |State(c): Of<C>| c.success().await))
        .route("/failure", get(async |State(c): Of<C>| c.failure().await))
        .route("/ignore", get(async |State(c): Of<C>| c.ignore().await))
        .route(
            "/slowSuccess",
            get(async |State(c): Of<C>| c.slow_success().await),
        )
        .route("/fallback", get(async |State(c): Of<C>| c.fallback().await))
}

async fn recovery(State(a): Of<BackendA>) -> Answer {
    a.recovery(&mut 0).await
}

async fn fallback_by_type(State(a): Of<BackendA>, Path(order): Path<String>) -> Answer {
    a.fallback_by_type(&order).await
}

/// A plain method would hold up the thread that serves others.
async fn on_a_thread(call: impl FnOnce() -> Answer + Send + 'static) -> Answer {
    let called = tokio::task::spawn_blocking(call).await;
    called.unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic()))
}
