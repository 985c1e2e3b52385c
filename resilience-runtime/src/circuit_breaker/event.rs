use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::state::State;
use crate::error_summary::ErrorSummary;

/// Something that happened at a circuit breaker.
///
/// ```
/// use std::sync::{Arc, Mutex};
/// use resilience4rs::{Registry, State};
///
/// let breaker = Registry::new().circuit_breaker("payments");
/// let log = Arc::new(Mutex::new(Vec::new()));
/// let lines = Arc::clone(&log);
/// breaker.on_event(move |event| lines.lock().unwrap().push(event.to_string()));
///
/// breaker.transition_to_forced_open().unwrap();
/// assert_eq!(
///     *log.lock().unwrap(),
///     ["circuit breaker 'payments' changed state from CLOSED to FORCED_OPEN"],
/// );
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CircuitBreakerEvent {
    /// The breaker's name.
    pub name: Arc<str>,
    /// When it happened, on the registry's clock.
    pub created_at: SystemTime,
    /// What happened.
    pub kind: CircuitBreakerEventKind,
    /// The error that the call ended with, of an `Error` or `IgnoredError`, where it is known.
    pub error: Option<ErrorSummary>,
}

/// What happened at a circuit breaker. In DISABLED and FORCED_OPEN only transitions and resets are
/// announced.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum CircuitBreakerEventKind {
    /// A call counted as a success. Announced before it is counted, as is an error.
    Success {
        /// How long it took.
        elapsed: Duration,
    },
    /// A call counted as a failure.
    Error {
        /// How long it took.
        elapsed: Duration,
        /// How it failed.
        cause: FailureCause,
    },
    /// A call failed with an error that is to be ignored.
    IgnoredError {
        /// How long it took.
        elapsed: Duration,
    },
    /// A call's future was dropped before it was done, and it counted as nothing.
    Cancelled {
        /// How long it had run.
        elapsed: Duration,
    },
    /// A call was rejected.
    NotPermitted,
    /// The breaker changed its state.
    StateTransition {
        /// The state it left.
        from: State,
        /// The state it is in.
        to: State,
    },
    /// The breaker was reset.
    Reset,
    /// The failure rate reached its threshold.
    FailureRateExceeded {
        /// The rate, in percent.
        rate: f32,
    },
    /// The slow-call rate reached its threshold.
    SlowCallRateExceeded {
        /// The rate, in percent.
        rate: f32,
    },
}

/// How a call failed that counted as a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FailureCause {
    /// It returned an error.
    Error,
    /// It returned a value that is recorded as a failure.
    Result,
    /// It panicked.
    Panic,
    /// Its future was dropped, after it had run past the slow-call threshold or where
    /// `cancelled_calls` counts all of them.
    Cancelled,
}

impl CircuitBreakerEventKind {
    /// The names of all types of events, in the order of Resilience4j's. The last one is ours.
    pub const TYPE_NAMES: &'static [&'static str] = &[
        "ERROR",
        "IGNORED_ERROR",
        "SUCCESS",
        "NOT_PERMITTED",
        "STATE_TRANSITION",
        "RESET",
        "FAILURE_RATE_EXCEEDED",
        "SLOW_CALL_RATE_EXCEEDED",
        "CANCELLED",
    ];

    /// The type's name, as Resilience4j's endpoints have it.
    ///
    /// ```
    /// use resilience4rs::CircuitBreakerEventKind;
    ///
    /// assert_eq!(CircuitBreakerEventKind::NotPermitted.type_name(), "NOT_PERMITTED");
    /// ```
    #[must_use]
    pub const fn type_name(&self) -> &'static str {
        match self {
            Self::Success { .. } => "SUCCESS",
            Self::Error { .. } => "ERROR",
            Self::IgnoredError { .. } => "IGNORED_ERROR",
            Self::Cancelled { .. } => "CANCELLED",
            Self::NotPermitted => "NOT_PERMITTED",
            Self::StateTransition { .. } => "STATE_TRANSITION",
            Self::Reset => "RESET",
            Self::FailureRateExceeded { .. } => "FAILURE_RATE_EXCEEDED",
            Self::SlowCallRateExceeded { .. } => "SLOW_CALL_RATE_EXCEEDED",
        }
    }
}

impl fmt::Display for CircuitBreakerEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "circuit breaker '{}' ", self.name)?;
        match self.kind {
            CircuitBreakerEventKind::Success { elapsed } => {
                write!(f, "recorded a successful call after {elapsed:?}")
            }
            CircuitBreakerEventKind::Error { elapsed, cause } => {
                let what = match cause {
                    FailureCause::Error => "an error",
                    FailureCause::Result => "a result that counts as a failure",
                    FailureCause::Panic => "a panic",
                    FailureCause::Cancelled => "a cancelled call that counts as a failure",
                };
                write!(f, "recorded {what} after {elapsed:?}")
            }
            CircuitBreakerEventKind::IgnoredError { elapsed } => {
                write!(f, "ignored an error after {elapsed:?}")
            }
            CircuitBreakerEventKind::Cancelled { elapsed } => {
                write!(f, "saw a call cancelled after {elapsed:?}")
            }
            CircuitBreakerEventKind::NotPermitted => f.write_str("rejected a call"),
            CircuitBreakerEventKind::StateTransition { from, to } => {
                write!(f, "changed state from {from} to {to}")
            }
            CircuitBreakerEventKind::Reset => f.write_str("was reset"),
            CircuitBreakerEventKind::FailureRateExceeded { rate } => {
                write!(
                    f,
                    "exceeded its failure rate threshold: {rate} % of the calls failed"
                )
            }
            CircuitBreakerEventKind::SlowCallRateExceeded { rate } => {
                write!(
                    f,
                    "exceeded its slow call rate threshold: {rate} % of the calls were slow"
                )
            }
        }
    }
}
