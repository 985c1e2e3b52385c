//! A fallback that is being called.

use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::site::Instance;
use crate::failure::Failure;
use crate::trace::{Began, CallSpan, Ending};

/// A fallback of this policy is about to be called for this failure. What this returns goes first among
/// the arguments of the function that takes the answer, so that it is there while the fallback is
/// called, and not while it is awaited.
#[inline]
pub fn fallback_begins<I: Instance, E>(policy: &I, failure: &Failure<E>) -> Began {
    let failure = || match failure {
        Failure::Policy(error) => error.kind_name(),
        Failure::Call(_) => "call",
    };
    Began::begin(I::POLICY, policy.instance_name(), failure)
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
            span: began.leave(),
        }
    }
}

impl<F: Future> Future for Answering<F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let scope = this.span.enter();
        let poll = this.answer.poll(cx);
        match &poll {
            Poll::Ready(_) => scope.end(|| Ending::Answered),
            Poll::Pending => scope.leave(),
        }
        poll
    }
}
