//! Every interleaving of those who raise events, read them, come and go keeps what a bus promises.
//!
//! Run by `cargo xtask loom`. A wake-up that is lost shows as a deadlock.

use std::sync::Arc as StdArc;

use loom::sync::Arc;
use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::thread;

use super::{ConsumerId, EventBus, EventSource, EventStream, EventsLost};

/// As a policy has it.
#[derive(Default)]
struct Source {
    events: EventBus<u64>,
}

impl EventSource<u64> for Source {
    fn event_bus(&self) -> &EventBus<u64> {
        &self.events
    }
}

impl Source {
    /// As every policy does.
    fn raise(&self, event: u64) {
        if self.events.has_consumers() {
            self.events.publish(&event);
        }
    }

    fn raise_in_order(&self, event: u64) {
        if self.events.has_consumers() {
            self.events.post(event);
        }
        self.events.deliver();
    }

    fn count_events(&self) -> (ConsumerId, Arc<AtomicUsize>) {
        let count = Arc::new(AtomicUsize::new(0));
        let counted = count.clone();
        let id = self.events.subscribe(StdArc::new(move |_: &u64| {
            counted.fetch_add(1, Ordering::SeqCst);
        }));
        (id, count)
    }
}

/// What a reader gets until the source is gone: how many events were lost, and those that were not.
fn read_all(mut stream: EventStream<u64>) -> (u64, Vec<u64>) {
    let (mut lost, mut read) = (0, Vec::new());
    while let Some(received) = stream.next_blocking() {
        match received {
            Ok(event) => {
                // Each event's number says how many were before it.
                assert_eq!(event, lost + read.len() as u64, "{read:?}");
                read.push(event);
            }
            Err(EventsLost { count }) => lost += count,
        }
    }
    (lost, read)
}

#[test]
fn whoever_comes_or_goes_last_decides_whether_there_are_consumers() {
    loom::model(|| {
        let source = StdArc::new(Source::default());
        let (former, _) = source.count_events();
        let leaving = {
            let source = source.clone();
            thread::spawn(move || source.events.unsubscribe(former))
        };
        let (id, count) = source.count_events();
        leaving.join().unwrap();
        assert!(source.events.has_consumers(), "one is left");
        source.raise(0);
        assert_eq!(count.load(Ordering::SeqCst), 1);

        source.events.unsubscribe(id);
        assert!(!source.events.has_consumers());
        source.raise(1);
        assert_eq!(count.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn a_consumer_is_told_of_all_that_happens_while_others_come_and_go() {
    loom::model(|| {
        let source = StdArc::new(Source::default());
        let (_, count) = source.count_events();
        let visitor = {
            let source = source.clone();
            thread::spawn(move || {
                let (id, seen) = source.count_events();
                source.events.unsubscribe(id);
                assert!(seen.load(Ordering::SeqCst) <= 2);
            })
        };
        source.raise(0);
        source.raise(1);
        visitor.join().unwrap();
        assert_eq!(count.load(Ordering::SeqCst), 2);
    });
}

#[test]
fn a_reader_gets_every_event_or_is_told_exactly_how_many_it_lost() {
    loom::model(|| {
        let source = StdArc::new(Source::default());
        let stream = EventStream::new(&source, 1);
        let reader = thread::spawn(move || read_all(stream));
        for number in 0..3 {
            source.raise(number);
        }
        drop(source);
        let (lost, read) = reader.join().unwrap();
        assert_eq!(lost + read.len() as u64, 3);
        assert_eq!(read.last(), Some(&2), "the newest is never lost");
    });
}

#[test]
fn a_reader_is_woken_for_the_events_of_several_threads() {
    loom::model(|| {
        let source = StdArc::new(Source::default());
        let mut stream = EventStream::new(&source, 2);
        let others = [0, 1].map(|number| {
            let source = source.clone();
            thread::spawn(move || source.raise(number))
        });
        let mut read = [0, 1].map(|_| stream.next_blocking().unwrap().unwrap());
        read.sort_unstable();
        assert_eq!(read, [0, 1]);
        for other in others {
            other.join().unwrap();
        }
    });
}

#[test]
fn a_stream_that_is_dropped_while_events_are_raised_leaves_nothing_behind() {
    loom::model(|| {
        let source = StdArc::new(Source::default());
        let (_, count) = source.count_events();
        let stream = EventStream::new(&source, 1);
        let queue = StdArc::downgrade(&stream.queue);
        let leaving = thread::spawn(move || drop(stream));
        source.raise(0);
        leaving.join().unwrap();
        assert!(queue.upgrade().is_none());
        assert_eq!(count.load(Ordering::SeqCst), 1, "told, whoever left");
        assert!(source.events.has_consumers(), "one is left");
    });
}

#[test]
fn a_stream_and_its_instance_may_go_at_the_same_time() {
    loom::model(|| {
        let source = StdArc::new(Source::default());
        let stream = EventStream::new(&source, 1);
        let queue = StdArc::downgrade(&stream.queue);
        let leaving = thread::spawn(move || drop(stream));
        source.raise(0);
        drop(source);
        leaving.join().unwrap();
        assert!(queue.upgrade().is_none());
    });
}

#[test]
fn nothing_that_was_posted_stays_behind_when_the_last_consumer_goes() {
    loom::model(|| {
        let source = StdArc::new(Source::default());
        let (id, count) = source.count_events();
        let leaving = {
            let source = source.clone();
            thread::spawn(move || source.events.unsubscribe(id))
        };
        source.raise_in_order(0);
        leaving.join().unwrap();
        assert!(!source.events.has_posted());
        assert!(count.load(Ordering::SeqCst) <= 1);
    });
}

#[test]
fn what_two_threads_post_is_all_delivered() {
    loom::model(|| {
        let source = StdArc::new(Source::default());
        source.events.keep(2);
        let other = {
            let source = source.clone();
            thread::spawn(move || source.raise_in_order(1))
        };
        source.raise_in_order(0);
        other.join().unwrap();
        let mut kept = source.events.kept();
        kept.sort_unstable();
        assert_eq!(kept, [0, 1]);
        assert!(!source.events.has_posted());
    });
}
