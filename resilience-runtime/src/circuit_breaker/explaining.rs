//! What the log says of a breaker's change of state.

use super::cause::Cause;
use super::config::{CircuitBreakerConfig, SlidingWindowType};
use super::machine::Machine;
use super::metrics::{Totals, percentage};
use super::state::State;
use crate::trace::{RatesSeen, Transition};

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
            Cause::FailureRate(totals)
            | Cause::SlowCallRate(totals)
            | Cause::ProbesSucceeded(totals) => Some(rates_seen(from, totals, config)),
            _ => None,
        };
        let is_caused_by_calls = rates.is_some() || matches!(cause, Cause::Outcome);
        Transition {
            from: from.name(),
            to: to.name(),
            is_bad_news: matches!(to, State::Open | State::ForcedOpen),
            era,
            cause: cause.label(),
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
