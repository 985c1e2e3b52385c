//! Calls under a permit: what the attributes expand to, and `call` and `call_blocking` with them.

use std::fmt;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::Bulkhead;
use super::acquire::Acquire;
use super::permit::BulkheadPermit;
use crate::failure::PolicyError;
use crate::layer::{BlockingLayer, Layer};

pin_project! {
    /// A call under a permit, for which it asks when it is first polled and which goes back when it
    /// is dropped. Its output is the body's own, or why a policy ended the call.
    pub(crate) struct Guarded<'a, F> {
        bulkhead: &'a Bulkhead,
        // Before the permit: what the body holds is free again when the place is.
        #[pin]
        body: F,
        // While the body runs, the permit is out of the future, and this shows a call that is over.
        progress: Progress<'a>,
    }
}

#[derive(Debug)]
enum Progress<'a> {
    New,
    Waits(Acquire<'a>),
    Runs(BulkheadPermit<'a>),
    Over,
}

impl<'a, F> Guarded<'a, F> {
    #[inline]
    pub(crate) fn new(bulkhead: &'a Bulkhead, body: F) -> Self {
        Self {
            bulkhead,
            body,
            progress: Progress::New,
        }
    }
}

impl<'a> Progress<'a> {
    /// Goes on until the call has its permit, and is over where it gets none. With the permit out of
    /// it, it shows a call that is over.
    #[inline]
    fn poll_permit(
        &mut self,
        bulkhead: &'a Bulkhead,
        cx: &mut Context<'_>,
    ) -> Poll<Result<BulkheadPermit<'a>, PolicyError>> {
        if let Self::New = self {
            // An assignment would look what there is to drop.
            mem::forget(mem::replace(self, Self::Over));
            if bulkhead.machine.try_take() {
                return Poll::Ready(Ok(BulkheadPermit::new(&bulkhead.machine)));
            }
            return self.begin_to_wait(bulkhead, cx);
        }
        self.go_on(cx)
    }

    #[cold]
    fn begin_to_wait(
        &mut self,
        bulkhead: &'a Bulkhead,
        cx: &mut Context<'_>,
    ) -> Poll<Result<BulkheadPermit<'a>, PolicyError>> {
        *self = Self::Waits(bulkhead.machine.begin_to_wait()?);
        self.go_on(cx)
    }

    #[inline(never)]
    fn go_on(&mut self, cx: &mut Context<'_>) -> Poll<Result<BulkheadPermit<'a>, PolicyError>> {
        if let Self::Waits(acquire) = self {
            let poll = acquire.poll(cx);
            if poll.is_ready() {
                *self = Self::Over;
            }
            return poll;
        }
        match mem::replace(self, Self::Over) {
            Self::Runs(permit) => Poll::Ready(Ok(permit)),
            _ => panic!("a guarded call was polled after it was done"),
        }
    }
}

impl<F, R> Layer for Guarded<'_, F>
where
    F: Layer<Output = R>,
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
        let permit = match this.progress.poll_permit(this.bulkhead, cx) {
            Poll::Ready(Ok(permit)) => permit,
            Poll::Ready(Err(error)) => return Poll::Ready(finish(Err(error))),
            Poll::Pending => return Poll::Pending,
        };
        let running = permit.run();
        let poll = this.body.poll_layer(cx);
        let permit = running.came_back();
        if poll.is_pending() {
            *this.progress = Progress::Runs(permit);
            return Poll::Pending;
        }
        permit.complete();
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
{
    type Output = R;
    type Outcome = Result<R, PolicyError>;

    #[inline]
    fn call_layer(self) -> Self::Outcome {
        let running = self.bulkhead.machine.acquire_blocking()?.run();
        let outcome = self.body.call_layer();
        running.came_back().complete();
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
            .field("progress", &self.progress)
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
