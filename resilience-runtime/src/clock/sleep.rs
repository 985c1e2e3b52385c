use std::fmt;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::{Context, Poll, Waker};
use std::thread::{self, Thread};

use super::Clock;
use super::timer::{Alarm, Ring, Timer};

/// A wait for a time on a clock. Only one that is not over when it is first polled allocates.
#[must_use = "a future does nothing unless it is awaited"]
pub(crate) struct Sleep {
    clock: Clock,
    at_nanos: u64,
    waiting: Option<Waiting>,
}

/// A wait that has begun. The timer goes first, so that it finds its bell as long as it runs.
struct Waiting {
    _timer: Timer,
    bell: Arc<Bell>,
}

/// Wakes the task that waits.
struct Bell {
    waker: Mutex<Waker>,
}

impl Ring for Bell {
    fn ring(&self, _occasion: u64) {
        let waker = self
            .waker
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        waker.wake();
    }
}

impl Sleep {
    pub(super) fn new(clock: Clock, at_nanos: u64) -> Self {
        Self {
            clock,
            at_nanos,
            waiting: None,
        }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.clock.now_nanos() >= self.at_nanos {
            self.waiting = None;
            return Poll::Ready(());
        }
        if let Some(waiting) = &self.waiting {
            waiting
                .bell
                .waker
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone_from(cx.waker());
        } else {
            let bell = Arc::new(Bell {
                waker: Mutex::new(cx.waker().clone()),
            });
            let timer = self.clock.schedule(self.at_nanos, alarm_for(&bell));
            self.waiting = Some(Waiting {
                _timer: timer,
                bell,
            });
        }
        // The clock may have passed the time while the timer was set, by another thread's hand.
        if self.clock.now_nanos() >= self.at_nanos {
            self.waiting = None;
            return Poll::Ready(());
        }
        Poll::Pending
    }
}

/// Blocks the thread until a clock that another thread moves shows `at_nanos`.
pub(super) fn park_until(clock: &Clock, at_nanos: u64) {
    if clock.now_nanos() >= at_nanos {
        return;
    }
    let sleeper = Arc::new(Sleeper {
        thread: thread::current(),
        is_over: AtomicBool::new(false),
    });
    let timer = clock.schedule(at_nanos, alarm_for(&sleeper));
    // A thread may be unparked by others.
    while !sleeper.is_over.load(Ordering::Acquire) && clock.now_nanos() < at_nanos {
        thread::park();
    }
    drop(timer);
}

/// Wakes the thread that waits.
struct Sleeper {
    thread: Thread,
    is_over: AtomicBool,
}

impl Ring for Sleeper {
    fn ring(&self, _occasion: u64) {
        self.is_over.store(true, Ordering::Release);
        self.thread.unpark();
    }
}

fn alarm_for(target: &Arc<impl Ring + 'static>) -> Alarm {
    let target: Weak<dyn Ring> = Arc::<_>::downgrade(target) as Weak<dyn Ring>;
    Alarm {
        target,
        occasion: 0,
    }
}

impl fmt::Debug for Sleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sleep")
            .field("at_nanos", &self.at_nanos)
            .field("has_begun", &self.waiting.is_some())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::time::Duration;

    use super::*;

    fn is_ready(sleep: &mut Sleep) -> bool {
        Pin::new(sleep)
            .poll(&mut Context::from_waker(Waker::noop()))
            .is_ready()
    }

    #[test]
    fn a_sleep_is_over_at_its_time_and_leaves_no_timer() {
        let time = Clock::manual();
        let clock = Clock::from(&time);
        let mut sleep = clock.sleep_until(5_000);
        assert!(!is_ready(&mut sleep));
        time.advance(Duration::from_nanos(4_999));
        assert!(!is_ready(&mut sleep));
        time.advance(Duration::from_nanos(1));
        assert!(is_ready(&mut sleep));
        assert!(format!("{time:?}").contains("timers: 0"), "{time:?}");
    }

    #[test]
    fn dropping_a_sleep_cancels_its_timer() {
        let time = Clock::manual();
        let mut sleep = Clock::from(&time).sleep_until(5_000);
        assert!(!is_ready(&mut sleep));
        assert!(format!("{time:?}").contains("timers: 1"), "{time:?}");
        drop(sleep);
        assert!(format!("{time:?}").contains("timers: 0"), "{time:?}");
    }

    #[test]
    fn a_thread_waits_until_another_moves_the_clock() {
        let time = Clock::manual();
        let clock = Clock::from(&time);
        let waiter = thread::spawn(move || {
            clock.wait_until(5_000);
            clock.now_nanos()
        });
        while !format!("{time:?}").contains("timers: 1") {
            thread::yield_now();
        }
        time.advance(Duration::from_nanos(5_000));
        assert_eq!(waiter.join().unwrap(), 5_000);
    }

    #[cfg(feature = "tokio")]
    #[tokio::test(start_paused = true)]
    async fn a_sleep_follows_tokios_time() {
        let clock = Clock::tokio();
        let at = clock.now_nanos() + 3_600_000_000_000;
        let mut sleep = clock.sleep_until(at);
        poll_fn(|cx| {
            assert!(Pin::new(&mut sleep).poll(cx).is_pending());
            Poll::Ready(())
        })
        .await;
        sleep.await;
        assert!(clock.now_nanos() >= at);
    }
}
