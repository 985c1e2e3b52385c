//! Attempts, and calls made of them: what the attributes expand to, and `call` and `call_blocking`
//! with them.

use std::fmt;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::{RetryAttempts, Shared};
use crate::failure::PolicyError;
use crate::layer::{BlockingLayer, Layer};

/// Code of the user's that runs. Only a panic drops it, and that is counted.
pub(super) struct Running<'a> {
    shared: &'a Shared,
}

impl<'a> Running<'a> {
    #[inline]
    pub(super) fn new(shared: &'a Shared) -> Self {
        Self { shared }
    }

    /// The code came back without a panic.
    #[inline]
    pub(super) fn came_back(self) {
        mem::forget(self);
    }
}

impl Drop for Running<'_> {
    #[cold]
    fn drop(&mut self) {
        self.shared.counts.panic();
    }
}

pin_project! {
    /// One attempt, which counts if it panics, or is dropped before it is done.
    pub(crate) struct Attempt<'a, 'c, F> {
        attempts: &'a mut RetryAttempts<'c>,
        // Between two polls: if it is dropped, so is the call, which is cancelled.
        is_suspended: bool,
        #[pin]
        body: F,
    }

    impl<F> PinnedDrop for Attempt<'_, '_, F> {
        fn drop(this: Pin<&mut Self>) {
            if this.is_suspended {
                this.attempts.shared().counts.cancel_attempt();
            }
        }
    }
}

/// One attempt of an async call. The outcome is to be [judged](super::RetryAttempts::judge).
#[inline]
pub(crate) fn attempt<'a, 'c, F: Layer>(
    attempts: &'a mut RetryAttempts<'c>,
    body: F,
) -> Attempt<'a, 'c, F> {
    attempts.begin_attempt();
    Attempt {
        attempts,
        is_suspended: false,
        body,
    }
}

impl<F: Layer> Future for Attempt<'_, '_, F> {
    type Output = Result<F::Output, PolicyError>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        *this.is_suspended = false;
        let body = this.body;
        let shared = this.attempts.shared();
        let scope = this.attempts.attempt_span().take().enter();
        let poll = shared.counting_panics(|| body.poll_to(cx, |outcome| outcome));
        *this.attempts.attempt_span() = scope.leave();
        if poll.is_pending() {
            *this.is_suspended = true;
        }
        poll
    }
}

/// One attempt of a plain call.
///
/// # Errors
/// When a policy inside of the retry ended it.
#[inline]
pub(crate) fn attempt_blocking<F: BlockingLayer>(
    attempts: &mut RetryAttempts<'_>,
    body: F,
) -> Result<F::Output, PolicyError> {
    attempts.begin_attempt();
    let shared = attempts.shared();
    let scope = attempts.attempt_span().take().enter();
    let outcome = shared.counting_panics(|| body.call_layer());
    *attempts.attempt_span() = scope.leave();
    F::result_of(outcome)
}

pin_project! {
    /// A call of which a retry has made the attempts, as a policy further out sees it.
    pub(crate) struct Retried<F> {
        #[pin]
        attempts: F,
    }
}

#[inline]
pub(crate) fn retried<F, R>(attempts: F) -> Retried<F>
where
    F: Future<Output = Result<R, PolicyError>>,
{
    Retried { attempts }
}

impl<F, R> Layer for Retried<F>
where
    F: Future<Output = Result<R, PolicyError>>,
{
    type Output = R;
    type Outcome = Result<R, PolicyError>;

    #[inline]
    fn poll_layer(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Outcome> {
        self.project().attempts.poll(cx)
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

/// The same of a plain call.
pub(crate) struct RetriedBlocking<F> {
    attempts: F,
}

#[inline]
pub(crate) fn retried_blocking<F, R>(attempts: F) -> RetriedBlocking<F>
where
    F: FnOnce() -> Result<R, PolicyError>,
{
    RetriedBlocking { attempts }
}

impl<F, R> BlockingLayer for RetriedBlocking<F>
where
    F: FnOnce() -> Result<R, PolicyError>,
{
    type Output = R;
    type Outcome = Result<R, PolicyError>;

    #[inline]
    fn call_layer(self) -> Self::Outcome {
        (self.attempts)()
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

impl<F> fmt::Debug for Attempt<'_, '_, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt")
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

impl<F> fmt::Debug for Retried<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Retried").finish_non_exhaustive()
    }
}

impl<F> fmt::Debug for RetriedBlocking<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetriedBlocking").finish_non_exhaustive()
    }
}
