//! Who wants to know.

use std::mem;
use std::sync::Arc;

use super::buffer::Buffer;
use super::queue::Queue;

/// The consumers, in the order in which they are told.
pub(super) struct Entries<E> {
    all: Arc<[Entry<E>]>,
    next_id: u64,
}

pub(super) struct Entry<E> {
    id: ConsumerId,
    pub(super) consumer: Consumer<E>,
}

/// Which consumer it is, among those of its bus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ConsumerId(u64);

pub(super) enum Consumer<E> {
    Closure(Arc<dyn Fn(&E) + Send + Sync>),
    Queue(Arc<Queue<E>>),
    /// The queue of a stream of several instances, which does not end with one of them.
    Shared(Arc<Queue<E>>),
    /// There is one at most.
    Buffer(Arc<Buffer<E>>),
}

impl<E: Clone> Consumer<E> {
    pub(super) fn tell(&self, event: &E) {
        match self {
            Self::Closure(closure) => closure(event),
            Self::Queue(queue) | Self::Shared(queue) => queue.push(event.clone()),
            Self::Buffer(buffer) => buffer.push(event.clone()),
        }
    }
}

impl<E> Entries<E> {
    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub(super) fn all(&self) -> Arc<[Entry<E>]> {
        Arc::clone(&self.all)
    }

    pub(super) fn push(&mut self, consumer: Consumer<E>) -> ConsumerId {
        let entry = self.entry(consumer);
        let id = entry.id;
        self.all = self.all.iter().cloned().chain([entry]).collect();
        id
    }

    /// For those that keep events: told before any code of the user's, which may bring about further
    /// events, they have them in the order in which they happened.
    pub(super) fn push_front(&mut self, consumer: Consumer<E>) -> ConsumerId {
        let entry = self.entry(consumer);
        let id = entry.id;
        self.all = [entry]
            .into_iter()
            .chain(self.all.iter().cloned())
            .collect();
        id
    }

    fn entry(&mut self, consumer: Consumer<E>) -> Entry<E> {
        let id = ConsumerId(self.next_id);
        self.next_id += 1;
        Entry { id, consumer }
    }

    /// Takes a consumer out. What this returns holds it, to be dropped where it may do what it likes.
    pub(super) fn remove(&mut self, id: ConsumerId) -> impl Sized + use<E> {
        self.retain(|entry| entry.id != id)
    }

    pub(super) fn buffer(&self) -> Option<&Arc<Buffer<E>>> {
        self.all.iter().find_map(|entry| match &entry.consumer {
            Consumer::Buffer(buffer) => Some(buffer),
            Consumer::Closure(_) | Consumer::Queue(_) | Consumer::Shared(_) => None,
        })
    }

    /// As [`remove`](Self::remove).
    pub(super) fn remove_buffer(&mut self) -> impl Sized + use<E> {
        self.retain(|entry| !matches!(entry.consumer, Consumer::Buffer(_)))
    }

    pub(super) fn has_shared(&self, queue: &Arc<Queue<E>>) -> bool {
        self.all.iter().any(|entry| entry.is_shared(queue))
    }

    /// As [`remove`](Self::remove).
    pub(super) fn remove_shared(&mut self, queue: &Arc<Queue<E>>) -> impl Sized + use<E> {
        self.retain(|entry| !entry.is_shared(queue))
    }

    fn retain(&mut self, stays: impl Fn(&Entry<E>) -> bool) -> Arc<[Entry<E>]> {
        let left = self.all.iter().filter(|entry| stays(entry)).cloned();
        let left = left.collect();
        mem::replace(&mut self.all, left)
    }
}

impl<E> Entry<E> {
    fn is_shared(&self, queue: &Arc<Queue<E>>) -> bool {
        matches!(&self.consumer, Consumer::Shared(shared) if Arc::ptr_eq(shared, queue))
    }
}

impl<E> Default for Entries<E> {
    fn default() -> Self {
        Self {
            all: Arc::new([]),
            next_id: 0,
        }
    }
}

impl<E> Clone for Entry<E> {
    fn clone(&self) -> Self {
        Self {
            id: self.id,
            consumer: match &self.consumer {
                Consumer::Closure(closure) => Consumer::Closure(Arc::clone(closure)),
                Consumer::Queue(queue) => Consumer::Queue(Arc::clone(queue)),
                Consumer::Shared(queue) => Consumer::Shared(Arc::clone(queue)),
                Consumer::Buffer(buffer) => Consumer::Buffer(Arc::clone(buffer)),
            },
        }
    }
}
