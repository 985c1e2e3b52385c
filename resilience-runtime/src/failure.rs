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
    /// A rate limiter had no permission to give within the time that a call may wait for one.
    #[error(transparent)]
    RateLimited(#[from] RateLimited),
    /// A bulkhead had no place free within the time that a call may wait for one.
    #[error(transparent)]
    BulkheadFull(#[from] BulkheadFull),
    /// A time limiter gave up on the call.
    #[error(transparent)]
    TimedOut(#[from] TimedOut),
    /// The last attempt that a retry permits brought a result that is to be retried. A retry whose
    /// last attempt brought an error returns that error.
    #[error(transparent)]
    RetriesExhausted(#[from] RetriesExhausted),
}

impl PolicyError {
    /// Its kind in one word, for spans and log lines.
    pub(crate) const fn kind_name(&self) -> &'static str {
        match self {
            Self::CircuitOpen(_) => "circuit_open",
            Self::RateLimited(_) => "rate_limited",
            Self::BulkheadFull(_) => "bulkhead_full",
            Self::TimedOut(_) => "timed_out",
            Self::RetriesExhausted(_) => "retries_exhausted",
        }
    }
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
        write_next_try(f, self.retry_after)
    }
}

impl Error for CircuitOpen {}

/// To the millisecond, rounded up: who reads it is a person, and sooner would be in vain.
fn write_next_try(f: &mut fmt::Formatter<'_>, retry_after: Option<Duration>) -> fmt::Result {
    let Some(wait) = retry_after else {
        return Ok(());
    };
    let millis = u64::try_from(wait.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX);
    write!(f, " (next try in {:?})", Duration::from_millis(millis))
}

/// A rate limiter rejected the call.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimited {
    /// The limiter's name.
    pub name: Arc<str>,
    /// How many permissions a period has.
    pub limit_for_period: u32,
    /// How long the call would have had to wait, where that is known. It is a lower bound, since
    /// others may take the permissions first.
    pub retry_after: Option<Duration>,
}

impl fmt::Display for RateLimited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        write!(f, "rate limiter '{name}' does not permit further calls")?;
        write_next_try(f, self.retry_after)
    }
}

impl Error for RateLimited {}

/// A bulkhead rejected the call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("bulkhead '{name}' is full and does not permit further calls")]
#[non_exhaustive]
pub struct BulkheadFull {
    /// The bulkhead's name.
    pub name: Arc<str>,
    /// How many calls it lets run at the same time; of a pool of threads, how many run and wait.
    pub max_concurrent_calls: u32,
    /// How long a call may wait for a place.
    pub max_wait_duration: Duration,
}

/// A time limiter gave up on the call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("time limiter '{name}' recorded a timeout: the call took longer than {timeout_duration:?}")]
#[non_exhaustive]
pub struct TimedOut {
    /// The time limiter's name.
    pub name: Arc<str>,
    /// How long the call might have taken.
    pub timeout_duration: Duration,
}

/// The last attempt that a retry permits brought a result that is to be retried.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("retry '{name}' has exhausted all attempts ({attempts})")]
#[non_exhaustive]
pub struct RetriesExhausted {
    /// The retry's name.
    pub name: Arc<str>,
    /// How many attempts were made, the first one included.
    pub attempts: u32,
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rejection_says_when_to_try_again_to_the_millisecond() {
        let limited = |nanos| RateLimited {
            name: "payments".into(),
            limit_for_period: 1,
            retry_after: Some(Duration::from_nanos(nanos)),
        };
        let text = "rate limiter 'payments' does not permit further calls";
        for (nanos, wait) in [(9_600_000_001, "9.601s"), (1, "1ms"), (2_000_000, "2ms")] {
            assert_eq!(
                limited(nanos).to_string(),
                format!("{text} (next try in {wait})")
            );
        }
    }
}
