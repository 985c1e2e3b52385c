use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::runtime::Handle;
use tokio::time::{Instant, sleep_until};

use super::nanos_of;
use super::system::SystemClock;
use super::timer::{Alarm, Timer};

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

    /// Without a runtime nobody can have paused the time, and the system's clock goes as fast.
    pub(super) fn schedule(&self, at_nanos: u64, alarm: Alarm) -> Timer {
        let runtime = Handle::try_current().ok().or_else(|| self.runtime.clone());
        let Some(runtime) = runtime else {
            let system = SystemClock::shared();
            let left = at_nanos.saturating_sub(self.nanos());
            let at_nanos = system.nanos(system.raw()).saturating_add(left);
            return system.schedule(at_nanos, alarm);
        };
        let after = Duration::from_nanos(at_nanos.saturating_sub(self.origin_nanos));
        let Some(at) = self.origin.checked_add(after) else {
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
