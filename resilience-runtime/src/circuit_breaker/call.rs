//! Calls under a permit: what the attributes expand to, and `call` and `call_blocking` with them.

use std::fmt;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use super::CircuitBreaker;
use super::event::FailureCause;
use super::permit::{Judgement, Permit};
use crate::failure::{Failure, PolicyError};
use crate::outcome::Outcome;

pin_project! {
    /// A call under a permit, which it takes when it is first polled and which goes back when it is
    /// dropped. Its output is the body's own, or why there was no permit.
    pub struct Guarded<'a, F, C> {
        breaker: &'a CircuitBreaker,
        permit: Option<Permit<'a>>,
        // Taken when the call is done.
        classify: Option<C>,
        #[pin]
        body: F,
    }
}

impl<'a, F, C> Guarded<'a, F, C> {
    #[inline]
    pub(crate) fn new(breaker: &'a CircuitBreaker, classify: C, body: F) -> Self {
        Self {
            breaker,
            permit: None,
            classify: Some(classify),
            body,
        }
    }
}

impl<F, C, R, J> Future for Guarded<'_, F, C>
where
    F: Future<Output = R>,
    R: Outcome,
    C: FnOnce(Result<&R::Value, &R::Error>) -> J,
    J: Into<Judgement>,
{
    type Output = Result<R, PolicyError>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if this.permit.is_none() && this.classify.is_some() {
            *this.permit = Some(this.breaker.try_acquire()?);
        }
        let unwinding = CountPanic(this.permit);
        let outcome = ready_or_disarmed(this.body.poll(cx), unwinding);
        let outcome = ready!(outcome);
        if let (Some(permit), Some(classify)) = (this.permit.take(), this.classify.take()) {
            judge(permit, classify, &outcome);
        }
        Poll::Ready(Ok(outcome))
    }
}

/// The call came back without a panic.
#[inline]
fn ready_or_disarmed<R>(poll: Poll<R>, unwinding: CountPanic<'_, '_>) -> Poll<R> {
    mem::forget(unwinding);
    poll
}

/// Counts the call as failed if it is dropped, which only a panic does.
struct CountPanic<'p, 'a>(&'p mut Option<Permit<'a>>);

impl Drop for CountPanic<'_, '_> {
    fn drop(&mut self) {
        if let Some(permit) = self.0.take() {
            permit.panicked();
        }
    }
}

#[inline]
fn judge<R, C, J>(permit: Permit<'_>, classify: C, outcome: &R)
where
    R: Outcome,
    C: FnOnce(Result<&R::Value, &R::Error>) -> J,
    J: Into<Judgement>,
{
    let result = outcome.as_result();
    let cause = if result.is_ok() {
        FailureCause::Result
    } else {
        FailureCause::Error
    };
    // A classification that panics counts like a body that does, through the permit it still holds.
    let mut permit = Some(permit);
    let unwinding = CountPanic(&mut permit);
    let judgement = classify(result).into();
    mem::forget(unwinding);
    if let Some(permit) = permit {
        permit.judged(judgement, cause);
    }
}

/// A plain call under a permit.
///
/// # Errors
/// When there was no permit.
#[inline]
pub(crate) fn guarded_blocking<R, C, J>(
    breaker: &CircuitBreaker,
    classify: C,
    body: impl FnOnce() -> R,
) -> Result<R, PolicyError>
where
    R: Outcome,
    C: FnOnce(Result<&R::Value, &R::Error>) -> J,
    J: Into<Judgement>,
{
    let mut permit = Some(breaker.try_acquire()?);
    let unwinding = CountPanic(&mut permit);
    let outcome = body();
    mem::forget(unwinding);
    if let Some(permit) = permit {
        judge(permit, classify, &outcome);
    }
    Ok(outcome)
}

pin_project! {
    /// A [`Guarded`] call whose failures, the policy's and its own, are one.
    #[must_use = "a future does nothing unless it is awaited"]
    pub struct Run<'a, F, C> {
        #[pin]
        call: Guarded<'a, F, C>,
    }
}

impl<'a, F, C> Run<'a, F, C> {
    #[inline]
    pub(crate) fn new(breaker: &'a CircuitBreaker, classify: C, body: F) -> Self {
        Self {
            call: Guarded::new(breaker, classify, body),
        }
    }
}

impl<F, C, R, J> Future for Run<'_, F, C>
where
    F: Future<Output = R>,
    R: Outcome,
    C: FnOnce(Result<&R::Value, &R::Error>) -> J,
    J: Into<Judgement>,
{
    type Output = Result<R::Value, Failure<R::Error>>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.project().call.poll(cx).map(one_failure)
    }
}

#[inline]
pub(crate) fn one_failure<R: Outcome>(
    outcome: Result<R, PolicyError>,
) -> Result<R::Value, Failure<R::Error>> {
    outcome?.into_result().map_err(Failure::Call)
}

impl<F, C> fmt::Debug for Guarded<'_, F, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guarded")
            .field("permit", &self.permit)
            .finish_non_exhaustive()
    }
}

impl<F, C> fmt::Debug for Run<'_, F, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run").field("call", &self.call).finish()
    }
}
