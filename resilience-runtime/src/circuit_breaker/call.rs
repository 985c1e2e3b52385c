//! Calls under a permit: what the attributes expand to, and `call` and `call_blocking` with them.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::CircuitBreaker;
use super::event::FailureCause;
use super::permit::{Judged, Permit};
use crate::error_summary::SeenError;
use crate::failure::PolicyError;
use crate::layer::{BlockingLayer, Layer};
use crate::outcome::{Outcome, Verdict};
use crate::policy::Policy;
use crate::seldom::Seldom;
use crate::trace::{CallSpan, Ending, Scope};

pin_project! {
    /// A call under a permit, which it takes when it is first polled and which goes back when it is
    /// dropped. Its output is the body's own, or why a policy ended the call.
    pub(crate) struct Guarded<'a, F, C> {
        breaker: &'a CircuitBreaker,
        // Between two polls; while the body runs, it is out.
        held: Seldom<Held<'a>>,
        // Gone when the call is done.
        classify: Option<C>,
        #[pin]
        body: F,
    }
}

/// What a call has that has begun.
struct Held<'a> {
    permit: Permit<'a>,
    span: CallSpan,
}

impl<'a, F, C> Guarded<'a, F, C> {
    #[inline]
    pub(crate) fn new(breaker: &'a CircuitBreaker, classify: C, body: F) -> Self {
        Self {
            breaker,
            held: Seldom::nothing(),
            classify: Some(classify),
            body,
        }
    }
}

impl<F, C, R, J> Layer for Guarded<'_, F, C>
where
    F: Layer<Output = R>,
    R: Outcome,
    C: FnOnce(Result<&R::Value, &R::Error>) -> J,
    J: Judged,
{
    type Output = R;
    type Outcome = Result<R, PolicyError>;

    #[inline]
    fn poll_layer(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Outcome> {
        self.poll_to(cx, |outcome| outcome)
    }

    #[inline]
    fn poll_to<O>(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        finish: impl FnOnce(Result<R, PolicyError>) -> O,
    ) -> Poll<O> {
        let this = self.project();
        let Some(classify) = this.classify.take() else {
            panic!("a guarded call was polled after it was done");
        };
        let (permit, scope) = match this.held.take() {
            Some(Held { permit, span }) => (permit, span.enter()),
            None => match begin(this.breaker) {
                Ok(begun) => begun,
                Err(error) => return Poll::Ready(finish(Err(error))),
            },
        };
        // The permit is out of the future while the body runs: a call that is ready at once never
        // has it stored.
        let running = permit.run();
        let poll = this.body.poll_layer(cx);
        let permit = running.came_back();
        // By reference: the outcome may be large, and would be moved once more.
        let Poll::Ready(outcome) = &poll else {
            let span = scope.leave();
            let permit = permit.suspended();
            this.held.keep(Held { permit, span });
            *this.classify = Some(classify);
            return Poll::Pending;
        };
        judge(permit, classify, F::look_at(outcome), scope);
        poll.map(|outcome| finish(F::result_of(outcome)))
    }

    #[inline]
    fn look_at(outcome: &Self::Outcome) -> Result<&R, &PolicyError> {
        outcome.as_ref()
    }

    #[inline]
    fn result_of(outcome: Self::Outcome) -> Self::Outcome {
        outcome
    }
}

/// Takes a permit, in the span of the call if it is to have one.
#[expect(
    clippy::inline_always,
    reason = "what it returns would be in memory otherwise"
)]
#[inline(always)]
fn begin(breaker: &CircuitBreaker) -> Result<(Permit<'_>, Scope), PolicyError> {
    if CallSpan::is_wanted() {
        return begin_in_span(breaker);
    }
    Ok((breaker.acquire_to_poll()?, Scope::none()))
}

#[cold]
#[inline(never)]
fn begin_in_span(breaker: &CircuitBreaker) -> Result<(Permit<'_>, Scope), PolicyError> {
    let scope = CallSpan::begin_within(Policy::CircuitBreaker, || breaker.name());
    match breaker.acquire_to_poll() {
        Ok(permit) => {
            scope.admitted_by(|| permit.admitted_by());
            Ok((permit, scope))
        }
        Err(error) => {
            scope.admitted_by(|| breaker.state_and_era());
            scope.end(|| Ending::Rejected(error.clone()));
            Err(error)
        }
    }
}

#[expect(
    clippy::inline_always,
    reason = "for `Machine::succeed`, which is inlined too"
)]
#[inline(always)]
fn judge<R, C, J>(permit: Permit<'_>, classify: C, outcome: Result<&R, &PolicyError>, scope: Scope)
where
    R: Outcome,
    C: FnOnce(Result<&R::Value, &R::Error>) -> J,
    J: Judged,
{
    let result = match outcome {
        Ok(outcome) => outcome.as_result(),
        Err(error) => {
            let (verdict, seen) = (Verdict::from(error), SeenError::Policy(error));
            verdict.settle(permit, FailureCause::Error, || seen);
            return scope.end(|| Ending::of_verdict(verdict, seen));
        }
    };
    let cause = if result.is_ok() {
        FailureCause::Result
    } else {
        FailureCause::Error
    };
    // A classification that panics counts like a body that does.
    let running = permit.run();
    let judged = classify(result);
    let permit = running.came_back();
    if scope.is_none() {
        judged.settle(permit, cause, || SeenError::of_result(result));
    } else {
        settle_in_span(judged, permit, cause, SeenError::of_result(result), scope);
    }
}

/// Apart, so that a call without a span has none to end should the settling unwind.
#[cold]
#[inline(never)]
fn settle_in_span(
    judged: impl Judged,
    permit: Permit<'_>,
    cause: FailureCause,
    error: SeenError<'_>,
    scope: Scope,
) {
    let verdict = judged.settle(permit, cause, || error);
    scope.end(|| Ending::of_verdict(verdict, error));
}

/// A plain call under a permit, not made yet.
pub(crate) struct GuardedBlocking<'a, F, C> {
    breaker: &'a CircuitBreaker,
    classify: C,
    body: F,
}

impl<'a, F, C> GuardedBlocking<'a, F, C> {
    #[inline]
    pub(crate) fn new(breaker: &'a CircuitBreaker, classify: C, body: F) -> Self {
        Self {
            breaker,
            classify,
            body,
        }
    }
}

impl<F, C, R, J> BlockingLayer for GuardedBlocking<'_, F, C>
where
    F: BlockingLayer<Output = R>,
    R: Outcome,
    C: FnOnce(Result<&R::Value, &R::Error>) -> J,
    J: Judged,
{
    type Output = R;
    type Outcome = Result<R, PolicyError>;

    #[inline]
    fn call_layer(self) -> Self::Outcome {
        let (permit, scope) = begin(self.breaker)?;
        let running = permit.run();
        let outcome = self.body.call_layer();
        let permit = running.came_back();
        judge(permit, self.classify, F::look_at(&outcome), scope);
        F::result_of(outcome)
    }

    #[inline]
    fn look_at(outcome: &Self::Outcome) -> Result<&R, &PolicyError> {
        outcome.as_ref()
    }

    #[inline]
    fn result_of(outcome: Self::Outcome) -> Self::Outcome {
        outcome
    }
}

impl<F, C> fmt::Debug for Guarded<'_, F, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guarded")
            .field("circuit_breaker", self.breaker)
            .finish_non_exhaustive()
    }
}

impl<F, C> fmt::Debug for GuardedBlocking<'_, F, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuardedBlocking")
            .field("circuit_breaker", self.breaker)
            .finish_non_exhaustive()
    }
}
