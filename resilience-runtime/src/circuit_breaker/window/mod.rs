//! Sliding windows: what the recent calls came to, exactly, and without a lock on a call's way.
//!
//! A window belongs to an era of its breaker at a time. [`record`](Window::record) takes an outcome
//! only for the era that the window is in, checked in the same atomic step that counts it.

mod count;
mod head;
#[cfg(all(test, resilience_loom))]
mod interleavings;
#[cfg(test)]
pub(super) mod model;
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

/// The kind of a window and its length: what a change of settings may change about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// The last calls.
    Calls(u32),
    /// The last seconds.
    Seconds(u32),
}

impl Shape {
    /// That of the window in CLOSED and METRICS_ONLY.
    pub(super) fn of(config: &CircuitBreakerConfig) -> Self {
        let size = config.sliding_window_size();
        match config.sliding_window_type() {
            SlidingWindowType::CountBased => Self::Calls(size),
            SlidingWindowType::TimeBased => Self::Seconds(size),
        }
    }

    /// That of the window of a half-open round.
    pub(super) fn of_probes(config: &CircuitBreakerConfig) -> Self {
        Self::Calls(config.permitted_number_of_calls_in_half_open_state())
    }

    /// How many calls such a window holds, if there is a limit.
    pub(super) fn calls(self) -> Option<u64> {
        match self {
            Self::Calls(size) => Some(size.into()),
            Self::Seconds(_) => None,
        }
    }
}

/// A window of a breaker.
#[derive(Debug)]
pub(super) enum Window {
    Count(CountWindow),
    /// Apart: it is large, and the other kind is the usual one.
    Time(Box<TimeWindow>),
}

impl Window {
    pub(super) fn new(shape: Shape, now_nanos: u64) -> Self {
        match shape {
            Shape::Calls(size) => Self::Count(CountWindow::new(size)),
            Shape::Seconds(size) => Self::Time(Box::new(TimeWindow::new(size, now_nanos))),
        }
    }

    /// One that may become somewhat longer, too.
    pub(super) fn with_room_to_grow(shape: Shape, now_nanos: u64) -> Self {
        match shape {
            Shape::Calls(size) => Self::Count(CountWindow::with_room_to_grow(size)),
            Shape::Seconds(_) => Self::new(shape, now_nanos),
        }
    }

    /// Whether it can be given this shape when it is restarted.
    pub(super) fn has_room_for(&self, shape: Shape) -> bool {
        match (self, shape) {
            (Self::Count(window), Shape::Calls(size)) => window.has_room_for(size),
            (Self::Time(_), Shape::Seconds(_)) => true,
            _ => false,
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

    /// Whether it is in this era, and with it everything that was found there before.
    pub(super) fn is_in_era(&self, era: u64) -> bool {
        match self {
            Self::Count(window) => window.is_in_era(era),
            Self::Time(window) => window.is_in_era(era),
        }
    }

    /// Empties the window and moves it into an era. Only one thread at a time may do this.
    pub(super) fn restart(&self, era: u64, now_nanos: u64) {
        match self {
            Self::Count(window) => window.restart(era),
            Self::Time(window) => window.restart(era, now_nanos),
        }
    }

    /// As [`restart`](Self::restart), in this shape, which it must have room for.
    pub(super) fn restart_as(&self, shape: Shape, era: u64, now_nanos: u64) {
        match (self, shape) {
            (Self::Count(window), Shape::Calls(size)) => window.restart_with(era, size),
            (Self::Time(window), Shape::Seconds(size)) => {
                window.restart_with(era, now_nanos, size);
            }
            _ => debug_assert!(false, "the window is of the other kind"),
        }
    }

    /// Takes this shape while it is in use, and keeps what it holds as far as that fits; `false` if it
    /// cannot. Only one thread at a time may do this.
    pub(super) fn resize(&self, shape: Shape, now_nanos: u64) -> bool {
        let (Self::Time(window), Shape::Seconds(size)) = (self, shape) else {
            return false;
        };
        window.resize(now_nanos, size);
        true
    }

    /// What a window of that shape would hold of this one's outcomes, one by one; the oldest first.
    /// Nothing may be recorded meanwhile. Calls do not say when they were, nor seconds in which order.
    pub(super) fn outcomes_for(&self, shape: Shape) -> Vec<Recorded> {
        match (self, shape) {
            (Self::Count(window), Shape::Calls(size)) => window.last(size),
            _ => Vec::new(),
        }
    }

    /// Moves the window into an era as it is. Only one thread at a time may do this.
    pub(super) fn carry_over(&self, era: u64) {
        match self {
            Self::Count(window) => window.carry_over(era),
            Self::Time(window) => window.carry_over(era),
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
