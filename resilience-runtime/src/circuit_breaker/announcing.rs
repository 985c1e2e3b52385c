//! Telling the listeners.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use super::event::{CircuitBreakerEvent, CircuitBreakerEventKind};
use super::machine::Machine;
use super::recording::{Completion, Exceeded};
use crate::sync::atomic::Ordering;

const FAILURE_RATE_ANNOUNCED: u64 = 0b01;
const SLOW_CALL_RATE_ANNOUNCED: u64 = 0b10;

impl Machine {
    pub(super) fn event(&self, kind: CircuitBreakerEventKind) -> CircuitBreakerEvent {
        let created_at = UNIX_EPOCH + Duration::from_nanos(self.clock.now_nanos());
        CircuitBreakerEvent {
            name: Arc::clone(&self.name),
            created_at,
            kind,
        }
    }

    #[cold]
    pub(super) fn announce_call(&self, kind: CircuitBreakerEventKind) {
        if self.word().state().announces_calls() {
            self.events.publish(&self.event(kind));
        }
    }

    #[cold]
    pub(super) fn announce_outcome(&self, completion: Completion, nanos: u64) {
        let elapsed = Duration::from_nanos(nanos);
        self.announce_call(match completion {
            Completion::Succeeded => CircuitBreakerEventKind::Success { elapsed },
            Completion::Failed(cause) => CircuitBreakerEventKind::Error { elapsed, cause },
            Completion::Ignored => CircuitBreakerEventKind::IgnoredError { elapsed },
            Completion::Cancelled => CircuitBreakerEventKind::Cancelled { elapsed },
        });
    }

    pub(super) fn announce_rates_once(&self, rates: Exceeded) {
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
