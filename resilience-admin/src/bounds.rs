//! What every request is held to, and what every answer says.

use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::problem::Problem;

const LONGEST_TARGET: usize = 8 * 1024;
const LARGEST_HEADERS: usize = 16 * 1024;

pub(crate) async fn hold(request: Request, next: Next) -> Response {
    let mut response = match check(&request) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Unless it is a page, which has one of its own.
    headers
        .entry(CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(
            "default-src 'none'; frame-ancestors 'none'",
        ));
    response
}

fn check(request: &Request) -> Result<(), Problem> {
    let uri = request.uri();
    if uri
        .path_and_query()
        .map_or(0, |target| target.as_str().len())
        > LONGEST_TARGET
    {
        return Err(Problem::new(
            StatusCode::URI_TOO_LONG,
            "a target has at most 8 KiB",
        ));
    }
    let headers = request.headers().iter();
    let size: usize = headers
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum();
    if size > LARGEST_HEADERS {
        return Err(Problem::new(
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            "headers have at most 16 KiB",
        ));
    }
    Ok(())
}
