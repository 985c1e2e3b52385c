//! Why a breaker changes its state, for the log.

use super::config::{CircuitBreakerConfig, SlidingWindowType};
use super::machine::Machine;
use super::metrics::{Totals, percentage};
use super::state::State;
use crate::trace::{RatesSeen, Transition};

/// What made it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cause {
    /// It begins in a state of its configuration.
    Begins,
    ByHand,
    Reset,
    /// What the window has come to.
    Rates(Totals),
    /// An outcome asked for it.
    Outcome,
    /// The wait in OPEN.
    WaitIsOver,
    /// A half-open round took too long.
    RoundIsOverdue,
}

impl Machine {
    /// Under the lock of the transitions: the settings are those by which it was decided.
    pub(super) fn explained(
        &self,
        from: State,
        to: State,
        era: u64,
        cause: Cause,
        config: &CircuitBreakerConfig,
    ) -> Transition {
        let rates = match cause {
            Cause::Rates(totals) => Some(rates_seen(from, totals, config)),
            _ => None,
        };
        let is_caused_by_calls = matches!(cause, Cause::Rates(_) | Cause::Outcome);
        Transition {
            from: from.name(),
            to: to.name(),
            is_bad_news: matches!(to, State::Open | State::ForcedOpen),
            era,
            cause: match cause {
                Cause::Begins => "initial_state",
                Cause::ByHand => "by_hand",
                Cause::Reset => "reset",
                Cause::Rates(_) => cause_of_rates(to, rates),
                Cause::Outcome => "outcome",
                Cause::WaitIsOver => "wait_is_over",
                Cause::RoundIsOverdue => "round_is_overdue",
            },
            rates,
            last_errors: (is_caused_by_calls && to == State::Open)
                .then(|| self.culprits.summary())
                .flatten(),
        }
    }
}

fn rates_seen(from: State, totals: Totals, config: &CircuitBreakerConfig) -> RatesSeen {
    let minimum = config.minimum_number_of_calls();
    let (window_type, window_size) = match (from, config.sliding_window_type()) {
        // The window of a round is as long as the round.
        (State::HalfOpen, _) => (
            "COUNT_BASED",
            config.permitted_number_of_calls_in_half_open_state(),
        ),
        (_, SlidingWindowType::CountBased) => ("COUNT_BASED", config.sliding_window_size()),
        (_, SlidingWindowType::TimeBased) => ("TIME_BASED", config.sliding_window_size()),
    };
    let minimum = match window_type {
        // It cannot hold more.
        "COUNT_BASED" => minimum.min(window_size),
        _ => minimum,
    };
    RatesSeen {
        calls: totals.calls,
        failed_calls: totals.failed,
        slow_calls: totals.slow,
        failure_rate: percentage(totals.failed, totals.calls).into(),
        slow_call_rate: percentage(totals.slow, totals.calls).into(),
        failure_rate_threshold: config.failure_rate_threshold().into(),
        slow_call_rate_threshold: config.slow_call_rate_threshold().into(),
        window_type,
        window_size: window_size.into(),
        minimum_calls: minimum.into(),
    }
}

/// Which of the rates it was.
fn cause_of_rates(to: State, rates: Option<RatesSeen>) -> &'static str {
    let Some(rates) = rates.filter(|_| to == State::Open) else {
        return "rates_below_thresholds";
    };
    let has_failed = rates.failure_rate >= rates.failure_rate_threshold;
    let is_slow = rates.slow_call_rate >= rates.slow_call_rate_threshold;
    match (has_failed, is_slow) {
        (true, true) => "failure_rate_and_slow_call_rate",
        (false, true) => "slow_call_rate",
        _ => "failure_rate",
    }
}
