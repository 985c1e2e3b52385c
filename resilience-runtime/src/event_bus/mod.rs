//! From an instance to those who want to know what happens to it.
//!
//! Closures are called; streams and the buffer are given a copy each. The list of them is replaced as
//! a whole when somebody comes or goes, so that no lock is held while they are told.

mod buffer;
mod entries;
mod feeds;
#[cfg(all(test, resilience_loom))]
mod interleavings;
#[cfg(all(test, not(resilience_loom)))]
mod properties;
mod queue;
mod ring;
mod stream;

use std::collections::VecDeque;
use std::fmt;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use self::buffer::Buffer;
pub(crate) use self::entries::ConsumerId;
use self::entries::{Consumer, Entries, Entry};
pub(crate) use self::feeds::{Feed, Feeds};
use self::queue::Queue;
pub(crate) use self::stream::EventSource;
pub use self::stream::{DEFAULT_EVENT_CAPACITY, EventStream, EventsLost};
use crate::sync::atomic::{AtomicBool, Ordering};
use crate::sync::{Mutex, RwLock, lock, read, write};

/// Hands the events of one instance to whoever asked for them.
pub(crate) struct EventBus<E> {
    /// Whether there is anybody to tell: all that an event costs where nobody is.
    has_consumers: AtomicBool,
    entries: RwLock<Entries<E>>,
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
            entries: RwLock::new(Entries::default()),
            outbox: Mutex::new(Outbox {
                waiting: VecDeque::new(),
                is_delivering: false,
            }),
        }
    }
}

impl<E> EventBus<E> {
    /// Calls `consumer` with every event, until it is removed by what this returns.
    pub(crate) fn subscribe(&self, consumer: Arc<dyn Fn(&E) + Send + Sync>) -> ConsumerId {
        self.change(|entries| entries.push(Consumer::Closure(consumer)))
    }

    /// Tells this consumer of nothing that happens from now on. Of what is happening at this moment it
    /// may still be told. It may remove itself while it is told.
    pub(crate) fn unsubscribe(&self, id: ConsumerId) {
        // The lock is free again when the consumer, whose drop may be anybody's code, goes.
        drop(self.change(|entries| entries.remove(id)));
    }

    fn add_queue(&self, queue: Arc<Queue<E>>) -> ConsumerId {
        self.change(|entries| entries.push_front(Consumer::Queue(queue)))
    }

    /// Lets the queue of a stream of several instances have the events, if it has not yet.
    fn add_shared(&self, queue: &Arc<Queue<E>>) {
        self.change(|entries| {
            if !entries.has_shared(queue) {
                entries.push_front(Consumer::Shared(Arc::clone(queue)));
            }
        });
    }

    fn remove_shared(&self, queue: &Arc<Queue<E>>) {
        drop(self.change(|entries| entries.remove_shared(queue)));
    }

    /// Keeps at least the last `capacity` events from now on.
    pub(crate) fn keep_at_least(&self, capacity: usize) {
        self.change(|entries| match entries.buffer() {
            Some(buffer) => buffer.grow_to(capacity),
            None => {
                entries.push_front(Consumer::Buffer(Arc::new(Buffer::new(capacity))));
            }
        });
    }

    /// Keeps the last `capacity` events from now on; of those it keeps already, as many.
    pub(crate) fn keep(&self, capacity: usize) {
        let evicted = self.change(|entries| {
            if let Some(buffer) = entries.buffer() {
                return buffer.change_capacity(capacity);
            }
            entries.push_front(Consumer::Buffer(Arc::new(Buffer::new(capacity))));
            Vec::new()
        });
        drop(evicted);
    }

    pub(crate) fn keep_no_more(&self) {
        drop(self.change(Entries::remove_buffer));
    }

    /// What is kept, the oldest first.
    pub(crate) fn kept(&self) -> Vec<E>
    where
        E: Clone,
    {
        let buffer = read(&self.entries).buffer().cloned();
        buffer.map_or_else(Vec::new, |buffer| buffer.snapshot())
    }

    fn change<T>(&self, change: impl FnOnce(&mut Entries<E>) -> T) -> T {
        let mut entries = write(&self.entries);
        let answer = change(&mut entries);
        // Relaxed: an event that is raised at the same moment may or may not be seen. Under the lock,
        // so that of two changes the last has the last word here, too.
        self.has_consumers
            .store(!entries.is_empty(), Ordering::Relaxed);
        answer
    }

    #[inline]
    pub(crate) fn has_consumers(&self) -> bool {
        self.has_consumers.load(Ordering::Relaxed)
    }

    /// Hands the event over on this thread. A consumer that panics is left out of it.
    pub(crate) fn publish(&self, event: &E)
    where
        E: Clone,
    {
        // A handle, so that whoever is told may subscribe others, or end its own subscription.
        let entries = read(&self.entries).all();
        for Entry { consumer, .. } in &*entries {
            // The panic hook has already reported it; a listener must not break the guarded call.
            contain_panics(|| consumer.tell(event));
        }
    }

    /// Puts an event where [`deliver`](Self::deliver) finds it.
    pub(crate) fn post(&self, event: E) {
        lock(&self.outbox).waiting.push_back(event);
    }

    /// Hands over what was posted; whoever is at it already goes on with what is new.
    ///
    /// To be called after every [`post`](Self::post), also when the last consumer has gone meanwhile:
    /// what stayed behind would be news to the next one.
    pub(crate) fn deliver(&self)
    where
        E: Clone,
    {
        let mut outbox = lock(&self.outbox);
        if outbox.is_delivering {
            return;
        }
        while let Some(event) = outbox.waiting.pop_front() {
            outbox.is_delivering = true;
            drop(outbox);
            self.publish(&event);
            outbox = lock(&self.outbox);
        }
        // The end of the delivery is decided under the lock, so that no event is left behind.
        outbox.is_delivering = false;
    }

    /// Whether what was posted waits for its delivery.
    #[cfg(all(test, resilience_loom))]
    fn has_posted(&self) -> bool {
        !lock(&self.outbox).waiting.is_empty()
    }
}

/// Runs code of somebody else's, and keeps to itself that it panics.
pub(crate) fn contain_panics(code: impl FnOnce()) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(code)) {
        // What it panicked with may panic as well when it is dropped. What comes of that is let be.
        mem::forget(catch_unwind(AssertUnwindSafe(|| drop(payload))));
    }
}

/// The streams have what is in them yet, and end.
impl<E> Drop for EventBus<E> {
    fn drop(&mut self) {
        for entry in &*read(&self.entries).all() {
            if let Consumer::Queue(queue) = &entry.consumer {
                contain_panics(|| queue.close());
            }
        }
    }
}

impl<E> fmt::Debug for EventBus<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventBus")
            .field("has_consumers", &self.has_consumers())
            .finish_non_exhaustive()
    }
}
