use super::metrics::RetryMetrics;
use crate::sync::atomic::{AtomicU64, Ordering};

/// What calls write. It has cache lines of its own: the rest of a retry is what every call reads, and
/// no writer may take that away from the others.
///
/// All counts are relaxed: nothing is decided by them.
#[derive(Debug)]
#[repr(align(64))]
pub(super) struct Counts {
    /// The only one that a call writes which goes well at once.
    successful_without_retry: Count,
    pub(super) successful_with_retry: Count,
    pub(super) failed_without_retry: Count,
    pub(super) failed_with_retry: Count,
    /// Of the total, what `successful_without_retry` does not hold already.
    pub(super) more_of_the_total: Count,
    pub(super) refused: Count,
    pub(super) cancelled: Count,
    panicked: Count,
    /// What the total counts beside attempts: calls that end because of a result.
    #[cfg(feature = "metrics-core")]
    ended_by_results: Count,
    /// Attempts that were dropped before they were done.
    #[cfg(feature = "metrics-core")]
    dropped_attempts: Count,
}

#[derive(Debug)]
pub(super) struct Count(AtomicU64);

impl Count {
    fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    #[inline]
    pub(super) fn increment(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Counts {
    pub(super) fn new() -> Self {
        Self {
            successful_without_retry: Count::new(),
            successful_with_retry: Count::new(),
            failed_without_retry: Count::new(),
            failed_with_retry: Count::new(),
            more_of_the_total: Count::new(),
            refused: Count::new(),
            cancelled: Count::new(),
            panicked: Count::new(),
            #[cfg(feature = "metrics-core")]
            ended_by_results: Count::new(),
            #[cfg(feature = "metrics-core")]
            dropped_attempts: Count::new(),
        }
    }

    #[inline]
    pub(super) fn succeed_at_once(&self) {
        self.successful_without_retry.increment();
    }

    #[cold]
    pub(super) fn panic(&self) {
        self.panicked.increment();
        self.more_of_the_total.increment();
    }

    /// A call ends because of its last attempt's result. As Resilience4j counts it: beside its attempts.
    pub(super) fn end_by_result(&self) {
        self.more_of_the_total.increment();
        #[cfg(feature = "metrics-core")]
        self.ended_by_results.increment();
    }

    /// A call is cancelled while an attempt runs.
    #[cold]
    pub(super) fn cancel_attempt(&self) {
        self.cancelled.increment();
        #[cfg(feature = "metrics-core")]
        self.dropped_attempts.increment();
    }

    /// Attempts that are over, however they ended.
    #[cfg(feature = "metrics-core")]
    pub(super) fn attempts(&self) -> u64 {
        // Before the total, which is written first: no less is taken away than was added.
        let others = self.ended_by_results.get();
        let ended = self.metrics().total_calls.saturating_sub(others);
        ended + self.dropped_attempts.get()
    }

    pub(super) fn reset(&self) {
        for count in [
            &self.successful_without_retry,
            &self.successful_with_retry,
            &self.failed_without_retry,
            &self.failed_with_retry,
            &self.more_of_the_total,
            &self.refused,
            &self.cancelled,
            &self.panicked,
            #[cfg(feature = "metrics-core")]
            &self.ended_by_results,
            #[cfg(feature = "metrics-core")]
            &self.dropped_attempts,
        ] {
            count.0.store(0, Ordering::Relaxed);
        }
    }

    pub(super) fn metrics(&self) -> RetryMetrics {
        let at_once = self.successful_without_retry.get();
        RetryMetrics {
            successful_calls_without_retry: at_once,
            successful_calls_with_retry: self.successful_with_retry.get(),
            failed_calls_without_retry: self.failed_without_retry.get(),
            failed_calls_with_retry: self.failed_with_retry.get(),
            total_calls: at_once + self.more_of_the_total.get(),
            refused_retries: self.refused.get(),
            cancelled_calls: self.cancelled.get(),
            panicked_calls: self.panicked.get(),
        }
    }
}
