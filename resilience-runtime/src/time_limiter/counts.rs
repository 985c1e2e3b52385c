use std::sync::atomic::{AtomicU64, Ordering};

use super::event::TimeLimiterEventKind;
use super::metrics::TimeLimiterMetrics;

/// What calls write. It has a cache line of its own: the rest of a limiter is what every call reads.
#[derive(Debug, Default)]
#[repr(align(64))]
pub(super) struct Counts {
    successful: AtomicU64,
    failed: AtomicU64,
    timed_out: AtomicU64,
}

impl Counts {
    #[inline]
    pub(super) fn count(&self, kind: TimeLimiterEventKind) {
        let calls = match kind {
            TimeLimiterEventKind::Success => &self.successful,
            TimeLimiterEventKind::Error => &self.failed,
            TimeLimiterEventKind::Timeout => &self.timed_out,
        };
        // Relaxed: nothing else is read by it.
        calls.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn reset(&self) {
        for calls in [&self.successful, &self.failed, &self.timed_out] {
            calls.store(0, Ordering::Relaxed);
        }
    }

    pub(super) fn metrics(&self) -> TimeLimiterMetrics {
        TimeLimiterMetrics {
            successful_calls: self.successful.load(Ordering::Relaxed),
            failed_calls: self.failed.load(Ordering::Relaxed),
            timed_out_calls: self.timed_out.load(Ordering::Relaxed),
        }
    }
}
