//! What is told to the subscriber.
//!
//! All of it is out of line, and unwinds to nobody, for the sake of those calls that have no span: what
//! might unwind would have a future that is in registers put into memory, for whoever cleans up. What
//! a subscriber panics with is caught, as it is of a listener.

#![expect(
    improper_ctypes_definitions,
    reason = "nobody calls them from elsewhere: `extern \"C\"` is to say that they do not unwind"
)]

use std::thread;

use tracing::field::{DisplayValue, Empty, display};
use tracing::{Span, debug_span};

use super::{attribute_of, contained};
use crate::failure::PolicyError;
use crate::policy::Policy;
use crate::trace::{EndedBy, Ending};

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

fn kept(new: impl FnOnce() -> Span) -> Option<Box<Span>> {
    contained(|| Some(new()).filter(|span| !span.is_disabled()).map(Box::new))
}

#[cold]
#[inline(never)]
pub(super) extern "C" fn new_span(policy: Policy, name: &str) -> Option<Box<Span>> {
    kept(|| {
        let current = &Span::current();
        match policy {
            Policy::CircuitBreaker => {
                span_of!(
                    current,
                    "circuit_breaker",
                    policy,
                    name,
                    state = Empty,
                    era = Empty
                )
            }
            Policy::Retry => {
                span_of!(
                    current,
                    "retry",
                    policy,
                    name,
                    attempts = Empty,
                    reason = Empty
                )
            }
            Policy::RateLimiter => span_of!(current, "rate_limiter", policy, name),
            Policy::Bulkhead => span_of!(current, "bulkhead", policy, name),
            Policy::ThreadPoolBulkhead => {
                span_of!(current, "thread_pool_bulkhead", policy, name)
            }
            // No call passes through a timer.
            Policy::TimeLimiter | Policy::Timer => span_of!(current, "time_limiter", policy, name),
        }
    })
}

#[cold]
#[inline(never)]
pub(super) extern "C" fn new_attempt(retry: &Span, name: &str, number: u32) -> Option<Box<Span>> {
    let policy = Policy::Retry;
    kept(|| span_of!(retry, "retry_attempt", policy, name, attempt = number))
}

#[cold]
#[inline(never)]
pub(super) extern "C" fn new_fallback(
    policy: Policy,
    name: &str,
    failure: &'static str,
) -> Option<Box<Span>> {
    kept(|| {
        let current = &Span::current();
        span_of!(current, "fallback", policy, name, failure = failure)
    })
}

#[cold]
#[inline(never)]
pub(super) extern "C" fn enter(span: &Span) {
    contained(|| span.with_subscriber(|(id, subscriber)| subscriber.enter(id)));
}

#[cold]
#[inline(never)]
pub(super) extern "C" fn exit(span: &Span) {
    contained(|| span.with_subscriber(|(id, subscriber)| subscriber.exit(id)));
}

#[cold]
#[inline(never)]
pub(super) extern "C" fn record_state(span: &Span, state: &'static str, era: u64) {
    contained(|| {
        span.record("state", state).record("era", era);
    });
}

/// The future was dropped.
#[cold]
#[inline(never)]
pub(super) extern "C" fn cancelled(span: Box<Span>) {
    contained(|| {
        span.record("outcome", "cancelled");
        drop(span);
    });
}

/// What the thread that drops it does, says what of the two it is.
#[cold]
#[inline(never)]
pub(super) extern "C" fn dropped(span: Box<Span>) {
    if thread::panicking() {
        contained(|| panicked(span));
    } else {
        cancelled(span);
    }
}

/// It is entered, and the thread unwinds.
#[cold]
#[inline(never)]
pub(super) extern "C" fn panicked_within(span: Box<Span>) {
    exit(&span);
    contained(|| panicked(span));
}

fn panicked(span: Box<Span>) {
    fails(&span, "panicked", "panic", None);
    drop(span);
}

/// It is entered, and the call is over.
#[cold]
#[inline(never)]
pub(super) extern "C" fn end_within(span: Box<Span>, ending: Ending) {
    exit(&span);
    end(span, ending);
}

#[cold]
#[inline(never)]
pub(super) extern "C" fn end(span: Box<Span>, ending: Ending) {
    contained(|| {
        record(&span, &ending);
        drop(span);
    });
}

fn record(span: &Span, ending: &Ending) {
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
        Ending::Failure(error) => fails_with(span, "failure", error),
        Ending::Rejected(error) => fails_by(span, "rejected", error),
        Ending::TimedOut(error) => fails_by(span, "timed_out", error),
        Ending::RetriesExhausted(attempts, reason, error) => {
            span.record("attempts", attempts).record("reason", reason);
            fails_with(span, "retries_exhausted", error);
        }
    }
}

fn fails_with(span: &Span, outcome: &'static str, error: &EndedBy) {
    match said(error) {
        Some((error_type, description)) => fails(span, outcome, error_type, description),
        // A value that counts as a failure.
        None => fails(span, outcome, "result", None),
    }
}

fn fails_by(span: &Span, outcome: &'static str, error: &PolicyError) {
    fails(span, outcome, error.kind_name(), Some(display(error)));
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
fn said(error: &EndedBy) -> Option<(&'static str, Option<DisplayValue<&PolicyError>>)> {
    match error {
        EndedBy::Unknown => None,
        EndedBy::Typed(type_name) => Some((type_name(), None)),
        EndedBy::Policy(error) => Some((error.kind_name(), Some(display(error)))),
    }
}
