//! Telling the listeners.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use super::event::{CircuitBreakerEvent, CircuitBreakerEventKind};
use super::machine::Machine;
use super::recording::{Completion, Exceeded};
use crate::error_summary::SeenError;
use crate::sync::atomic::Ordering;

const FAILURE_RATE_ANNOUNCED: u64 = 0b01;
const SLOW_CALL_RATE_ANNOUNCED: u64 = 0b10;

impl Exceeded {
    fn bits(self) -> u64 {
        self.failure_rate.map_or(0, |_| FAILURE_RATE_ANNOUNCED)
            | self.slow_call_rate.map_or(0, |_| SLOW_CALL_RATE_ANNOUNCED)
    }
}

impl Machine {
    pub(super) fn event(&self, kind: CircuitBreakerEventKind) -> CircuitBreakerEvent {
        self.event_of_error(kind, SeenError::Unknown)
    }

    fn event_of_error(
        &self,
        kind: CircuitBreakerEventKind,
        error: SeenError<'_>,
    ) -> CircuitBreakerEvent {
        let created_at = UNIX_EPOCH + Duration::from_nanos(self.clock.now_nanos());
        CircuitBreakerEvent {
            name: Arc::clone(self.name()),
            created_at,
            kind,
            error: error.summary(),
        }
    }

    #[cold]
    pub(super) fn announce_call(&self, kind: CircuitBreakerEventKind, error: SeenError<'_>) {
        if self.word().state().announces_calls() {
            self.events.publish(&self.event_of_error(kind, error));
        }
    }

    #[cold]
    pub(super) fn announce_outcome(
        &self,
        completion: Completion,
        error: SeenError<'_>,
        nanos: u64,
    ) {
        let elapsed = Duration::from_nanos(nanos);
        let kind = match completion {
            Completion::Succeeded => CircuitBreakerEventKind::Success { elapsed },
            Completion::Failed(cause) => CircuitBreakerEventKind::Error { elapsed, cause },
            Completion::Ignored => CircuitBreakerEventKind::IgnoredError { elapsed },
            Completion::Cancelled => CircuitBreakerEventKind::Cancelled { elapsed },
        };
        self.announce_call(kind, error);
    }

    /// Whether METRICS_ONLY has not yet announced all of these rates.
    pub(super) fn are_news(&self, rates: Exceeded) -> bool {
        // Relaxed: it is looked at again under the lock.
        self.announced.load(Ordering::Relaxed) & rates.bits() != rates.bits()
    }

    /// Announces those that were not yet.
    pub(super) fn post_news(&self, rates: Exceeded) {
        // Relaxed: under the lock of the transitions.
        let known = self.announced.fetch_or(rates.bits(), Ordering::Relaxed);
        self.post_rates(Exceeded {
            failure_rate: rates
                .failure_rate
                .filter(|_| known & FAILURE_RATE_ANNOUNCED == 0),
            slow_call_rate: rates
                .slow_call_rate
                .filter(|_| known & SLOW_CALL_RATE_ANNOUNCED == 0),
        });
    }

    pub(super) fn post_rates(&self, rates: Exceeded) {
        if let Some(rate) = rates.failure_rate {
            self.post(CircuitBreakerEventKind::FailureRateExceeded { rate });
        }
        if let Some(rate) = rates.slow_call_rate {
            self.post(CircuitBreakerEventKind::SlowCallRateExceeded { rate });
        }
    }

    pub(super) fn post(&self, kind: CircuitBreakerEventKind) {
        if self.events.has_consumers() {
            self.events.post(self.event(kind));
        }
    }
}
