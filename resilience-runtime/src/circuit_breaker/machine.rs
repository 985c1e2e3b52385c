//! The state machine: what a breaker is made of.
//!
//! A call's way is lock-free: it loads the state word (`admission`), and later
//! counts its outcome in the window of its era (`recording`). Only a change of
//! state takes the lock (`transition`), which makes changes follow one another;
//! the new state's data are ready before its word is published.

use std::sync::{Arc, Weak};

use super::config::CircuitBreakerConfig;
use super::counts::Counts;
use super::event::CircuitBreakerEvent;
use super::fewest::Fewest;
use super::metrics::{CircuitBreakerMetrics, Totals, percentage};
use super::probes::Probes;
use super::state::State;
use super::state_word::{MetricsSource, StateWord};
use super::transition::Period;
use super::window::{CountWindow, Window};
use crate::clock::{Clock, Span, nanos_of};
use crate::event_bus::EventBus;
use crate::sync::Mutex;
use crate::sync::atomic::{AtomicU64, Ordering};

#[derive(Debug)]
pub(super) struct Machine {
    pub(super) name: Arc<str>,
    pub(super) config: CircuitBreakerConfig,
    pub(super) clock: Clock,
    pub(super) events: EventBus<CircuitBreakerEvent>,
    /// For timers, which must not keep the machine alive.
    pub(super) this: Weak<Machine>,

    pub(super) word: AtomicU64,
    /// The last moment of the wait in OPEN, as [`Ticks`]. Stored by no other state, so that whoever
    /// has seen an OPEN finds that one's or a later one's.
    pub(super) open_until: AtomicU64,
    /// When the longest round of HALF_OPEN is over.
    pub(super) round_end_nanos: AtomicU64,
    pub(super) counts: Counts,
    pub(super) probe_window: CountWindow,
    pub(super) probes: Probes,
    /// Which rates METRICS_ONLY has announced; it does so once.
    pub(super) announced: AtomicU64,
    /// What only a change of state touches.
    pub(super) period: Mutex<Period>,

    pub(super) failure_rate_threshold: f32,
    pub(super) slow_call_rate_threshold: f32,
    /// Whether no predicate has a say in what counts as a failure.
    pub(super) judges_plainly: bool,
    pub(super) slow_call_nanos: u64,
    /// `slow_call_nanos` on the clock's own scale.
    pub(super) slow_call_span: Span,
    pub(super) calls_for_a_rate: u64,
    pub(super) calls_for_a_probe_rate: u64,
    pub(super) fewest: Fewest,
}

impl Machine {
    pub(super) fn new(name: Arc<str>, config: CircuitBreakerConfig, clock: Clock) -> Arc<Self> {
        let machine = Arc::new_cyclic(|this| {
            let probes = config.permitted_number_of_calls_in_half_open_state();
            let window = Window::new(&config, clock.now_nanos());
            let probe_window = CountWindow::new(probes);
            let minimum = config.minimum_number_of_calls();
            let slow_call_nanos = nanos_of(config.slow_call_duration_threshold());
            Self {
                events: EventBus::default(),
                this: Weak::clone(this),
                word: AtomicU64::new(
                    StateWord::new(State::Closed, MetricsSource::Window, 0).bits(),
                ),
                open_until: AtomicU64::new(0),
                round_end_nanos: AtomicU64::new(u64::MAX),
                probes: Probes::new(),
                announced: AtomicU64::new(0),
                period: Mutex::new(Period::default()),
                failure_rate_threshold: config.failure_rate_threshold(),
                slow_call_rate_threshold: config.slow_call_rate_threshold(),
                judges_plainly: config.has_no_predicates(),
                slow_call_nanos,
                slow_call_span: clock.span_of(slow_call_nanos),
                fewest: Fewest::new(&config, &window),
                calls_for_a_rate: window.calls_for_a_rate(minimum),
                calls_for_a_probe_rate: probe_window.calls_for_a_rate(minimum),
                counts: Counts::new(window),
                probe_window,
                name,
                config,
                clock,
            }
        });
        machine.begin_in_initial_state();
        machine
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

    pub(super) fn metrics(&self) -> CircuitBreakerMetrics {
        loop {
            let word = self.word();
            let metrics = self.metrics_of(word);
            if self.is_in(word) {
                return metrics;
            }
        }
    }

    fn metrics_of(&self, word: StateWord) -> CircuitBreakerMetrics {
        let (totals, enough) = match word.source() {
            MetricsSource::Window => (
                self.counts.window.totals(self.clock.now_nanos()),
                self.calls_for_a_rate,
            ),
            MetricsSource::Probes => (self.probe_window.totals(), self.calls_for_a_probe_rate),
            MetricsSource::Nothing => (Totals::default(), 0),
        };
        let has_rate = totals.calls > 0 && totals.calls >= enough;
        let rate = |count| {
            if has_rate {
                percentage(count, totals.calls)
            } else {
                -1.0
            }
        };
        CircuitBreakerMetrics {
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
        }
    }
}
