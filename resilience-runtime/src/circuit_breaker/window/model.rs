//! The windows as simply as they can be said, to check the real ones against.

use std::collections::VecDeque;

use super::Recorded;
#[cfg(not(resilience_loom))]
use super::Shape;
use crate::circuit_breaker::metrics::Totals;

/// The last `size` outcomes, or those of the last `size` seconds.
#[derive(Debug, Clone)]
pub(in super::super) struct Model {
    size: u64,
    is_timed: bool,
    second: u64,
    outcomes: VecDeque<(u64, Recorded)>,
}

impl Model {
    pub(in super::super) fn of_calls(size: u32) -> Self {
        Self {
            size: size.into(),
            is_timed: false,
            second: 0,
            outcomes: VecDeque::new(),
        }
    }

    pub(in super::super) fn record(&mut self, outcome: Recorded) -> Totals {
        self.outcomes.push_back((self.second, outcome));
        self.trim();
        self.totals()
    }

    fn trim(&mut self) {
        if self.is_timed {
            let (second, size) = (self.second, self.size);
            self.outcomes
                .retain(|(recorded, _)| recorded + size > second);
        } else {
            let surplus = self
                .outcomes
                .len()
                .saturating_sub(usize::try_from(self.size).unwrap());
            self.outcomes.drain(..surplus);
        }
    }

    pub(in super::super) fn totals(&self) -> Totals {
        let count = |counts: fn(&Recorded) -> bool| {
            self.outcomes
                .iter()
                .filter(|(_, outcome)| counts(outcome))
                .count() as u64
        };
        Totals {
            calls: count(|_| true),
            failed: count(|outcome| outcome.failed),
            slow: count(|outcome| outcome.slow),
            slow_failed: count(|outcome| outcome.failed && outcome.slow),
        }
    }
}

/// What the models of interleavings do without.
#[cfg(not(resilience_loom))]
impl Model {
    pub(in super::super) fn of_seconds(size: u32) -> Self {
        Self {
            is_timed: true,
            ..Self::of_calls(size)
        }
    }

    /// Time does not go back.
    pub(in super::super) fn move_to(&mut self, second: u64) {
        self.second = self.second.max(second);
        self.trim();
    }

    pub(in super::super) fn restart(&mut self) {
        self.outcomes.clear();
    }

    /// Takes another shape, and keeps what it can.
    pub(in super::super) fn reshape(&mut self, shape: Shape) {
        let (size, is_timed) = match shape {
            Shape::Calls(size) => (size, false),
            Shape::Seconds(size) => (size, true),
        };
        if is_timed != self.is_timed {
            self.outcomes.clear();
        }
        (self.size, self.is_timed) = (size.into(), is_timed);
        self.trim();
    }
}

/// What a decision looks at; `slow_failed` is for readers of the metrics.
pub(super) fn decisive(totals: Totals) -> (u64, u64, u64) {
    (totals.calls, totals.failed, totals.slow)
}
