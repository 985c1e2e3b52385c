//! Calls under a permit: what the attributes expand to, and `call` and `call_blocking` with them.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::CircuitBreaker;
use super::event::FailureCause;
use super::permit::{Judged, Permit};
use crate::failure::{Failure, PolicyError};
use crate::outcome::Outcome;

pin_project! {
    /// A call under a permit, which it takes when it is first polled and which goes back when it is
    /// dropped. Its output is the body's own, or why there was no permit.
    pub struct Guarded<'a, F, C> {
        breaker: &'a CircuitBreaker,
        // Between two polls; while the body runs, it is out.
        permit: Option<Permit<'a>>,
        // Gone when the call is done.
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

impl<F, C, R, J> Guarded<'_, F, C>
where
    F: Future<Output = R>,
    R: Outcome,
    C: FnOnce(Result<&R::Value, &R::Error>) -> J,
    J: Judged,
{
    /// Polls the call, and hands over its outcome, or why there was no permit, to `finish`: the
    /// body's output may be large, and is moved no more often than need be.
    #[inline]
    pub(crate) fn poll_to<O>(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        finish: impl FnOnce(Result<R, PolicyError>) -> O,
    ) -> Poll<O> {
        let this = self.project();
        let Some(classify) = this.classify.take() else {
            panic!("a guarded call was polled after it was done");
        };
        let permit = match this.permit.take() {
            Some(permit) => permit,
            None => match this.breaker.try_acquire() {
                Ok(permit) => permit,
                Err(error) => return Poll::Ready(finish(Err(error))),
            },
        };
        // The permit is out of the future while the body runs: a call that is ready at once never
        // has it stored.
        let running = permit.run();
        let poll = this.body.poll(cx);
        let permit = running.came_back();
        // By reference: the outcome may be large, and would be moved once more.
        let Poll::Ready(outcome) = &poll else {
            *this.permit = Some(permit);
            *this.classify = Some(classify);
            return Poll::Pending;
        };
        judge(permit, classify, outcome);
        poll.map(|outcome| finish(Ok(outcome)))
    }
}

#[expect(
    clippy::inline_always,
    reason = "for `Machine::succeed`, which is inlined too"
)]
#[inline(always)]
fn judge<R, C, J>(permit: Permit<'_>, classify: C, outcome: &R)
where
    R: Outcome,
    C: FnOnce(Result<&R::Value, &R::Error>) -> J,
    J: Judged,
{
    let result = outcome.as_result();
    let cause = if result.is_ok() {
        FailureCause::Result
    } else {
        FailureCause::Error
    };
    // A classification that panics counts like a body that does.
    let running = permit.run();
    let judged = classify(result);
    judged.settle(running.came_back(), cause);
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
    J: Judged,
{
    let running = breaker.try_acquire()?.run();
    let outcome = body();
    judge(running.came_back(), classify, &outcome);
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
    J: Judged,
{
    type Output = Result<R::Value, Failure<R::Error>>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.project().call.poll_to(cx, one_failure)
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
