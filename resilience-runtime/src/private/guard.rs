use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::circuit_breaker::CircuitBreaker;
use crate::circuit_breaker::call::{Guarded, GuardedBlocking, Run, guarded_blocking, one_failure};
use crate::failure::{Failure, PolicyError};
use crate::layer::{BlockingLayer, Layer};
use crate::outcome::{Outcome, Verdict};

/// `From<PolicyError>`, by a name that can explain itself.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot carry a policy's own failure, such as an open circuit",
    label = "`{Self}` does not implement `From<PolicyError>`",
    note = "add `impl From<resilience4rs::PolicyError> for {Self}` (with thiserror: a variant `Policy(#[from] resilience4rs::PolicyError)`), or give the attribute a `fallback = ...`"
)]
pub trait FromPolicyError: From<PolicyError> {}

impl<E: From<PolicyError>> FromPolicyError for E {}

/// How a call counts where the attribute names no patterns.
#[inline]
#[must_use]
pub fn classify_errors<V, E>(result: Result<&V, &E>) -> Verdict {
    Verdict::plain(result)
}

/// An async call without a fallback.
#[inline]
pub fn guard<R, F, C>(policy: &CircuitBreaker, classify: C, body: F) -> Guard<'_, F, C, R>
where
    F: Layer<Output = R>,
    R: Outcome<Error: FromPolicyError>,
    C: FnOnce(Result<&R::Value, &R::Error>) -> Verdict,
{
    Guard {
        call: Guarded::new(policy, classify, body),
        reject: rejected,
    }
}

/// An async call with a fallback.
#[inline]
pub fn run<R, F, C>(policy: &CircuitBreaker, classify: C, body: F) -> Run<'_, F, C>
where
    F: Layer<Output = R>,
    R: Outcome,
    C: FnOnce(Result<&R::Value, &R::Error>) -> Verdict,
{
    Run::new(policy, classify, body)
}

/// An async call inside another policy, which gets the failures of this one.
#[inline]
pub fn layer<R, F, C>(policy: &CircuitBreaker, classify: C, body: F) -> Guarded<'_, F, C>
where
    F: Layer<Output = R>,
    R: Outcome,
    C: FnOnce(Result<&R::Value, &R::Error>) -> Verdict,
{
    Guarded::new(policy, classify, body)
}

/// A plain call without a fallback.
#[inline]
pub fn guard_blocking<R, C>(
    policy: &CircuitBreaker,
    classify: C,
    body: impl BlockingLayer<Output = R>,
) -> R
where
    R: Outcome<Error: FromPolicyError>,
    C: FnOnce(Result<&R::Value, &R::Error>) -> Verdict,
{
    guarded_blocking(policy, classify, body).unwrap_or_else(rejected)
}

/// A plain call with a fallback.
///
/// # Errors
/// When there was no permit, or the call failed.
#[inline]
pub fn run_blocking<R, C>(
    policy: &CircuitBreaker,
    classify: C,
    body: impl BlockingLayer<Output = R>,
) -> Result<R::Value, Failure<R::Error>>
where
    R: Outcome,
    C: FnOnce(Result<&R::Value, &R::Error>) -> Verdict,
{
    one_failure(guarded_blocking(policy, classify, body))
}

/// A plain call inside another policy, which gets the failures of this one.
#[inline]
pub fn layer_blocking<R, F, C>(
    policy: &CircuitBreaker,
    classify: C,
    body: F,
) -> GuardedBlocking<'_, F, C>
where
    F: BlockingLayer<Output = R>,
    R: Outcome,
    C: FnOnce(Result<&R::Value, &R::Error>) -> Verdict,
{
    GuardedBlocking::new(policy, classify, body)
}

fn rejected<R: Outcome<Error: FromPolicyError>>(error: PolicyError) -> R {
    R::from_result(Err(error.into()))
}

pin_project! {
    /// A guarded call whose output is the body's own, a rejection included.
    #[must_use = "a future does nothing unless it is awaited"]
    pub struct Guard<'a, F, C, R> {
        #[pin]
        call: Guarded<'a, F, C>,
        // A pointer, so that an error which cannot carry a rejection is refused once, by `guard`,
        // and not again where the future is awaited.
        reject: fn(PolicyError) -> R,
    }
}

impl<F, C, R> Future for Guard<'_, F, C, R>
where
    F: Layer<Output = R>,
    R: Outcome,
    C: FnOnce(Result<&R::Value, &R::Error>) -> Verdict,
{
    type Output = R;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<R> {
        let this = self.project();
        let finish = |outcome: Result<R, _>| outcome.unwrap_or_else(this.reject);
        this.call.poll_to(cx, finish)
    }
}

impl<F, C, R> fmt::Debug for Guard<'_, F, C, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard").field("call", &self.call).finish()
    }
}
