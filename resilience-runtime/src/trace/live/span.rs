//! The span of a call.

use std::mem::ManuallyDrop;

use tracing::{Level, Span};

use super::telling::{
    cancelled, dropped, end, end_within, enter, exit, new_attempt, new_fallback, new_span,
    panicked_within, record_state,
};
use super::{contained, is_wanted};
use crate::circuit_breaker::State;
use crate::policy::Policy;
use crate::trace::Ending;

/// The span of a call through one policy, from when it begins to when it is known what became of it.
/// If it is dropped before that, so is the call.
///
/// In a box, since most calls have none, and all would carry it. While the call is polled, it is out of
/// the future, and no function that is not inlined is given a reference to it: what has one is in
/// memory, and with it the whole future, that would be in registers otherwise.
#[derive(Debug)]
pub(crate) struct CallSpan(ManuallyDrop<Option<Box<Span>>>);

impl CallSpan {
    /// Whether anybody wants to know of a call that begins.
    #[inline]
    pub(crate) fn is_wanted() -> bool {
        is_wanted(Level::DEBUG)
    }

    /// None yet.
    #[inline]
    pub(crate) const fn new() -> Self {
        Self(ManuallyDrop::new(None))
    }

    /// Begins, if anybody wants to know, under the span in which the caller is.
    #[inline]
    pub(crate) fn begin(policy: Policy, name: &str) -> Self {
        if is_wanted(Level::DEBUG) {
            Self::of(new_span(policy, name))
        } else {
            Self::new()
        }
    }

    /// The same, and enters for the first time.
    #[inline]
    pub(crate) fn begin_within<'n>(policy: Policy, name: impl FnOnce() -> &'n str) -> Scope {
        if is_wanted(Level::DEBUG) {
            Self::of(new_span(policy, name())).enter()
        } else {
            Scope(Self::new())
        }
    }

    /// Begins as an attempt of the call that `retry` is the span of.
    #[inline]
    pub(crate) fn begin_attempt(retry: &Self, name: &str, number: u32) -> Self {
        match retry.0.as_deref() {
            Some(retry) => Self::of(new_attempt(retry, name, number)),
            None => Self::new(),
        }
    }

    /// Begins as the fallback of a policy, for this failure.
    #[inline]
    pub(crate) fn begin_fallback(
        policy: Policy,
        name: &str,
        failure: impl FnOnce() -> &'static str,
    ) -> Scope {
        if is_wanted(Level::DEBUG) {
            Self::of(new_fallback(policy, name, failure())).enter()
        } else {
            Scope(Self::new())
        }
    }

    #[inline]
    const fn of(span: Option<Box<Span>>) -> Self {
        Self(ManuallyDrop::new(span))
    }

    /// Leaves none.
    #[inline]
    pub(crate) fn take(&mut self) -> Self {
        Self::of(self.0.take())
    }

    /// For one poll, or one call, of what is inside.
    #[inline]
    pub(crate) fn enter(self) -> Scope {
        if let Some(span) = &*self.0 {
            enter(span);
        }
        Scope(self)
    }

    /// It is known what became of the call.
    #[inline]
    pub(crate) fn end(&mut self, ending: impl FnOnce() -> Ending) {
        if let Some(span) = self.0.take() {
            end(span, ending());
        }
    }

    /// Runs code that belongs to the call, such as a log line about it.
    pub(crate) fn around(&self, code: impl FnOnce()) {
        contained(|| match &*self.0 {
            Some(span) => span.in_scope(code),
            None => code(),
        });
    }

    /// The thread unwinds, or else the call is cancelled.
    #[inline]
    pub(super) fn end_by_drop(&mut self) {
        if let Some(span) = self.0.take() {
            dropped(span);
        }
    }
}

impl Drop for CallSpan {
    #[inline]
    fn drop(&mut self) {
        // Nothing is left to be dropped after that, and so no code for it in every future.
        if let Some(span) = self.0.take() {
            cancelled(span);
        }
    }
}

/// While what is inside runs. Only a panic drops it.
#[derive(Debug)]
pub(crate) struct Scope(CallSpan);

impl Scope {
    /// That of a call that nobody wants to know of.
    #[inline]
    pub(crate) const fn none() -> Self {
        Self(CallSpan::new())
    }

    #[inline]
    pub(crate) fn is_none(&self) -> bool {
        self.0.0.is_none()
    }

    /// In which state, and era, of its breaker the call was let through or rejected.
    #[inline]
    pub(crate) fn admitted_by(&self, state: impl FnOnce() -> (State, u64)) {
        if let Some(span) = &*self.0.0 {
            let (state, era) = state();
            record_state(span, state.name(), era);
        }
    }

    /// It came back, and is to be polled again.
    #[inline]
    pub(crate) fn leave(self) -> CallSpan {
        let mut scope = ManuallyDrop::new(self);
        let span = scope.0.take();
        if let Some(span) = &*span.0 {
            exit(span);
        }
        span
    }

    /// It came back, and it is known what became of the call.
    #[inline]
    pub(crate) fn end(self, ending: impl FnOnce() -> Ending) {
        let mut scope = ManuallyDrop::new(self);
        if let Some(span) = scope.0.0.take() {
            end_within(span, ending());
        }
    }
}

impl Drop for Scope {
    #[inline]
    fn drop(&mut self) {
        if let Some(span) = self.0.0.take() {
            panicked_within(span);
        }
    }
}
