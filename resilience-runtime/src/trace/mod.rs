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
    CallSpan, Carried, Culprits, LogLimit, RetrySpan, Scope, Unlogged, log, note_variant,
};
#[cfg(not(feature = "tracing"))]
pub(crate) use self::off::{
    CallSpan, Carried, Culprits, LogLimit, RetrySpan, Scope, Unlogged, log, note_variant,
};

use crate::error_summary::SeenError;
use crate::failure::PolicyError;
use crate::outcome::{Outcome, Verdict};

/// What became of a call, for its span. It refers to nothing: what is referred to is in memory, also
/// where there is no span.
#[derive(Debug)]
#[cfg_attr(
    not(feature = "tracing"),
    expect(dead_code, reason = "nobody looks at it where there are no spans")
)]
pub(crate) enum Ending {
    Success,
    Failure(EndedBy),
    /// It counts neither as success nor as failure.
    Ignored(EndedBy),
    Rejected(PolicyError),
    TimedOut(PolicyError),
    /// The last attempt failed that a retry makes: how many there were, and why there is no other.
    RetriesExhausted(u32, &'static str, EndedBy),
    /// A fallback answered. With what is not for the runtime to know.
    Answered,
}

/// The error that a call ended with.
#[derive(Debug)]
#[cfg_attr(
    not(feature = "tracing"),
    expect(dead_code, reason = "nobody looks at it where there are no spans")
)]
pub(crate) enum EndedBy {
    Unknown,
    Typed(fn() -> &'static str),
    Policy(PolicyError),
}

impl Ending {
    /// For a policy that does not judge.
    #[inline]
    pub(crate) fn of_outcome<R: Outcome>(outcome: Result<&R, &PolicyError>) -> Self {
        if outcome.is_ok_and(|outcome| outcome.as_result().is_ok()) {
            Self::Success
        } else {
            Self::Failure(SeenError::of_outcome(outcome).into())
        }
    }

    #[inline]
    pub(crate) fn of_verdict(verdict: Verdict, error: SeenError<'_>) -> Self {
        match verdict {
            Verdict::Success => Self::Success,
            Verdict::Failure => Self::Failure(error.into()),
            Verdict::Ignored => Self::Ignored(error.into()),
        }
    }
}

impl From<SeenError<'_>> for EndedBy {
    #[inline]
    fn from(error: SeenError<'_>) -> Self {
        match error {
            SeenError::Unknown => Self::Unknown,
            SeenError::Typed(type_name) => Self::Typed(type_name),
            SeenError::Policy(error) => Self::Policy(error.clone()),
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
