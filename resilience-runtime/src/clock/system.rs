use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::nanos_of;
use super::timer::{Alarm, AlarmKey, AlarmQueue, Timer};

/// The process's monotonic time, and the thread that rings its alarms.
pub(super) struct SystemClock {
    counter: quanta::Clock,
    /// The counter's reading at `origin_nanos`.
    origin: u64,
    origin_nanos: u64,
    alarms: Mutex<Alarms>,
    changed: Condvar,
}

#[derive(Default)]
struct Alarms {
    queue: AlarmQueue,
    /// Whether the thread runs; it ends when there is nothing left to wait for.
    has_thread: bool,
}

impl SystemClock {
    pub(super) fn shared() -> &'static Self {
        static CLOCK: OnceLock<SystemClock> = OnceLock::new();
        CLOCK.get_or_init(|| {
            let counter = quanta::Clock::new();
            Self {
                origin: counter.raw(),
                origin_nanos: SystemTime::now()
                    .duration_since(UNIX_EPOCH)
                    .map_or(0, nanos_of),
                counter,
                alarms: Mutex::default(),
                changed: Condvar::new(),
            }
        })
    }

    #[inline]
    pub(super) fn raw(&self) -> u64 {
        self.counter.raw()
    }

    #[inline]
    pub(super) fn nanos(&self, raw: u64) -> u64 {
        self.origin_nanos + self.counter.delta_as_nanos(self.origin, raw)
    }

    #[inline]
    pub(super) fn nanos_between(&self, start: u64, end: u64) -> u64 {
        self.counter.delta_as_nanos(start, end)
    }

    /// The most ticks that do not come to more than `nanos`.
    ///
    /// Found by bisection, so that it agrees with [`nanos_between`](Self::nanos_between) however
    /// that rounds. It stops at years, short of where a conversion may overflow.
    pub(super) fn most_ticks_within(&self, nanos: u64) -> u64 {
        let mut within = 0;
        let mut beyond = 1 << 60;
        while beyond - within > 1 {
            let middle = within + (beyond - within) / 2;
            if self.nanos_between(0, middle) <= nanos {
                within = middle;
            } else {
                beyond = middle;
            }
        }
        within
    }

    /// The last reading of the counter that is at `nanos` or before. There is none before the
    /// clock was made.
    pub(super) fn last_raw_at(&self, nanos: u64) -> u64 {
        nanos.checked_sub(self.origin_nanos).map_or(0, |nanos| {
            self.origin.saturating_add(self.most_ticks_within(nanos))
        })
    }

    pub(super) fn schedule(&'static self, at_nanos: u64, alarm: Alarm) -> Timer {
        let mut alarms = self.alarms();
        let key = alarms.queue.insert(at_nanos, alarm);
        if !alarms.has_thread {
            let thread = thread::Builder::new().name("resilience4rs-timer".to_owned());
            // Where no thread can be had, the next call does what the timer would have done.
            alarms.has_thread = thread.spawn(|| self.ring_alarms()).is_ok();
        }
        self.changed.notify_one();
        Timer::cancelled_by(move || self.cancel(key))
    }

    fn cancel(&self, key: AlarmKey) {
        let cancelled = self.alarms().queue.remove(key);
        self.changed.notify_one();
        // Outside the lock: the last handle on an alarm's target may go with it.
        drop(cancelled);
    }

    fn ring_alarms(&self) {
        let mut alarms = self.alarms();
        while let Some(due) = alarms.queue.next_due() {
            let now = self.nanos(self.raw());
            if let Some((_, alarm)) = alarms.queue.pop_due(now) {
                drop(alarms);
                alarm.ring();
                alarms = self.alarms();
            } else {
                let wait = Duration::from_nanos(due - now);
                alarms = match self.changed.wait_timeout(alarms, wait) {
                    Ok((alarms, _)) => alarms,
                    Err(poisoned) => poisoned.into_inner().0,
                };
            }
        }
        alarms.has_thread = false;
    }

    fn alarms(&self) -> MutexGuard<'_, Alarms> {
        self.alarms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_agree_with_the_conversion_to_the_tick() {
        let clock = SystemClock::shared();
        for nanos in [
            0,
            1,
            999,
            1_000_000,
            1_000_000_007,
            60_000_000_000,
            86_400_000_000_000,
        ] {
            let most = clock.most_ticks_within(nanos);
            assert!(clock.nanos_between(0, most) <= nanos, "{nanos}");
            assert!(clock.nanos_between(0, most + 1) > nanos, "{nanos}");
        }
    }

    #[test]
    fn the_last_reading_at_a_time_is_not_past_it() {
        let clock = SystemClock::shared();
        let now = clock.nanos(clock.raw());
        for nanos in [now, now + 1, now + 60_000_000_000] {
            let last = clock.last_raw_at(nanos);
            assert!(clock.nanos(last) <= nanos);
            assert!(clock.nanos(last + 1) > nanos);
        }
        assert_eq!(clock.last_raw_at(0), 0, "long before the clock was made");
        assert!(clock.last_raw_at(u64::MAX) > clock.raw(), "never");
    }
}
