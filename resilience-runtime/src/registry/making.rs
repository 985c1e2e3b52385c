//! One at a time, and whoever is at it may go deeper.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

/// Held by the thread that makes an instance. Listeners that are told of the instance may make
/// others on that thread.
#[derive(Debug, Default)]
pub(super) struct Making {
    maker: Mutex<Option<Maker>>,
    done: Condvar,
}

#[derive(Debug, Clone, Copy)]
struct Maker {
    thread: ThreadId,
    depth: usize,
}

/// Ends the making when it is dropped.
pub(super) struct Underway<'a>(&'a Making);

impl Making {
    pub(super) fn begin(&self) -> Underway<'_> {
        let thread = thread::current().id();
        let mut maker = self.wait_for_others(thread);
        let depth = maker.map_or(0, |maker| maker.depth) + 1;
        *maker = Some(Maker { thread, depth });
        Underway(self)
    }

    /// Waits until nobody else is at it.
    pub(super) fn wait(&self) {
        drop(self.wait_for_others(thread::current().id()));
    }

    fn wait_for_others(&self, thread: ThreadId) -> MutexGuard<'_, Option<Maker>> {
        let is_another = |maker: &mut Option<Maker>| maker.is_some_and(|one| one.thread != thread);
        let maker = self.maker.lock().unwrap_or_else(PoisonError::into_inner);
        self.done
            .wait_while(maker, is_another)
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Underway<'_> {
    fn drop(&mut self) {
        let mut maker = self.0.maker.lock().unwrap_or_else(PoisonError::into_inner);
        *maker = maker
            .map(|one| Maker {
                depth: one.depth - 1,
                ..one
            })
            .filter(|one| one.depth > 0);
        if maker.is_none() {
            self.0.done.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn whoever_is_at_it_may_go_deeper_and_others_wait() {
        let making = Making::default();
        let (makers, both) = (AtomicUsize::new(0), Barrier::new(2));
        thread::scope(|threads| {
            for _ in 0..2 {
                threads.spawn(|| {
                    both.wait();
                    for _ in 0..1_000 {
                        let _outer = making.begin();
                        let inner = making.begin();
                        drop(inner);
                        making.wait();
                        assert_eq!(makers.fetch_add(1, Ordering::Relaxed), 0);
                        makers.fetch_sub(1, Ordering::Relaxed);
                    }
                });
            }
        });
        assert!(making.maker.lock().unwrap().is_none());
    }
}
