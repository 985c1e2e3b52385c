//! Counting what became of calls, and what follows from it.

use std::time::Duration;

use super::admission::Admission;
use super::event::FailureCause;
use super::machine::Machine;
use super::metrics::{Totals, percentage};
use super::state::State;
use super::state_word::{MetricsSource, StateWord};
use super::window::{Recorded, Window};
use crate::clock::{Ticks, nanos_of};
use crate::error_summary::SeenError;
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

/// What the rates come to, where there are enough calls for any.
#[derive(Debug, Clone, Copy)]
pub(super) enum Rates {
    Exceeded(Exceeded),
    Below,
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
            && end.is_within(self.in_force.slow_call_span(), start)
            && !self.events.has_consumers()
            && self.is_in(word);
        if !(is_plain && self.counts.window.record_among_successes(word.era())) {
            self.succeed_eventfully(end, admission);
        }
    }

    #[inline(never)]
    fn succeed_eventfully(&self, end: Ticks, admission: Admission) {
        self.complete_at(end, admission, Completion::Succeeded, SeenError::Unknown);
    }

    /// Counts a call for the era that admitted it, and for no other.
    pub(super) fn complete(&self, admission: Admission, completion: Completion) {
        self.complete_with_error(admission, completion, SeenError::Unknown);
    }

    /// The same, where it is known with which error the call ended.
    pub(super) fn complete_with_error(
        &self,
        admission: Admission,
        completion: Completion,
        error: SeenError<'_>,
    ) {
        self.complete_at(self.clock.ticks(), admission, completion, error);
    }

    fn complete_at(
        &self,
        end: Ticks,
        admission: Admission,
        completion: Completion,
        error: SeenError<'_>,
    ) {
        let Admission { word, start } = admission;
        let slow = end.since(start) > self.in_force.slow_call_span();
        let completion = match completion {
            Completion::Cancelled => self.cancelled(word, slow),
            other => other,
        };
        let announce = || {
            if self.events.has_consumers() {
                self.announce_outcome(completion, error, self.clock.nanos_between(start, end));
            }
        };
        match completion {
            Completion::Succeeded | Completion::Failed(_) => {
                announce();
                let failed = completion != Completion::Succeeded;
                self.record_for(word, Recorded { failed, slow }, end);
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
        if self.standing(word).is_some() && word.source() != MetricsSource::Nothing {
            // Relaxed: a count that nothing is decided by.
            self.counts.cancelled.fetch_add(1, Ordering::Relaxed);
        }
        if slow || self.in_force.counts_cancelled_calls() {
            Completion::Failed(FailureCause::Cancelled)
        } else {
            Completion::Cancelled
        }
    }

    /// Counts an outcome for the state that admitted its call, if that is still the same.
    #[inline]
    fn record_for(&self, admitted: StateWord, outcome: Recorded, now: Ticks) {
        if !(self.is_in(admitted) && self.record(admitted, outcome, now).is_some()) {
            self.record_in_later_era(admitted, outcome, now);
        }
    }

    /// Another state has begun, most likely; unless it is the same with a window of another shape.
    #[cold]
    #[inline(never)]
    fn record_in_later_era(&self, admitted: StateWord, outcome: Recorded, now: Ticks) {
        let mut last = admitted;
        // Where a word has taken nothing, its window is being exchanged, or the next word shows, or its
        // state is over: then the outcome counts for nothing.
        while !self.other_shapes.sets_aside(last.era() + 1, outcome)
            && let Some(word) = self.standing(admitted)
            && word != last
            && self.record(word, outcome, now).is_none()
        {
            last = word;
        }
    }

    /// A call that counts for nothing returns its permit, if its state has them.
    fn give_back(&self, word: StateWord) {
        if word.state() == State::HalfOpen {
            self.probes.give_back(word.era());
        }
    }

    /// Counts an outcome in whatever state there is now, as Resilience4j does.
    pub(super) fn complete_without_permit(
        &self,
        completion: Completion,
        error: SeenError<'_>,
        elapsed: Duration,
    ) {
        let nanos = nanos_of(elapsed);
        let announce = || {
            if self.events.has_consumers() {
                self.announce_outcome(completion, error, nanos);
            }
        };
        if completion == Completion::Ignored {
            self.release_without_permit();
            return announce();
        }
        announce();
        let outcome = Recorded {
            failed: completion != Completion::Succeeded,
            slow: nanos > self.in_force.slow_call_nanos(),
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
        let Some(window) = self.window(word.source()) else {
            return Some(());
        };
        let totals = window.record(word.era(), || self.clock.nanos(now), outcome)?;
        let is_harmless =
            word.state() == State::Closed && self.in_force.fewest.are_more_than(totals);
        if !is_harmless && self.has_rates(window, totals) {
            self.judge(word, totals);
        }
        Some(())
    }

    /// Whether there are enough calls for the rates to mean anything.
    fn has_rates(&self, window: &Window, totals: Totals) -> bool {
        totals.calls >= window.calls_for_a_rate(self.in_force.minimum_number_of_calls())
    }

    /// What the rates, now that there are any, mean for the state.
    ///
    /// The settings may change meanwhile, one after another. So what is found here is looked at again
    /// under the lock of the transitions: no state ends by some settings of before and some of after.
    fn judge(&self, word: StateWord, totals: Totals) {
        match (word.state(), self.exceeded(totals)) {
            (State::Closed, Some(_)) | (State::HalfOpen, _) => self.conclude_by(word, totals),
            (State::MetricsOnly, Some(rates)) if self.are_news(rates) => {
                self.conclude_by(word, totals);
            }
            _ => {}
        }
    }

    /// What follows from an outcome under the settings in force, with which the window came to `totals`.
    pub(super) fn verdict_on(&self, word: StateWord, totals: Totals) -> Option<Rates> {
        let window = self.window(word.source())?;
        self.has_rates(window, totals)
            .then(|| match self.exceeded(totals) {
                Some(exceeded) => Rates::Exceeded(exceeded),
                None => Rates::Below,
            })
    }

    fn exceeded(&self, totals: Totals) -> Option<Exceeded> {
        let failure_rate = percentage(totals.failed, totals.calls);
        let slow_call_rate = percentage(totals.slow, totals.calls);
        let exceeded = Exceeded {
            failure_rate: (failure_rate >= self.in_force.failure_rate_threshold())
                .then_some(failure_rate),
            slow_call_rate: (slow_call_rate >= self.in_force.slow_call_rate_threshold())
                .then_some(slow_call_rate),
        };
        (exceeded.failure_rate.is_some() || exceeded.slow_call_rate.is_some()).then_some(exceeded)
    }
}
