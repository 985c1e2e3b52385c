//! From an instance to its listeners.

use std::collections::VecDeque;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

type Consumer<E> = Arc<dyn Fn(&E) + Send + Sync>;

/// Hands the events of one instance to whoever asked for them.
pub(crate) struct EventBus<E> {
    /// Whether anybody ever asked: all that an event costs where nobody did.
    has_consumers: AtomicBool,
    consumers: RwLock<Arc<[Consumer<E>]>>,
    outbox: Mutex<Outbox<E>>,
}

/// Events, such as those of transitions, which must reach every consumer in the order in which they happened,
/// even if a consumer brings about the next transition while it is told of the last.
struct Outbox<E> {
    waiting: VecDeque<E>,
    is_delivering: bool,
}

impl<E> Default for EventBus<E> {
    fn default() -> Self {
        Self {
            has_consumers: AtomicBool::new(false),
            consumers: RwLock::new(Arc::new([])),
            outbox: Mutex::new(Outbox {
                waiting: VecDeque::new(),
                is_delivering: false,
            }),
        }
    }
}

impl<E> EventBus<E> {
    pub(crate) fn subscribe(&self, consumer: Consumer<E>) {
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
    pub(crate) fn has_consumers(&self) -> bool {
        self.has_consumers.load(Ordering::Relaxed)
    }

    /// Hands the event over on this thread. A consumer that panics is left out of it.
    pub(crate) fn publish(&self, event: &E) {
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
    pub(crate) fn post(&self, event: E) {
        self.outbox().waiting.push_back(event);
    }

    /// Hands over what was posted; whoever is at it already goes on with what is new.
    pub(crate) fn deliver(&self) {
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
    fn next_posted(&self) -> Option<E> {
        let mut outbox = self.outbox();
        let next = outbox.waiting.pop_front();
        outbox.is_delivering = next.is_some();
        next
    }

    fn outbox(&self) -> std::sync::MutexGuard<'_, Outbox<E>> {
        self.outbox.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<E> fmt::Debug for EventBus<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventBus")
            .field("has_consumers", &self.has_consumers())
            .finish_non_exhaustive()
    }
}
