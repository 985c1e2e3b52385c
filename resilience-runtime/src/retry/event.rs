use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::error_summary::ErrorSummary;

/// Something that happened at a retry. A call that goes well at its first attempt is not announced.
///
/// ```
/// use std::sync::{Arc, Mutex};
/// use std::time::Duration;
/// use resilience4rs::Registry;
///
/// let retry = Registry::new()
///     .retry_with("payments", |config| config.max_attempts(2).wait_duration(Duration::ZERO))
///     .unwrap();
/// let log = Arc::new(Mutex::new(Vec::new()));
/// let lines = Arc::clone(&log);
/// retry.on_event(move |event| lines.lock().unwrap().push(event.to_string()));
///
/// let _ = retry.call_blocking(|| Err::<(), _>("down"));
/// assert_eq!(
///     *log.lock().unwrap(),
///     [
///         "retry 'payments' waits 0ns before it tries again, failed attempts: 1, the last one by an error",
///         "retry 'payments' gives up after its last attempt, failed attempts: 2, the last one by an error",
///     ],
/// );
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RetryEvent {
    /// The retry's name.
    pub name: Arc<str>,
    /// When it happened, on the registry's clock.
    pub created_at: SystemTime,
    /// What happened.
    pub kind: RetryEventKind,
    /// The error that the last failed attempt ended with, where there is one. Of a
    /// `BudgetExhausted` it is that of the `Error` which follows.
    pub error: Option<ErrorSummary>,
}

/// What happened at a retry.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RetryEventKind {
    /// An attempt failed, and there will be another.
    Retry {
        /// How many attempts have failed.
        attempts: u32,
        /// How long it waits before the next.
        wait: Duration,
        /// What the last one failed by.
        failure: AttemptFailure,
    },
    /// A call went well after attempts that failed.
    Success {
        /// How many attempts had failed.
        attempts: u32,
        /// What the last of them failed by.
        failure: AttemptFailure,
    },
    /// A call failed: its last attempt is not retried any more.
    Error {
        /// How many attempts have failed.
        attempts: u32,
        /// What the last one failed by.
        failure: AttemptFailure,
        /// Why there is no other.
        reason: GiveUpReason,
    },
    /// A call failed with an error that is not to be retried, or with a value of which a classification
    /// [gives up](crate::RetryVerdict::GiveUp).
    IgnoredError {
        /// What it failed by.
        failure: AttemptFailure,
    },
    /// The budget refused a retry. An [`Error`](Self::Error) follows, since that ends the call.
    BudgetExhausted {
        /// How many attempts have failed.
        attempts: u32,
        /// The budget's name.
        budget: Arc<str>,
    },
}

/// What an attempt failed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AttemptFailure {
    /// It returned an error.
    Error,
    /// It returned a value that stands for a failure.
    Result,
    /// A policy inside of the retry ended it.
    Policy,
}

/// Why a failed attempt is not followed by another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GiveUpReason {
    /// It was the last of `max_attempts`.
    MaxAttempts,
    /// The wait would have ended past `max_duration`.
    MaxDuration,
    /// The budget refused the retry.
    Budget,
    /// The custom function of the wait said that there is to be no other.
    Interval,
}

impl GiveUpReason {
    /// In one word, for spans and log lines: the setting, where it is one.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::MaxAttempts => "max_attempts",
            Self::MaxDuration => "max_duration",
            Self::Budget => "budget",
            Self::Interval => "interval_function",
        }
    }
}

impl RetryEventKind {
    /// The names of all types of events, in the order of Resilience4j's. The last one is ours.
    pub const TYPE_NAMES: &'static [&'static str] = &[
        "RETRY",
        "ERROR",
        "SUCCESS",
        "IGNORED_ERROR",
        "BUDGET_EXHAUSTED",
    ];

    /// The type's name, as Resilience4j's endpoints have it.
    ///
    /// ```
    /// use resilience4rs::{AttemptFailure, RetryEventKind};
    ///
    /// let kind = RetryEventKind::Success { attempts: 1, failure: AttemptFailure::Error };
    /// assert_eq!(kind.type_name(), "SUCCESS");
    /// ```
    #[must_use]
    pub const fn type_name(&self) -> &'static str {
        match self {
            Self::Retry { .. } => "RETRY",
            Self::Success { .. } => "SUCCESS",
            Self::Error { .. } => "ERROR",
            Self::IgnoredError { .. } => "IGNORED_ERROR",
            Self::BudgetExhausted { .. } => "BUDGET_EXHAUSTED",
        }
    }

    /// How many attempts have failed, as Resilience4j's endpoints have it: 0 of an ignored error.
    ///
    /// ```
    /// use resilience4rs::{AttemptFailure, RetryEventKind};
    ///
    /// let kind = RetryEventKind::Success { attempts: 1, failure: AttemptFailure::Error };
    /// assert_eq!(kind.attempts(), 1);
    /// ```
    #[must_use]
    pub const fn attempts(&self) -> u32 {
        match self {
            Self::Retry { attempts, .. }
            | Self::Success { attempts, .. }
            | Self::Error { attempts, .. }
            | Self::BudgetExhausted { attempts, .. } => *attempts,
            Self::IgnoredError { .. } => 0,
        }
    }
}

impl fmt::Display for RetryEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "retry '{}' ", self.name)?;
        let failed = |f: &mut fmt::Formatter<'_>, attempts, failure| {
            write!(
                f,
                ", failed attempts: {attempts}, the last one by {failure}"
            )
        };
        match &self.kind {
            RetryEventKind::Retry {
                attempts,
                wait,
                failure,
            } => {
                write!(f, "waits {wait:?} before it tries again")?;
                failed(f, attempts, failure)
            }
            RetryEventKind::Success { attempts, failure } => {
                f.write_str("recorded a successful call")?;
                failed(f, attempts, failure)
            }
            RetryEventKind::Error {
                attempts,
                failure,
                reason,
            } => {
                write!(f, "gives up {reason}")?;
                failed(f, attempts, failure)
            }
            RetryEventKind::IgnoredError { failure } => {
                write!(f, "does not retry {failure} that is to be ignored")
            }
            RetryEventKind::BudgetExhausted { attempts, budget } => write!(
                f,
                "was refused by the budget '{budget}', failed attempts: {attempts}"
            ),
        }
    }
}

impl fmt::Display for AttemptFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "an error",
            Self::Result => "a result",
            Self::Policy => "a policy's failure",
        })
    }
}

impl fmt::Display for GiveUpReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MaxAttempts => "after its last attempt",
            Self::MaxDuration => "for want of time",
            Self::Budget => "for want of budget",
            Self::Interval => "as its wait function says",
        })
    }
}
