//! Changes of state.
//!
//! Each runs under the lock of the machine's [`Period`], makes everything ready for the new state,
//! publishes its word, and posts its events. They are delivered after the lock is released, so
//! that a listener may look at the breaker, or change its state again.

use std::sync::Weak;
use std::time::Duration;

use super::config::OpenFor;
use super::event::CircuitBreakerEventKind;
use super::machine::Machine;
use super::recording::Exceeded;
use super::state::{IllegalTransition, State};
use super::state_word::{MetricsSource, StateWord};
use crate::clock::{Alarm, Ring, Ticks, Timer, nanos_of};
use crate::sync::atomic::Ordering;
use crate::sync::{MutexGuard, lock};

/// What belongs to the running state and only a change of state touches.
#[derive(Debug, Default)]
pub(super) struct Period {
    /// How many times in a row the breaker has opened.
    attempts: u32,
    /// Ends the state by itself; dropped, and so cancelled, with the state.
    timer: Option<Timer>,
}

/// How long an OPEN is to last.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wait {
    /// As configured for the next attempt.
    Configured,
    /// Until this time, which does not count as another attempt.
    UntilNanos(u64),
}

const NANOS_PER_MILLI: u64 = 1_000_000;

impl Machine {
    pub(super) fn begin_in_initial_state(&self) {
        let mut period = lock(&self.period);
        let state = self.config.initial_state();
        // One that begins in a state that counts attempts has made the first.
        period.attempts = 0;
        self.enter(&mut period, self.word(), state, Wait::Configured);
        if state == State::HalfOpen {
            period.attempts = 1;
        }
    }

    /// A change of state that somebody asked for.
    pub(super) fn change(&self, to: State, wait: Wait) -> Result<(), IllegalTransition> {
        let mut period = lock(&self.period);
        let word = self.word();
        if !word.state().may_become(to) {
            return Err(IllegalTransition {
                name: self.name.clone(),
                from: word.state(),
                to,
            });
        }
        self.enter(&mut period, word, to, wait);
        self.conclude(period);
        Ok(())
    }

    pub(super) fn reset(&self) {
        let mut period = lock(&self.period);
        self.enter(&mut period, self.word(), State::Closed, Wait::Configured);
        self.post(CircuitBreakerEventKind::Reset);
        self.conclude(period);
    }

    /// Opens, because rates have reached their thresholds or an outcome asked for it.
    #[cold]
    pub(super) fn trip(&self, word: StateWord, rates: Option<Exceeded>) {
        self.change_from(word, |machine, period| {
            if let Some(rates) = rates {
                machine.post_rates(rates);
            }
            machine.enter(period, word, State::Open, Wait::Configured);
        });
    }

    /// Opens a breaker that is CLOSED, and still in that very state, because an outcome asked for it.
    pub(super) fn trip_for(&self, word: StateWord, open_for: OpenFor) {
        let nanos = match open_for {
            OpenFor::Duration(wait) => self.clock.now_nanos().saturating_add(nanos_of(wait)),
            OpenFor::Until(time) => self.clock.nanos_at(time),
        };
        if word.state() == State::Closed {
            self.change_from(word, |machine, period| {
                machine.enter(period, word, State::Open, Wait::UntilNanos(nanos));
            });
        }
    }

    /// Closes, because the probes went well.
    #[cold]
    pub(super) fn recover(&self, word: StateWord) {
        self.change_from(word, |machine, period| {
            machine.enter(period, word, State::Closed, Wait::Configured);
        });
    }

    /// Goes half-open, unless somebody else has, or the wait turns out to go on.
    #[cold]
    pub(super) fn end_wait_in_open(&self, word: StateWord, now: Ticks) {
        self.change_from(word, |machine, period| {
            if now > machine.open_until() {
                machine.enter(period, word, State::HalfOpen, Wait::Configured);
            }
        });
    }

    /// Ends a half-open round that has lasted too long; `false` if it has not.
    ///
    /// With a longest round configured, that and its target decide, should the timer be late.
    /// Without, a fresh round begins when the last probe has been out for longer than a slow call:
    /// whatever it is waiting for, it must not keep the breaker from finding out.
    #[cold]
    pub(super) fn end_overdue_round(&self, word: StateWord, now_nanos: u64) -> bool {
        let slow_call = nanos_of(self.config.slow_call_duration_threshold());
        let (is_over, next) = if self.max_round().is_zero() {
            let hung_nanos = now_nanos.saturating_sub(self.probes.exhausted_nanos());
            (hung_nanos > slow_call, State::HalfOpen)
        } else {
            // Relaxed: it was stored before the word that made us look.
            let round_end = self.round_end_nanos.load(Ordering::Relaxed);
            (
                now_nanos >= round_end,
                self.config.transition_to_state_after_wait_duration(),
            )
        };
        if is_over {
            self.change_from(word, |machine, period| {
                machine.enter(period, word, next, Wait::Configured);
            });
        }
        is_over
    }

    /// Runs `change` if the breaker is still in that very state.
    fn change_from(&self, word: StateWord, change: impl FnOnce(&Self, &mut Period)) {
        let mut period = lock(&self.period);
        if self.is_in(word) {
            change(self, &mut period);
        }
        self.conclude(period);
    }

    /// Lets go of the lock, then delivers what was posted under it.
    fn conclude(&self, period: MutexGuard<'_, Period>) {
        drop(period);
        if self.events.has_consumers() {
            self.events.deliver();
        }
    }

    fn enter(&self, period: &mut Period, from: StateWord, to: State, wait: Wait) {
        let era = from.era() + 1;
        let now = self.clock.now_nanos();
        let attempts = match (to, wait) {
            (State::Closed | State::Disabled | State::MetricsOnly, _) => 0,
            (State::HalfOpen, _) | (State::Open, Wait::UntilNanos(_)) => period.attempts,
            (State::Open | State::ForcedOpen, _) => period.attempts.saturating_add(1),
        };
        let deadline = match (to, wait) {
            (State::Open, Wait::UntilNanos(nanos)) => nanos,
            (State::Open, Wait::Configured) => {
                now.saturating_add(nanos_of(self.config.wait_in_open_state(attempts)))
            }
            (State::HalfOpen, _) if !self.max_round().is_zero() => {
                now.saturating_add(nanos_of(self.max_round()))
            }
            _ => u64::MAX,
        };
        period.attempts = attempts;
        // A timer of the state that ends must not act on the one that begins.
        period.timer = None;
        let source = self.hand_over_metrics(from, to, era, now);
        // Relaxed, here and below: the word publishes it.
        if to == State::Open {
            let until = self.clock.last_ticks_at(deadline);
            self.open_until.store(until.bits(), Ordering::Relaxed);
        }
        if to == State::HalfOpen {
            self.round_end_nanos.store(deadline, Ordering::Relaxed);
            let probes = self.config.permitted_number_of_calls_in_half_open_state();
            self.probes.begin(era, probes);
        }
        // Release: with everything above.
        self.word
            .store(StateWord::new(to, source, era).bits(), Ordering::Release);
        period.timer = self.timer_for(to, era, now, deadline);
        if from.state() != to {
            self.post(CircuitBreakerEventKind::StateTransition {
                from: from.state(),
                to,
            });
        }
    }

    /// OPEN goes on with the metrics of the state before it; every other state begins with none.
    fn hand_over_metrics(&self, from: StateWord, to: State, era: u64, now: u64) -> MetricsSource {
        if to == State::Open {
            match from.source() {
                MetricsSource::Window => self.counts.window.carry_over(era),
                MetricsSource::Probes => self.probe_window.carry_over(era),
                MetricsSource::Nothing => {}
            }
            return from.source();
        }
        // Relaxed: counts that nothing is decided by.
        self.counts.not_permitted.store(0, Ordering::Relaxed);
        self.counts.cancelled.store(0, Ordering::Relaxed);
        self.announced.store(0, Ordering::Relaxed);
        match to {
            State::Disabled | State::ForcedOpen => MetricsSource::Nothing,
            State::HalfOpen => {
                self.probe_window.restart(era);
                MetricsSource::Probes
            }
            _ => {
                self.counts.window.restart(era, now);
                MetricsSource::Window
            }
        }
    }

    fn timer_for(&self, state: State, era: u64, now: u64, deadline: u64) -> Option<Timer> {
        let is_timed = match state {
            State::Open => self
                .config
                .automatic_transition_from_open_to_half_open_enabled(),
            State::HalfOpen => !self.max_round().is_zero(),
            _ => false,
        };
        // Timers wait for whole milliseconds; one in the past rings at once.
        let wait = deadline.saturating_sub(now) / NANOS_PER_MILLI * NANOS_PER_MILLI;
        is_timed.then(|| {
            let target: Weak<dyn Ring> = self.this.clone();
            self.clock.schedule(
                now.saturating_add(wait),
                Alarm {
                    target,
                    occasion: era,
                },
            )
        })
    }

    /// Whole milliseconds; zero for no limit.
    fn max_round(&self) -> Duration {
        let wait = self.config.max_wait_duration_in_half_open_state();
        Duration::from_nanos(nanos_of(wait) / NANOS_PER_MILLI * NANOS_PER_MILLI)
    }
}

impl Ring for Machine {
    fn ring(&self, era: u64) {
        let word = self.word();
        let next = match word.state() {
            State::Open => State::HalfOpen,
            State::HalfOpen => self.config.transition_to_state_after_wait_duration(),
            _ => return,
        };
        if word.era() == era {
            self.change_from(word, |machine, period| {
                machine.enter(period, word, next, Wait::Configured);
            });
        }
    }
}
