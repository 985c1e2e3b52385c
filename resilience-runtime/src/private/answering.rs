//! A fallback that is being called.

use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::site::Instance;
use crate::failure::Failure;
use crate::trace::{CallSpan, Ending, Scope};

/// A fallback that is being called. It is in its span while the arguments are made and the function is
/// called, with which a plain one is done.
#[derive(Debug)]
pub struct Began(Scope);

impl Began {
    pub(super) fn has_answered(self) {
        self.0.end(|| Ending::Answered);
    }
}

/// A fallback of this policy is about to be called for this failure. What this returns goes first among
/// the arguments of the function that takes the answer, so that it is there while the fallback is
/// called, and not while it is awaited.
#[inline]
pub fn fallback_begins<I: Instance, E>(policy: &I, failure: &Failure<E>) -> Began {
    let failure = || match failure {
        Failure::Policy(error) => error.kind_name(),
        Failure::Call(_) => "call",
    };
    Began(CallSpan::begin_fallback(
        I::POLICY,
        policy.instance_name(),
        failure,
    ))
}

pin_project! {
    /// A fallback that is awaited.
    #[derive(Debug)]
    #[must_use = "a future does nothing unless it is awaited"]
    pub struct Answering<F> {
        #[pin]
        answer: F,
        // After the answer, so that the spans in there are over before this one.
        span: CallSpan,
    }
}

impl<F> Answering<F> {
    #[inline]
    pub(super) fn new(began: Began, answer: F) -> Self {
        Self {
            answer,
            span: began.0.leave(),
        }
    }
}

impl<F: Future> Future for Answering<F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let scope = this.span.take().enter();
        let poll = this.answer.poll(cx);
        match &poll {
            Poll::Ready(_) => scope.end(|| Ending::Answered),
            Poll::Pending => *this.span = scope.leave(),
        }
        poll
    }
}
