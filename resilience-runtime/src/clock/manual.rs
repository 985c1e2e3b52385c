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
        while let Some((due, bell)) = self.pop_due(target) {
            self.shared.now.fetch_max(due, Ordering::SeqCst);
            bell.ring();
        }
        self.shared.now.fetch_max(target, Ordering::SeqCst);
        // Whoever set an alarm since the last look did not see the new time.
        while let Some((_, bell)) = self.pop_due(target) {
            bell.ring();
        }
    }

    pub(super) fn nanos(&self) -> u64 {
        self.shared.now.load(Ordering::SeqCst)
    }

    pub(super) fn schedule(&self, at_nanos: u64, alarm: Alarm) -> Timer {
        let key = self.alarms().insert(at_nanos, Bell::Target(alarm));
        let clock = self.clone();
        Timer::cancelled_by(move || clock.cancel(key))
    }

    /// A statement of its own, so that the lock is free again when the alarm rings.
    fn pop_due(&self, now_nanos: u64) -> Option<(u64, Bell)> {
        self.alarms().pop_due(now_nanos)
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
        let key = self.alarms().insert(at_nanos, bell);
        // Another thread may have moved the clock past that time before it could see the alarm.
        if self.nanos() < at_nanos {
            return Some(key);
        }
        self.cancel(key);
        None
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
            .field("timers", &self.alarms().len())
            .finish()
    }
}
