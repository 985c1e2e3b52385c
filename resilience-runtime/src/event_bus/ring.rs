//! The last few of a sequence.

use std::collections::VecDeque;

/// Of a larger capacity, memory is taken as it is needed.
const RESERVED_AT_ONCE: usize = 1024;

/// Holds as many as its capacity says, and gives up the oldest for a new one.
#[derive(Debug)]
pub(super) struct Ring<T> {
    items: VecDeque<T>,
    capacity: usize,
}

impl<T> Ring<T> {
    /// Of a capacity of at least one.
    pub(super) fn new(capacity: usize) -> Self {
        let capacity = capacity.max(1);
        Self {
            items: VecDeque::with_capacity(capacity.min(RESERVED_AT_ONCE)),
            capacity,
        }
    }

    /// Adds the newest, and returns the oldest if there is no more place for it.
    pub(super) fn push(&mut self, item: T) -> Option<T> {
        let oldest = if self.items.len() >= self.capacity {
            self.items.pop_front()
        } else {
            None
        };
        self.items.push_back(item);
        oldest
    }

    pub(super) fn pop(&mut self) -> Option<T> {
        self.items.pop_front()
    }

    /// Returns the oldest for which there is no more place.
    pub(super) fn change_capacity(&mut self, capacity: usize) -> Vec<T> {
        self.capacity = capacity.max(1);
        let excess = self.items.len().saturating_sub(self.capacity);
        let evicted = self.items.drain(..excess).collect();
        self.items.shrink_to(self.capacity.min(RESERVED_AT_ONCE));
        let reserved = self.capacity.min(RESERVED_AT_ONCE);
        self.items
            .reserve(reserved.saturating_sub(self.items.len()));
        evicted
    }

    pub(super) fn capacity(&self) -> usize {
        self.capacity
    }

    /// The oldest first.
    pub(super) fn to_vec(&self) -> Vec<T>
    where
        T: Clone,
    {
        self.items.iter().cloned().collect()
    }
}
