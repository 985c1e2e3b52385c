use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use crate::circuit_breaker::{OverrideAction, State};
use crate::membership::SettingChange;
use crate::policy::Policy;

/// Something that happened to an instance of a registry, or to its settings.
///
/// ```
/// use std::sync::{Arc, Mutex};
/// use resilience4rs::Registry;
///
/// let registry = Registry::new();
/// let log = Arc::new(Mutex::new(Vec::new()));
/// let lines = Arc::clone(&log);
/// registry.on_event(move |event| lines.lock().unwrap().push(event.to_string()));
///
/// let limiter = registry.time_limiter("payments");
/// limiter.change_config(|config| config.cancel_running_future(false)).unwrap();
/// registry.remove_time_limiter("payments");
/// assert_eq!(
///     *log.lock().unwrap(),
///     [
///         "time limiter 'payments' was added",
///         "time limiter 'payments' changed `cancel_running_future` from true to false",
///         "time limiter 'payments' was removed",
///     ],
/// );
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RegistryEvent {
    /// The policy of the instance.
    pub policy: Policy,
    /// The instance's name.
    pub name: Arc<str>,
    /// When it happened, on the registry's clock.
    pub created_at: SystemTime,
    /// What happened.
    pub kind: RegistryEventKind,
}

/// What happened to an instance of a registry.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum RegistryEventKind {
    /// It was made, or came back after it had been removed. No call has passed through it yet.
    Added,
    /// It was removed.
    Removed,
    /// It was replaced: it began afresh, with other settings.
    Replaced,
    /// It was idle and had to make room for another; see
    /// [`RegistryBuilder::max_instances`](crate::RegistryBuilder::max_instances).
    Evicted,
    /// It was made for one caller and not kept: there are `max_instances`, none of them idle.
    NotKept,
    /// Settings changed while it ran.
    ConfigChanged {
        /// Which, with the values before and after.
        changes: Arc<[SettingChange]>,
    },
    /// What the configuration says about it does not fit together with what its attribute says, and
    /// was left out.
    ConfigRejected {
        /// Why.
        reason: Arc<str>,
    },
    /// An operator has changed the state of a circuit breaker; see
    /// [`CircuitBreaker::operate`](crate::CircuitBreaker::operate).
    Overridden {
        /// What was done.
        action: OverrideAction,
        /// The state that the breaker left.
        from: State,
        /// The state that it was put in.
        to: State,
        /// Who did it, where it was said.
        operator: Option<Arc<str>>,
        /// Why, where it was said.
        reason: Option<Arc<str>>,
        /// When it ends; `None` where it stands until somebody lifts it.
        until: Option<SystemTime>,
    },
    /// The time of an operator's override is over.
    OverrideExpired {
        /// What had been done.
        action: OverrideAction,
        /// The state that the breaker went back to.
        to: State,
    },
}

impl fmt::Display for RegistryEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} '{}' ", self.policy, self.name)?;
        match &self.kind {
            RegistryEventKind::Added => f.write_str("was added"),
            RegistryEventKind::Removed => f.write_str("was removed"),
            RegistryEventKind::Replaced => f.write_str("was replaced"),
            RegistryEventKind::Evicted => f.write_str("was evicted to make room"),
            RegistryEventKind::NotKept => {
                f.write_str("was made for one call and not kept: there is no room for more")
            }
            RegistryEventKind::ConfigChanged { changes } => {
                f.write_str("changed ")?;
                for (place, change) in changes.iter().enumerate() {
                    let separator = if place == 0 { "" } else { ", " };
                    write!(f, "{separator}{change}")?;
                }
                Ok(())
            }
            RegistryEventKind::ConfigRejected { reason } => {
                write!(f, "does without its configuration: {reason}")
            }
            RegistryEventKind::Overridden {
                from,
                to,
                operator,
                reason,
                until,
                ..
            } => {
                write!(f, "was put from {from} into {to}")?;
                if let Some(operator) = operator {
                    write!(f, " by {operator}")?;
                }
                if let Some(until) = until {
                    write!(f, " until {}", humantime::format_rfc3339_seconds(*until))?;
                }
                match reason {
                    Some(reason) => write!(f, ": {reason}"),
                    None => Ok(()),
                }
            }
            RegistryEventKind::OverrideExpired { action, to } => {
                write!(f, "is back in {to}: the time of {action} is over")
            }
        }
    }
}
