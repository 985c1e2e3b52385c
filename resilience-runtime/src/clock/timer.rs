use std::collections::BTreeMap;
use std::fmt;
use std::sync::Weak;

/// Whom a timer wakes, and with what. It holds its target weakly: a timer keeps nothing alive.
pub(crate) struct Alarm {
    pub(crate) target: Weak<dyn Ring>,
    /// Handed back to the target, which knows by it whether the alarm still means anything.
    pub(crate) occasion: u64,
}

/// What an [`Alarm`] rings.
pub(crate) trait Ring: Send + Sync {
    fn ring(&self, occasion: u64);
}

impl Alarm {
    pub(crate) fn ring(self) {
        if let Some(target) = self.target.upgrade() {
            target.ring(self.occasion);
        }
    }
}

/// A timer that is running; dropping it cancels it.
#[must_use = "a timer that is dropped never rings"]
pub(crate) struct Timer {
    cancel: Option<Box<dyn FnOnce() + Send + Sync>>,
}

impl Timer {
    pub(crate) fn cancelled_by(cancel: impl FnOnce() + Send + Sync + 'static) -> Self {
        Self {
            cancel: Some(Box::new(cancel)),
        }
    }

    /// For a time that never comes.
    #[cfg(feature = "tokio")]
    pub(crate) fn never() -> Self {
        Self { cancel: None }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        if let Some(cancel) = self.cancel.take() {
            cancel();
        }
    }
}

impl fmt::Debug for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timer").finish_non_exhaustive()
    }
}

/// Alarms in the order in which they are due, then in the order in which they were set.
#[derive(Default)]
pub(crate) struct AlarmQueue {
    alarms: BTreeMap<AlarmKey, Alarm>,
    next_number: u64,
}

/// When an alarm is due, and its number among those due at the same time.
pub(crate) type AlarmKey = (u64, u64);

impl AlarmQueue {
    pub(crate) fn insert(&mut self, at_nanos: u64, alarm: Alarm) -> AlarmKey {
        let key = (at_nanos, self.next_number);
        self.next_number += 1;
        self.alarms.insert(key, alarm);
        key
    }

    pub(crate) fn remove(&mut self, key: AlarmKey) -> Option<Alarm> {
        self.alarms.remove(&key)
    }

    pub(crate) fn len(&self) -> usize {
        self.alarms.len()
    }

    pub(crate) fn next_due(&self) -> Option<u64> {
        self.alarms.first_key_value().map(|(key, _)| key.0)
    }

    /// Takes the first alarm that is due at `now_nanos` or before, and when it was due.
    pub(crate) fn pop_due(&mut self, now_nanos: u64) -> Option<(u64, Alarm)> {
        if self.next_due()? > now_nanos {
            return None;
        }
        self.alarms.pop_first().map(|(key, alarm)| (key.0, alarm))
    }
}
