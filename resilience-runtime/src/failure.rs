use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::circuit_breaker::State;

/// Why a policy did not let a call through, or gave up on it.
///
/// It is what a caller sees who annotates a function without a fallback: the function's error type
/// has a `From<PolicyError>`.
///
/// ```
/// use resilience4rs::{PolicyError, Registry};
///
/// let breaker = Registry::new().circuit_breaker("payments");
/// breaker.transition_to_open().unwrap();
///
/// let rejected = breaker.try_acquire().unwrap_err();
/// let PolicyError::CircuitOpen(open) = &rejected else { unreachable!() };
/// assert_eq!(&*open.name, "payments");
/// assert!(open.retry_after.is_some());
/// assert!(rejected.to_string().starts_with("circuit breaker 'payments' is OPEN and does not permit further calls"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// A circuit breaker rejected the call: it is open, or half-open with its probes all out.
    #[error(transparent)]
    CircuitOpen(#[from] CircuitOpen),
}

/// A circuit breaker rejected the call.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CircuitOpen {
    /// The breaker's name.
    pub name: Arc<str>,
    /// The state that rejected the call.
    pub state: State,
    /// How long until the breaker lets a call through again, where that is known: while it is
    /// OPEN. It is a lower bound, since others may take the probes first.
    pub retry_after: Option<Duration>,
}

impl fmt::Display for CircuitOpen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, state, .. } = self;
        write!(
            f,
            "circuit breaker '{name}' is {state} and does not permit further calls"
        )?;
        match self.retry_after {
            Some(wait) => write!(f, " (next try in {wait:?})"),
            None => Ok(()),
        }
    }
}

impl Error for CircuitOpen {}

/// How a guarded call failed: a policy stepped in, or the call itself returned an error.
///
/// ```
/// use resilience4rs::{Failure, Registry};
///
/// let breaker = Registry::new().circuit_breaker("payments");
/// let failed = breaker.call_blocking(|| Err::<(), _>("card declined")).unwrap_err();
/// assert_eq!(failed, Failure::Call("card declined"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure<E> {
    /// A policy rejected the call or gave up on it.
    Policy(PolicyError),
    /// The call itself returned this error.
    Call(E),
}

impl<E: fmt::Display> fmt::Display for Failure<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Policy(error) => error.fmt(f),
            Self::Call(error) => error.fmt(f),
        }
    }
}

/// It displays as what it carries, so its source is what lies behind that.
impl<E: Error> Error for Failure<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Policy(error) => error.source(),
            Self::Call(error) => error.source(),
        }
    }
}

impl<E> From<PolicyError> for Failure<E> {
    fn from(error: PolicyError) -> Self {
        Self::Policy(error)
    }
}
