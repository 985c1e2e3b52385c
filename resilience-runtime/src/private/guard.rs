use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::failure::{Failure, PolicyError};
use crate::layer::{self, BlockingLayer, Layer, Run};
use crate::outcome::Outcome;

/// `From<PolicyError>`, by a name that can explain itself.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot carry a policy's own failure, such as an open circuit or a timeout",
    label = "`{Self}` does not implement `From<PolicyError>`",
    note = "add `impl From<resilience4rs::PolicyError> for {Self}` (with thiserror: a variant `Policy(#[from] resilience4rs::PolicyError)`), or give the attribute a `fallback = ...`; where `{Self}` is not a type of your own, return one that holds it"
)]
pub trait FromPolicyError: From<PolicyError> {}

impl<E: From<PolicyError>> FromPolicyError for E {}

/// An async call without a fallback.
#[inline]
pub fn guard<R, L>(call: L) -> Guard<L, R>
where
    L: Layer<Output = R>,
    R: Outcome<Error: FromPolicyError>,
{
    Guard {
        call,
        reject: rejected,
    }
}

/// An async call with a fallback.
#[inline]
pub fn run<R, L>(call: L) -> Run<L>
where
    L: Layer<Output = R>,
    R: Outcome,
{
    Run::new(call)
}

/// A plain call without a fallback.
#[inline]
pub fn guard_blocking<R, L>(call: L) -> R
where
    L: BlockingLayer<Output = R>,
    R: Outcome<Error: FromPolicyError>,
{
    L::result_of(call.call_layer()).unwrap_or_else(rejected)
}

/// A plain call with a fallback.
///
/// # Errors
/// When a policy ended the call, or it failed.
#[inline]
pub fn run_blocking<R, L>(call: L) -> Result<R::Value, Failure<R::Error>>
where
    L: BlockingLayer<Output = R>,
    R: Outcome,
{
    layer::run_blocking(call)
}

/// What the caller of a call without a fallback gets, where the call is no layer but a loop in the
/// function's own body.
#[inline]
pub fn outcome_for_caller<R>(outcome: Result<R, PolicyError>) -> R
where
    R: Outcome<Error: FromPolicyError>,
{
    outcome.unwrap_or_else(rejected)
}

fn rejected<R: Outcome<Error: FromPolicyError>>(error: PolicyError) -> R {
    R::from_result(Err(error.into()))
}

pin_project! {
    /// A guarded call whose output is the body's own, a policy's failure included.
    #[must_use = "a future does nothing unless it is awaited"]
    pub struct Guard<L, R> {
        #[pin]
        call: L,
        // A pointer, so that an error which cannot carry a rejection is refused once, by `guard`,
        // and not again where the future is awaited.
        reject: fn(PolicyError) -> R,
    }
}

impl<L, R> Future for Guard<L, R>
where
    L: Layer<Output = R>,
    R: Outcome,
{
    type Output = R;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<R> {
        let this = self.project();
        let finish = |outcome: Result<R, _>| outcome.unwrap_or_else(this.reject);
        this.call.poll_to(cx, finish)
    }
}

impl<L: fmt::Debug, R> fmt::Debug for Guard<L, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard")
            .field("call", &self.call)
            .finish_non_exhaustive()
    }
}
