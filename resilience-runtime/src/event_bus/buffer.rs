//! The last events of an instance, for those who look later.

use super::ring::Ring;
use crate::sync::{Mutex, lock};

pub(super) struct Buffer<E> {
    last: Mutex<Ring<E>>,
}

impl<E> Buffer<E> {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            last: Mutex::new(Ring::new(capacity)),
        }
    }

    pub(super) fn push(&self, event: E) {
        // A statement of its own, so that the lock is free again when the oldest is dropped.
        let evicted = lock(&self.last).push(event);
        drop(evicted);
    }

    /// Returns what has no more place, to be dropped without a lock.
    pub(super) fn change_capacity(&self, capacity: usize) -> Vec<E> {
        lock(&self.last).change_capacity(capacity)
    }

    pub(super) fn grow_to(&self, capacity: usize) {
        let mut last = lock(&self.last);
        if last.capacity() < capacity {
            // One that grows gives up nothing.
            last.change_capacity(capacity);
        }
    }

    pub(super) fn snapshot(&self) -> Vec<E>
    where
        E: Clone,
    {
        lock(&self.last).to_vec()
    }
}
