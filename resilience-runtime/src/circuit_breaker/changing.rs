//! Changes of the settings of a breaker that runs.
//!
//! They run under the lock of the transitions, so that one decision is by the settings before or by
//! those after. Most settings are words that calls read ([`InForce`](super::in_force::InForce)). What
//! is left: the window's shape, which begins a new era of the same state, and the running timer.

use super::config::CircuitBreakerConfig;
use super::machine::Machine;
use super::state::State;
use super::state_word::{MetricsSource, StateWord};
use super::transition::{Period, max_round, round_end};
use super::window::{Recorded, Shape, Window};
use super::windows::{FIRST, PROBES};
use crate::clock::nanos_of;
use crate::sync::atomic::Ordering;
use crate::sync::lock;

impl Machine {
    pub(super) fn apply(&self, config: &CircuitBreakerConfig) {
        let mut period = lock(&self.period);
        let former = self.in_force.change(config, &self.clock);
        let word = self.word();
        match word.state() {
            State::Closed | State::MetricsOnly if Shape::of(&former) != Shape::of(config) => {
                self.reshape(word, Shape::of(config));
            }
            State::Open if is_automatic(&former) != is_automatic(config) => {
                self.set_timer(&mut period, State::Open, config);
            }
            State::HalfOpen if max_round(&former) != max_round(config) => {
                self.limit_round(&mut period, config);
            }
            _ => {}
        }
        drop(period);
        // Without the lock: its closures are the user's, and so is what they do when they are dropped.
        drop(former);
    }

    /// Goes on in the same state with a window of this shape.
    ///
    /// The window before is moved into the new era first, so that nothing more is recorded there, and
    /// what it holds is final; the word is published when the other holds as much of it as it can. An
    /// outcome that comes between is [set aside](super::set_aside). Later ones find the new era: it
    /// [belongs](Self::standing) to the same state.
    fn reshape(&self, word: StateWord, shape: Shape) {
        let (now, era) = (self.clock.now_nanos(), word.era() + 1);
        let Some(window) = self.window(word.source()) else {
            return;
        };
        if window.resize(shape, now) {
            return;
        }
        let set_aside = self.other_shapes.set_aside();
        set_aside.open(era);
        window.carry_over(era);
        let kept = window.outcomes_for(shape);
        let number = self.begin_window(FIRST, shape, era, now);
        let source = MetricsSource::Window(number);
        let record = |outcome| {
            if let Some(window) = self.window(source) {
                window.record(era, || now, outcome);
            }
        };
        for outcome in kept {
            record(outcome);
        }
        // Release: with everything above.
        self.word.store(
            self.word_of(word.state(), source, era).bits(),
            Ordering::Release,
        );
        // What follows from them is found out when the next call is recorded, as for all the others.
        for outcome in evenly(set_aside.close().collect()) {
            record(outcome);
        }
    }

    /// Begins an era with an empty window of this shape, and returns its number: the one of number
    /// `first`, [`FIRST`] or [`PROBES`], where that has room.
    pub(super) fn begin_window(&self, first: u32, shape: Shape, era: u64, now: u64) -> u32 {
        let number = if self
            .window(MetricsSource::Window(first))
            .is_some_and(|window| window.has_room_for(shape))
        {
            first
        } else {
            self.other_shapes.find_or_add(shape, now)
        };
        if let Some(window) = self.window(MetricsSource::Window(number)) {
            window.restart_as(shape, era, now);
        }
        if first == FIRST && number != FIRST {
            // The short way of a success looks at the first window only, and at the lowest bits of its
            // era: an empty one is never full of successes, whatever the era.
            self.counts.window.restart(era, now);
        }
        number
    }

    #[inline]
    pub(super) fn window(&self, source: MetricsSource) -> Option<&Window> {
        match source {
            MetricsSource::Nothing => None,
            MetricsSource::Window(FIRST) => Some(&self.counts.window),
            MetricsSource::Window(PROBES) => Some(&self.probe_window),
            MetricsSource::Window(number) => self.other_shapes.window(number),
        }
    }

    /// The running round may last as long as it now says, counted from its beginning.
    fn limit_round(&self, period: &mut Period, config: &CircuitBreakerConfig) {
        period.deadline = round_end(period.began, config);
        // Relaxed: whoever finds the former one asks again under the lock.
        self.round_end_nanos
            .store(period.deadline, Ordering::Relaxed);
        self.set_timer(period, State::HalfOpen, config);
    }

    /// It has the settings now that it would have had from the beginning, had nobody looked at it before:
    /// if it was opened meanwhile, it is open for as long as they say, counted from then.
    pub(super) fn catch_up(&self) {
        let mut period = lock(&self.period);
        if self.word().state() != State::Open || !period.waits_as_configured {
            return;
        }
        let config = self.in_force.config();
        let wait = nanos_of(config.wait_in_open_state(period.attempts));
        period.deadline = period.began.saturating_add(wait);
        // Relaxed: whoever finds the former one asks again under the lock, or at the next call.
        let until = self.clock.last_ticks_at(period.deadline);
        self.open_until.store(until.bits(), Ordering::Relaxed);
        self.set_timer(&mut period, State::Open, &config);
    }

    /// Forgets everything, as if just made.
    pub(super) fn begin_afresh(&self) {
        let mut period = lock(&self.period);
        self.begin(&mut period);
        self.conclude(period);
    }

    /// Whether its state is the one it begins with, and does not pass by itself.
    pub(super) fn is_as_it_began(&self) -> bool {
        let state = self.word().state();
        state == self.in_force.config().initial_state()
            && !matches!(state, State::Open | State::HalfOpen)
    }

    /// Whether nothing of weight is lost if the breaker is forgotten: it is as it began, and nothing is
    /// counted but calls that went well. Of these, every breaker that is in use has some, for as long as
    /// a window of calls lasts: for ever.
    pub(super) fn is_idle(&self) -> bool {
        let metrics = self.metrics();
        self.is_as_it_began()
            && metrics.failed_calls == 0
            && metrics.slow_calls == 0
            && metrics.not_permitted_calls == 0
            && metrics.cancelled_calls == 0
    }
}

/// So many of each kind, each spread over the whole: in what order they came is not known, and all
/// failures at the end would be all that a short window holds.
fn evenly(kinds: Vec<(Recorded, u64)>) -> impl Iterator<Item = Recorded> {
    let total: u64 = kinds.iter().map(|(_, times)| times).sum();
    let mut owed = vec![0; kinds.len()];
    (0..total).filter_map(move |_| {
        for (owed, (_, times)) in owed.iter_mut().zip(&kinds) {
            *owed += i128::from(*times);
        }
        let most = (0..kinds.len()).max_by_key(|kind| owed[*kind])?;
        owed[most] -= i128::from(total);
        Some(kinds[most].0)
    })
}

fn is_automatic(config: &CircuitBreakerConfig) -> bool {
    config.automatic_transition_from_open_to_half_open_enabled()
}

#[cfg(all(test, not(resilience_loom)))]
mod tests {
    use super::*;

    #[test]
    fn what_was_set_aside_is_spread_evenly() {
        let well = Recorded {
            failed: false,
            slow: false,
        };
        let failed = Recorded {
            failed: true,
            slow: false,
        };
        let spread: Vec<_> = evenly(vec![(well, 700), (failed, 100)]).collect();
        assert_eq!(spread.len(), 800);
        for part in spread.chunks(80) {
            let failures = part.iter().filter(|outcome| outcome.failed).count();
            assert_eq!(failures, 10);
        }
        assert_eq!(evenly(vec![(well, 0), (failed, 0)]).count(), 0);
    }
}
