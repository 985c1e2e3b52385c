use std::any::type_name;
use std::fmt;
use std::sync::Arc;

use crate::failure::PolicyError;
use crate::outcome::Outcome;

/// What an event says of the error that it is about.
///
/// The error itself belongs to the caller, and need not outlive the call, nor print. Its type is always
/// known; what it says of itself is where it is the failure of a policy further inside.
///
/// ```
/// use std::time::Duration;
/// use resilience4rs::Registry;
///
/// let registry = Registry::new();
/// let breaker = registry.circuit_breaker("payments");
/// breaker.buffer_events(10);
/// let _ = breaker.call_blocking(|| Err::<(), _>(std::fmt::Error));
///
/// let events = breaker.buffered_events();
/// let error = events[0].error.as_ref().unwrap();
/// assert_eq!(error.type_name, "core::fmt::Error");
/// assert_eq!(error.message, None);
/// assert_eq!(error.to_string(), "core::fmt::Error");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ErrorSummary {
    /// The error's type, as [`std::any::type_name`] spells it, which is for people to read.
    pub type_name: &'static str,
    /// What the error says of itself, where that is known.
    pub message: Option<Arc<str>>,
}

/// As Resilience4j has it: the type and, after a colon, the message.
impl fmt::Display for ErrorSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.type_name)?;
        match &self.message {
            Some(message) => write!(f, ": {message}"),
            None => Ok(()),
        }
    }
}

/// An error on its way to an event, should anybody want to know: two words, and nothing is done for
/// them.
#[derive(Debug, Clone, Copy)]
pub(crate) enum SeenError<'a> {
    /// There is none, or nobody can say which.
    Unknown,
    /// It may be of any type.
    Typed(fn() -> &'static str),
    Policy(&'a PolicyError),
}

impl SeenError<'_> {
    #[inline]
    pub(crate) fn of_result<V, E>(result: Result<&V, &E>) -> Self {
        match result {
            Ok(_) => Self::Unknown,
            Err(_) => Self::Typed(type_name::<E>),
        }
    }

    /// The error of an outcome, or the failure of a policy further inside.
    #[inline]
    pub(crate) fn of_outcome<'a, R: Outcome>(
        outcome: Result<&'a R, &'a PolicyError>,
    ) -> SeenError<'a> {
        match outcome {
            Ok(outcome) => SeenError::of_result(outcome.as_result()),
            Err(error) => SeenError::Policy(error),
        }
    }

    /// For those who tell later, when the error is gone.
    #[inline]
    pub(crate) fn type_only(self) -> SeenError<'static> {
        match self {
            Self::Unknown => SeenError::Unknown,
            Self::Typed(type_name) => SeenError::Typed(type_name),
            Self::Policy(_) => SeenError::Typed(type_name::<PolicyError>),
        }
    }

    #[cold]
    pub(crate) fn summary(self) -> Option<ErrorSummary> {
        let (type_name, message) = match self {
            Self::Unknown => return None,
            Self::Typed(type_name) => (type_name(), None),
            Self::Policy(error) => (type_name::<PolicyError>(), Some(error.to_string().into())),
        };
        Some(ErrorSummary { type_name, message })
    }
}
