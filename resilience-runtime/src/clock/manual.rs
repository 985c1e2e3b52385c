use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::alarm_queue::{AlarmKey, AlarmQueue};
use super::nanos_of;
use super::sleep::AlarmClock;
use super::timer::{Alarm, Bell, Timer};

/// A clock that stands still until told to move, for tests that do not wait.
///
/// Clones are handles on the same clock.
///
/// ```
/// use std::time::Duration;
/// use resilience4rs::Clock;
///
/// let time = Clock::manual();
/// let before = Clock::from(&time).now();
/// time.advance(Duration::from_secs(30));
/// assert_eq!(Clock::from(&time).now(), before + Duration::from_secs(30));
/// ```
#[derive(Clone, Default)]
pub struct ManualClock {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    now: AtomicU64,
    alarms: Mutex<AlarmQueue>,
}

impl ManualClock {
    /// A clock that shows `start`, where [`Clock::manual`](super::Clock::manual) shows the Unix
    /// epoch. A start before the epoch is the epoch.
    ///
    /// ```
    /// use std::time::{Duration, UNIX_EPOCH};
    /// use resilience4rs::{Clock, ManualClock};
    ///
    /// let start = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    /// assert_eq!(Clock::from(ManualClock::starting_at(start)).now(), start);
    /// ```
    #[must_use]
    pub fn starting_at(start: SystemTime) -> Self {
        let clock = Self::default();
        let nanos = start.duration_since(UNIX_EPOCH).map_or(0, nanos_of);
        clock.shared.now.store(nanos, Ordering::SeqCst);
        clock
    }

    /// Moves the clock on.
    ///
    /// Timers that are due on the way go off on the calling thread, in the order of their due
    /// times, each with the clock showing its own.
    pub fn advance(&self, by: Duration) {
        let target = self.nanos().saturating_add(nanos_of(by));
        while let Some(bell) = self.step_to(target) {
            bell.ring();
        }
    }

    /// How many timers are set: waits of calls, time limits, and what breakers and pools have planned.
    ///
    /// A call that waits on this clock has set its timer by the time that it is counted here, so that
    /// a test that sees it may move the clock, and needs no wait of its own.
    ///
    /// ```
    /// use std::time::Duration;
    /// use resilience4rs::{Clock, Registry};
    ///
    /// let time = Clock::manual();
    /// let registry = Registry::builder().clock(&time).build();
    /// let hour = |config: resilience4rs::RetryConfigBuilder| {
    ///     config.max_attempts(2).wait_duration(Duration::from_secs(3600))
    /// };
    /// let retry = registry.retry_with("payments", hour).unwrap();
    /// let call = std::thread::spawn(move || retry.call_blocking(|| Err::<(), _>("unreachable")));
    ///
    /// while time.timers() == 0 {
    ///     std::thread::yield_now();
    /// }
    /// time.advance(Duration::from_secs(3600));
    /// assert!(call.join().unwrap().is_err());
    /// assert_eq!(time.timers(), 0);
    /// ```
    #[must_use]
    pub fn timers(&self) -> usize {
        self.alarms().len()
    }

    pub(super) fn nanos(&self) -> u64 {
        self.shared.now.load(Ordering::SeqCst)
    }

    pub(super) fn schedule(&self, at_nanos: u64, alarm: Alarm) -> Timer {
        let key = self.alarms().insert(at_nanos, Bell::Target(alarm));
        let clock = self.clone();
        Timer::cancelled_by(move || clock.cancel(key))
    }

    /// Moves on to the next alarm up to `target` and takes it, or to `target` itself. Under the lock, so
    /// that whoever sets an alarm after the last one was taken sees the new time.
    fn step_to(&self, target: u64) -> Option<Bell> {
        let mut alarms = self.alarms();
        let next = alarms.pop_due(target);
        let reached = next.as_ref().map_or(target, |(due, _)| *due);
        self.shared.now.fetch_max(reached, Ordering::SeqCst);
        next.map(|(_, bell)| bell)
    }

    fn alarms(&self) -> MutexGuard<'_, AlarmQueue> {
        self.shared
            .alarms
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl AlarmClock for ManualClock {
    fn now_nanos(&self) -> u64 {
        self.nanos()
    }

    fn set(&self, at_nanos: u64, bell: Bell) -> Option<AlarmKey> {
        let mut alarms = self.alarms();
        // Under the lock, under which another thread moves the clock.
        if self.nanos() >= at_nanos {
            return None;
        }
        Some(alarms.insert(at_nanos, bell))
    }

    fn reset(&self, key: AlarmKey, bell: Bell) -> bool {
        // A statement of its own, so that the lock is free again when the former bell is dropped.
        let former = self.alarms().replace(key, bell);
        former.is_ok()
    }

    fn cancel(&self, key: AlarmKey) {
        let cancelled = self.alarms().remove(key);
        // Outside the lock: the last handle on an alarm's target may go with it.
        drop(cancelled);
    }
}

impl fmt::Debug for ManualClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ManualClock")
            .field("now", &Duration::from_nanos(self.nanos()))
            .field("timers", &self.timers())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::super::Clock;
    use super::*;

    #[test]
    fn a_wait_is_a_timer_from_its_first_poll_until_it_is_over_or_dropped() {
        let time = ManualClock::default();
        let clock = Clock::from(&time);
        let mut cx = Context::from_waker(Waker::noop());
        {
            let mut sleep = pin!(clock.sleep(Duration::from_secs(5)));
            assert_eq!(time.timers(), 0);
            time.advance(Duration::from_secs(5));
            assert_eq!(sleep.as_mut().poll(&mut cx), Poll::Pending, "it begins now");
            assert_eq!(time.timers(), 1);
            time.advance(Duration::from_secs(5));
            assert_eq!(time.timers(), 0);
            assert_eq!(sleep.as_mut().poll(&mut cx), Poll::Ready(()));

            let mut dropped = pin!(clock.sleep(Duration::from_secs(5)));
            assert_eq!(dropped.as_mut().poll(&mut cx), Poll::Pending);
            assert_eq!(time.timers(), 1);
        }
        assert_eq!(time.timers(), 0);
    }
}
