//! How a thread waits among tasks: it has a waker that wakes it.

use std::pin::pin;
use std::sync::{Arc, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};

use crate::sync::{Condvar, Mutex, lock, wait};

/// A thread that waits. Not `thread::park`, whose signals may be meant for somebody further up the
/// stack, such as an executor.
#[derive(Debug, Default)]
pub(crate) struct Parking {
    is_called: Mutex<bool>,
    calls: Condvar,
}

/// A thread's own [`Parking`], so that waiting allocates once per thread.
#[cfg(not(resilience_loom))]
pub(crate) fn of_this_thread() -> Arc<Parking> {
    thread_local! {
        static PARKING: Arc<Parking> = Arc::default();
    }
    // A thread that is ending may have none any more.
    PARKING.try_with(Arc::clone).unwrap_or_default()
}

#[cfg(resilience_loom)]
pub(crate) fn of_this_thread() -> Arc<Parking> {
    Arc::default()
}

impl Parking {
    pub(crate) fn waker(self: &Arc<Self>) -> Waker {
        Waker::from(Arc::clone(self))
    }

    /// Waits until it is called, or was since it last waited.
    pub(crate) fn wait(&self) {
        let mut is_called = lock(&self.is_called);
        while !*is_called {
            is_called = wait(&self.calls, is_called);
        }
        *is_called = false;
    }

    /// The same, for `time` at the longest. Whether it was called.
    pub(crate) fn wait_for(&self, time: Duration) -> bool {
        let began = Instant::now();
        let mut is_called = lock(&self.is_called);
        // A thread may wake up without a call, also by the end of one that it has heard before.
        while !*is_called {
            let left = time.saturating_sub(began.elapsed());
            if left.is_zero() {
                break;
            }
            is_called = self
                .calls
                .wait_timeout(is_called, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        std::mem::take(&mut *is_called)
    }
}

impl Wake for Parking {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        *lock(&self.is_called) = true;
        self.calls.notify_one();
    }
}

/// Blocks the thread until the future is done.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    // Not the thread's own: what waits at that inside the future would take the future's calls.
    let parking = Arc::<Parking>::default();
    let waker = parking.waker();
    let mut cx = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
            return output;
        }
        parking.wait();
    }
}

#[cfg(all(test, not(resilience_loom)))]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn a_thread_that_wakes_up_without_a_call_goes_on_waiting() {
        let parking = Arc::<Parking>::default();
        let waiting = thread::spawn({
            let parking = Arc::clone(&parking);
            move || parking.wait_for(Duration::from_mins(1))
        });
        for _ in 0..50 {
            parking.calls.notify_one();
            thread::sleep(Duration::from_millis(1));
        }
        parking.wake_by_ref();
        assert!(waiting.join().unwrap(), "its time was not over");
    }

    #[test]
    fn a_thread_that_nobody_calls_waits_for_its_time() {
        let began = Instant::now();
        assert!(!Parking::default().wait_for(Duration::from_millis(5)));
        assert!(began.elapsed() >= Duration::from_millis(5));
    }
}
