use std::fmt;
use std::sync::Arc;

/// The state of a circuit breaker.
///
/// It displays as Resilience4j spells it: `CLOSED`, `HALF_OPEN`, …
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Calls go through and are counted.
    Closed,
    /// Calls are rejected until the wait is over.
    Open,
    /// A limited number of calls probe whether the dependency is back.
    HalfOpen,
    /// Set by hand: every call is rejected. Only the rejections are counted.
    ForcedOpen,
    /// Set by hand: every call goes through, nothing is counted.
    Disabled,
    /// Set by hand: every call goes through and is counted, and the breaker never opens.
    MetricsOnly,
}

impl State {
    /// Whether a breaker may go from this state to `to`.
    ///
    /// All may, but CLOSED to HALF_OPEN and METRICS_ONLY to OPEN or HALF_OPEN. Going to the same
    /// state is allowed, starts the state afresh and is no event.
    ///
    /// ```
    /// use resilience4rs::State;
    ///
    /// assert!(State::Closed.may_become(State::Open));
    /// assert!(!State::Closed.may_become(State::HalfOpen));
    /// ```
    #[must_use]
    pub const fn may_become(self, to: Self) -> bool {
        !matches!(
            (self, to),
            (Self::Closed | Self::MetricsOnly, Self::HalfOpen) | (Self::MetricsOnly, Self::Open)
        )
    }

    /// Whether calls in this state are worth an event.
    pub(crate) const fn announces_calls(self) -> bool {
        !matches!(self, Self::Disabled | Self::ForcedOpen)
    }

    /// As Resilience4j spells it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Closed => "CLOSED",
            Self::Open => "OPEN",
            Self::HalfOpen => "HALF_OPEN",
            Self::ForcedOpen => "FORCED_OPEN",
            Self::Disabled => "DISABLED",
            Self::MetricsOnly => "METRICS_ONLY",
        }
    }

    /// The state as three bits, for [`StateWord`](super::state_word::StateWord).
    pub(super) const fn to_bits(self) -> u64 {
        match self {
            Self::Closed => 0,
            Self::Open => 1,
            Self::HalfOpen => 2,
            Self::ForcedOpen => 3,
            Self::Disabled => 4,
            Self::MetricsOnly => 5,
        }
    }

    pub(super) const fn from_bits(bits: u64) -> Self {
        match bits {
            0 => Self::Closed,
            1 => Self::Open,
            2 => Self::HalfOpen,
            3 => Self::ForcedOpen,
            4 => Self::Disabled,
            _ => Self::MetricsOnly,
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A manual transition that [`State::may_become`] does not allow; nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("circuit breaker '{name}' cannot go from {from} to {to}")]
#[non_exhaustive]
pub struct IllegalTransition {
    /// The breaker's name.
    pub name: Arc<str>,
    /// The state that it is in.
    pub from: State,
    /// The state that was asked for.
    pub to: State,
}
