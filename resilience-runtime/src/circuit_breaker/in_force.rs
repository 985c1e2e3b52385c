//! What calls read of the settings, at the values that are in force.

use std::sync::{Arc, Mutex, PoisonError};

use super::config::{CancelledCalls, CircuitBreakerConfig};
use super::fewest::Fewest;
use super::predicates::Predicates;
use crate::clock::{Clock, Span, nanos_of};
use crate::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, Ordering};

/// The settings of a breaker. A call finds each of them in a word of its own, and takes what it finds;
/// what needs several that belong together is decided under the lock of the transitions, under which
/// alone they change.
#[derive(Debug)]
pub(super) struct InForce {
    /// All of them, for whoever is not in a hurry. The lock is held for as long as it takes to copy or
    /// to exchange a pointer.
    config: Mutex<CircuitBreakerConfig>,
    /// The predicates that the breaker was made with.
    made_with: Option<Arc<Predicates>>,
    judging: AtomicU8,
    counts_cancelled_calls: AtomicBool,
    failure_rate_threshold: AtomicU32,
    slow_call_rate_threshold: AtomicU32,
    minimum_number_of_calls: AtomicU32,
    slow_call_nanos: AtomicU64,
    /// `slow_call_nanos` on the clock's own scale.
    slow_call_span: AtomicU64,
    pub(super) fewest: Fewest,
}

/// No predicate has a say in what counts as a failure.
const PLAINLY: u8 = 0;
/// Those have that the breaker was made with. No change of a file brings others.
const AS_MADE: u8 = 1;
/// Others have: they are behind the lock of the settings.
const AS_CHANGED: u8 = 2;

// Relaxed, throughout: a call takes what it finds, and nothing hangs on it but that.
impl InForce {
    pub(super) fn new(config: &CircuitBreakerConfig, clock: &Clock) -> Self {
        let made_with = config.predicates().cloned();
        let in_force = Self {
            config: Mutex::new(config.clone()),
            made_with,
            judging: AtomicU8::new(PLAINLY),
            counts_cancelled_calls: AtomicBool::new(false),
            failure_rate_threshold: AtomicU32::new(0),
            slow_call_rate_threshold: AtomicU32::new(0),
            minimum_number_of_calls: AtomicU32::new(0),
            slow_call_nanos: AtomicU64::new(0),
            slow_call_span: AtomicU64::new(0),
            fewest: Fewest::new(config),
        };
        in_force.follow(config, clock);
        in_force
    }

    pub(super) fn config(&self) -> CircuitBreakerConfig {
        self.config
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Puts other settings in force, and returns the former, for the caller to drop where it holds no
    /// lock: they may have closures of the user's.
    #[must_use]
    pub(super) fn change(
        &self,
        config: &CircuitBreakerConfig,
        clock: &Clock,
    ) -> CircuitBreakerConfig {
        let mut in_force = self.config.lock().unwrap_or_else(PoisonError::into_inner);
        let former = std::mem::replace(&mut *in_force, config.clone());
        drop(in_force);
        self.fewest.follow(config);
        self.follow(config, clock);
        former
    }

    fn follow(&self, config: &CircuitBreakerConfig, clock: &Clock) {
        let judging = match (config.predicates(), &self.made_with) {
            (None, _) => PLAINLY,
            (Some(now), Some(made_with)) if now.are_those_of(made_with) => AS_MADE,
            (Some(_), _) => AS_CHANGED,
        };
        self.judging.store(judging, Ordering::Relaxed);
        self.counts_cancelled_calls.store(
            config.cancelled_calls() == CancelledCalls::Failure,
            Ordering::Relaxed,
        );
        self.failure_rate_threshold
            .store(config.failure_rate_threshold().to_bits(), Ordering::Relaxed);
        self.slow_call_rate_threshold.store(
            config.slow_call_rate_threshold().to_bits(),
            Ordering::Relaxed,
        );
        self.minimum_number_of_calls
            .store(config.minimum_number_of_calls(), Ordering::Relaxed);
        let slow_call_nanos = nanos_of(config.slow_call_duration_threshold());
        self.slow_call_nanos
            .store(slow_call_nanos, Ordering::Relaxed);
        self.slow_call_span
            .store(clock.span_of(slow_call_nanos).bits(), Ordering::Relaxed);
    }

    #[inline]
    pub(super) fn judges_plainly(&self) -> bool {
        self.judging.load(Ordering::Relaxed) == PLAINLY
    }

    /// Runs `judge` with the predicates, if there are any. Only those that came while the breaker ran
    /// are behind a lock, and that is free again when they are asked.
    #[inline]
    pub(super) fn with_predicates<R>(&self, judge: impl FnOnce(Option<&Predicates>) -> R) -> R {
        let changed;
        judge(match self.judging.load(Ordering::Relaxed) {
            PLAINLY => None,
            AS_MADE => self.made_with.as_deref(),
            _ => {
                changed = self.config();
                changed.predicates().map(Arc::as_ref)
            }
        })
    }

    pub(super) fn counts_cancelled_calls(&self) -> bool {
        self.counts_cancelled_calls.load(Ordering::Relaxed)
    }

    pub(super) fn failure_rate_threshold(&self) -> f32 {
        f32::from_bits(self.failure_rate_threshold.load(Ordering::Relaxed))
    }

    pub(super) fn slow_call_rate_threshold(&self) -> f32 {
        f32::from_bits(self.slow_call_rate_threshold.load(Ordering::Relaxed))
    }

    pub(super) fn minimum_number_of_calls(&self) -> u32 {
        self.minimum_number_of_calls.load(Ordering::Relaxed)
    }

    pub(super) fn slow_call_nanos(&self) -> u64 {
        self.slow_call_nanos.load(Ordering::Relaxed)
    }

    #[inline]
    pub(super) fn slow_call_span(&self) -> Span {
        Span::from_bits(self.slow_call_span.load(Ordering::Relaxed))
    }
}
