use std::fmt;
use std::sync::Weak;
use std::task::Waker;

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

/// What goes off when a time has come.
pub(super) enum Bell {
    Target(Alarm),
    /// A task that sleeps.
    Task(Waker),
}

impl Bell {
    pub(super) fn ring(self) {
        match self {
            Self::Target(alarm) => alarm.ring(),
            Self::Task(waker) => waker.wake(),
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
