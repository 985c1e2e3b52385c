//! Functions that cannot fail: every completed call brings a value, and only the policy has
//! failures, which a fallback must answer.

use std::convert::Infallible;
use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::answering::{Answering, Began};
use super::fallback::{ViaFuture, ViaValue};
use crate::{Failure, Outcome, PolicyError};

/// The value of a call that cannot fail, as an outcome.
#[derive(Debug)]
pub struct Completed<T>(T);

impl<T> Outcome for Completed<T> {
    type Value = T;
    type Error = Infallible;

    #[inline]
    fn from_result(result: Result<T, Infallible>) -> Self {
        let Ok(value) = result;
        Self(value)
    }

    #[inline]
    fn into_result(self) -> Result<T, Infallible> {
        Ok(self.0)
    }

    #[inline]
    fn as_result(&self) -> Result<&T, &Infallible> {
        Ok(&self.0)
    }
}

pin_project! {
    /// A future whose value is an outcome.
    #[derive(Debug)]
    #[must_use = "a future does nothing unless it is awaited"]
    pub struct CompletedFuture<F> {
        #[pin]
        body: F,
    }
}

impl<F: Future> Future for CompletedFuture<F> {
    type Output = Completed<F::Output>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.project().body.poll(cx).map(Completed)
    }
}

/// An async body that cannot fail.
#[inline]
pub fn completed<F: Future>(body: F) -> CompletedFuture<F> {
    CompletedFuture { body }
}

/// A plain body that cannot fail.
#[inline]
pub fn completed_blocking<T>(body: impl FnOnce() -> T) -> impl FnOnce() -> Completed<T> {
    || Completed(body())
}

/// Hands the policy's failure to the fallback as what its last parameter asks for.
#[inline]
#[must_use]
pub fn policy_failure_for_fallback<P: PolicyFailureParameter>(failure: Failure<Infallible>) -> P {
    let error = match failure {
        Failure::Policy(error) => error,
        Failure::Call(never) => match never {},
    };
    P::hand_over(error)
}

/// The last parameter of a fallback, of a function that cannot fail.
#[diagnostic::on_unimplemented(
    message = "the fallback of a function that cannot fail takes the arguments of its function, then the policy's failure, `PolicyError` or `Failure<Infallible>`, not `{Self}`",
    label = "this function has a `{Self}` where it gets the failure",
    note = "declare the last parameter as `error: PolicyError`"
)]
pub trait PolicyFailureParameter {
    /// Makes it of the policy's error.
    fn hand_over(error: PolicyError) -> Self;
}

impl PolicyFailureParameter for PolicyError {
    #[inline]
    fn hand_over(error: PolicyError) -> Self {
        error
    }
}

impl PolicyFailureParameter for Failure<Infallible> {
    #[inline]
    fn hand_over(error: PolicyError) -> Self {
        Self::Policy(error)
    }
}

/// A future of the value that a fallback, plain or async, answers with.
#[inline]
pub fn value_of_fallback<T, M, O: FallbackValue<T, M>>(
    began: Began,
    output: O,
) -> Answering<O::Future> {
    Answering::new(began, output.into_future())
}

/// What a fallback of an async function that returns `T` returns. `M` tells its two kinds apart.
///
/// A future of something else is one as well, so that it is an ordinary mismatch of types at the
/// fallback.
#[diagnostic::on_unimplemented(
    message = "a fallback returns what its function returns, `{T}`, or a future of that",
    label = "this fallback returns `{Self}`"
)]
pub trait FallbackValue<T, M> {
    /// The future of the value.
    type Future: Future;

    /// Turns it into that future.
    fn into_future(self) -> Self::Future;
}

#[diagnostic::do_not_recommend]
impl<T, F: Future> FallbackValue<T, ViaFuture> for F {
    type Future = F;

    #[inline]
    fn into_future(self) -> F {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T> FallbackValue<T, ViaValue> for T {
    type Future = Ready<T>;

    #[inline]
    fn into_future(self) -> Ready<T> {
        ready(self)
    }
}
