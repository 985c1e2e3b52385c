//! Errors that say themselves what policies make of them.

use std::convert::Infallible;
use std::sync::Arc;

use crate::failure::{Failure, PolicyError};
use crate::outcome::Verdict;

/// An error that says itself whether it counts as a failure, and whether trying again may help.
///
/// `#[derive(ErrorClass)]` implements it by a class for each variant; by hand it is one method.
/// `#[circuit_breaker(..)]` and `#[retry(..)]` ask it where they say `classify`, so that a whole service
/// says once what its errors mean.
///
/// ```
/// use resilience4rs::{Classification, ErrorClass};
///
/// struct Status(u16);
///
/// impl ErrorClass for Status {
///     fn classify(&self) -> Classification {
///         match self.0 {
///             // Says nothing about the health of the service, and is worth another try.
///             429 => Classification::IGNORE.retry(),
///             // The caller's own fault.
///             400..500 => Classification::IGNORE,
///             501 => Classification::FAILURE.no_retry(),
///             _ => Classification::FAILURE,
///         }
///     }
/// }
///
/// assert!(Status(503).classify().is_failure());
/// assert!(!Status(404).classify().is_failure());
/// assert!(Status(429).classify().is_retried());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say what class its errors are of",
    label = "`{Self}` does not implement `ErrorClass`",
    note = "implement it for `{Self}`, best by `#[derive(resilience4rs::ErrorClass)]` and a class for each variant; where `{Self}` is not a type of your own, give what holds it a class in place of `transparent`"
)]
pub trait ErrorClass {
    /// What policies make of this error.
    fn classify(&self) -> Classification;

    /// Which of its variants it is, for the log: where a circuit breaker opens, it says by which errors.
    /// `#[derive(ErrorClass)]` knows it of an enum.
    ///
    /// ```
    /// use resilience4rs::ErrorClass;
    ///
    /// #[derive(ErrorClass)]
    /// enum GatewayError {
    ///     #[class(ignore)]
    ///     Declined,
    ///     #[class(failure)]
    ///     Unreachable,
    /// }
    ///
    /// assert_eq!(GatewayError::Declined.variant_name(), Some("Declined"));
    /// assert_eq!(GatewayError::Unreachable.variant_name(), Some("Unreachable"));
    /// ```
    fn variant_name(&self) -> Option<&'static str> {
        None
    }
}

/// What policies make of an error: whether it counts for a circuit breaker, and whether a retry tries
/// again.
///
/// | in `#[derive(ErrorClass)]` | here | a circuit breaker | a retry |
/// |---|---|---|---|
/// | `failure`, `retry`, both | [`FAILURE`](Self::FAILURE) | counts it as a failure | tries again |
/// | `no_retry`, `failure, no_retry` | `FAILURE.no_retry()` | counts it as a failure | gives up |
/// | `ignore`, `ignore, no_retry` | [`IGNORE`](Self::IGNORE) | counts it as nothing | gives up |
/// | `ignore, retry` | `IGNORE.retry()` | counts it as nothing | tries again |
///
/// ```
/// use resilience4rs::Classification;
///
/// let class = Classification::FAILURE.no_retry();
/// assert!(class.is_failure());
/// assert!(!class.is_retried());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Classification {
    is_failure: bool,
    is_retried: bool,
}

impl Classification {
    /// It counts as a failure, and is tried again: what every error is where nothing else is said.
    pub const FAILURE: Self = Self {
        is_failure: true,
        is_retried: true,
    };

    /// It counts neither as success nor as failure, and is not tried again: the caller's own fault.
    pub const IGNORE: Self = Self {
        is_failure: false,
        is_retried: false,
    };

    /// The same, but tried again.
    ///
    /// ```
    /// # use resilience4rs::Classification;
    /// assert!(Classification::IGNORE.retry().is_retried());
    /// ```
    #[must_use]
    pub const fn retry(self) -> Self {
        Self {
            is_retried: true,
            ..self
        }
    }

    /// The same, but not tried again.
    ///
    /// ```
    /// # use resilience4rs::Classification;
    /// assert!(!Classification::FAILURE.no_retry().is_retried());
    /// ```
    #[must_use]
    pub const fn no_retry(self) -> Self {
        Self {
            is_retried: false,
            ..self
        }
    }

    /// Whether a circuit breaker counts it as a failure; else it counts as nothing.
    ///
    /// ```
    /// # use resilience4rs::Classification;
    /// assert!(Classification::FAILURE.is_failure());
    /// ```
    #[must_use]
    pub const fn is_failure(self) -> bool {
        self.is_failure
    }

    /// Whether a retry tries again.
    ///
    /// ```
    /// # use resilience4rs::Classification;
    /// assert!(!Classification::IGNORE.is_retried());
    /// ```
    #[must_use]
    pub const fn is_retried(self) -> bool {
        self.is_retried
    }

    /// What it is for a circuit breaker.
    pub(crate) const fn verdict(self) -> Verdict {
        if self.is_failure {
            Verdict::Failure
        } else {
            Verdict::Ignored
        }
    }
}

/// As a policy around another one sees it: a breaker that rejected the call is a failure, and not
/// tried again; a rate limiter and a bulkhead that did say nothing of the backend, and may have a
/// place the next time; a time limit is a failure.
///
/// ```
/// use resilience4rs::{ErrorClass, Registry};
///
/// let breaker = Registry::new().circuit_breaker("payments");
/// breaker.transition_to_open().unwrap();
/// let rejected = breaker.try_acquire().unwrap_err();
/// assert!(rejected.classify().is_failure());
/// assert!(!rejected.classify().is_retried());
/// ```
impl ErrorClass for PolicyError {
    fn classify(&self) -> Classification {
        match self {
            Self::CircuitOpen(_) => Classification::FAILURE.no_retry(),
            Self::RateLimited(_) | Self::BulkheadFull(_) => Classification::IGNORE.retry(),
            Self::TimedOut(_) | Self::RetriesExhausted(_) => Classification::FAILURE,
        }
    }
}

#[diagnostic::do_not_recommend]
impl<E: ErrorClass> ErrorClass for Failure<E> {
    fn classify(&self) -> Classification {
        match self {
            Self::Policy(error) => error.classify(),
            Self::Call(error) => error.classify(),
        }
    }

    fn variant_name(&self) -> Option<&'static str> {
        match self {
            Self::Policy(error) => error.variant_name(),
            Self::Call(error) => error.variant_name(),
        }
    }
}

#[diagnostic::do_not_recommend]
impl<E: ErrorClass + ?Sized> ErrorClass for &E {
    fn classify(&self) -> Classification {
        (**self).classify()
    }

    fn variant_name(&self) -> Option<&'static str> {
        (**self).variant_name()
    }
}

#[diagnostic::do_not_recommend]
impl<E: ErrorClass + ?Sized> ErrorClass for Box<E> {
    fn classify(&self) -> Classification {
        (**self).classify()
    }

    fn variant_name(&self) -> Option<&'static str> {
        (**self).variant_name()
    }
}

#[diagnostic::do_not_recommend]
impl<E: ErrorClass + ?Sized> ErrorClass for Arc<E> {
    fn classify(&self) -> Classification {
        (**self).classify()
    }

    fn variant_name(&self) -> Option<&'static str> {
        (**self).variant_name()
    }
}

#[diagnostic::do_not_recommend]
impl ErrorClass for Infallible {
    fn classify(&self) -> Classification {
        match *self {}
    }
}
