//! Calls with a deadline: what the attributes expand to, and `call` and `call_detaching` with them.

use std::fmt;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::TimeLimiter;
use super::event::TimeLimiterEventKind;
use super::timeout::{AtTimeout, Cancel};
use crate::clock::{Sleep, Ticks};
use crate::error_summary::SeenError;
use crate::failure::PolicyError;
use crate::layer::Layer;
use crate::outcome::Outcome;
use crate::policy::Policy;
use crate::seldom::Seldom;
use crate::trace::{CallSpan, Ending};

pin_project! {
    /// A call with a deadline, which is counted from its first poll. `T` says what becomes of the body
    /// when the deadline has passed.
    pub(crate) struct Limited<'a, F, T = Cancel> {
        limiter: &'a TimeLimiter,
        at_timeout: T,
        // Set by the first poll that leaves the body pending: a call that is ready at once needs no
        // timer.
        deadline: Seldom<Sleep>,
        // Gone when the call has timed out.
        #[pin]
        body: Option<F>,
        // After the body, so that the spans in there are over before this one.
        span: CallSpan,
    }
}

impl<'a, F, T> Limited<'a, F, T> {
    #[inline]
    pub(crate) fn new(limiter: &'a TimeLimiter, at_timeout: T, body: F) -> Self {
        Self {
            limiter,
            at_timeout,
            deadline: Seldom::nothing(),
            body: Some(body),
            span: CallSpan::new(),
        }
    }
}

impl<F, T, R> Limited<'_, F, T>
where
    F: Layer<Output = R>,
    R: Outcome,
    T: AtTimeout<F>,
{
    /// Polls the timer of a body that is pending, and lets go of the body when the time is over.
    #[inline(never)]
    fn poll_deadline(
        limiter: &TimeLimiter,
        at_timeout: &T,
        deadline: &mut Option<Sleep>,
        body: Pin<&mut Option<F>>,
        start: Option<Ticks>,
        cx: &mut Context<'_>,
    ) -> Poll<PolicyError> {
        if let Some(start) = start {
            *deadline = Some(limiter.deadline_from(start));
        }
        let waits = deadline
            .as_mut()
            .is_some_and(|deadline| Pin::new(deadline).poll(cx).is_pending());
        if waits {
            return Poll::Pending;
        }
        *deadline = None;
        limiter.record(TimeLimiterEventKind::Timeout);
        // Now, so that what the body holds is free again when the caller learns of the timeout.
        at_timeout.let_go(limiter, body);
        Poll::Ready(limiter.timed_out())
    }
}

impl<F, T, R> Layer for Limited<'_, F, T>
where
    F: Layer<Output = R>,
    R: Outcome,
    T: AtTimeout<F>,
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
        let mut this = self.project();
        let Some(body) = this.body.as_mut().as_pin_mut() else {
            panic!("a call was polled after it had timed out");
        };
        // Before the body is polled, which may take its time.
        let start = match **this.deadline {
            None => Some(this.limiter.clock().ticks()),
            Some(_) => None,
        };
        let scope = if start.is_some() {
            let name = || this.limiter.name();
            CallSpan::begin_within(Policy::TimeLimiter, name)
        } else {
            this.span.take().enter()
        };
        let running = Running(this.limiter);
        let poll = body.poll_layer(cx);
        mem::forget(running);
        // By reference: the outcome may be large, and would be moved once more.
        let Poll::Ready(outcome) = &poll else {
            let deadline = Self::poll_deadline(
                this.limiter,
                this.at_timeout,
                this.deadline,
                this.body,
                start,
                cx,
            );
            return match deadline {
                Poll::Ready(error) => {
                    scope.end(|| Ending::TimedOut(error.clone()));
                    Poll::Ready(finish(Err(error)))
                }
                Poll::Pending => {
                    *this.span = scope.leave();
                    Poll::Pending
                }
            };
        };
        if start.is_none() {
            **this.deadline = None;
        }
        let seen = F::look_at(outcome);
        this.limiter
            .record_with_error(kind_of(seen), || SeenError::of_outcome(seen));
        scope.end(|| Ending::of_outcome(seen));
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

#[inline]
fn kind_of<R: Outcome>(outcome: Result<&R, &PolicyError>) -> TimeLimiterEventKind {
    if outcome.is_ok_and(|outcome| outcome.as_result().is_ok()) {
        TimeLimiterEventKind::Success
    } else {
        TimeLimiterEventKind::Error
    }
}

/// While the body runs. Only a panic drops it, and that is an error.
struct Running<'a>(&'a TimeLimiter);

impl Drop for Running<'_> {
    #[cold]
    fn drop(&mut self) {
        self.0.record(TimeLimiterEventKind::Error);
    }
}

impl<F, T> fmt::Debug for Limited<'_, F, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limited")
            .field("time_limiter", &self.limiter.name())
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}
