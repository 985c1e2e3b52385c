use std::collections::VecDeque;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use super::state::State;

/// Something that happened at a circuit breaker.
///
/// ```
/// use std::sync::{Arc, Mutex};
/// use resilience4rs::{Registry, State};
///
/// let breaker = Registry::new().circuit_breaker("payments");
/// let log = Arc::new(Mutex::new(Vec::new()));
/// let lines = Arc::clone(&log);
/// breaker.on_event(move |event| lines.lock().unwrap().push(event.to_string()));
///
/// breaker.transition_to_forced_open().unwrap();
/// assert_eq!(
///     *log.lock().unwrap(),
///     ["circuit breaker 'payments' changed state from CLOSED to FORCED_OPEN"],
/// );
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CircuitBreakerEvent {
    /// The breaker's name.
    pub name: Arc<str>,
    /// When it happened, on the registry's clock.
    pub created_at: SystemTime,
    /// What happened.
    pub kind: EventKind,
}

/// What happened at a circuit breaker. In DISABLED and FORCED_OPEN only transitions and resets are
/// announced.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum EventKind {
    /// A call counted as a success. Announced before it is counted, as is an error.
    Success {
        /// How long it took.
        elapsed: Duration,
    },
    /// A call counted as a failure.
    Error {
        /// How long it took.
        elapsed: Duration,
        /// How it failed.
        cause: FailureCause,
    },
    /// A call failed with an error that is to be ignored.
    IgnoredError {
        /// How long it took.
        elapsed: Duration,
    },
    /// A call's future was dropped before it was done, and it counted as nothing.
    Cancelled {
        /// How long it had run.
        elapsed: Duration,
    },
    /// A call was rejected.
    NotPermitted,
    /// The breaker changed its state.
    StateTransition {
        /// The state it left.
        from: State,
        /// The state it is in.
        to: State,
    },
    /// The breaker was reset.
    Reset,
    /// The failure rate reached its threshold.
    FailureRateExceeded {
        /// The rate, in percent.
        rate: f32,
    },
    /// The slow-call rate reached its threshold.
    SlowCallRateExceeded {
        /// The rate, in percent.
        rate: f32,
    },
}

/// How a call failed that counted as a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FailureCause {
    /// It returned an error.
    Error,
    /// It returned a value that is recorded as a failure.
    Result,
    /// It panicked.
    Panic,
    /// Its future was dropped, after it had run past the slow-call threshold or where
    /// `cancelled_calls` counts all of them.
    Cancelled,
}

impl fmt::Display for CircuitBreakerEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "circuit breaker '{}' ", self.name)?;
        match self.kind {
            EventKind::Success { elapsed } => {
                write!(f, "recorded a successful call after {elapsed:?}")
            }
            EventKind::Error { elapsed, cause } => {
                let what = match cause {
                    FailureCause::Error => "an error",
                    FailureCause::Result => "a result that counts as a failure",
                    FailureCause::Panic => "a panic",
                    FailureCause::Cancelled => "a cancelled call that counts as a failure",
                };
                write!(f, "recorded {what} after {elapsed:?}")
            }
            EventKind::IgnoredError { elapsed } => write!(f, "ignored an error after {elapsed:?}"),
            EventKind::Cancelled { elapsed } => write!(f, "saw a call cancelled after {elapsed:?}"),
            EventKind::NotPermitted => f.write_str("rejected a call"),
            EventKind::StateTransition { from, to } => {
                write!(f, "changed state from {from} to {to}")
            }
            EventKind::Reset => f.write_str("was reset"),
            EventKind::FailureRateExceeded { rate } => {
                write!(
                    f,
                    "exceeded its failure rate threshold: {rate} % of the calls failed"
                )
            }
            EventKind::SlowCallRateExceeded { rate } => {
                write!(
                    f,
                    "exceeded its slow call rate threshold: {rate} % of the calls were slow"
                )
            }
        }
    }
}

type Consumer = Arc<dyn Fn(&CircuitBreakerEvent) + Send + Sync>;

/// Hands events to whoever asked for them.
pub(super) struct EventPublisher {
    /// Whether anybody ever asked: all that an event costs where nobody did.
    has_consumers: AtomicBool,
    consumers: RwLock<Arc<[Consumer]>>,
    outbox: Mutex<Outbox>,
}

/// Events of transitions, which must reach every consumer in the order in which they happened,
/// even if a consumer brings about the next transition while it is told of the last.
#[derive(Default)]
struct Outbox {
    waiting: VecDeque<CircuitBreakerEvent>,
    is_delivering: bool,
}

impl Default for EventPublisher {
    fn default() -> Self {
        Self {
            has_consumers: AtomicBool::new(false),
            consumers: RwLock::new(Arc::new([])),
            outbox: Mutex::default(),
        }
    }
}

impl EventPublisher {
    pub(super) fn subscribe(&self, consumer: Consumer) {
        let mut consumers = self
            .consumers
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *consumers = consumers.iter().cloned().chain([consumer]).collect();
        drop(consumers);
        // Relaxed: an event that is raised at the same moment may or may not be seen.
        self.has_consumers.store(true, Ordering::Relaxed);
    }

    #[inline]
    pub(super) fn has_consumers(&self) -> bool {
        self.has_consumers.load(Ordering::Relaxed)
    }

    /// Hands the event over on this thread. A consumer that panics is left out of it.
    pub(super) fn publish(&self, event: &CircuitBreakerEvent) {
        // A handle, so that a consumer may subscribe another.
        let consumers = Arc::clone(
            &self
                .consumers
                .read()
                .unwrap_or_else(PoisonError::into_inner),
        );
        for consumer in &*consumers {
            // The panic hook has already reported it; a listener must not break the guarded call.
            drop(catch_unwind(AssertUnwindSafe(|| consumer(event))));
        }
    }

    /// Puts an event where [`deliver`](Self::deliver) finds it.
    pub(super) fn post(&self, event: CircuitBreakerEvent) {
        self.outbox().waiting.push_back(event);
    }

    /// Hands over what was posted; whoever is at it already goes on with what is new.
    pub(super) fn deliver(&self) {
        {
            let mut outbox = self.outbox();
            if outbox.is_delivering {
                return;
            }
            outbox.is_delivering = true;
        }
        while let Some(event) = self.next_posted() {
            self.publish(&event);
        }
    }

    /// The end of the delivery is decided under the lock, so that no event is left behind.
    fn next_posted(&self) -> Option<CircuitBreakerEvent> {
        let mut outbox = self.outbox();
        let next = outbox.waiting.pop_front();
        outbox.is_delivering = next.is_some();
        next
    }

    fn outbox(&self) -> std::sync::MutexGuard<'_, Outbox> {
        self.outbox.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for EventPublisher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventPublisher")
            .field("has_consumers", &self.has_consumers())
            .finish_non_exhaustive()
    }
}
