//! What operators do to a breaker: on whose word, why and until when.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::CircuitBreaker;
use super::state::{IllegalTransition, State};

/// What an operator does to a breaker.
///
/// It displays, and is read, as the endpoints spell it: `CLOSE`, `FORCE_OPEN`, …
///
/// ```
/// use resilience4rs::OverrideAction;
///
/// assert_eq!("METRICS_ONLY".parse(), Ok(OverrideAction::MetricsOnly));
/// assert_eq!(OverrideAction::ForceOpen.to_string(), "FORCE_OPEN");
/// assert!("force_open".parse::<OverrideAction>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OverrideAction {
    /// Closes it, with nothing counted.
    Close,
    /// Opens it, to probe when the wait is over.
    Open,
    /// Begins a half-open round.
    HalfOpen,
    /// Rejects every call.
    ForceOpen,
    /// Lets every call through, uncounted.
    Disable,
    /// Lets every call through, and counts it.
    MetricsOnly,
    /// Closes it, with nothing counted, and announces that it was reset.
    Reset,
}

/// A text is no action of an operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an action is one of CLOSE, OPEN, HALF_OPEN, FORCE_OPEN, DISABLE, METRICS_ONLY, RESET")]
#[non_exhaustive]
pub struct UnknownOverrideAction;

/// What an operator wants of a breaker, for [`CircuitBreaker::operate`].
///
/// ```
/// use std::time::Duration;
/// use resilience4rs::{Override, OverrideAction, Registry, State};
///
/// let breaker = Registry::new().circuit_breaker("payments");
/// let order = Override::new(OverrideAction::ForceOpen)
///     .by("alice")
///     .because("the provider is being migrated")
///     .lasting(Duration::from_secs(600));
/// breaker.operate(order).unwrap();
/// assert_eq!(breaker.state(), State::ForcedOpen);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "it does nothing until a breaker is operated with it"]
pub struct Override {
    pub(super) action: OverrideAction,
    pub(super) operator: Option<Arc<str>>,
    pub(super) reason: Option<Arc<str>>,
    pub(super) end: Option<End>,
}

/// When an override is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    After(Duration),
    At(SystemTime),
}

/// What an override has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Overridden {
    /// The state that the breaker left.
    pub from: State,
    /// The state that it was put in.
    pub to: State,
    /// When the override is over, on the registry's clock; `None` where it stands until somebody
    /// lifts it.
    pub until: Option<SystemTime>,
}

/// An override that stands: nothing but its end, or another change of state, lifts it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StandingOverride {
    /// What was done.
    pub action: OverrideAction,
    /// Who did it, where it was said.
    pub operator: Option<Arc<str>>,
    /// Why, where it was said.
    pub reason: Option<Arc<str>>,
    /// When it is over, on the registry's clock; `None` where it stands until somebody lifts it.
    pub until: Option<SystemTime>,
    /// The state that the breaker goes back to then.
    pub returns_to: State,
}

/// An override was refused; nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OverrideError {
    /// The breaker may not go there from the state that it is in.
    #[error(transparent)]
    IllegalTransition(#[from] IllegalTransition),
    /// It was to end, but begins something that ends by itself or not at all.
    #[error(
        "{action} takes no end: only OPEN, FORCE_OPEN, DISABLE and METRICS_ONLY last for a time"
    )]
    #[non_exhaustive]
    TakesNoEnd {
        /// What was to be done.
        action: OverrideAction,
    },
    /// It was to end before it began.
    #[error("an override must end later than now")]
    EndsInThePast,
}

impl OverrideAction {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Close,
        Self::Open,
        Self::HalfOpen,
        Self::ForceOpen,
        Self::Disable,
        Self::MetricsOnly,
        Self::Reset,
    ];

    /// The state that it puts a breaker in.
    ///
    /// ```
    /// use resilience4rs::{OverrideAction, State};
    ///
    /// assert_eq!(OverrideAction::Reset.state(), State::Closed);
    /// ```
    #[must_use]
    pub const fn state(self) -> State {
        match self {
            Self::Close | Self::Reset => State::Closed,
            Self::Open => State::Open,
            Self::HalfOpen => State::HalfOpen,
            Self::ForceOpen => State::ForcedOpen,
            Self::Disable => State::Disabled,
            Self::MetricsOnly => State::MetricsOnly,
        }
    }

    /// Whether the state stays until somebody ends it: what this is for.
    pub(super) const fn holds(self) -> bool {
        matches!(self, Self::ForceOpen | Self::Disable | Self::MetricsOnly)
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Close => "CLOSE",
            Self::Open => "OPEN",
            Self::HalfOpen => "HALF_OPEN",
            Self::ForceOpen => "FORCE_OPEN",
            Self::Disable => "DISABLE",
            Self::MetricsOnly => "METRICS_ONLY",
            Self::Reset => "RESET",
        }
    }
}

impl fmt::Display for OverrideAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for OverrideAction {
    type Err = UnknownOverrideAction;

    fn from_str(text: &str) -> Result<Self, UnknownOverrideAction> {
        let mut all = Self::ALL.into_iter();
        all.find(|action| action.word() == text)
            .ok_or(UnknownOverrideAction)
    }
}

impl Override {
    /// To do this, until it is lifted.
    pub const fn new(action: OverrideAction) -> Self {
        Self {
            action,
            operator: None,
            reason: None,
            end: None,
        }
    }

    /// On whose word it is done.
    pub fn by(mut self, operator: impl Into<Arc<str>>) -> Self {
        self.operator = Some(operator.into());
        self
    }

    /// Why.
    pub fn because(mut self, reason: impl Into<Arc<str>>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// For this long on the registry's clock, instead of any end that was given.
    pub fn lasting(mut self, time: Duration) -> Self {
        self.end = Some(End::After(time));
        self
    }

    /// Until this time on the registry's clock, instead of any end that was given.
    pub fn until(mut self, time: SystemTime) -> Self {
        self.end = Some(End::At(time));
        self
    }
}

impl CircuitBreaker {
    /// Does what an operator wants, and announces it as an
    /// [event of the registry](crate::RegistryEventKind::Overridden), with who wants it and why.
    ///
    /// An override with an end is over by itself: the breaker goes back to the state that was set by
    /// hand or configured before it, DISABLED for example, or else to CLOSED, and the registry
    /// announces [that](crate::RegistryEventKind::OverrideExpired). Of one that takes the place of
    /// another with an end, this is the state before both. Any other change of state, by whomever,
    /// lifts the override, its end included. Of [`OverrideAction::Open`] the end is that of the wait in
    /// OPEN: the breaker probes then, as it does after every wait.
    ///
    /// # Errors
    /// When the breaker may not go there from its state, or the end is none that it can have.
    ///
    /// ```
    /// use std::time::Duration;
    /// use resilience4rs::{Clock, Override, OverrideAction, Registry, State};
    ///
    /// let time = Clock::manual();
    /// let breaker = Registry::builder().clock(&time).build().circuit_breaker("payments");
    /// let minute = Duration::from_secs(60);
    /// let done = breaker.operate(Override::new(OverrideAction::Disable).lasting(minute)).unwrap();
    /// assert_eq!((done.from, done.to), (State::Closed, State::Disabled));
    ///
    /// time.advance(minute);
    /// assert_eq!(breaker.state(), State::Closed);
    /// ```
    pub fn operate(&self, order: Override) -> Result<Overridden, OverrideError> {
        self.machine.operate(order)
    }

    /// The override that stands, if one does.
    ///
    /// ```
    /// use resilience4rs::{Override, OverrideAction, Registry};
    ///
    /// let breaker = Registry::new().circuit_breaker("payments");
    /// breaker.operate(Override::new(OverrideAction::ForceOpen).by("alice")).unwrap();
    /// assert_eq!(breaker.standing_override().unwrap().operator.as_deref(), Some("alice"));
    ///
    /// breaker.reset();
    /// assert!(breaker.standing_override().is_none());
    /// ```
    #[must_use]
    pub fn standing_override(&self) -> Option<StandingOverride> {
        self.machine.standing_override()
    }
}
