//! What a fallback takes and returns, in traits that exist for the sake of their error messages.
//!
//! The expansion calls the fallback with the user's own arguments: that call is the check of the
//! signature, and the compiler's own words about it are the best. Only what the compiler cannot
//! know is said here. The names of the functions appear in those messages too, and explain.

use std::future::{Future, Ready, ready};

use super::answering::{Answering, Began};
use crate::{Failure, Outcome, PolicyError};

/// Clones an argument that comes by value, so that the fallback can have it too.
#[inline]
pub fn clone_argument_for_fallback<T: FallbackArg>(argument: &T) -> T {
    argument.share()
}

/// An argument that both the function and its fallback take by value.
#[diagnostic::on_unimplemented(
    message = "the function and its fallback both need this argument, but `{Self}` is not `Clone`",
    label = "`{Self}` is taken by value here and cannot be cloned for the fallback",
    note = "derive `Clone` for it, or take it by reference or in an `Arc`"
)]
pub trait FallbackArg: Sized {
    /// Clones it.
    #[must_use]
    fn share(&self) -> Self;
}

impl<T: Clone> FallbackArg for T {
    #[inline]
    fn share(&self) -> Self {
        self.clone()
    }
}

/// Hands the failure to the fallback as what its last parameter asks for.
#[inline]
pub fn failure_for_fallback<E, P: FailureParameter<E>>(failure: Failure<E>) -> P {
    P::hand_over(failure)
}

/// The last parameter of a fallback, of a function whose error is `E`.
#[diagnostic::on_unimplemented(
    message = "a fallback takes the arguments of its function, then the failure, `Failure<{E}>` or `{E}`, not `{Self}`",
    label = "this function has a `{Self}` where it gets the failure",
    note = "declare the last parameter as `failure: Failure<{E}>`"
)]
pub trait FailureParameter<E> {
    /// Makes it of a failure.
    fn hand_over(failure: Failure<E>) -> Self;
}

#[diagnostic::do_not_recommend]
impl<E> FailureParameter<E> for Failure<E> {
    #[inline]
    fn hand_over(failure: Self) -> Self {
        failure
    }
}

impl<E> FailureParameter<E> for E
where
    PolicyError: CarriedBy<E>,
{
    #[inline]
    fn hand_over(failure: Failure<E>) -> Self {
        match failure {
            Failure::Policy(error) => error.carry(),
            Failure::Call(error) => error,
        }
    }
}

/// That an error can hold a rejected call. It is said of the policy's error, not of `E`, since the
/// compiler gives the message of the outer trait to everything that fails about the same type.
#[diagnostic::on_unimplemented(
    message = "a fallback can take `{E}` as its failure only where `{E}` can hold a rejected call",
    label = "this function has an `{E}` where it gets the failure, and that has no `From<PolicyError>`",
    note = "declare the last parameter as `failure: Failure<{E}>`, or add `impl From<resilience4rs::PolicyError> for {E}`"
)]
pub trait CarriedBy<E> {
    /// Converts the policy's error.
    fn carry(self) -> E;
}

#[diagnostic::do_not_recommend]
impl<E: From<PolicyError>> CarriedBy<E> for PolicyError {
    #[inline]
    fn carry(self) -> E {
        self.into()
    }
}

/// A future of what a fallback returned, plain or async.
#[inline]
pub fn answer_of_fallback<M, O: FallbackOutput<M>>(
    began: Began,
    output: O,
) -> Answering<O::Future> {
    Answering::new(began, output.into_future())
}

/// What a fallback of an async function returns. `M` tells the two kinds apart.
///
/// The result's type is no parameter, so that a wrong one is an ordinary mismatch of types at the
/// fallback, and futures of borrowed results stay `Send`.
#[diagnostic::on_unimplemented(
    message = "a fallback returns a `Result`, or a future of one, like the function it stands in for",
    label = "this fallback returns `{Self}`"
)]
pub trait FallbackOutput<M> {
    /// The future of the answer.
    type Future: Future;

    /// Turns it into that future.
    fn into_future(self) -> Self::Future;
}

/// An async fallback.
#[derive(Debug)]
pub struct ViaFuture;

/// A plain fallback.
#[derive(Debug)]
pub struct ViaValue;

#[diagnostic::do_not_recommend]
impl<F: Future> FallbackOutput<ViaFuture> for F {
    type Future = F;

    #[inline]
    fn into_future(self) -> F {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<R: Outcome> FallbackOutput<ViaValue> for R {
    type Future = Ready<R>;

    #[inline]
    fn into_future(self) -> Ready<R> {
        ready(self)
    }
}

/// The answer of a plain fallback of a plain function.
#[inline]
pub fn answer_of_plain_fallback<R, O: Same<R>>(began: Began, output: O) -> R {
    began.has_answered();
    output.same()
}

/// What a fallback of a plain function that returns `R` returns: `R`.
#[diagnostic::on_unimplemented(
    message = "the fallback of a plain `fn` returns what the function returns, `{R}`",
    label = "this fallback returns `{Self}`",
    note = "a plain `fn` cannot await: its fallback is a plain `fn` as well"
)]
pub trait Same<R> {
    /// It is one.
    fn same(self) -> R;
}

impl<R> Same<R> for R {
    #[inline]
    fn same(self) -> R {
        self
    }
}
