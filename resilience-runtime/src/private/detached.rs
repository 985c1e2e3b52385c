//! Calls that may outlive their caller: one future owns all that they need.

use std::future::poll_fn;
use std::pin::pin;

use crate::failure::PolicyError;
use crate::layer::Layer;
use crate::retry::call::retried;

/// What becomes of a layer, as a future that can be awaited.
///
/// # Errors
/// When a policy ended the call.
#[inline]
pub async fn outcome_of<L: Layer>(layer: L) -> Result<L::Output, PolicyError> {
    let mut layer = pin!(layer);
    poll_fn(|cx| layer.as_mut().poll_to(cx, |outcome| outcome)).await
}

/// A future that owns what its layers refer to, as a layer itself.
#[inline]
pub fn owning<R, F>(call: F) -> impl Layer<Output = R, Outcome = Result<R, PolicyError>>
where
    F: Future<Output = Result<R, PolicyError>>,
{
    retried(call)
}
