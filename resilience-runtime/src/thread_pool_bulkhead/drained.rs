//! Waiting for the end of a pool.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::pool::{Pool, Ticket};

/// Done when the pool has ended. The pool keeps the waker, and with it all that the waiting task
/// holds, so this one takes it out again when it is dropped.
pub(super) struct Drained {
    pool: Arc<Pool>,
    place: Option<Ticket>,
}

impl Drained {
    pub(super) fn new(pool: Arc<Pool>) -> Self {
        Self { pool, place: None }
    }
}

impl Future for Drained {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        this.pool.poll_end(&mut this.place, cx)
    }
}

impl Drop for Drained {
    fn drop(&mut self) {
        if let Some(ticket) = self.place {
            self.pool.forget(ticket);
        }
    }
}
