//! Calls under a permit: what the attributes expand to, and `call` and `call_blocking` with them.

use std::fmt;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use super::Bulkhead;
use super::acquire::Acquire;
use super::permit::BulkheadPermit;
use crate::failure::PolicyError;
use crate::layer::{BlockingLayer, Layer};
use crate::outcome::Outcome;
use crate::policy::Policy;
use crate::seldom::Seldom;
use crate::trace::{CallSpan, Ending};

pin_project! {
    /// A call under a permit, for which it asks when it is first polled and which goes back when it
    /// is dropped. Its output is the body's own, or why a policy ended the call.
    pub(crate) struct Guarded<'a, F> {
        bulkhead: &'a Bulkhead,
        // Before the permit: what the body holds is free again when the place is.
        #[pin]
        body: F,
        // Between two polls; while the body runs, it is out.
        permit: Option<BulkheadPermit<'a>>,
        // Of a call that found no place. In a box: few calls wait, and all would carry it.
        waits: Seldom<Box<Acquire<'a>>>,
        has_begun: bool,
        // After the body, so that the spans in there are over before this one.
        span: CallSpan,
    }
}

impl<'a, F> Guarded<'a, F> {
    #[inline]
    pub(crate) fn new(bulkhead: &'a Bulkhead, body: F) -> Self {
        Self {
            bulkhead,
            body,
            permit: None,
            waits: Seldom::nothing(),
            has_begun: false,
            span: CallSpan::new(),
        }
    }
}

/// Goes on with a call that has no permit yet, and did not get one at once.
#[inline(never)]
fn poll_wait<'a>(
    bulkhead: &'a Bulkhead,
    begins: bool,
    waits: &mut Option<Box<Acquire<'a>>>,
    cx: &mut Context<'_>,
) -> Poll<Result<BulkheadPermit<'a>, PolicyError>> {
    if begins {
        *waits = Some(Box::new(bulkhead.machine.begin_to_wait()?));
    }
    let Some(acquire) = waits else {
        panic!("a guarded call was polled after it was done");
    };
    let permit = ready!(acquire.poll(cx));
    *waits = None;
    Poll::Ready(permit)
}

impl<F, R> Layer for Guarded<'_, F>
where
    F: Layer<Output = R>,
    R: Outcome,
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
        let begins = !mem::replace(this.has_begun, true);
        let scope = if begins {
            let name = || this.bulkhead.name();
            CallSpan::begin_within(Policy::Bulkhead, name)
        } else {
            this.span.take().enter()
        };
        let permit = if begins && this.bulkhead.machine.try_take() {
            BulkheadPermit::new(&this.bulkhead.machine)
        } else if let Some(permit) = this.permit.take() {
            permit
        } else {
            match poll_wait(this.bulkhead, begins, this.waits, cx) {
                Poll::Ready(Ok(permit)) => permit,
                Poll::Ready(Err(error)) => {
                    scope.end(|| Ending::Rejected(error.clone()));
                    return Poll::Ready(finish(Err(error)));
                }
                Poll::Pending => {
                    *this.span = scope.leave();
                    return Poll::Pending;
                }
            }
        };
        let running = permit.run();
        let poll = this.body.poll_layer(cx);
        let permit = running.came_back();
        let Poll::Ready(outcome) = &poll else {
            *this.span = scope.leave();
            *this.permit = Some(permit);
            return Poll::Pending;
        };
        permit.complete();
        scope.end(|| Ending::of_outcome(F::look_at(outcome)));
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

/// A plain call under a permit, not made yet.
pub(crate) struct GuardedBlocking<'a, F> {
    bulkhead: &'a Bulkhead,
    body: F,
}

impl<'a, F> GuardedBlocking<'a, F> {
    #[inline]
    pub(crate) fn new(bulkhead: &'a Bulkhead, body: F) -> Self {
        Self { bulkhead, body }
    }
}

impl<F, R> BlockingLayer for GuardedBlocking<'_, F>
where
    F: BlockingLayer<Output = R>,
    R: Outcome,
{
    type Output = R;
    type Outcome = Result<R, PolicyError>;

    #[inline]
    fn call_layer(self) -> Self::Outcome {
        let scope = CallSpan::begin_within(Policy::Bulkhead, || self.bulkhead.name());
        let running = match self.bulkhead.machine.acquire_blocking() {
            Ok(permit) => permit.run(),
            Err(error) => {
                scope.end(|| Ending::Rejected(error.clone()));
                return Err(error);
            }
        };
        let outcome = self.body.call_layer();
        running.came_back().complete();
        scope.end(|| Ending::of_outcome(F::look_at(&outcome)));
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

impl<F> fmt::Debug for Guarded<'_, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guarded")
            .field("bulkhead", self.bulkhead)
            .field("permit", &self.permit)
            .finish_non_exhaustive()
    }
}

impl<F> fmt::Debug for GuardedBlocking<'_, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuardedBlocking")
            .field("bulkhead", self.bulkhead)
            .finish_non_exhaustive()
    }
}
