//! The state machine: admission, recording, and what follows from them.
//!
//! A call's way is lock-free: it loads the state word, and later counts its outcome in the window
//! of its era. Only a change of state takes the lock, which makes changes follow one another; the
//! new state's data are ready before its word is published.

use std::sync::{Arc, Weak};
use std::time::{Duration, UNIX_EPOCH};

use super::config::{CancelledCalls, CircuitBreakerConfig};
use super::counts::Counts;
use super::event::{CircuitBreakerEvent, EventKind, EventPublisher, FailureCause};
use super::fewest::Fewest;
use super::metrics::{Metrics, Totals, percentage};
use super::probes::{Probe, Probes};
use super::state::State;
use super::state_word::{MetricsSource, StateWord};
use super::transition::Period;
use super::window::{CountWindow, Recorded, Window};
use crate::clock::{Clock, Span, Ticks, nanos_of};
use crate::failure::CircuitOpen;
use crate::sync::atomic::{AtomicU64, Ordering};
use crate::sync::{Mutex, yield_now};

#[derive(Debug)]
pub(super) struct Machine {
    pub(super) name: Arc<str>,
    pub(super) config: CircuitBreakerConfig,
    pub(super) clock: Clock,
    pub(super) events: EventPublisher,
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

    failure_rate_threshold: f32,
    slow_call_rate_threshold: f32,
    /// Whether no predicate has a say in what counts as a failure.
    pub(super) judges_plainly: bool,
    slow_call_nanos: u64,
    /// `slow_call_nanos` on the clock's own scale.
    slow_call_span: Span,
    calls_for_a_rate: u64,
    calls_for_a_probe_rate: u64,
    fewest: Fewest,
}

/// A call that was let through: by which state and era, and when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Admission {
    pub(super) word: StateWord,
    pub(super) start: Ticks,
}

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

const FAILURE_RATE_ANNOUNCED: u64 = 0b01;
const SLOW_CALL_RATE_ANNOUNCED: u64 = 0b10;

impl Machine {
    pub(super) fn new(name: Arc<str>, config: CircuitBreakerConfig, clock: Clock) -> Arc<Self> {
        let machine = Arc::new_cyclic(|this| {
            let probes = config.permitted_number_of_calls_in_half_open_state();
            let window = Window::new(&config, clock.now_nanos());
            let probe_window = CountWindow::new(probes);
            let minimum = config.minimum_number_of_calls();
            let slow_call_nanos = nanos_of(config.slow_call_duration_threshold());
            Self {
                events: EventPublisher::default(),
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

    // Admission

    /// Lets a call through, or says why not. A half-open round whose probes hang begins anew.
    #[inline]
    pub(super) fn admit(&self) -> Result<Admission, CircuitOpen> {
        let word = self.word();
        if word.state() == State::Closed {
            return Ok(Admission {
                word,
                start: self.clock.ticks(),
            });
        }
        self.reject_or_admit(word)
    }

    /// A call while the breaker is not CLOSED. Most are to one that is OPEN, and rejected.
    #[inline(never)]
    fn reject_or_admit(&self, word: StateWord) -> Result<Admission, CircuitOpen> {
        if word.state() == State::Open
            && let Some(wait) = self.wait_left(self.clock.ticks())
        {
            return Err(self.reject(word, Some(wait)));
        }
        self.admit_unless_closed(true)
    }

    /// How long OPEN still lasts, if it does.
    fn wait_left(&self, now: Ticks) -> Option<u64> {
        let until = self.open_until();
        (now <= until).then(|| self.clock.nanos_between(now, until))
    }

    /// Relaxed: it was stored before the word that made us look. If a later state's is there
    /// already, a transition will notice.
    pub(super) fn open_until(&self) -> Ticks {
        Ticks::from_bits(self.open_until.load(Ordering::Relaxed))
    }

    /// As [`admit`](Self::admit), but exactly as Resilience4j: hanging probes block for ever.
    pub(super) fn admit_without_permit(&self) -> bool {
        self.admit_unless_closed(false).is_ok()
    }

    #[inline(never)]
    fn admit_unless_closed(&self, renews_rounds: bool) -> Result<Admission, CircuitOpen> {
        loop {
            let start = self.clock.ticks();
            let word = self.word();
            match word.state() {
                State::Closed | State::Disabled | State::MetricsOnly => {
                    return Ok(Admission { word, start });
                }
                State::HalfOpen => match self.probes.take(word.era(), || self.clock.nanos(start)) {
                    Probe::Taken => return Ok(Admission { word, start }),
                    Probe::NoneLeft => {
                        let is_over =
                            renews_rounds && self.end_overdue_round(word, self.clock.nanos(start));
                        if !is_over {
                            return Err(self.reject(word, None));
                        }
                    }
                    Probe::AnotherEra => {}
                },
                State::Open => match self.wait_left(start) {
                    Some(nanos) => return Err(self.reject(word, Some(nanos))),
                    None => self.end_wait_in_open(word, start),
                },
                State::ForcedOpen => return Err(self.reject(word, None)),
            }
        }
    }

    fn reject(&self, word: StateWord, nanos_left: Option<u64>) -> CircuitOpen {
        // Relaxed: a count that nothing is decided by.
        self.counts.not_permitted.fetch_add(1, Ordering::Relaxed);
        if self.events.has_consumers() {
            self.announce_call(EventKind::NotPermitted);
        }
        CircuitOpen {
            name: Arc::clone(&self.name),
            state: word.state(),
            retry_after: nanos_left.map(Duration::from_nanos),
        }
    }

    // Recording

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
            Completion::Cancelled => self.cancelled(slow),
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
    fn cancelled(&self, slow: bool) -> Completion {
        // Relaxed: a count that nothing is decided by.
        self.counts.cancelled.fetch_add(1, Ordering::Relaxed);
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

    // Metrics

    pub(super) fn metrics(&self) -> Metrics {
        loop {
            let word = self.word();
            let metrics = self.metrics_of(word);
            if self.is_in(word) {
                return metrics;
            }
        }
    }

    fn metrics_of(&self, word: StateWord) -> Metrics {
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
        Metrics {
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

    // Events

    pub(super) fn event(&self, kind: EventKind) -> CircuitBreakerEvent {
        let created_at = UNIX_EPOCH + Duration::from_nanos(self.clock.now_nanos());
        CircuitBreakerEvent {
            name: Arc::clone(&self.name),
            created_at,
            kind,
        }
    }

    #[cold]
    fn announce_call(&self, kind: EventKind) {
        if self.word().state().announces_calls() {
            self.events.publish(&self.event(kind));
        }
    }

    #[cold]
    fn announce_outcome(&self, completion: Completion, nanos: u64) {
        let elapsed = Duration::from_nanos(nanos);
        self.announce_call(match completion {
            Completion::Succeeded => EventKind::Success { elapsed },
            Completion::Failed(cause) => EventKind::Error { elapsed, cause },
            Completion::Ignored => EventKind::IgnoredError { elapsed },
            Completion::Cancelled => EventKind::Cancelled { elapsed },
        });
    }

    fn announce_rates_once(&self, rates: Exceeded) {
        let news = rates.failure_rate.map_or(0, |_| FAILURE_RATE_ANNOUNCED)
            | rates.slow_call_rate.map_or(0, |_| SLOW_CALL_RATE_ANNOUNCED);
        // Relaxed: it only decides who of several announces.
        let known = self.announced.fetch_or(news, Ordering::Relaxed);
        self.post_rates(Exceeded {
            failure_rate: rates
                .failure_rate
                .filter(|_| known & FAILURE_RATE_ANNOUNCED == 0),
            slow_call_rate: rates
                .slow_call_rate
                .filter(|_| known & SLOW_CALL_RATE_ANNOUNCED == 0),
        });
        self.events.deliver();
    }

    pub(super) fn post_rates(&self, rates: Exceeded) {
        if let Some(rate) = rates.failure_rate {
            self.post(EventKind::FailureRateExceeded { rate });
        }
        if let Some(rate) = rates.slow_call_rate {
            self.post(EventKind::SlowCallRateExceeded { rate });
        }
    }

    pub(super) fn post(&self, kind: EventKind) {
        if self.events.has_consumers() {
            self.events.post(self.event(kind));
        }
    }
}
