//! Counting what became of calls, and what follows from it.

use std::time::Duration;

use super::admission::Admission;
use super::config::CancelledCalls;
use super::event::FailureCause;
use super::machine::Machine;
use super::metrics::{Totals, percentage};
use super::state::State;
use super::state_word::{MetricsSource, StateWord};
use super::window::Recorded;
use crate::clock::{Ticks, nanos_of};
use crate::sync::atomic::Ordering;
use crate::sync::yield_now;

/// What became of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Completion {
    Succeeded,
    Failed(FailureCause),
    Ignored,
    Cancelled,
}

/// Which rates have reached their thresholds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Exceeded {
    pub(super) failure_rate: Option<f32>,
    pub(super) slow_call_rate: Option<f32>,
}

impl Machine {
    /// Counts a call that went well, which most do: that way is kept short.
    #[expect(
        clippy::inline_always,
        reason = "a third of a call's cost is in the frame otherwise"
    )]
    #[inline(always)]
    pub(super) fn succeed(&self, admission: Admission) {
        let Admission { word, start } = admission;
        let end = self.clock.ticks();
        let is_plain = word.state() == State::Closed
            && end.is_within(self.slow_call_span, start)
            && !self.events.has_consumers()
            && self.is_in(word);
        if !(is_plain && self.counts.window.record_among_successes(word.era())) {
            self.succeed_eventfully(end, admission);
        }
    }

    #[inline(never)]
    fn succeed_eventfully(&self, end: Ticks, admission: Admission) {
        self.complete_at(end, admission, Completion::Succeeded);
    }

    /// Counts a call for the era that admitted it, and for no other.
    pub(super) fn complete(&self, admission: Admission, completion: Completion) {
        self.complete_at(self.clock.ticks(), admission, completion);
    }

    fn complete_at(&self, end: Ticks, admission: Admission, completion: Completion) {
        let Admission { word, start } = admission;
        let slow = end.since(start) > self.slow_call_span;
        let completion = match completion {
            Completion::Cancelled => self.cancelled(word, slow),
            other => other,
        };
        let announce = || {
            if self.events.has_consumers() {
                self.announce_outcome(completion, self.clock.nanos_between(start, end));
            }
        };
        match completion {
            Completion::Succeeded | Completion::Failed(_) => {
                announce();
                if self.is_in(word) {
                    let failed = completion != Completion::Succeeded;
                    self.record(word, Recorded { failed, slow }, end);
                }
            }
            Completion::Ignored | Completion::Cancelled => {
                if self.is_in(word) {
                    self.give_back(word);
                }
                announce();
            }
        }
    }

    /// What a call counts as that was cancelled. After it had run past the slow-call threshold it
    /// is evidence.
    fn cancelled(&self, word: StateWord, slow: bool) -> Completion {
        if self.is_in(word) && word.source() != MetricsSource::Nothing {
            // Relaxed: a count that nothing is decided by.
            self.counts.cancelled.fetch_add(1, Ordering::Relaxed);
        }
        if slow || self.config.cancelled_calls() == CancelledCalls::Failure {
            Completion::Failed(FailureCause::Cancelled)
        } else {
            Completion::Cancelled
        }
    }

    /// A call that counts for nothing returns its permit, if its state has them.
    fn give_back(&self, word: StateWord) {
        if word.state() == State::HalfOpen {
            self.probes.give_back(word.era());
        }
    }

    /// Counts an outcome in whatever state there is now, as Resilience4j does.
    pub(super) fn complete_without_permit(&self, completion: Completion, elapsed: Duration) {
        let nanos = nanos_of(elapsed);
        let announce = || {
            if self.events.has_consumers() {
                self.announce_outcome(completion, nanos);
            }
        };
        if completion == Completion::Ignored {
            self.release_without_permit();
            return announce();
        }
        announce();
        let outcome = Recorded {
            failed: completion != Completion::Succeeded,
            slow: nanos > self.slow_call_nanos,
        };
        // An era that ends under our hands means that the outcome belongs to the next, which
        // whoever is changing the state is about to publish.
        while self
            .record(self.word(), outcome, self.clock.ticks())
            .is_none()
        {
            yield_now();
        }
    }

    pub(super) fn release_without_permit(&self) {
        self.give_back(self.word());
    }

    /// Counts an outcome in the window of `word`'s state and draws the consequences; `None` if the
    /// era was over, and nothing was counted.
    #[inline]
    fn record(&self, word: StateWord, outcome: Recorded, now: Ticks) -> Option<()> {
        let now_nanos = || self.clock.nanos(now);
        let (totals, enough) = match word.source() {
            MetricsSource::Window => (
                self.counts.window.record(word.era(), now_nanos, outcome)?,
                self.calls_for_a_rate,
            ),
            MetricsSource::Probes => (
                self.probe_window.record(word.era(), outcome)?,
                self.calls_for_a_probe_rate,
            ),
            MetricsSource::Nothing => return Some(()),
        };
        let is_harmless = word.state() == State::Closed && self.fewest.are_more_than(totals);
        if !is_harmless && totals.calls >= enough {
            self.judge(word, totals);
        }
        Some(())
    }

    /// What the rates, now that there are any, mean for the state.
    fn judge(&self, word: StateWord, totals: Totals) {
        let exceeded = self.exceeded(totals);
        match (word.state(), exceeded) {
            (State::Closed, Some(rates)) => self.trip(word, Some(rates)),
            (State::HalfOpen, Some(_)) => self.trip(word, None),
            (State::HalfOpen, None) => self.recover(word),
            (State::MetricsOnly, Some(rates)) => self.announce_rates_once(rates),
            _ => {}
        }
    }

    fn exceeded(&self, totals: Totals) -> Option<Exceeded> {
        let failure_rate = percentage(totals.failed, totals.calls);
        let slow_call_rate = percentage(totals.slow, totals.calls);
        let exceeded = Exceeded {
            failure_rate: (failure_rate >= self.failure_rate_threshold).then_some(failure_rate),
            slow_call_rate: (slow_call_rate >= self.slow_call_rate_threshold)
                .then_some(slow_call_rate),
        };
        (exceeded.failure_rate.is_some() || exceeded.slow_call_rate.is_some()).then_some(exceeded)
    }
}
