//! What the endpoints share, and where each is.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, OriginalUri, Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use resilience_runtime::Registry;
use tokio::sync::{Semaphore, watch};

use crate::access::{Access, AccessRequest, Authorizer};
use crate::builder::AdminBuilder;
use crate::health::Indicators;
use crate::kind::Kind;
use crate::problem::Problem;
use crate::target::Target;
use crate::{bounds, breakers, dashboard, event_list, health_routes, links, sse, update};

/// The endpoints of a registry: a handle, cheap to clone.
///
/// ```
/// use resilience_admin::Admin;
/// use resilience4rs::Registry;
///
/// let admin = Admin::builder(Registry::global()).build();
/// let app: axum::Router = axum::Router::new().merge(admin.router());
/// assert_eq!(admin.open_streams(), 0);
/// ```
#[derive(Clone)]
pub struct Admin {
    shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) registry: Registry,
    pub(crate) base_path: String,
    pub(crate) authorizer: Option<Arc<dyn Authorizer>>,
    pub(crate) protects_reads: bool,
    pub(crate) allowed_origins: Vec<String>,
    pub(crate) stream_places: Arc<Semaphore>,
    pub(crate) max_streams: usize,
    pub(crate) stream_capacity: usize,
    pub(crate) heartbeat: Duration,
    /// Whether the service is about to end, and with it the streams.
    pub(crate) is_ending: watch::Sender<bool>,
    pub(crate) indicators: Indicators,
    #[cfg(feature = "prometheus")]
    pub(crate) metrics: crate::metrics::Renderer,
}

type AnyState = State<Arc<Shared>>;

impl Admin {
    /// Endpoints to be set up for a registry.
    pub fn builder(registry: &Registry) -> AdminBuilder {
        AdminBuilder::new(registry)
    }

    pub(crate) fn new(shared: Shared) -> Self {
        Self {
            shared: Arc::new(shared),
        }
    }

    /// The endpoints, to be merged into a service's own router or nested in it.
    pub fn router(&self) -> Router {
        let at = |path: &str| format!("{}{path}", self.shared.base_path);
        let root = match self.shared.base_path.as_str() {
            "" => "/",
            base => base,
        };
        let mut guarded = Router::new()
            .route(root, get(show_links))
            .route(&at("/health"), get(whole_health))
            .route(&at("/health/{component}"), get(part_of_health))
            .route(
                &at("/circuitbreakers/{instance}"),
                get(show_breaker).post(update_breaker),
            );
        for kind in Kind::ALL {
            let words = kind.words();
            guarded = guarded.route(&at(&format!("/{}", words.list)), listing(kind));
            for rest in ["", "/{instance}", "/{instance}/{event_type}"] {
                let events = format!("/{}{rest}", words.events);
                let stream = format!("/stream{}{rest}", words.events);
                guarded = guarded
                    .route(&at(&events), events_of(kind))
                    .route(&at(&stream), stream_of(kind));
            }
        }
        #[cfg(feature = "prometheus")]
        {
            guarded = guarded.route(&at("/prometheus"), get(show_metrics));
        }
        guarded
            .layer(from_fn_with_state(Arc::clone(&self.shared), guard_reads))
            .route(
                &at("/health/liveness"),
                get(async || health_routes::liveness()),
            )
            .route(&at("/health/readiness"), get(readiness))
            .route(&at("/resilience"), get(async || dashboard::page()))
            .layer(DefaultBodyLimit::max(update::LARGEST_BODY))
            .layer(from_fn(bounds::hold))
            .with_state(Arc::clone(&self.shared))
    }

    /// Ends all streams of live events, and opens no others: for a shutdown, which would wait for them.
    ///
    /// ```no_run
    /// # async fn serve(admin: resilience_admin::Admin, listener: tokio::net::TcpListener) {
    /// let ending = admin.clone();
    /// axum::serve(listener, admin.router())
    ///     .with_graceful_shutdown(async move {
    /// #       let asked_to_end = std::future::pending::<()>();
    ///         asked_to_end.await;
    ///         ending.end_streams();
    ///     })
    ///     .await
    ///     .unwrap();
    /// # }
    /// ```
    pub fn end_streams(&self) {
        self.shared.stream_places.close();
        self.shared.is_ending.send_replace(true);
    }

    /// How many streams of live events are open.
    #[must_use]
    pub fn open_streams(&self) -> usize {
        self.shared.max_streams - self.shared.stream_places.available_permits()
    }
}

/// Whoever is asking may read.
async fn guard_reads(State(shared): AnyState, request: Request, next: Next) -> Response {
    let is_read = request.method().is_safe();
    if !is_read || !shared.protects_reads {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let answer = match &shared.authorizer {
        None => Err(Problem::forbidden(
            "this service lets nobody read: `AdminBuilder::authorizer` is how it would say who may",
        )),
        Some(authorizer) => authorizer
            .authorize(&AccessRequest::new(&parts, Access::Read))
            .map_err(Problem::from),
    };
    match answer {
        Ok(_) => next.run(Request::from_parts(parts, body)).await,
        Err(problem) => problem.into_response(),
    }
}

async fn show_links(OriginalUri(uri): OriginalUri) -> Response {
    links::list(&uri)
}

async fn whole_health(State(shared): AnyState) -> Response {
    health_routes::whole(&shared)
}

async fn part_of_health(State(shared): AnyState, target: Target) -> Result<Response, Problem> {
    health_routes::component(&shared, &target.component.unwrap_or_default())
}

async fn readiness(State(shared): AnyState) -> Response {
    health_routes::readiness(&shared)
}

async fn show_breaker(State(shared): AnyState, target: Target) -> Result<Response, Problem> {
    breakers::show(&shared.registry, &target.instance.unwrap_or_default())
}

async fn update_breaker(
    State(shared): AnyState,
    target: Result<Target, Problem>,
    request: Request,
) -> Result<Response, Problem> {
    let name = target.map(|target| target.instance.unwrap_or_default());
    update::update(&shared, name, request).await
}

fn listing(kind: Kind) -> MethodRouter<Arc<Shared>> {
    get(async move |State(shared): AnyState| breakers::list(&shared.registry, kind))
}

fn events_of(kind: Kind) -> MethodRouter<Arc<Shared>> {
    get(async move |State(shared): AnyState, target: Target| {
        event_list::list(&shared.registry, kind, &target)
    })
}

fn stream_of(kind: Kind) -> MethodRouter<Arc<Shared>> {
    get(async move |State(shared): AnyState, target: Target| sse::stream(&shared, kind, &target))
}

#[cfg(feature = "prometheus")]
async fn show_metrics(State(shared): AnyState) -> Response {
    crate::metrics::show(&shared.registry, &shared.metrics)
}

impl fmt::Debug for Admin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Admin")
            .field("base_path", &self.shared.base_path)
            .field("has_authorizer", &self.shared.authorizer.is_some())
            .field("open_streams", &self.open_streams())
            .finish_non_exhaustive()
    }
}
