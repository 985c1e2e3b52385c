//! Sliding windows: what the recent calls came to, exactly, and without a lock on a call's way.
//!
//! A window belongs to an era of its breaker at a time. [`record`](Window::record) takes an outcome
//! only for the era that the window is in, checked in the same atomic step that counts it.

mod count;
#[cfg(all(test, resilience_loom))]
mod interleavings;
#[cfg(test)]
mod model;
#[cfg(all(test, not(resilience_loom)))]
mod properties;
mod time;

pub(super) use count::CountWindow;
use time::TimeWindow;

use super::config::{CircuitBreakerConfig, SlidingWindowType};
use super::metrics::Totals;

/// The outcome of a call, as a window counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Recorded {
    pub(super) failed: bool,
    pub(super) slow: bool,
}

/// The configured window of a breaker.
#[derive(Debug)]
pub(super) enum Window {
    Count(CountWindow),
    /// Apart: it is large, and the other kind is the usual one.
    Time(Box<TimeWindow>),
}

impl Window {
    pub(super) fn new(config: &CircuitBreakerConfig, now_nanos: u64) -> Self {
        let size = config.sliding_window_size();
        match config.sliding_window_type() {
            SlidingWindowType::CountBased => Self::Count(CountWindow::new(size)),
            SlidingWindowType::TimeBased => Self::Time(Box::new(TimeWindow::new(size, now_nanos))),
        }
    }

    /// Counts an outcome and tells what the window comes to with it; `None` if the window is not
    /// in this era any more.
    #[inline]
    pub(super) fn record(
        &self,
        era: u64,
        now_nanos: impl FnOnce() -> u64,
        outcome: Recorded,
    ) -> Option<Totals> {
        match self {
            Self::Count(window) => window.record(era, outcome),
            Self::Time(window) => window.record(era, now_nanos(), outcome),
        }
    }

    /// Counts a fast success in a window that is full of them, where nothing follows from it;
    /// `false` if the window is another, and nothing was counted.
    #[expect(clippy::inline_always, reason = "part of `Machine::succeed`")]
    #[inline(always)]
    pub(super) fn record_among_successes(&self, era: u64) -> bool {
        match self {
            Self::Count(window) => window.record_among_successes(era),
            Self::Time(_) => false,
        }
    }

    /// Everything in the window at this moment.
    pub(super) fn totals(&self, now_nanos: u64) -> Totals {
        match self {
            Self::Count(window) => window.totals(),
            Self::Time(window) => window.totals(now_nanos),
        }
    }

    /// Empties the window and moves it into an era. Only one thread at a time may do this.
    pub(super) fn restart(&self, era: u64, now_nanos: u64) {
        match self {
            Self::Count(window) => window.restart(era),
            Self::Time(window) => window.restart(era, now_nanos),
        }
    }

    /// Moves the window into an era as it is. Only one thread at a time may do this.
    pub(super) fn carry_over(&self, era: u64) {
        match self {
            Self::Count(window) => window.carry_over(era),
            Self::Time(window) => window.carry_over(era),
        }
    }

    /// How many calls it holds, if there is a limit.
    pub(super) fn size(&self) -> Option<u64> {
        match self {
            Self::Count(window) => Some(window.size()),
            Self::Time(_) => None,
        }
    }

    /// The fewest calls that make a rate, where `minimum` is what is configured.
    pub(super) fn calls_for_a_rate(&self, minimum: u32) -> u64 {
        match self {
            Self::Count(window) => window.calls_for_a_rate(minimum),
            Self::Time(_) => minimum.into(),
        }
    }
}
