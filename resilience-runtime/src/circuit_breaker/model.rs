//! A breaker as simply as it can be said, for one caller at a time, to check the real one against.

use super::metrics::{Totals, percentage};
use super::state::State;
use super::window::model::Model as WindowModel;
use super::window::{Recorded, Shape};

/// The settings that the model knows. Waits are in whole milliseconds of nanoseconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settings {
    pub(super) shape: Shape,
    pub(super) minimum: u32,
    pub(super) failure_rate: f32,
    pub(super) slow_call_rate: f32,
    pub(super) slow_call: u64,
    pub(super) probes: u32,
    pub(super) wait: u64,
    pub(super) is_automatic: bool,
    /// Zero for no limit.
    pub(super) longest_round: u64,
    pub(super) closes_after_round: bool,
    pub(super) counts_cancelled: bool,
}

/// The ticket of a call: when it began, and in which state of all that there were.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ticket {
    start: u64,
    period: u64,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum End {
    Success,
    Failure,
    Ignored,
    Cancelled,
}

#[derive(Debug)]
pub(super) struct Model {
    pub(super) settings: Settings,
    pub(super) now: u64,
    pub(super) state: State,
    /// Counts the states that there were.
    period: u64,
    began: u64,
    deadline: Option<u64>,
    /// `None` where nothing is counted.
    window: Option<WindowModel>,
    /// The shape of that window, which is not the settings' own while another is in use.
    shape: Shape,
    permits: u32,
    exhausted: u64,
    not_permitted: u64,
    cancelled: u64,
}

impl Model {
    pub(super) fn new(settings: Settings) -> Self {
        let mut model = Self {
            settings,
            now: 0,
            state: State::Closed,
            period: 0,
            began: 0,
            deadline: None,
            window: None,
            shape: settings.shape,
            permits: 0,
            exhausted: 0,
            not_permitted: 0,
            cancelled: 0,
        };
        model.enter(State::Closed);
        model
    }

    pub(super) fn enter(&mut self, to: State) {
        self.state = to;
        self.period += 1;
        self.began = self.now;
        self.deadline = None;
        if to == State::Open {
            self.deadline = Some(self.now + self.settings.wait);
            return;
        }
        (self.not_permitted, self.cancelled) = (0, 0);
        self.shape = match to {
            State::HalfOpen => Shape::Calls(self.settings.probes),
            _ => self.settings.shape,
        };
        let counts = !matches!(to, State::Disabled | State::ForcedOpen);
        self.window = counts.then(|| {
            let mut window = WindowModel::of_calls(1);
            window.move_to(second(self.now));
            window.reshape(self.shape);
            window
        });
        if to == State::HalfOpen {
            self.permits = self.settings.probes;
            self.deadline = self.end_of_round();
        }
    }

    fn end_of_round(&self) -> Option<u64> {
        let longest = self.settings.longest_round;
        (longest > 0).then(|| self.began + longest)
    }

    pub(super) fn change(&mut self, settings: Settings) {
        self.settings = settings;
        match self.state {
            State::Closed | State::MetricsOnly => {
                self.shape = settings.shape;
                let now = second(self.now);
                if let Some(window) = &mut self.window {
                    window.move_to(now);
                    window.reshape(settings.shape);
                }
            }
            State::HalfOpen => self.deadline = self.end_of_round(),
            _ => {}
        }
    }

    pub(super) fn advance(&mut self, nanos: u64) {
        let target = self.now + nanos;
        loop {
            let next = match self.state {
                State::Open if self.settings.is_automatic => State::HalfOpen,
                State::HalfOpen => self.after_round(),
                _ => break,
            };
            let Some(deadline) = self.deadline.filter(|deadline| *deadline <= target) else {
                break;
            };
            self.now = self.now.max(deadline);
            self.enter(next);
        }
        self.now = target;
    }

    fn after_round(&self) -> State {
        if self.settings.closes_after_round {
            State::Closed
        } else {
            State::Open
        }
    }

    pub(super) fn admit(&mut self) -> Option<Ticket> {
        loop {
            let is_admitted = match self.state {
                State::Closed | State::Disabled | State::MetricsOnly => true,
                State::Open if Some(self.now) > self.deadline => {
                    self.enter(State::HalfOpen);
                    continue;
                }
                State::Open | State::ForcedOpen => false,
                State::HalfOpen if self.permits > 0 => {
                    self.permits -= 1;
                    if self.permits == 0 {
                        self.exhausted = self.now;
                    }
                    true
                }
                State::HalfOpen => match self.deadline {
                    Some(deadline) if self.now >= deadline => {
                        self.enter(self.after_round());
                        continue;
                    }
                    None if self.now - self.exhausted > self.settings.slow_call => {
                        self.enter(State::HalfOpen);
                        continue;
                    }
                    _ => false,
                },
            };
            if !is_admitted {
                self.not_permitted += 1;
            }
            return is_admitted.then_some(Ticket {
                start: self.now,
                period: self.period,
            });
        }
    }

    pub(super) fn end(&mut self, ticket: Ticket, end: End) {
        let is_current = ticket.period == self.period;
        let slow = self.now - ticket.start > self.settings.slow_call;
        let failed = match end {
            End::Success => false,
            End::Failure => true,
            End::Cancelled => {
                if is_current && self.window.is_some() {
                    self.cancelled += 1;
                }
                if !slow && !self.settings.counts_cancelled {
                    return self.give_back(is_current);
                }
                true
            }
            End::Ignored => return self.give_back(is_current),
        };
        if is_current {
            self.record(Recorded { failed, slow });
        }
    }

    fn give_back(&mut self, is_current: bool) {
        if is_current && self.state == State::HalfOpen {
            self.permits += 1;
        }
    }

    fn record(&mut self, outcome: Recorded) {
        let now = second(self.now);
        let Some(window) = &mut self.window else {
            return;
        };
        window.move_to(now);
        let totals = window.record(outcome);
        if totals.calls < self.enough() {
            return;
        }
        let exceeded = percentage(totals.failed, totals.calls) >= self.settings.failure_rate
            || percentage(totals.slow, totals.calls) >= self.settings.slow_call_rate;
        match self.state {
            State::Closed | State::HalfOpen if exceeded => self.enter(State::Open),
            State::HalfOpen => self.enter(State::Closed),
            _ => {}
        }
    }

    fn enough(&self) -> u64 {
        let minimum = self.settings.minimum.into();
        self.shape
            .calls()
            .map_or(minimum, |calls| calls.min(minimum))
    }

    pub(super) fn totals(&mut self) -> Totals {
        let now = second(self.now);
        self.window.as_mut().map_or_else(Totals::default, |window| {
            window.move_to(now);
            window.totals()
        })
    }

    /// Calls, failed, slow, slow and failed, rejected, cancelled; and whether there are rates.
    pub(super) fn metrics(&mut self) -> ([u64; 6], bool) {
        let totals = self.totals();
        let metrics = [
            totals.calls,
            totals.failed,
            totals.slow,
            totals.slow_failed,
            self.not_permitted,
            self.cancelled,
        ];
        let has_rates = totals.calls > 0 && totals.calls >= self.enough();
        (metrics, has_rates)
    }
}

fn second(nanos: u64) -> u64 {
    nanos / 1_000_000_000
}
