use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::failure::{Failure, PolicyError};
use crate::outcome::Outcome;

/// What a policy stands around: the user's future, or the next policy of a stack.
///
/// A failure of a policy travels outwards beside the output, not in it, so that the policies of a
/// stack see each other's failures as they are, and one place makes them the function's own error.
///
/// The innermost layer's outcome is the output itself: it may be large, and is not moved into a
/// `Result` before anyone needs one.
pub trait Layer {
    /// What the user's future brings.
    type Output;
    /// That, and what else may become of the call.
    type Outcome;

    /// Polls it.
    fn poll_layer(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Outcome>;

    /// Polls it, and hands over what the outcome is to `finish`: the user's output may be large, and
    /// is moved no more often than need be.
    #[inline]
    fn poll_to<O>(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        finish: impl FnOnce(Result<Self::Output, PolicyError>) -> O,
    ) -> Poll<O> {
        self.poll_layer(cx)
            .map(|outcome| finish(Self::result_of(outcome)))
    }

    /// Looks at an outcome.
    ///
    /// # Errors
    /// When a policy ended the call.
    fn look_at(outcome: &Self::Outcome) -> Result<&Self::Output, &PolicyError>;

    /// What the outcome is.
    ///
    /// # Errors
    /// When a policy ended the call.
    fn result_of(outcome: Self::Outcome) -> Result<Self::Output, PolicyError>;
}

/// The innermost layer.
impl<F: Future> Layer for F {
    type Output = F::Output;
    type Outcome = F::Output;

    #[inline]
    fn poll_layer(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        self.poll(cx)
    }

    #[inline]
    fn look_at(outcome: &F::Output) -> Result<&F::Output, &PolicyError> {
        Ok(outcome)
    }

    #[inline]
    fn result_of(outcome: F::Output) -> Result<F::Output, PolicyError> {
        Ok(outcome)
    }
}

/// The same for a plain call.
pub trait BlockingLayer {
    /// What the user's closure brings.
    type Output;
    /// That, and what else may become of the call.
    type Outcome;

    /// Makes the call.
    fn call_layer(self) -> Self::Outcome;

    /// Looks at an outcome.
    ///
    /// # Errors
    /// When a policy ended the call.
    fn look_at(outcome: &Self::Outcome) -> Result<&Self::Output, &PolicyError>;

    /// What the outcome is.
    ///
    /// # Errors
    /// When a policy ended the call.
    fn result_of(outcome: Self::Outcome) -> Result<Self::Output, PolicyError>;
}

/// The innermost layer.
impl<F: FnOnce() -> R, R> BlockingLayer for F {
    type Output = R;
    type Outcome = R;

    #[inline]
    fn call_layer(self) -> R {
        self()
    }

    #[inline]
    fn look_at(outcome: &R) -> Result<&R, &PolicyError> {
        Ok(outcome)
    }

    #[inline]
    fn result_of(outcome: R) -> Result<R, PolicyError> {
        Ok(outcome)
    }
}

pin_project! {
    /// A layer whose failures, the policies' and the call's own, are one.
    #[must_use = "a future does nothing unless it is awaited"]
    pub struct Run<L> {
        #[pin]
        call: L,
    }
}

impl<L> Run<L> {
    #[inline]
    pub(crate) fn new(call: L) -> Self {
        Self { call }
    }
}

impl<L, R> Future for Run<L>
where
    L: Layer<Output = R>,
    R: Outcome,
{
    type Output = Result<R::Value, Failure<R::Error>>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.project().call.poll_to(cx, one_failure)
    }
}

/// Makes a plain call, whose failures, the policies' and the call's own, are one.
///
/// # Errors
/// When a policy ended the call, or it failed.
#[inline]
pub(crate) fn run_blocking<L, R>(call: L) -> Result<R::Value, Failure<R::Error>>
where
    L: BlockingLayer<Output = R>,
    R: Outcome,
{
    one_failure(L::result_of(call.call_layer()))
}

/// The outcome of a call, whose failures, the policies' and its own, are one.
///
/// # Errors
/// When a policy ended the call, or it failed.
#[inline]
pub(crate) fn one_failure<R: Outcome>(
    outcome: Result<R, PolicyError>,
) -> Result<R::Value, Failure<R::Error>> {
    outcome?.into_result().map_err(Failure::Call)
}

impl<L: fmt::Debug> fmt::Debug for Run<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run").field("call", &self.call).finish()
    }
}
