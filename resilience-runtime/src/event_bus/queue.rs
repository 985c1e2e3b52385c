//! Between those who bring events about and one who reads them.

use std::mem;
use std::task::{Context, Poll, Waker};

use super::ring::Ring;
use super::stream::EventsLost;
use crate::sync::{Mutex, lock};

/// Events on their way to one reader, for whom nobody waits: if it falls behind, it loses the oldest.
pub(super) struct Queue<E> {
    state: Mutex<State<E>>,
}

struct State<E> {
    unread: Ring<E>,
    /// How many were lost since the reader was last told.
    lost: u64,
    /// Whether there will be no more.
    is_closed: bool,
    /// Whether nobody reads any more.
    is_abandoned: bool,
    /// Of the reader, while it waits.
    reader: Option<Waker>,
}

impl<E> Queue<E> {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            state: Mutex::new(State {
                unread: Ring::new(capacity),
                lost: 0,
                is_closed: false,
                is_abandoned: false,
                reader: None,
            }),
        }
    }

    pub(super) fn push(&self, event: E) {
        let mut state = lock(&self.state);
        if state.is_abandoned {
            return;
        }
        let oldest = state.unread.push(event);
        if oldest.is_some() {
            state.lost = state.lost.saturating_add(1);
        }
        let reader = state.reader.take();
        drop(state);
        wake(reader);
    }

    pub(super) fn close(&self) {
        let mut state = lock(&self.state);
        state.is_closed = true;
        let reader = state.reader.take();
        drop(state);
        wake(reader);
    }

    pub(super) fn poll_next(&self, cx: &mut Context<'_>) -> Poll<Option<Result<E, EventsLost>>> {
        if let Poll::Ready(next) = lock(&self.state).next() {
            return Poll::Ready(next);
        }
        // Outside the lock, as is what is dropped here: it is somebody else's code.
        let waker = cx.waker().clone();
        let mut state = lock(&self.state);
        // It may have come while the lock was free.
        let next = state.next();
        let unused = if next.is_pending() {
            state.reader.replace(waker)
        } else {
            Some(waker)
        };
        drop(state);
        drop(unused);
        next
    }

    /// Nobody reads any more: what the waker holds goes, and so do the events.
    pub(super) fn forget_reader(&self) {
        let mut state = lock(&self.state);
        state.is_abandoned = true;
        let reader = state.reader.take();
        let unread = mem::replace(&mut state.unread, Ring::new(1));
        drop(state);
        drop((reader, unread));
    }
}

impl<E> State<E> {
    /// First how many were lost, which were older than those that are left.
    fn next(&mut self) -> Poll<Option<Result<E, EventsLost>>> {
        if self.lost > 0 {
            let count = mem::take(&mut self.lost);
            return Poll::Ready(Some(Err(EventsLost { count })));
        }
        match self.unread.pop() {
            Some(event) => Poll::Ready(Some(Ok(event))),
            None if self.is_closed => Poll::Ready(None),
            None => Poll::Pending,
        }
    }
}

fn wake(reader: Option<Waker>) {
    if let Some(reader) = reader {
        reader.wake();
    }
}
