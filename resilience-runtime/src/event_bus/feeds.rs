//! Streams of the events of several instances, those included that are made later.

use std::sync::Arc;

use super::queue::Queue;
use super::{EventBus, EventStream};
use crate::sync::{Mutex, lock};

/// The streams that are told of every instance.
pub(crate) struct Feeds<E> {
    queues: Mutex<Vec<Arc<Queue<E>>>>,
}

impl<E> Default for Feeds<E> {
    fn default() -> Self {
        Self {
            queues: Mutex::new(Vec::new()),
        }
    }
}

/// One queue for the events of all instances: what a stream costs does not grow with their number.
pub(crate) struct Feed<E>(Arc<Queue<E>>);

impl<E> Feeds<E> {
    /// Another stream, which instances that exist are to [follow](Feed::follow).
    pub(crate) fn open(&self, capacity: usize) -> Feed<E> {
        let queue = Arc::new(Queue::new(capacity));
        lock(&self.queues).push(Arc::clone(&queue));
        Feed(queue)
    }

    /// Lets the streams that there are follow an instance that is made, or that is back.
    pub(crate) fn tell_of(&self, instance: &EventBus<E>) {
        let queues = lock(&self.queues).clone();
        for queue in queues {
            instance.add_shared(&queue);
            // It may have been closed, and have left all instances but this one.
            let is_open = lock(&self.queues)
                .iter()
                .any(|open| Arc::ptr_eq(open, &queue));
            if !is_open {
                instance.remove_shared(&queue);
            }
        }
    }

    pub(crate) fn close(&self, feed: &Feed<E>) {
        lock(&self.queues).retain(|queue| !Arc::ptr_eq(queue, &feed.0));
    }
}

impl<E> Feed<E> {
    pub(crate) fn follow(&self, instance: &EventBus<E>) {
        instance.add_shared(&self.0);
    }

    pub(crate) fn unfollow(&self, instance: &EventBus<E>) {
        instance.remove_shared(&self.0);
    }

    /// The stream, and what is to be done with the feed when it is dropped.
    pub(crate) fn read(self, leave: impl FnOnce(&Self) + Send + Sync + 'static) -> EventStream<E>
    where
        E: Send + 'static,
    {
        EventStream::left_by(Arc::clone(&self.0), move || leave(&self))
    }
}

/// The streams have what is in them yet, and end.
impl<E> Drop for Feeds<E> {
    fn drop(&mut self) {
        for queue in lock(&self.queues).drain(..) {
            super::contain_panics(|| queue.close());
        }
    }
}

#[cfg(all(test, not(resilience_loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_stream_that_is_dropped_leaves_its_instances_and_they_end_none() {
        let (feeds, one, other) = (
            Arc::new(Feeds::default()),
            Arc::new(EventBus::default()),
            EventBus::default(),
        );
        let feed = feeds.open(4);
        feed.follow(&one);
        feed.follow(&one);
        feeds.tell_of(&other);
        let (leaves, left) = (Arc::clone(&feeds), Arc::clone(&one));
        let mut stream = feed.read(move |feed| {
            leaves.close(feed);
            feed.unfollow(&left);
        });
        one.publish(&1);
        other.publish(&2);
        drop(other);
        one.publish(&3);
        for event in [1, 2, 3] {
            assert_eq!(stream.next_blocking(), Some(Ok(event)));
        }
        drop(stream);
        assert!(!one.has_consumers());
        let late = EventBus::default();
        feeds.tell_of(&late);
        assert!(!late.has_consumers());
    }

    #[test]
    fn a_stream_of_one_instance_leaves_it_when_it_is_dropped() {
        let breaker = crate::Registry::new().circuit_breaker("payments");
        let bus = crate::membership::Member::event_bus(&breaker);
        let streams = [breaker.events(), breaker.events()];
        assert!(bus.has_consumers());
        drop(streams);
        assert!(!bus.has_consumers());
    }

    #[test]
    fn what_nobody_reads_is_not_kept() {
        let (feeds, bus) = (Feeds::default(), EventBus::default());
        let feed = feeds.open(4);
        feed.follow(&bus);
        // As where an instance is made in the moment in which the stream is closed.
        drop(feed.read(|_| {}));
        let event = Arc::new(());
        bus.publish(&event);
        assert_eq!(Arc::strong_count(&event), 1);
    }
}
