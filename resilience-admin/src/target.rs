//! What a path names.

use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, Path};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::Deserialize;

use crate::problem::Problem;

/// More than any name that somebody would give.
const LONGEST_NAME: usize = 1024;

/// The parts of a path that are not fixed. They are found by their names, so that the router may be
/// nested below a path that has some of its own.
#[derive(Debug, Deserialize)]
pub(crate) struct Target {
    pub(crate) instance: Option<String>,
    pub(crate) event_type: Option<String>,
    pub(crate) component: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Target {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path: Result<Path<Self>, PathRejection> = Path::from_request_parts(parts, state).await;
        let Ok(Path(target)) = path else {
            return Err(Problem::bad_request("the path is not UTF-8"));
        };
        let named = [&target.instance, &target.event_type, &target.component];
        if named
            .into_iter()
            .flatten()
            .any(|name| name.len() > LONGEST_NAME)
        {
            return Err(Problem::new(
                StatusCode::URI_TOO_LONG,
                "a name has at most 1,024 bytes",
            ));
        }
        Ok(target)
    }
}
