//! Calls through a limiter: what the attributes expand to, and `call` and `call_blocking` with them.

use std::any::Any;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use super::RateLimiter;
use super::admission::Admission;
use crate::failure::PolicyError;
use crate::layer::{BlockingLayer, Layer};
use crate::outcome::Outcome;
use crate::policy::Policy;
use crate::trace::{CallSpan, Ending};

pin_project! {
    /// A call that is made when it has its permits. It asks for them when it is first polled.
    pub(crate) struct Limited<'a, F> {
        admission: Admission<'a>,
        #[pin]
        body: F,
        // After the body, so that the spans in there are over before this one.
        span: CallSpan,
    }
}

impl<'a, F> Limited<'a, F> {
    #[inline]
    pub(crate) fn new(limiter: &'a RateLimiter, permits: u32, body: F) -> Self {
        Self {
            admission: Admission::new(&limiter.machine, permits),
            body,
            span: CallSpan::new(),
        }
    }
}

impl<F, R> Layer for Limited<'_, F>
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
        let scope = if this.admission.is_new() {
            let name = || this.admission.name();
            CallSpan::begin_within(Policy::RateLimiter, name)
        } else {
            this.span.take().enter()
        };
        if !this.admission.is_admitted() {
            match this.admission.poll_wait(cx) {
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(error)) => {
                    scope.end(|| Ending::Rejected(error.clone()));
                    return Poll::Ready(finish(Err(error)));
                }
                Poll::Pending => {
                    *this.span = scope.leave();
                    return Poll::Pending;
                }
            }
        }
        let poll = this.body.poll_layer(cx);
        match &poll {
            Poll::Ready(outcome) => scope.end(|| Ending::of_outcome(F::look_at(outcome))),
            Poll::Pending => *this.span = scope.leave(),
        }
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

/// A plain call that is made when it has its permits.
pub(crate) struct LimitedBlocking<'a, F> {
    limiter: &'a RateLimiter,
    permits: u32,
    body: F,
}

impl<'a, F> LimitedBlocking<'a, F> {
    #[inline]
    pub(crate) fn new(limiter: &'a RateLimiter, permits: u32, body: F) -> Self {
        Self {
            limiter,
            permits,
            body,
        }
    }
}

impl<F, R> BlockingLayer for LimitedBlocking<'_, F>
where
    F: BlockingLayer<Output = R>,
    R: Outcome,
{
    type Output = R;
    type Outcome = Result<R, PolicyError>;

    #[inline]
    fn call_layer(self) -> Self::Outcome {
        let scope = CallSpan::begin_within(Policy::RateLimiter, || self.limiter.name());
        if let Err(error) = self.limiter.acquire_blocking(self.permits) {
            scope.end(|| Ending::Rejected(error.clone()));
            return Err(error);
        }
        let outcome = self.body.call_layer();
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

pin_project! {
    /// A call after whose outcome the limiter may be drained.
    pub(super) struct Draining<'a, F> {
        limiter: &'a RateLimiter,
        #[pin]
        call: F,
    }
}

impl<'a, F> Draining<'a, F> {
    #[inline]
    pub(super) fn new(limiter: &'a RateLimiter, call: F) -> Self {
        Self { limiter, call }
    }
}

impl<F, R> Future for Draining<'_, F>
where
    F: Future<Output = R>,
    R: Outcome<Value: 'static, Error: 'static>,
{
    type Output = R;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<R> {
        let this = self.project();
        let outcome = ready!(this.call.poll(cx));
        drain_if_asked(this.limiter, &outcome);
        Poll::Ready(outcome)
    }
}

#[inline]
pub(super) fn drain_if_asked<R>(limiter: &RateLimiter, outcome: &R)
where
    R: Outcome<Value: 'static, Error: 'static>,
{
    if limiter.machine.drains_on_results() {
        limiter.drain_if_asked(match outcome.as_result() {
            Ok(value) => Ok(value as &dyn Any),
            Err(error) => Err(error as &dyn Any),
        });
    }
}

impl<F> fmt::Debug for Limited<'_, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limited")
            .field("admission", &self.admission)
            .finish_non_exhaustive()
    }
}

impl<F> fmt::Debug for LimitedBlocking<'_, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LimitedBlocking")
            .field("rate_limiter", self.limiter)
            .field("permits", &self.permits)
            .finish_non_exhaustive()
    }
}
