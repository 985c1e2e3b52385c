use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use crate::error_summary::ErrorSummary;

/// Something that happened at a time limiter.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use std::sync::{Arc, Mutex};
/// use resilience4rs::Registry;
///
/// let limiter = Registry::new().time_limiter("payments");
/// let log = Arc::new(Mutex::new(Vec::new()));
/// let lines = Arc::clone(&log);
/// limiter.on_event(move |event| lines.lock().unwrap().push(event.to_string()));
///
/// let _ = limiter.call(async { Ok::<_, ()>(42) }).await;
/// assert_eq!(*log.lock().unwrap(), ["time limiter 'payments' recorded a successful call"]);
/// # }
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TimeLimiterEvent {
    /// The limiter's name.
    pub name: Arc<str>,
    /// When it happened, on the registry's clock.
    pub created_at: SystemTime,
    /// What happened.
    pub kind: TimeLimiterEventKind,
    /// The error that the call ended with, where there is one.
    pub error: Option<ErrorSummary>,
}

/// What happened at a time limiter. It is announced when it has been counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TimeLimiterEventKind {
    /// A call brought a value in time.
    Success,
    /// A call ended in time with an error, with the failure of a policy further inside, or with a
    /// panic.
    Error,
    /// A call took too long. Announced before its future is dropped.
    Timeout,
}

impl TimeLimiterEventKind {
    /// The names of all types of events, in the order of Resilience4j's.
    pub const TYPE_NAMES: &'static [&'static str] = &["SUCCESS", "ERROR", "TIMEOUT"];

    /// The type's name, as Resilience4j's endpoints have it.
    ///
    /// ```
    /// use resilience4rs::TimeLimiterEventKind;
    ///
    /// assert_eq!(TimeLimiterEventKind::Timeout.type_name(), "TIMEOUT");
    /// ```
    #[must_use]
    pub const fn type_name(&self) -> &'static str {
        match self {
            Self::Success => "SUCCESS",
            Self::Error => "ERROR",
            Self::Timeout => "TIMEOUT",
        }
    }
}

impl fmt::Display for TimeLimiterEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            TimeLimiterEventKind::Success => "a successful call",
            TimeLimiterEventKind::Error => "an error",
            TimeLimiterEventKind::Timeout => "a timeout",
        };
        write!(f, "time limiter '{}' recorded {what}", self.name)
    }
}
