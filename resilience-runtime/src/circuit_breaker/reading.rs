//! A breaker as metrics see it.

use super::CircuitBreaker;
use super::config::SlidingWindowType;
use super::metrics::CircuitBreakerMetrics;
use super::state::State;
use super::tally::{Ending, History, STATES, Sums, Tally};

/// Everything at about the same time.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) state: State,
    pub(crate) metrics: CircuitBreakerMetrics,
    /// How many calls the window holds at most; `None` for a window of time.
    pub(crate) window_size: Option<u32>,
    pub(crate) started: u64,
    pub(crate) not_permitted: u64,
    pub(crate) cancelled: u64,
    pub(crate) successful: Timed,
    pub(crate) failed: Timed,
    pub(crate) ignored: Timed,
    history: History,
}

/// How many calls ended in one way, and how long they took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timed {
    pub(crate) calls: u64,
    pub(crate) nanos: u64,
    pub(crate) longest_nanos: u64,
}

impl CircuitBreaker {
    /// Counts from now on what becomes of calls.
    pub(crate) fn begin_counting(&self) {
        self.machine.begin_counting();
    }

    /// `None` where nothing is counted.
    pub(crate) fn reading(&self) -> Option<Reading> {
        let machine = &self.machine;
        let tally = machine.tally()?;
        let config = machine.in_force.config();
        let state = machine.word().state();
        let sums = tally.sums(machine.clock.ticks());
        Some(Reading {
            state,
            metrics: machine.metrics(),
            window_size: match (state, config.sliding_window_type()) {
                (State::HalfOpen, _) => Some(config.permitted_number_of_calls_in_half_open_state()),
                (_, SlidingWindowType::CountBased) => Some(config.sliding_window_size()),
                (_, SlidingWindowType::TimeBased) => None,
            },
            started: sums.started,
            not_permitted: sums.not_permitted,
            cancelled: sums.cancelled,
            successful: timed(tally, &sums, Ending::Successful),
            failed: timed(tally, &sums, Ending::Failed),
            ignored: timed(tally, &sums, Ending::Ignored),
            history: tally.history(machine.clock.now_nanos()),
        })
    }
}

fn timed(tally: &Tally, sums: &Sums, ending: Ending) -> Timed {
    let timed = sums.timed[ending as usize];
    Timed {
        calls: timed.calls,
        nanos: tally.nanos_of(timed.ticks),
        longest_nanos: tally.nanos_of(timed.longest.into()),
    }
}

impl Reading {
    /// Every state in the order of Resilience4j's gauges.
    pub(crate) const STATES: [State; STATES.len()] = STATES;

    pub(crate) fn nanos_in_states(&self) -> impl Iterator<Item = (State, u64)> {
        self.history.nanos_in_states()
    }

    /// From which state to which, for what cause, how often.
    pub(crate) fn transitions(&self) -> impl Iterator<Item = (State, State, &'static str, u64)> {
        let transitions = self.history.transitions().iter();
        transitions.map(|one| (one.from, one.to, one.cause, one.count))
    }
}
