//! Changing the state of a breaker.
//!
//! The checks come in an order: who is asking is known before anything is read or looked up for them.

use std::time::{Duration, SystemTime};

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use resilience_runtime::{Override, OverrideAction, OverrideError};
use serde::{Deserialize, Serialize};

use crate::access::{Access, AccessRequest, Principal};
use crate::admin::Shared;
use crate::breakers;
use crate::cross_site;
use crate::java_text::Zoned;
use crate::problem::{Problem, json};

/// What a body may have.
pub(crate) const LARGEST_BODY: usize = 16 * 1024;
const LONGEST_REASON: usize = 500;
/// An override that is to stand for longer is not meant to end.
const LONGEST_SECONDS: u64 = 366 * 24 * 60 * 60;

/// A key that is not known is refused: it may be a `durationInSeconds` that is misspelt, without which
/// the override would stay.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Wanted {
    update_state: String,
    reason: Option<String>,
    duration_in_seconds: Option<u64>,
    until: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Done<'a> {
    circuit_breaker_name: &'a str,
    current_state: String,
    message: String,
    /// Ours, of an override that ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Zoned>,
}

/// Whoever is asking may write, and is no page of somebody else's.
fn authorize(shared: &Shared, parts: &Parts) -> Result<Principal, Problem> {
    let Some(authorizer) = &shared.authorizer else {
        return Err(Problem::forbidden(
            "this service lets nobody change its state over HTTP: `AdminBuilder::authorizer` is how it would say who may",
        ));
    };
    cross_site::refuse(parts, &shared.allowed_origins)?;
    Ok(authorizer.authorize(&AccessRequest::new(parts, Access::Write))?)
}

pub(crate) async fn update(
    shared: &Shared,
    name: Result<String, Problem>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let principal = authorize(shared, &parts)?;
    if !is_json(&parts.headers) {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "the content type must be application/json",
        ));
    }
    let body = Bytes::from_request(Request::from_parts(parts, body), &())
        .await
        .map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => {
                Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "a body has at most 16 KiB")
            }
            _ => Problem::bad_request("the body could not be read"),
        })?;
    let order = read(&body)?.by(principal.name());
    let breaker = breakers::find(&shared.registry, &name?)?;
    let done = breaker.operate(order).map_err(refused)?;
    let name = breaker.name();
    let answer = Done {
        circuit_breaker_name: name,
        current_state: breaker.state().to_string(),
        message: format!("{name} state has been changed successfully"),
        until: done.until.map(Zoned),
    };
    Ok(json(StatusCode::OK, &answer))
}

/// A form, or a plain text, is what a page can send without asking.
fn is_json(headers: &HeaderMap) -> bool {
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let (Some(sent), None) = (types.next(), types.next()) else {
        return false;
    };
    sent.to_str().is_ok_and(|sent| {
        let essence = sent.split(';').next().unwrap_or_default();
        essence.trim().eq_ignore_ascii_case("application/json")
    })
}

fn read(body: &[u8]) -> Result<Override, Problem> {
    let wanted: Wanted = serde_json::from_slice(body).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        Problem::bad_request(format!(
            "the body is not as expected at line {line}, column {column}: \
             `updateState`, and if need be `reason` and `durationInSeconds` or `until`, are all that it may have"
        ))
    })?;
    let action: OverrideAction = wanted.update_state.parse().map_err(|_| {
        Problem::bad_request(
            "`updateState` is one of CLOSE, FORCE_OPEN, DISABLE, OPEN, HALF_OPEN, METRICS_ONLY, RESET",
        )
    })?;
    let mut order = Override::new(action);
    if let Some(reason) = wanted.reason {
        if reason.chars().count() > LONGEST_REASON || reason.contains(char::is_control) {
            return Err(Problem::bad_request(
                "`reason` has at most 500 characters, and no control characters",
            ));
        }
        order = order.because(reason);
    }
    match (wanted.duration_in_seconds, wanted.until) {
        (None, None) => Ok(order),
        (Some(seconds @ 1..=LONGEST_SECONDS), None) => {
            Ok(order.lasting(Duration::from_secs(seconds)))
        }
        (Some(_), None) => Err(Problem::bad_request(
            "`durationInSeconds` is a number from 1 to 31622400, which are 366 days",
        )),
        (None, Some(until)) => Ok(order.until(instant(&until)?)),
        (Some(_), Some(_)) => Err(Problem::bad_request(
            "`durationInSeconds` and `until` are two ways to say one thing: give one of them",
        )),
    }
}

/// A time as these endpoints write it, or without the zone at its end.
fn instant(text: &str) -> Result<SystemTime, Problem> {
    humantime::parse_rfc3339(text.strip_suffix("[UTC]").unwrap_or(text))
        .map_err(|_| Problem::bad_request("`until` is a time in UTC such as 2026-05-05T09:24:17Z"))
}

fn refused(error: OverrideError) -> Problem {
    match error {
        OverrideError::IllegalTransition(error) => Problem::new(
            StatusCode::CONFLICT,
            format!("a breaker cannot go from {} to {}", error.from, error.to),
        ),
        error => Problem::bad_request(error.to_string()),
    }
}
