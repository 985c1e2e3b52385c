//! The span of a call.

use std::mem::ManuallyDrop;
use std::thread;

use tracing::field::{DisplayValue, Empty, display};
use tracing::{Level, Span, debug_span};

use super::{attribute_of, is_wanted};
use crate::circuit_breaker::State;
use crate::error_summary::SeenError;
use crate::failure::PolicyError;
use crate::policy::Policy;
use crate::trace::Ending;

/// A span of this name and these fields, and those that all have. They are of the level DEBUG, as
/// those of tower-http are: a call has one for each of its policies, and their names would stand in
/// front of every line that is logged inside. Who wants them, as an exporter does, asks for the target.
macro_rules! span_of {
    ($parent:expr, $span:literal, $policy:expr, $name:expr $(, $($fields:tt)+)?) => {
        debug_span!(
            target: "resilience4rs",
            parent: $parent,
            $span,
            name = $name,
            policy = attribute_of($policy),
            $($($fields)+,)?
            outcome = Empty,
            "error.type" = Empty,
            otel.status_code = Empty,
            otel.status_description = Empty,
        )
    };
}

/// The span of a call through one policy, from when it begins to when it is known what became of it.
/// If it is dropped before that, so is the call.
///
/// In a box, since most calls have none, and all would carry it.
#[derive(Debug)]
pub(crate) struct CallSpan(ManuallyDrop<Option<Box<Span>>>);

impl CallSpan {
    /// None yet.
    #[inline]
    pub(crate) const fn new() -> Self {
        Self(ManuallyDrop::new(None))
    }

    /// Begins, if anybody wants to know, under the span in which the caller is.
    #[inline]
    pub(crate) fn begin(&mut self, policy: Policy, name: &str) {
        if is_wanted(Level::DEBUG) {
            self.begin_as(policy, name);
        }
    }

    /// The same, and enters for the first time. To be called once.
    #[inline]
    pub(crate) fn begin_within<'s, 'n>(
        &'s mut self,
        policy: Policy,
        name: impl FnOnce() -> &'n str,
    ) -> Scope<'s> {
        if is_wanted(Level::DEBUG) {
            self.begin_as(policy, name());
            self.enter_for_long();
        }
        Scope(self)
    }

    #[cold]
    #[inline(never)]
    fn begin_as(&mut self, policy: Policy, name: &str) {
        let current = &Span::current();
        let span = match policy {
            Policy::CircuitBreaker => {
                span_of!(current, "circuit_breaker", policy, name, state = Empty, era = Empty)
            }
            Policy::Retry => {
                span_of!(current, "retry", policy, name, attempts = Empty, reason = Empty)
            }
            Policy::RateLimiter => span_of!(current, "rate_limiter", policy, name),
            Policy::Bulkhead => span_of!(current, "bulkhead", policy, name),
            Policy::ThreadPoolBulkhead => span_of!(current, "thread_pool_bulkhead", policy, name),
            // No call passes through a timer.
            Policy::TimeLimiter | Policy::Timer => span_of!(current, "time_limiter", policy, name),
        };
        self.keep(span);
    }

    /// Begins as an attempt of the call that `retry` is the span of.
    #[inline]
    pub(crate) fn begin_attempt(&mut self, retry: &Self, name: &str, number: u32) {
        if retry.0.is_some() {
            self.begin_attempt_of(retry, name, number);
        }
    }

    #[cold]
    #[inline(never)]
    fn begin_attempt_of(&mut self, retry: &Self, name: &str, number: u32) {
        if let Some(retry) = retry.0.as_deref() {
            let policy = Policy::Retry;
            self.keep(span_of!(retry, "retry_attempt", policy, name, attempt = number));
        }
    }

    /// Begins as the fallback of a policy, for this failure.
    pub(super) fn begin_fallback(&mut self, policy: Policy, name: &str, failure: &'static str) {
        let current = &Span::current();
        self.keep(span_of!(current, "fallback", policy, name, failure = failure));
    }

    fn keep(&mut self, span: Span) {
        if !span.is_disabled() {
            *self.0 = Some(Box::new(span));
        }
    }

    /// For one poll, or one call, of what is inside.
    #[inline]
    pub(crate) fn enter(&mut self) -> Scope<'_> {
        if let Some(span) = &*self.0 {
            enter(span);
        }
        Scope(self)
    }

    /// It is known what became of the call.
    #[inline]
    pub(crate) fn end<'e>(&mut self, ending: impl FnOnce() -> Ending<'e>) {
        if let Some(span) = self.0.take() {
            end(span, ending());
        }
    }

    /// Runs code that belongs to the call, such as a log line about it.
    pub(crate) fn around<T>(&self, code: impl FnOnce() -> T) -> T {
        match &*self.0 {
            Some(span) => span.in_scope(code),
            None => code(),
        }
    }

    pub(super) fn is_open(&self) -> bool {
        self.0.is_some()
    }

    pub(super) fn enter_for_long(&self) {
        if let Some(span) = &*self.0 {
            enter(span);
        }
    }

    pub(super) fn exit_at_last(&self) {
        if let Some(span) = &*self.0 {
            exit(span);
        }
    }

    pub(super) fn end_by_panic(&mut self) {
        if let Some(span) = self.0.take() {
            panicked(span);
        }
    }

    /// The thread unwinds, or else the call is cancelled.
    pub(super) fn end_by_drop(&mut self) {
        if let Some(span) = self.0.take() {
            if thread::panicking() {
                panicked(span);
            } else {
                cancelled(span);
            }
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
pub(crate) struct Scope<'a>(&'a mut CallSpan);

impl Scope<'_> {
    /// In which state, and era, of its breaker the call was let through or rejected.
    #[inline]
    pub(crate) fn admitted_by(&self, state: impl FnOnce() -> (State, u64)) {
        if let Some(span) = &*self.0.0 {
            record_state(span, state());
        }
    }

    /// It came back, and is to be polled again.
    #[inline]
    pub(crate) fn leave(self) {
        let scope = ManuallyDrop::new(self);
        if let Some(span) = &*scope.0.0 {
            exit(span);
        }
    }

    /// It came back, and it is known what became of the call.
    #[inline]
    pub(crate) fn end<'e>(self, ending: impl FnOnce() -> Ending<'e>) {
        let mut scope = ManuallyDrop::new(self);
        if let Some(span) = scope.0.0.take() {
            exit(&span);
            end(span, ending());
        }
    }
}

impl Drop for Scope<'_> {
    #[cold]
    fn drop(&mut self) {
        if let Some(span) = self.0.0.take() {
            exit(&span);
            panicked(span);
        }
    }
}

#[cold]
#[inline(never)]
fn enter(span: &Span) {
    span.with_subscriber(|(id, subscriber)| subscriber.enter(id));
}

#[cold]
#[inline(never)]
fn exit(span: &Span) {
    span.with_subscriber(|(id, subscriber)| subscriber.exit(id));
}

#[cold]
#[inline(never)]
fn record_state(span: &Span, (state, era): (State, u64)) {
    span.record("state", state.name()).record("era", era);
}

#[cold]
#[inline(never)]
#[expect(clippy::boxed_local, reason = "it is moved out of line")]
fn cancelled(span: Box<Span>) {
    span.record("outcome", "cancelled");
    drop(span);
}

#[cold]
#[inline(never)]
#[expect(clippy::boxed_local, reason = "it is moved out of line")]
fn panicked(span: Box<Span>) {
    fails(&span, "panicked", "panic", None);
    drop(span);
}

#[cold]
#[inline(never)]
#[expect(clippy::boxed_local, reason = "it is moved out of line")]
fn end(span: Box<Span>, ending: Ending<'_>) {
    match ending {
        Ending::Success => {
            span.record("outcome", "success");
        }
        Ending::Answered => {
            span.record("outcome", "answered");
        }
        // No fault of anybody's: the status stays unset.
        Ending::Ignored(error) => {
            span.record("outcome", "ignored");
            if let Some((error_type, _)) = said(error) {
                span.record("error.type", error_type);
            }
        }
        Ending::Failure(error) => fails_with(&span, "failure", error),
        Ending::Rejected(error) => fails_with(&span, "rejected", SeenError::Policy(error)),
        Ending::TimedOut(error) => fails_with(&span, "timed_out", SeenError::Policy(error)),
        Ending::RetriesExhausted(attempts, reason, error) => {
            span.record("attempts", attempts).record("reason", reason);
            fails_with(&span, "retries_exhausted", error);
        }
    }
    drop(span);
}

fn fails_with(span: &Span, outcome: &'static str, error: SeenError<'_>) {
    match said(error) {
        Some((error_type, description)) => fails(span, outcome, error_type, description),
        // A value that counts as a failure.
        None => fails(span, outcome, "result", None),
    }
}

fn fails(
    span: &Span,
    outcome: &'static str,
    error_type: &'static str,
    description: Option<DisplayValue<&PolicyError>>,
) {
    span.record("outcome", outcome)
        .record("error.type", error_type)
        .record("otel.status_code", "ERROR");
    if let Some(description) = description {
        span.record("otel.status_description", description);
    }
}

/// The type of an error, and what it says of itself.
fn said(error: SeenError<'_>) -> Option<(&'static str, Option<DisplayValue<&PolicyError>>)> {
    match error {
        SeenError::Unknown => None,
        SeenError::Typed(type_name) => Some((type_name(), None)),
        SeenError::Policy(error) => Some((error.kind_name(), Some(display(error)))),
    }
}
