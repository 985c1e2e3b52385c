use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::runtime::Handle;
use tokio::time::{Instant, sleep_until};

use super::nanos_of;
use super::system::SystemClock;
use super::timer::{Alarm, Timer};
use super::tokio_sleep::TokioSleep;

/// tokio's time, counted from when this clock was made.
#[derive(Clone)]
pub(super) struct TokioClock {
    origin: Instant,
    origin_nanos: u64,
    /// The runtime it was made in, for timers that are set from outside of one.
    runtime: Option<Handle>,
}

impl TokioClock {
    pub(super) fn new() -> Self {
        Self {
            origin: Instant::now(),
            origin_nanos: SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, nanos_of),
            runtime: Handle::try_current().ok(),
        }
    }

    pub(super) fn nanos(&self) -> u64 {
        let elapsed = Instant::now().saturating_duration_since(self.origin);
        self.origin_nanos.saturating_add(nanos_of(elapsed))
    }

    pub(super) fn sleep_until(&self, at_nanos: u64) -> TokioSleep {
        TokioSleep::new(self.clone(), at_nanos)
    }

    /// The runtime whose timers go by this clock: the one that the thread is in, or that the clock was
    /// made in.
    pub(super) fn runtime(&self) -> Option<Handle> {
        Handle::try_current().ok().or_else(|| self.runtime.clone())
    }

    /// The time on tokio's own scale; `None` where it does not reach so far.
    pub(super) fn instant(&self, at_nanos: u64) -> Option<Instant> {
        let after = Duration::from_nanos(at_nanos.saturating_sub(self.origin_nanos));
        self.origin.checked_add(after)
    }

    /// The time on the system's scale. Without a runtime nobody can have paused tokio's time, and the
    /// system's goes as fast.
    pub(super) fn system_nanos(&self, at_nanos: u64) -> u64 {
        let system = SystemClock::shared();
        let left = at_nanos.saturating_sub(self.nanos());
        system.nanos(system.raw()).saturating_add(left)
    }

    pub(super) fn schedule(&self, at_nanos: u64, alarm: Alarm) -> Timer {
        let Some(runtime) = self.runtime() else {
            return SystemClock::shared().schedule(self.system_nanos(at_nanos), alarm);
        };
        let Some(at) = self.instant(at_nanos) else {
            return Timer::never();
        };
        let task = runtime.spawn(async move {
            sleep_until(at).await;
            alarm.ring();
        });
        let abort = task.abort_handle();
        Timer::cancelled_by(move || abort.abort())
    }
}
