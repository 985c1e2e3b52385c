//! Overrides of operators: changes of state that are announced to the registry, and that may end.
//!
//! What stands belongs to the running state, as that state's timer does: whatever changes the state
//! takes both away, so that an override which was lifted can no more expire.

use std::sync::Weak;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::cause::Cause;
use super::event::CircuitBreakerEventKind;
use super::machine::Machine;
use super::overriding::{
    End, Overridden, Override, OverrideAction, OverrideError, StandingOverride,
};
use super::state::{IllegalTransition, State};
use super::transition::{Period, Wait};
use crate::clock::{Alarm, Ring, nanos_of};
use crate::policy::Policy;
use crate::registry::RegistryEventKind;
use crate::sync::lock;

impl Machine {
    pub(super) fn operate(&self, order: Override) -> Result<Overridden, OverrideError> {
        let Override { action, .. } = order;
        let until = self.end_of(&order)?;
        let registry = self.membership.superior();
        let mut period = lock(&self.period);
        let word = self.word();
        let (from, to) = (word.state(), action.state());
        if !from.may_become(to) {
            let name = self.name().clone();
            return Err(IllegalTransition { name, from, to }.into());
        }
        let returns_to = match &period.standing {
            Some(standing) if standing.until.is_some() => standing.returns_to,
            _ => steady(from),
        };
        let wait = match (action, until) {
            (OverrideAction::Open, Some(until)) => Wait::UntilNanos(until),
            _ => Wait::Configured,
        };
        let cause = match action {
            OverrideAction::Reset => Cause::Reset,
            _ => Cause::Manual,
        };
        self.enter(&mut period, word, to, wait, cause);
        if action == OverrideAction::Reset {
            self.post(CircuitBreakerEventKind::Reset);
        }
        let ends_at = until.map(time_at);
        if action.holds() {
            period.standing = Some(Box::new(StandingOverride {
                action,
                operator: order.operator.clone(),
                reason: order.reason.clone(),
                until: ends_at,
                returns_to,
            }));
            if let Some(until) = until {
                self.set_expiry(&mut period, until);
            }
        }
        // Under the lock, so that the registry hears of overrides in their order.
        if let Some(registry) = &registry {
            let kind = RegistryEventKind::Overridden {
                action,
                from,
                to,
                operator: order.operator,
                reason: order.reason,
                until: ends_at,
            };
            registry.happened(Policy::CircuitBreaker, self.name(), kind);
        }
        self.conclude(period);
        if let Some(registry) = registry {
            registry.deliver();
        }
        Ok(Overridden {
            from,
            to,
            until: ends_at,
        })
    }

    pub(super) fn standing_override(&self) -> Option<StandingOverride> {
        lock(&self.period).standing.as_deref().cloned()
    }

    fn end_of(&self, order: &Override) -> Result<Option<u64>, OverrideError> {
        let action = order.action;
        let now = self.clock.now_nanos();
        let until = match order.end {
            None => return Ok(None),
            Some(_) if !action.holds() && action != OverrideAction::Open => {
                return Err(OverrideError::TakesNoEnd { action });
            }
            Some(End::After(time)) => now.saturating_add(nanos_of(time)),
            Some(End::At(time)) => self.clock.nanos_at(time),
        };
        if until <= now {
            return Err(OverrideError::EndsInThePast);
        }
        Ok(Some(until))
    }

    /// The running state's timer is the override's: the states that it holds have none of their own.
    fn set_expiry(&self, period: &mut Period, until: u64) {
        period.timers += 1;
        let target: Weak<dyn Ring> = self.this.clone();
        let occasion = period.timers;
        period.timer = Some(self.clock.schedule(until, Alarm { target, occasion }));
    }
}

/// Where a breaker goes back to: OPEN and HALF_OPEN are about calls of long ago by then.
fn steady(state: State) -> State {
    match state {
        State::Open | State::HalfOpen => State::Closed,
        held => held,
    }
}

fn time_at(nanos: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_nanos(nanos)
}
