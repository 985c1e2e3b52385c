//! Changes of state.
//!
//! Each runs under the lock of the machine's [`Period`], makes everything ready for the new state,
//! publishes its word, and posts its events. They are delivered after the lock is released, so
//! that a listener may look at the breaker, or change its state again.

use std::sync::{Arc, Weak};

use super::cause::Cause;
use super::config::{CircuitBreakerConfig, OpenFor};
use super::event::CircuitBreakerEventKind;
use super::machine::Machine;
use super::metrics::Totals;
use super::overriding::StandingOverride;
use super::recording::{Exceeded, Rates};
use super::state::{IllegalTransition, State};
use super::state_word::{MetricsSource, StateWord};
use super::window::Shape;
use super::windows::{FIRST, PROBES};
use crate::clock::{Alarm, Ring, Ticks, Timer, nanos_of};
use crate::policy::Policy;
use crate::registry::RegistryEventKind;
use crate::sync::atomic::Ordering;
use crate::sync::{MutexGuard, lock};
use crate::trace::Unlogged;

/// What belongs to the running state and only a change of state or of settings touches.
#[derive(Debug, Default)]
pub(super) struct Period {
    /// How many times in a row the breaker has opened.
    pub(super) attempts: u32,
    /// Ends the state by itself; dropped, and so cancelled, with the state.
    pub(super) timer: Option<Timer>,
    /// How many timers there have been: one that rings too late is not the last.
    pub(super) timers: u64,
    /// When the state began.
    pub(super) began: u64,
    /// When it is over, in OPEN and HALF_OPEN; `u64::MAX` where it is not by itself.
    pub(super) deadline: u64,
    /// Whether an OPEN lasts as long as the settings say, and not as somebody has said.
    pub(super) waits_as_configured: bool,
    /// The override that holds the state. Gone with the state, as the timer is.
    pub(super) standing: Option<Box<StandingOverride>>,
    /// Transitions whose lines wait for the end of the lock.
    unlogged: Unlogged,
}

/// How long an OPEN is to last.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wait {
    /// As configured for the next attempt.
    Configured,
    /// Until this time, which does not count as another attempt.
    UntilNanos(u64),
}

impl Exceeded {
    /// The failure rate, if that is too high, too.
    fn cause(self, totals: Totals) -> Cause {
        if self.failure_rate.is_some() {
            Cause::FailureRate(totals)
        } else {
            Cause::SlowCallRate(totals)
        }
    }
}

const NANOS_PER_MILLI: u64 = 1_000_000;

impl Machine {
    /// Begins in the initial state, with nothing counted.
    pub(super) fn begin(&self, period: &mut Period) {
        let (config, word) = (self.in_force.config(), self.word());
        let (state, era) = (config.initial_state(), word.era() + 1);
        // One that begins in a state that counts attempts has made the first.
        period.attempts = 0;
        // OPEN would go on with the metrics of the state before.
        let nothing = self.begin_metrics(State::Closed, &config, era, self.clock.now_nanos());
        let from = StateWord::new(word.state(), nothing, word.era());
        self.enter(period, from, state, Wait::Configured, Cause::Beginning);
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
                name: Arc::clone(self.name()),
                from: word.state(),
                to,
            });
        }
        self.enter(&mut period, word, to, wait, Cause::Manual);
        self.conclude(period);
        Ok(())
    }

    pub(super) fn reset(&self) {
        let mut period = lock(&self.period);
        let (word, wait) = (self.word(), Wait::Configured);
        self.enter(&mut period, word, State::Closed, wait, Cause::Reset);
        self.post(CircuitBreakerEventKind::Reset);
        self.conclude(period);
    }

    /// Ends CLOSED or a half-open round, if that is what the window's `totals` come to; METRICS_ONLY
    /// only says so.
    #[cold]
    pub(super) fn conclude_by(&self, word: StateWord, totals: Totals) {
        self.change_from(word, |machine, period| {
            let (next, cause) = match (word.state(), machine.verdict_on(word, totals)) {
                (State::Closed, Some(Rates::Exceeded(rates))) => {
                    machine.post_rates(rates);
                    (State::Open, rates.cause(totals))
                }
                (State::MetricsOnly, Some(Rates::Exceeded(rates))) => {
                    return machine.post_news(rates);
                }
                (State::HalfOpen, Some(Rates::Exceeded(rates))) => {
                    (State::Open, rates.cause(totals))
                }
                (State::HalfOpen, Some(Rates::Below)) => {
                    (State::Closed, Cause::ProbesSucceeded(totals))
                }
                _ => return,
            };
            machine.enter(period, word, next, Wait::Configured, cause);
        });
    }

    /// Opens a breaker that is CLOSED, and still in that very state, because an outcome asked for it.
    pub(super) fn trip_for(&self, word: StateWord, open_for: OpenFor) {
        let nanos = match open_for {
            OpenFor::Duration(wait) => self.clock.now_nanos().saturating_add(nanos_of(wait)),
            OpenFor::Until(time) => self.clock.nanos_at(time),
        };
        if word.state() == State::Closed {
            let mut period = lock(&self.period);
            if let Some(word) = self.standing(word) {
                let wait = Wait::UntilNanos(nanos);
                self.enter(&mut period, word, State::Open, wait, Cause::Outcome);
            }
            self.conclude(period);
        }
    }

    /// Goes half-open, unless somebody else has, or the wait turns out to go on.
    #[cold]
    pub(super) fn end_wait_in_open(&self, word: StateWord, now: Ticks) {
        self.change_from(word, |machine, period| {
            if now > machine.open_until() {
                let (to, wait) = (State::HalfOpen, Wait::Configured);
                machine.enter(period, word, to, wait, Cause::WaitOver);
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
        let is_over = self.is_round_over(now_nanos);
        if is_over {
            self.change_from(word, |machine, period| {
                // Again, since the longest round may have become longer meanwhile.
                if machine.is_round_over(now_nanos) {
                    let (next, cause) = machine.after_round(period);
                    machine.enter(period, word, next, Wait::Configured, cause);
                }
            });
        }
        is_over
    }

    fn is_round_over(&self, now_nanos: u64) -> bool {
        // Relaxed: it was stored before the word that made us look.
        let round_end = self.round_end_nanos.load(Ordering::Relaxed);
        if round_end == u64::MAX {
            let hung_nanos = now_nanos.saturating_sub(self.probes.exhausted_nanos());
            hung_nanos > self.in_force.slow_call_nanos()
        } else {
            now_nanos >= round_end
        }
    }

    /// Where a round goes that has lasted too long, and why.
    fn after_round(&self, period: &Period) -> (State, Cause) {
        if period.deadline == u64::MAX {
            (State::HalfOpen, Cause::ProbesHung)
        } else {
            let config = self.in_force.config();
            (
                config.transition_to_state_after_wait_duration(),
                Cause::RoundOver,
            )
        }
    }

    /// Runs `change` if the breaker is still in that very era.
    fn change_from(&self, word: StateWord, change: impl FnOnce(&Self, &mut Period)) {
        let mut period = lock(&self.period);
        if self.is_in_era_of(word) {
            change(self, &mut period);
        }
        self.conclude(period);
    }

    /// Lets go of the lock, then delivers what was posted under it.
    pub(super) fn conclude(&self, mut period: MutexGuard<'_, Period>) {
        let unlogged = period.unlogged.take();
        drop(period);
        unlogged.log(self.name());
        self.events.deliver();
    }

    pub(super) fn enter(
        &self,
        period: &mut Period,
        from: StateWord,
        to: State,
        wait: Wait,
        cause: Cause,
    ) {
        let era = from.era() + 1;
        let now = self.clock.now_nanos();
        let attempts = match (to, wait) {
            (State::Closed | State::Disabled | State::MetricsOnly, _) => 0,
            (State::HalfOpen, _) | (State::Open, Wait::UntilNanos(_)) => period.attempts,
            (State::Open | State::ForcedOpen, _) => period.attempts.saturating_add(1),
        };
        let config = self.in_force.config();
        let deadline = match (to, wait) {
            (State::Open, Wait::UntilNanos(nanos)) => nanos,
            (State::Open, Wait::Configured) => {
                now.saturating_add(nanos_of(config.wait_in_open_state(attempts)))
            }
            (State::HalfOpen, _) => round_end(now, &config),
            _ => u64::MAX,
        };
        period.attempts = attempts;
        period.began = now;
        period.deadline = deadline;
        period.waits_as_configured = matches!(wait, Wait::Configured);
        // A timer of the state that ends must not act on the one that begins.
        period.timer = None;
        period.standing = None;
        let source = if to == State::Open {
            // It goes on with the metrics of the state before.
            if let Some(window) = self.window(from.source()) {
                window.carry_over(era);
            }
            from.source()
        } else {
            self.begin_metrics(to, &config, era, now)
        };
        // Relaxed, here and below: the word publishes it.
        self.state_began.store(era, Ordering::Relaxed);
        if to == State::Open {
            let until = self.clock.last_ticks_at(deadline);
            self.open_until.store(until.bits(), Ordering::Relaxed);
        }
        if to == State::HalfOpen {
            self.round_end_nanos.store(deadline, Ordering::Relaxed);
            let probes = config.permitted_number_of_calls_in_half_open_state();
            self.probes.begin(era, probes);
        }
        // Release: with everything above.
        self.word
            .store(self.word_of(to, source, era).bits(), Ordering::Release);
        self.note_transition(from.state(), to, cause, now);
        self.set_timer(period, to, &config);
        if from.state() != to {
            let why = || self.explained(from.state(), to, era, cause, &config);
            period.unlogged.push(why);
            self.post(CircuitBreakerEventKind::StateTransition {
                from: from.state(),
                to,
            });
        }
        self.culprits.forget();
    }

    /// Begins with nothing counted, as every state does but OPEN.
    fn begin_metrics(
        &self,
        state: State,
        config: &CircuitBreakerConfig,
        era: u64,
        now: u64,
    ) -> MetricsSource {
        // Relaxed: counts that nothing is decided by.
        self.counts.not_permitted.store(0, Ordering::Relaxed);
        self.counts.cancelled.store(0, Ordering::Relaxed);
        self.announced.store(0, Ordering::Relaxed);
        let (first, shape) = match state {
            State::Disabled | State::ForcedOpen => return MetricsSource::Nothing,
            State::HalfOpen => (PROBES, Shape::of_probes(config)),
            _ => (FIRST, Shape::of(config)),
        };
        MetricsSource::Window(self.begin_window(first, shape, era, now))
    }

    /// Sets the timer that ends the running state, or none.
    pub(super) fn set_timer(
        &self,
        period: &mut Period,
        state: State,
        config: &CircuitBreakerConfig,
    ) {
        let is_timed = match state {
            State::Open => config.automatic_transition_from_open_to_half_open_enabled(),
            State::HalfOpen => period.deadline != u64::MAX,
            _ => false,
        };
        period.timers += 1;
        period.timer = is_timed.then(|| {
            // Timers wait for whole milliseconds; one in the past rings at once.
            let wait = period.deadline.saturating_sub(period.began);
            let wait = wait / NANOS_PER_MILLI * NANOS_PER_MILLI;
            let target: Weak<dyn Ring> = self.this.clone();
            self.clock.schedule(
                period.began.saturating_add(wait),
                Alarm {
                    target,
                    occasion: period.timers,
                },
            )
        });
    }
}

/// The end of a half-open round that began then; `u64::MAX` for none.
pub(super) fn round_end(began: u64, config: &CircuitBreakerConfig) -> u64 {
    let longest = max_round(config);
    if longest == 0 {
        return u64::MAX;
    }
    began.saturating_add(longest).min(u64::MAX - 1)
}

/// In nanoseconds, but whole milliseconds; zero for no limit.
pub(super) fn max_round(config: &CircuitBreakerConfig) -> u64 {
    let wait = config.max_wait_duration_in_half_open_state();
    nanos_of(wait) / NANOS_PER_MILLI * NANOS_PER_MILLI
}

impl Ring for Machine {
    fn ring(&self, occasion: u64) {
        let registry = self.membership.superior();
        let mut period = lock(&self.period);
        // It may have been cancelled, or replaced, in the moment in which it rang.
        if period.timer.is_some() && period.timers == occasion {
            let word = self.word();
            let expired = period.standing.take();
            let (next, cause) = match (&expired, word.state()) {
                (Some(standing), _) => (standing.returns_to, Cause::OverrideOver),
                (None, State::HalfOpen) => self.after_round(&period),
                (None, _) => (State::HalfOpen, Cause::WaitOver),
            };
            self.enter(&mut period, word, next, Wait::Configured, cause);
            if let (Some(standing), Some(registry)) = (expired, &registry) {
                let (action, to) = (standing.action, next);
                let kind = RegistryEventKind::OverrideExpired { action, to };
                registry.happened(Policy::CircuitBreaker, self.name(), kind);
            }
        }
        self.conclude(period);
        if let Some(registry) = registry {
            registry.deliver();
        }
    }
}
