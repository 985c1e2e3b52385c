use std::pin::Pin;
use std::task::{Context, Poll};

use crate::failure::PolicyError;

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
