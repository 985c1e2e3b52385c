use super::super::cause::Cause;
use super::super::state::State;

/// How long a breaker was in each state, and how it came from one to another.
#[derive(Debug, Clone)]
pub(in crate::circuit_breaker) struct History {
    state: State,
    since_nanos: u64,
    nanos_in: [u64; STATES.len()],
    transitions: Vec<Transitions>,
}

/// Changes from one state to another for one cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::circuit_breaker) struct Transitions {
    pub(in crate::circuit_breaker) from: State,
    pub(in crate::circuit_breaker) to: State,
    /// [`Cause::label`]: the counts that led to it are no matter here.
    pub(in crate::circuit_breaker) cause: &'static str,
    pub(in crate::circuit_breaker) count: u64,
}

/// Every state, in the order of Resilience4j's gauges.
pub(in crate::circuit_breaker) const STATES: [State; 6] = [
    State::Disabled,
    State::MetricsOnly,
    State::Closed,
    State::Open,
    State::ForcedOpen,
    State::HalfOpen,
];

impl History {
    pub(super) fn new(state: State, now_nanos: u64) -> Self {
        Self {
            state,
            since_nanos: now_nanos,
            nanos_in: [0; STATES.len()],
            transitions: Vec::new(),
        }
    }

    pub(super) fn turn(&mut self, from: State, to: State, cause: Cause, now_nanos: u64) {
        self.pass(now_nanos);
        self.state = to;
        if matches!(cause, Cause::Beginning) {
            return;
        }
        let cause = cause.label();
        let known = self
            .transitions
            .iter_mut()
            .find(|one| one.from == from && one.to == to && one.cause == cause);
        match known {
            Some(known) => known.count += 1,
            None => self.transitions.push(Transitions {
                from,
                to,
                cause,
                count: 1,
            }),
        }
    }

    /// The time up to now belongs to the state that there is.
    pub(super) fn pass(&mut self, now_nanos: u64) {
        // Processors' clocks may differ by a little.
        let nanos = now_nanos.saturating_sub(self.since_nanos);
        for (state, nanos_in) in STATES.iter().zip(&mut self.nanos_in) {
            if *state == self.state {
                *nanos_in += nanos;
            }
        }
        self.since_nanos = self.since_nanos.max(now_nanos);
    }

    pub(in crate::circuit_breaker) fn nanos_in_states(&self) -> impl Iterator<Item = (State, u64)> {
        STATES.into_iter().zip(self.nanos_in)
    }

    pub(in crate::circuit_breaker) fn transitions(&self) -> &[Transitions] {
        &self.transitions
    }
}
