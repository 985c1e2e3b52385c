use std::fmt;
use std::pin::Pin;
use std::ptr;
use std::task::{Context, Poll, Waker};

use super::alarm_queue::AlarmKey;
use super::system::SystemClock;
use super::timer::Bell;
use super::{Clock, Source};
use crate::parking;

/// A wait for a time on a clock. It sets its alarm when it is first polled before that time.
#[must_use = "a future does nothing unless it is awaited"]
pub(crate) struct Sleep {
    kind: Kind,
}

enum Kind {
    /// In place: no allocation.
    System(QueuedSleep<&'static SystemClock>),
    /// On a clock that tests move, or on tokio's. Boxed, so that whoever holds a sleep of the common
    /// kind has little to drop.
    Virtual(Pin<Box<dyn Future<Output = ()> + Send + Sync>>),
}

impl Sleep {
    pub(super) fn new(clock: &Clock, at_nanos: u64) -> Self {
        Self {
            kind: match &clock.source {
                Source::System(clock) => Kind::System(QueuedSleep::new(*clock, at_nanos)),
                #[cfg(feature = "tokio")]
                Source::Tokio(clock) => Kind::Virtual(Box::pin(clock.sleep_until(at_nanos))),
                Source::Manual(clock) => {
                    Kind::Virtual(Box::pin(QueuedSleep::new(clock.clone(), at_nanos)))
                }
            },
        }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        match &mut self.get_mut().kind {
            Kind::System(sleep) => Pin::new(sleep).poll(cx),
            Kind::Virtual(sleep) => sleep.as_mut().poll(cx),
        }
    }
}

/// A clock with a queue of alarms.
pub(super) trait AlarmClock {
    fn now_nanos(&self) -> u64;

    /// Sets an alarm; `None` where its time has come meanwhile.
    fn set(&self, at_nanos: u64, bell: Bell) -> Option<AlarmKey>;

    /// Gives an alarm another bell; `false` where it has gone off.
    fn reset(&self, key: AlarmKey, bell: Bell) -> bool;

    fn cancel(&self, key: AlarmKey);
}

/// A wait for an alarm clock.
pub(super) struct QueuedSleep<C: AlarmClock> {
    clock: C,
    at_nanos: u64,
    alarm: Option<(AlarmKey, WakerId)>,
}

/// Nearer to its time than this, an alarm may have gone off by the time that another processor shows.
const SKEW_NANOS: u64 = 1_000_000;

impl<C: AlarmClock> QueuedSleep<C> {
    fn new(clock: C, at_nanos: u64) -> Self {
        Self {
            clock,
            at_nanos,
            alarm: None,
        }
    }

    /// Whether the alarm is set and will wake this task.
    fn sets_alarm(&mut self, left_nanos: u64, waker: &Waker) -> bool {
        let id = WakerId::of(waker);
        match &mut self.alarm {
            // Without the clock's lock.
            Some((_, known)) if *known == id && left_nanos > SKEW_NANOS => return true,
            Some((key, known)) => {
                if self.clock.reset(*key, Bell::Task(waker.clone())) {
                    *known = id;
                    return true;
                }
                self.alarm = None;
            }
            None => {
                let key = self.clock.set(self.at_nanos, Bell::Task(waker.clone()));
                self.alarm = key.map(|key| (key, id));
            }
        }
        self.alarm.is_some()
    }

    #[inline(never)]
    fn cancel(&mut self) {
        if let Some((key, _)) = self.alarm.take() {
            self.clock.cancel(key);
        }
    }
}

impl<C: AlarmClock + Unpin> Future for QueuedSleep<C> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let left_nanos = self.at_nanos.saturating_sub(self.clock.now_nanos());
        if left_nanos > 0 && self.sets_alarm(left_nanos, cx.waker()) {
            return Poll::Pending;
        }
        self.cancel();
        Poll::Ready(())
    }
}

impl<C: AlarmClock> Drop for QueuedSleep<C> {
    #[inline]
    fn drop(&mut self) {
        if self.alarm.is_some() {
            self.cancel();
        }
    }
}

/// Tells wakers apart. It may only be compared while the waker, or a clone of it, is there: the alarm
/// has one until it goes off.
#[derive(Clone, Copy, PartialEq, Eq)]
struct WakerId {
    data: usize,
    vtable: usize,
}

impl WakerId {
    fn of(waker: &Waker) -> Self {
        Self {
            data: waker.data().addr(),
            vtable: ptr::from_ref(waker.vtable()).addr(),
        }
    }
}

/// Blocks the thread until a clock that another thread moves shows `at_nanos`.
pub(super) fn park_until(clock: &Clock, at_nanos: u64) {
    if clock.now_nanos() >= at_nanos {
        return;
    }
    let parking = parking::of_this_thread();
    let waker = parking.waker();
    let mut cx = Context::from_waker(&waker);
    let mut sleep = clock.sleep_until(at_nanos);
    while Pin::new(&mut sleep).poll(&mut cx).is_pending() {
        parking.wait();
    }
}

impl fmt::Debug for Sleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Sleep");
        if let Kind::System(sleep) = &self.kind {
            shown.field("at_nanos", &sleep.at_nanos);
        }
        shown.finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::future::poll_fn;
    use std::sync::Arc;
    use std::sync::mpsc;
    use std::task::Wake;
    use std::thread;
    use std::time::Duration;

    use super::super::alarm_queue::AlarmQueue;
    use super::*;
    use crate::parking::block_on;

    fn is_ready(sleep: &mut (impl Future<Output = ()> + Unpin)) -> bool {
        is_ready_for(Waker::noop(), sleep)
    }

    fn is_ready_for(waker: &Waker, sleep: &mut (impl Future<Output = ()> + Unpin)) -> bool {
        Pin::new(sleep)
            .poll(&mut Context::from_waker(waker))
            .is_ready()
    }

    /// A clock that shows what it is told to, and counts what is asked of it.
    #[derive(Default)]
    struct Told {
        now: Cell<u64>,
        has_rung: Cell<bool>,
        resets: Cell<u32>,
        cancels: Cell<u32>,
    }

    impl AlarmClock for &Told {
        fn now_nanos(&self) -> u64 {
            self.now.get()
        }

        fn set(&self, at_nanos: u64, bell: Bell) -> Option<AlarmKey> {
            Some(AlarmQueue::default().insert(at_nanos, bell))
        }

        fn reset(&self, _key: AlarmKey, _bell: Bell) -> bool {
            self.resets.update(|resets| resets + 1);
            !self.has_rung.get()
        }

        fn cancel(&self, _key: AlarmKey) {
            self.cancels.update(|cancels| cancels + 1);
        }
    }

    #[test]
    fn polling_again_leaves_the_alarm_alone_until_it_may_have_gone_off() {
        let clock = Told::default();
        let mut sleep = QueuedSleep::new(&clock, 10 * SKEW_NANOS);
        assert!(!is_ready(&mut sleep));
        assert!(!is_ready(&mut sleep));
        assert_eq!(clock.resets.get(), 0);
        clock.now.set(9 * SKEW_NANOS);
        assert!(!is_ready(&mut sleep));
        assert_eq!(clock.resets.get(), 1);
        drop(sleep);
        assert_eq!(clock.cancels.get(), 1);
    }

    #[test]
    fn another_task_that_polls_is_the_one_to_wake() {
        struct Other;
        impl Wake for Other {
            fn wake(self: Arc<Self>) {}
        }

        let clock = Told::default();
        let mut sleep = QueuedSleep::new(&clock, 10 * SKEW_NANOS);
        assert!(!is_ready(&mut sleep));
        let other = Waker::from(Arc::new(Other));
        assert!(!is_ready_for(&other, &mut sleep));
        assert!(!is_ready_for(&other, &mut sleep));
        assert_eq!(clock.resets.get(), 1);
    }

    #[test]
    fn a_sleep_is_over_when_its_alarm_went_off_by_another_processors_time() {
        let clock = Told::default();
        let mut sleep = QueuedSleep::new(&clock, 10 * SKEW_NANOS);
        assert!(!is_ready(&mut sleep));
        clock.has_rung.set(true);
        clock.now.set(10 * SKEW_NANOS - 1);
        assert!(is_ready(&mut sleep), "nobody would wake it again");
    }

    #[test]
    fn no_alarm_is_missed_that_is_set_while_the_clock_moves() {
        const STEPS: u64 = 20_000;
        let time = Clock::manual();
        let clock = Clock::from(&time);
        let (tell, told) = mpsc::channel();
        let sleeper = thread::spawn(move || {
            for at in 1..=STEPS {
                block_on(clock.sleep_until(at));
                tell.send(at).unwrap();
            }
        });
        for at in 1..=STEPS {
            time.advance(Duration::from_nanos(1));
            assert_eq!(told.recv_timeout(Duration::from_mins(1)), Ok(at));
        }
        sleeper.join().unwrap();
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
