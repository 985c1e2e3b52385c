use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::alarm_queue::{AlarmKey, AlarmQueue};
use super::nanos_of;
use super::sleep::AlarmClock;
use super::timer::{Alarm, Bell, Timer};

/// The process's monotonic time, and the thread that rings its alarms.
pub(super) struct SystemClock {
    counter: quanta::Clock,
    /// The counter's reading at `origin_nanos`.
    origin: u64,
    origin_nanos: u64,
    alarms: Mutex<Alarms>,
    changed: Condvar,
}

struct Alarms {
    queue: AlarmQueue,
    /// Whether the thread runs.
    has_thread: bool,
    /// When it looks into the queue again: no alarm is due before. It is not put off when an alarm is
    /// cancelled, as most are: looking in vain once is cheaper than being told every time.
    looks_at_nanos: u64,
    /// Whether the queue was empty the last time that it looked, and no alarm called it since.
    is_lingering: bool,
}

impl Default for Alarms {
    fn default() -> Self {
        Self {
            queue: AlarmQueue::default(),
            has_thread: false,
            looks_at_nanos: u64::MAX,
            is_lingering: false,
        }
    }
}

/// What the thread does next.
enum Step {
    Ring(Bell),
    Wait(Duration),
    End,
}

impl Alarms {
    fn next_step(&mut self, now_nanos: u64) -> Step {
        if now_nanos >= self.looks_at_nanos {
            if let Some((_, bell)) = self.queue.pop_due(now_nanos) {
                return Step::Ring(bell);
            }
            if let Some(due) = self.queue.next_due() {
                self.looks_at_nanos = due;
                self.is_lingering = false;
            } else if self.is_lingering {
                *self = Self::default();
                return Step::End;
            } else {
                self.looks_at_nanos = now_nanos.saturating_add(LINGER_NANOS);
                self.is_lingering = true;
            }
        }
        Step::Wait(Duration::from_nanos(self.looks_at_nanos - now_nanos))
    }
}

/// How long the thread stays when there is nothing to wait for.
const LINGER_NANOS: u64 = 60_000_000_000;

impl SystemClock {
    pub(super) fn shared() -> &'static Self {
        static CLOCK: OnceLock<SystemClock> = OnceLock::new();
        CLOCK.get_or_init(Self::new)
    }

    fn new() -> Self {
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
        let key = self.insert(at_nanos, Bell::Target(alarm));
        Timer::cancelled_by(move || self.cancel(key))
    }

    fn insert(&'static self, at_nanos: u64, bell: Bell) -> AlarmKey {
        let mut alarms = self.alarms();
        let key = alarms.queue.insert(at_nanos, bell);
        if at_nanos < alarms.looks_at_nanos {
            self.call_thread(alarms, at_nanos);
        }
        key
    }

    /// Has the thread look at `at_nanos`, earlier than it would.
    #[cold]
    fn call_thread(&'static self, mut alarms: MutexGuard<'_, Alarms>, at_nanos: u64) {
        if !alarms.has_thread {
            let thread = thread::Builder::new().name("resilience4rs-timer".to_owned());
            // Where no thread can be had, the next to set an alarm tries again.
            alarms.has_thread = thread.spawn(|| self.ring_alarms()).is_ok();
        }
        if alarms.has_thread {
            // There may be alarms that no thread has looked at yet.
            alarms.looks_at_nanos = alarms.queue.next_due().unwrap_or(at_nanos);
            alarms.is_lingering = false;
            drop(alarms);
            self.changed.notify_one();
        }
    }

    fn ring_alarms(&self) {
        let mut alarms = self.alarms();
        loop {
            alarms = match alarms.next_step(self.nanos(self.raw())) {
                Step::Ring(bell) => {
                    drop(alarms);
                    // A waker that panics must not take everybody's alarms with it.
                    drop(catch_unwind(AssertUnwindSafe(|| bell.ring())));
                    self.alarms()
                }
                Step::Wait(time) => match self.changed.wait_timeout(alarms, time) {
                    Ok((alarms, _)) => alarms,
                    Err(poisoned) => poisoned.into_inner().0,
                },
                Step::End => return,
            };
        }
    }

    fn alarms(&self) -> MutexGuard<'_, Alarms> {
        self.alarms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AlarmClock for &'static SystemClock {
    #[inline]
    fn now_nanos(&self) -> u64 {
        self.nanos(self.raw())
    }

    fn set(&self, at_nanos: u64, bell: Bell) -> Option<AlarmKey> {
        Some(self.insert(at_nanos, bell))
    }

    fn reset(&self, key: AlarmKey, bell: Bell) -> bool {
        // A statement of its own, so that the lock is free again when the former bell is dropped.
        let former = self.alarms().queue.replace(key, bell);
        former.is_ok()
    }

    fn cancel(&self, key: AlarmKey) {
        let cancelled = self.alarms().queue.remove(key);
        // Outside the lock: the last handle on an alarm's target may go with it.
        drop(cancelled);
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;

    #[test]
    fn only_an_earlier_alarm_calls_the_thread() {
        const HOUR: u64 = 3_600_000_000_000;
        // Its own, which no other test sets alarms on.
        let clock: &'static SystemClock = Box::leak(Box::new(SystemClock::new()));
        let now = clock.now_nanos();
        let set = |after| {
            let bell = Bell::Task(Waker::noop().clone());
            (&clock).set(now + after, bell).unwrap()
        };
        let looks_after = || clock.alarms().looks_at_nanos - now;
        let first = set(2 * HOUR);
        assert_eq!(looks_after(), 2 * HOUR);
        let later = set(3 * HOUR);
        assert_eq!(looks_after(), 2 * HOUR);
        (&clock).cancel(first);
        (&clock).cancel(later);
        set(2 * HOUR);
        assert_eq!(looks_after(), 2 * HOUR, "cancelling calls nobody");
        set(HOUR);
        assert_eq!(looks_after(), HOUR);
    }

    #[test]
    fn the_thread_ends_when_there_was_nothing_to_wait_for_in_a_while() {
        let mut alarms = Alarms {
            has_thread: true,
            looks_at_nanos: 100,
            ..Alarms::default()
        };
        let bell = || Bell::Task(Waker::noop().clone());
        let cancelled = alarms.queue.insert(100, bell());
        assert!(alarms.queue.remove(cancelled).is_some());
        assert!(matches!(alarms.next_step(99), Step::Wait(time) if time.as_nanos() == 1));
        assert!(matches!(alarms.next_step(100), Step::Wait(time) if time.as_secs() == 60));
        // An alarm that nobody had to tell the thread about.
        alarms.queue.insert(200 + LINGER_NANOS, bell());
        let looks_at = 100 + LINGER_NANOS;
        assert!(matches!(alarms.next_step(looks_at), Step::Wait(time) if time.as_nanos() == 100));
        let due = 200 + LINGER_NANOS;
        assert!(matches!(alarms.next_step(due), Step::Ring(_)));
        assert!(matches!(alarms.next_step(due), Step::Wait(time) if time.as_secs() == 60));
        assert!(matches!(alarms.next_step(due + LINGER_NANOS), Step::End));
        assert!(!alarms.has_thread);
    }

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
