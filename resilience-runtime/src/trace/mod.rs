//! Spans and log lines, with the feature `tracing`.
//!
//! What the policies call is the same with the feature and without it: `live` does it, `off` does
//! nothing, and is as large. So no policy asks whether there is the feature, and no expansion does.
//!
//! Where no subscriber wants spans of our level, a call costs one look at the level when it begins, and
//! one at an empty place at each further step.

#[cfg(feature = "tracing")]
mod live;
#[cfg(not(feature = "tracing"))]
mod off;

#[cfg(feature = "tracing")]
pub(crate) use self::live::{
    Began, CallSpan, Carried, Culprits, LogLimit, RetrySpan, Scope, Unlogged, log, note_variant,
};
#[cfg(not(feature = "tracing"))]
pub(crate) use self::off::{
    Began, CallSpan, Carried, Culprits, LogLimit, RetrySpan, Scope, Unlogged, log, note_variant,
};

use crate::error_summary::SeenError;
use crate::failure::PolicyError;
use crate::outcome::{Outcome, Verdict};

/// What became of a call, for its span.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(
    not(feature = "tracing"),
    expect(dead_code, reason = "nobody looks at it where there are no spans")
)]
pub(crate) enum Ending<'a> {
    Success,
    Failure(SeenError<'a>),
    /// It counts neither as success nor as failure.
    Ignored(SeenError<'a>),
    Rejected(&'a PolicyError),
    TimedOut(&'a PolicyError),
    /// The last attempt failed that a retry makes: how many there were, and why there is no other.
    RetriesExhausted(u32, &'static str, SeenError<'a>),
    /// A fallback answered. With what is not for the runtime to know.
    Answered,
}

impl<'a> Ending<'a> {
    /// For a policy that does not judge.
    #[inline]
    pub(crate) fn of_outcome<R: Outcome>(outcome: Result<&'a R, &'a PolicyError>) -> Self {
        if outcome.is_ok_and(|outcome| outcome.as_result().is_ok()) {
            Self::Success
        } else {
            Self::Failure(SeenError::of_outcome(outcome))
        }
    }

    #[inline]
    pub(crate) fn of_verdict(verdict: Verdict, error: SeenError<'a>) -> Self {
        match verdict {
            Verdict::Success => Self::Success,
            Verdict::Failure => Self::Failure(error),
            Verdict::Ignored => Self::Ignored(error),
        }
    }
}

/// What a circuit breaker knows when it changes its state.
#[derive(Debug, Clone)]
#[cfg_attr(
    not(feature = "tracing"),
    expect(dead_code, reason = "nobody looks at it where there are no log lines")
)]
pub(crate) struct Transition {
    pub(crate) from: &'static str,
    pub(crate) to: &'static str,
    pub(crate) is_bad_news: bool,
    pub(crate) era: u64,
    pub(crate) cause: &'static str,
    pub(crate) rates: Option<RatesSeen>,
    pub(crate) last_errors: Option<String>,
}

/// The rates that made it do so, and what they were held against.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(
    not(feature = "tracing"),
    expect(dead_code, reason = "nobody looks at it where there are no log lines")
)]
pub(crate) struct RatesSeen {
    pub(crate) calls: u64,
    pub(crate) failed_calls: u64,
    pub(crate) slow_calls: u64,
    pub(crate) failure_rate: f64,
    pub(crate) slow_call_rate: f64,
    pub(crate) failure_rate_threshold: f64,
    pub(crate) slow_call_rate_threshold: f64,
    pub(crate) window_type: &'static str,
    pub(crate) window_size: u64,
    pub(crate) minimum_calls: u64,
}
