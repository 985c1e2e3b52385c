//! Driving a future on a thread that has no executor.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use crate::sync::{Condvar, Mutex, lock, wait};

/// What a thread waits at until it is woken. A wake that comes before the wait ends it at once.
#[derive(Debug, Default)]
pub(crate) struct Parker {
    is_woken: Mutex<bool>,
    changed: Condvar,
}

impl Parker {
    pub(crate) fn park(&self) {
        let mut is_woken = lock(&self.is_woken);
        while !*is_woken {
            is_woken = wait(&self.changed, is_woken);
        }
        *is_woken = false;
    }
}

impl Wake for Parker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        *lock(&self.is_woken) = true;
        self.changed.notify_one();
    }
}

/// Blocks the thread until the future is done.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let parker = Arc::new(Parker::default());
    let waker = Waker::from(Arc::clone(&parker));
    let mut cx = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
            return output;
        }
        parker.park();
    }
}
