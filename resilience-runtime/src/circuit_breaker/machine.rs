//! The state machine: what a breaker is made of.
//!
//! A call's way is lock-free: it loads the state word (`admission`), and later
//! counts its outcome in the window of its era (`recording`). Only a change of
//! state (`transition`) or of settings (`changing`) takes the lock, which makes
//! changes follow one another; the new era's data are ready before its word is
//! published.

use std::sync::{Arc, Weak};

use super::config::CircuitBreakerConfig;
use super::config_builder::CircuitBreakerConfigBuilder;
use super::counts::Counts;
use super::event::CircuitBreakerEvent;
use super::in_force::InForce;
use super::metrics::{CircuitBreakerMetrics, Totals, percentage};
use super::probes::Probes;
use super::state::State;
use super::state_word::{MetricsSource, StateWord};
use super::tally::Tallying;
use super::transition::Period;
use super::window::{Shape, Window};
use super::windows::{FIRST, OtherShapes};
use crate::clock::Clock;
use crate::event_bus::EventBus;
use crate::membership::Membership;
use crate::sync::atomic::{AtomicU64, Ordering};
use crate::sync::{Mutex, yield_now};
use crate::trace::Culprits;

#[derive(Debug)]
pub(super) struct Machine {
    pub(super) membership: Membership<CircuitBreakerConfigBuilder>,
    pub(super) clock: Clock,
    pub(super) events: EventBus<CircuitBreakerEvent>,
    /// For timers, which must not keep the machine alive.
    pub(super) this: Weak<Machine>,

    pub(super) word: AtomicU64,
    /// The era in which the state began: those since are the same state's, with windows of other
    /// shapes.
    pub(super) state_began: AtomicU64,
    /// The last moment of the wait in OPEN, as [`Ticks`]. Stored by no other state, so that whoever
    /// has seen an OPEN finds that one's or a later one's.
    pub(super) open_until: AtomicU64,
    /// When the longest round of HALF_OPEN is over; `u64::MAX` where there is no longest.
    pub(super) round_end_nanos: AtomicU64,
    pub(super) counts: Counts,
    pub(super) probe_window: Window,
    pub(super) other_shapes: OtherShapes,
    pub(super) probes: Probes,
    /// Which rates METRICS_ONLY has announced; it does so once.
    pub(super) announced: AtomicU64,
    /// What only a change of state or of settings touches.
    pub(super) period: Mutex<Period>,
    pub(super) culprits: Culprits,

    pub(super) in_force: InForce,
    /// For metrics.
    pub(super) tallying: Tallying,
}

impl Machine {
    pub(super) fn new(
        membership: Membership<CircuitBreakerConfigBuilder>,
        config: &CircuitBreakerConfig,
        clock: Clock,
    ) -> Arc<Self> {
        let machine = Arc::new_cyclic(|this| {
            let now = clock.now_nanos();
            Self {
                membership,
                events: EventBus::default(),
                this: Weak::clone(this),
                word: AtomicU64::new(
                    StateWord::new(State::Closed, MetricsSource::Window(FIRST), 0).bits(),
                ),
                state_began: AtomicU64::new(0),
                open_until: AtomicU64::new(0),
                round_end_nanos: AtomicU64::new(u64::MAX),
                counts: Counts::new(Window::new(Shape::of(config), now)),
                probe_window: Window::new(Shape::of_probes(config), now),
                other_shapes: OtherShapes::default(),
                probes: Probes::new(),
                announced: AtomicU64::new(0),
                period: Mutex::new(Period::default()),
                culprits: Culprits::new(),
                in_force: InForce::new(config, &clock),
                tallying: Tallying::new(),
                clock,
            }
        });
        machine.begin_afresh();
        machine
    }

    pub(super) fn name(&self) -> &Arc<str> {
        self.membership.name()
    }

    /// Acquire: with everything that was made ready for the state.
    #[inline]
    pub(super) fn word(&self) -> StateWord {
        StateWord::from_bits(self.word.load(Ordering::Acquire))
    }

    #[inline]
    pub(super) fn is_in(&self, word: StateWord) -> bool {
        self.word() == word
    }

    /// Whether the era of that word is the running one.
    pub(super) fn is_in_era_of(&self, word: StateWord) -> bool {
        self.word().era() == word.era()
    }

    /// The word of an era, to be published.
    pub(super) fn word_of(&self, state: State, source: MetricsSource, era: u64) -> StateWord {
        let word = StateWord::new(state, source, era);
        if self.is_counting() {
            word.counted()
        } else {
            word
        }
    }

    /// The word by which an outcome counts that `word` admitted: that, or the one that shows now, if
    /// the state has been the same since. `None` where another has begun.
    pub(super) fn standing(&self, word: StateWord) -> Option<StateWord> {
        let now = self.word();
        // Relaxed: it was stored before the word that we see. If a later state's is there already, the
        // one that we see is over, and takes nothing.
        let is_same = now == word || word.era() >= self.state_began.load(Ordering::Relaxed);
        is_same.then_some(now)
    }

    pub(super) fn metrics(&self) -> CircuitBreakerMetrics {
        loop {
            let word = self.word();
            if let Some(metrics) = self.metrics_of(word)
                && self.is_in(word)
            {
                return metrics;
            }
            yield_now();
        }
    }

    /// `None` where the window is in a later era, which is about to be published: it may have been
    /// emptied for that.
    fn metrics_of(&self, word: StateWord) -> Option<CircuitBreakerMetrics> {
        let (totals, enough) = match self.window(word.source()) {
            Some(window) => {
                let totals = window.totals(self.clock.now_nanos());
                if !window.is_in_era(word.era()) {
                    return None;
                }
                let minimum = self.in_force.minimum_number_of_calls();
                (totals, window.calls_for_a_rate(minimum))
            }
            None => (Totals::default(), 0),
        };
        let has_rate = totals.calls > 0 && totals.calls >= enough;
        let rate = |count| {
            if has_rate {
                percentage(count, totals.calls)
            } else {
                -1.0
            }
        };
        Some(CircuitBreakerMetrics {
            failure_rate: rate(totals.failed),
            slow_call_rate: rate(totals.slow),
            buffered_calls: totals.calls,
            failed_calls: totals.failed,
            successful_calls: totals.calls - totals.failed,
            slow_calls: totals.slow,
            slow_failed_calls: totals.slow_failed,
            slow_successful_calls: totals.slow - totals.slow_failed,
            not_permitted_calls: self.counts.not_permitted.load(Ordering::Relaxed),
            cancelled_calls: self.counts.cancelled.load(Ordering::Relaxed),
        })
    }
}
