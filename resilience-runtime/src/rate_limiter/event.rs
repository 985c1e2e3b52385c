use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

/// Something that happened at a rate limiter.
///
/// ```
/// use std::sync::{Arc, Mutex};
/// use std::time::Duration;
/// use resilience4rs::Registry;
///
/// let limiter = Registry::new()
///     .rate_limiter_with("search", |config| {
///         config.limit_for_period(2).limit_refresh_period(Duration::from_secs(60))
///     })
///     .unwrap();
/// let log = Arc::new(Mutex::new(Vec::new()));
/// let lines = Arc::clone(&log);
/// limiter.on_event(move |event| lines.lock().unwrap().push(event.to_string()));
///
/// limiter.try_acquire().unwrap();
/// limiter.try_acquire_many(3).unwrap_err();
/// limiter.drain_permissions();
/// assert_eq!(
///     *log.lock().unwrap(),
///     [
///         "rate limiter 'search' gave 1 permit",
///         "rate limiter 'search' refused 3 permits",
///         "rate limiter 'search' was drained of 1 permit",
///     ],
/// );
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RateLimiterEvent {
    /// The limiter's name.
    pub name: Arc<str>,
    /// When it happened, on the registry's clock.
    pub created_at: SystemTime,
    /// What happened.
    pub kind: RateLimiterEventKind,
}

/// What happened at a rate limiter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RateLimiterEventKind {
    /// A call got its permits. A call that waits is announced when its wait is over, a
    /// [reservation](crate::RateLimiter::reserve) at once.
    SuccessfulAcquire {
        /// How many.
        permits: u32,
    },
    /// A call was refused. One that blocks its thread is announced when it has waited.
    FailedAcquire {
        /// How many permits it asked for.
        permits: u32,
    },
    /// The period was drained.
    Drained {
        /// How many permits it still had.
        permits: u32,
    },
}

impl RateLimiterEventKind {
    /// The names of all types of events, in the order of Resilience4j's.
    pub const TYPE_NAMES: &'static [&'static str] =
        &["FAILED_ACQUIRE", "SUCCESSFUL_ACQUIRE", "DRAINED"];

    /// The type's name, as Resilience4j's endpoints have it.
    ///
    /// ```
    /// use resilience4rs::RateLimiterEventKind;
    ///
    /// let kind = RateLimiterEventKind::SuccessfulAcquire { permits: 1 };
    /// assert_eq!(kind.type_name(), "SUCCESSFUL_ACQUIRE");
    /// ```
    #[must_use]
    pub const fn type_name(&self) -> &'static str {
        match self {
            Self::SuccessfulAcquire { .. } => "SUCCESSFUL_ACQUIRE",
            Self::FailedAcquire { .. } => "FAILED_ACQUIRE",
            Self::Drained { .. } => "DRAINED",
        }
    }
}

impl fmt::Display for RateLimiterEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, permits) = match self.kind {
            RateLimiterEventKind::SuccessfulAcquire { permits } => ("gave", permits),
            RateLimiterEventKind::FailedAcquire { permits } => ("refused", permits),
            RateLimiterEventKind::Drained { permits } => ("was drained of", permits),
        };
        let noun = if permits == 1 { "permit" } else { "permits" };
        write!(f, "rate limiter '{}' {what} {permits} {noun}", self.name)
    }
}
