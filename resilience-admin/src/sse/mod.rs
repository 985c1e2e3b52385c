//! Live events, as server-sent events.

mod frame;
mod live;
mod source;

use std::sync::Arc;

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use self::live::LiveEvents;
use self::source::Source;
use crate::admin::Shared;
use crate::event_list::wanted_type;
use crate::kind::Kind;
use crate::problem::Problem;
use crate::target::Target;

/// The events from now on, of all instances or of one. Resilience4j makes the instance that it is asked
/// about, if there is none.
pub(crate) fn stream(
    shared: &Arc<Shared>,
    kind: Kind,
    target: &Target,
) -> Result<Response, Problem> {
    let event_type = wanted_type(kind, target)?;
    let too_many = || {
        Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "as many streams are open as may be, or the service is about to end",
        )
    };
    let place = Arc::clone(&shared.stream_places)
        .try_acquire_owned()
        .map_err(|_| too_many())?;
    let source = match &target.instance {
        None => Source::of_all(shared, kind, event_type),
        Some(name) => Source::of_one(shared, kind, name, event_type)
            .ok_or_else(|| Problem::not_found("there is no instance of this name"))?,
    };
    let live = LiveEvents::new(source, shared, place);
    let mut response = Body::from_stream(live).into_response();
    let headers = response.headers_mut();
    let event_stream = HeaderValue::from_static("text/event-stream");
    headers.insert(CONTENT_TYPE, event_stream);
    // Proxies that would gather the events before they pass them on are asked not to.
    let unbuffered = HeaderName::from_static("x-accel-buffering");
    headers.insert(unbuffered, HeaderValue::from_static("no"));
    Ok(response)
}
