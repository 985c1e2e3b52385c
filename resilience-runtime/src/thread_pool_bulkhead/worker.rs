//! A thread of a pool.

use std::sync::Arc;

use super::pool::Pool;
use crate::parking::Parking;

/// What a thread has in hand.
pub(super) struct Worker {
    pub(super) pool: Arc<Pool>,
    pub(super) parking: Arc<Parking>,
}

/// A call that waits for a thread.
pub(super) trait Job: Send + Sync {
    /// Makes the call, and does not panic. The pool is told that the thread is free before the
    /// caller is told of the outcome.
    fn run(&self, worker: &Worker);
}

impl Worker {
    pub(super) fn new(pool: Arc<Pool>) -> Self {
        Self {
            pool,
            parking: Arc::default(),
        }
    }

    pub(super) fn work(self, first: Arc<dyn Job>) {
        let mut next = Some(first);
        while let Some(job) = next {
            job.run(&self);
            // Before the thread waits: it may be the last handle on the call.
            drop(job);
            next = self.pool.next_job();
        }
    }
}
