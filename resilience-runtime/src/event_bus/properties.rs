//! The buffer and the stream against a simple model: a list of all events, and what of it is left.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use proptest::collection::vec;
use proptest::prelude::*;

use super::{EventBus, EventSource, EventStream, EventsLost};

#[derive(Default)]
struct Source {
    events: EventBus<u32>,
}

impl EventSource<u32> for Source {
    fn event_bus(&self) -> &EventBus<u32> {
        &self.events
    }
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Raise,
    Keep(usize),
    KeepNoMore,
    Read,
    Reopen(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => Just(Step::Raise),
        2 => (0..6_usize).prop_map(Step::Keep),
        1 => Just(Step::KeepNoMore),
        4 => Just(Step::Read),
        1 => (0..4_usize).prop_map(Step::Reopen),
    ]
}

/// All that is left of a sequence.
struct Left {
    items: Vec<u32>,
    capacity: usize,
    lost: u64,
}

impl Left {
    fn new(capacity: usize) -> Self {
        Self {
            items: Vec::new(),
            capacity: capacity.max(1),
            lost: 0,
        }
    }

    fn add(&mut self, item: u32) {
        self.items.push(item);
        self.shrink();
    }

    fn shrink(&mut self) {
        while self.items.len() > self.capacity {
            self.items.remove(0);
            self.lost += 1;
        }
    }

    fn read(&mut self) -> Poll<Option<Result<u32, EventsLost>>> {
        let count = std::mem::take(&mut self.lost);
        if count > 0 {
            return Poll::Ready(Some(Err(EventsLost { count })));
        }
        if self.items.is_empty() {
            return Poll::Pending;
        }
        Poll::Ready(Some(Ok(self.items.remove(0))))
    }
}

proptest! {
    #[test]
    fn the_last_events_are_kept_and_read_and_the_oldest_are_lost(steps in vec(step(), 0..200)) {
        let source = Arc::new(Source::default());
        let mut cx = Context::from_waker(Waker::noop());
        let mut stream = EventStream::new(&source, 2);
        let (mut kept, mut unread) = (None::<Left>, Left::new(2));
        let mut number = 0;
        for step in steps {
            match step {
                Step::Raise => {
                    number += 1;
                    source.events.publish(&number);
                    unread.add(number);
                    if let Some(kept) = &mut kept {
                        kept.add(number);
                    }
                }
                Step::Keep(capacity) => {
                    source.events.keep(capacity);
                    let kept = kept.get_or_insert_with(|| Left::new(capacity));
                    kept.capacity = capacity.max(1);
                    kept.shrink();
                }
                Step::KeepNoMore => {
                    source.events.keep_no_more();
                    kept = None;
                }
                Step::Read => prop_assert_eq!(stream.poll(&mut cx), unread.read()),
                Step::Reopen(capacity) => {
                    stream = EventStream::new(&source, capacity);
                    unread = Left::new(capacity);
                }
            }
            let expected = kept.as_ref().map_or(&[][..], |kept| &kept.items);
            prop_assert_eq!(source.events.kept(), expected);
        }
        drop(stream);
        prop_assert_eq!(source.events.has_consumers(), kept.is_some());
    }
}
