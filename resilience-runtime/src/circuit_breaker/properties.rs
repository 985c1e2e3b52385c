//! A sequence of calls, transitions and changes of settings does on a breaker what it does on the model.

#![allow(
    clippy::unwrap_used,
    reason = "a test that meets something unforeseen is to fail"
)]

use std::sync::Arc;
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;

use super::admission::Admission;
use super::config::{CancelledCalls, CircuitBreakerConfig, SlidingWindowType};
use super::event::FailureCause;
use super::machine::Machine;
use super::model::{End, Model, Settings, Ticket};
use super::recording::Completion;
use super::state::State;
use super::transition::Wait;
use super::window::Shape;
use crate::clock::{Clock, ManualClock};
use crate::membership::Membership;

#[derive(Debug, Clone, Copy)]
enum Operation {
    Call(End),
    Begin,
    /// Of the calls that run, one.
    End(prop::sample::Index, End),
    Advance(u64),
    Enter(State),
    Change(Change),
}

#[derive(Debug, Clone, Copy)]
enum Change {
    Shape(Shape),
    Minimum(u32),
    Rates(f32, f32),
    SlowCall(u64),
    Probes(u32),
    Wait(u64),
    Automatic(bool),
    Round(u64, bool),
    Cancelled(bool),
}

impl Change {
    fn of(self, settings: Settings) -> Settings {
        match self {
            Self::Shape(shape) => Settings { shape, ..settings },
            Self::Minimum(minimum) => Settings {
                minimum,
                ..settings
            },
            Self::Rates(failure_rate, slow_call_rate) => Settings {
                failure_rate,
                slow_call_rate,
                ..settings
            },
            Self::SlowCall(slow_call) => Settings {
                slow_call,
                ..settings
            },
            Self::Probes(probes) => Settings { probes, ..settings },
            Self::Wait(wait) => Settings { wait, ..settings },
            Self::Automatic(is_automatic) => Settings {
                is_automatic,
                ..settings
            },
            Self::Round(longest_round, closes_after_round) => Settings {
                longest_round,
                closes_after_round,
                ..settings
            },
            Self::Cancelled(counts_cancelled) => Settings {
                counts_cancelled,
                ..settings
            },
        }
    }
}

const MILLI: u64 = 1_000_000;
const SECOND: u64 = 1_000 * MILLI;

fn config_of(settings: Settings) -> CircuitBreakerConfig {
    let (window_type, size) = match settings.shape {
        Shape::Calls(size) => (SlidingWindowType::CountBased, size),
        Shape::Seconds(size) => (SlidingWindowType::TimeBased, size),
    };
    CircuitBreakerConfig::builder()
        .sliding_window_type(window_type)
        .sliding_window_size(size)
        .minimum_number_of_calls(settings.minimum)
        .failure_rate_threshold(settings.failure_rate)
        .slow_call_rate_threshold(settings.slow_call_rate)
        .slow_call_duration_threshold(Duration::from_nanos(settings.slow_call))
        .permitted_number_of_calls_in_half_open_state(settings.probes)
        .wait_duration_in_open_state(Duration::from_nanos(settings.wait))
        .automatic_transition_from_open_to_half_open_enabled(settings.is_automatic)
        .max_wait_duration_in_half_open_state(Duration::from_nanos(settings.longest_round))
        .transition_to_state_after_wait_duration(if settings.closes_after_round {
            State::Closed
        } else {
            State::Open
        })
        .cancelled_calls(if settings.counts_cancelled {
            CancelledCalls::Failure
        } else {
            CancelledCalls::Ignore
        })
        .build()
        .unwrap()
}

fn size() -> impl Strategy<Value = u32> {
    prop_oneof![6 => 1..=20u32, 2 => 31..=34u32, 1 => 1020..=1030u32]
}

fn shape() -> impl Strategy<Value = Shape> {
    prop_oneof![
        3 => size().prop_map(Shape::Calls),
        1 => (1..=12u32).prop_map(Shape::Seconds),
    ]
}

fn rate() -> impl Strategy<Value = f32> {
    prop::sample::select(vec![10.0, 33.3, 50.0, 75.0, 100.0])
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        4 => shape().prop_map(Change::Shape),
        1 => (1..=25u32).prop_map(Change::Minimum),
        1 => (rate(), rate()).prop_map(|(failed, slow)| Change::Rates(failed, slow)),
        1 => (1..5 * SECOND).prop_map(Change::SlowCall),
        1 => size().prop_map(Change::Probes),
        1 => (1..9_000u64).prop_map(|millis| Change::Wait(millis * MILLI)),
        1 => any::<bool>().prop_map(Change::Automatic),
        2 => (prop_oneof![Just(0), 1..9_000u64], any::<bool>())
            .prop_map(|(millis, closes)| Change::Round(millis * MILLI, closes)),
        1 => any::<bool>().prop_map(Change::Cancelled),
    ]
}

fn end() -> impl Strategy<Value = End> {
    prop_oneof![
        6 => Just(End::Success),
        4 => Just(End::Failure),
        1 => Just(End::Ignored),
        1 => Just(End::Cancelled),
    ]
}

fn operation() -> impl Strategy<Value = Operation> {
    let states = vec![
        State::Closed,
        State::Open,
        State::HalfOpen,
        State::ForcedOpen,
        State::Disabled,
        State::MetricsOnly,
    ];
    prop_oneof![
        30 => end().prop_map(Operation::Call),
        6 => Just(Operation::Begin),
        6 => (any::<prop::sample::Index>(), end()).prop_map(|(call, end)| Operation::End(call, end)),
        5 => (0..4 * SECOND).prop_map(Operation::Advance),
        2 => (0..10u64).prop_map(|seconds| Operation::Advance(seconds * SECOND)),
        2 => prop::sample::select(states).prop_map(Operation::Enter),
        8 => change().prop_map(Operation::Change),
    ]
}

struct Both {
    machine: Arc<Machine>,
    time: ManualClock,
    model: Model,
    running: Vec<(Admission, Ticket)>,
}

impl Both {
    fn new(settings: Settings) -> Self {
        let time = Clock::manual();
        let config = config_of(settings);
        Self {
            machine: Machine::new(Membership::alone("tested"), &config, (&time).into()),
            time,
            model: Model::new(settings),
            running: Vec::new(),
        }
    }

    fn run(&mut self, operation: Operation) -> Result<(), TestCaseError> {
        match operation {
            Operation::Call(end) => {
                if let Some(call) = self.begin()? {
                    self.end(call, end);
                }
            }
            Operation::Begin => {
                let call = self.begin()?;
                self.running.extend(call);
            }
            Operation::End(index, end) => {
                if !self.running.is_empty() {
                    let call = self.running.swap_remove(index.index(self.running.len()));
                    self.end(call, end);
                }
            }
            Operation::Advance(nanos) => {
                self.time.advance(Duration::from_nanos(nanos));
                self.model.advance(nanos);
            }
            Operation::Enter(state) => {
                let is_legal = self.model.state.may_become(state);
                let entered = self.machine.change(state, Wait::Configured);
                prop_assert_eq!(entered.is_ok(), is_legal);
                if is_legal {
                    self.model.enter(state);
                }
            }
            Operation::Change(change) => {
                let settings = change.of(self.model.settings);
                self.machine.apply(&config_of(settings));
                self.model.change(settings);
            }
        }
        self.compare()
    }

    fn begin(&mut self) -> Result<Option<(Admission, Ticket)>, TestCaseError> {
        let (admitted, ticket) = (self.machine.admit().ok(), self.model.admit());
        prop_assert_eq!(admitted.is_some(), ticket.is_some());
        Ok(admitted.zip(ticket))
    }

    fn end(&mut self, (admission, ticket): (Admission, Ticket), end: End) {
        match end {
            End::Success => self.machine.succeed(admission),
            End::Failure => self
                .machine
                .complete(admission, Completion::Failed(FailureCause::Error)),
            End::Ignored => self.machine.complete(admission, Completion::Ignored),
            End::Cancelled => self.machine.complete(admission, Completion::Cancelled),
        }
        self.model.end(ticket, end);
    }

    fn compare(&mut self) -> Result<(), TestCaseError> {
        prop_assert_eq!(self.machine.word().state(), self.model.state);
        let metrics = self.machine.metrics();
        let counts = [
            metrics.buffered_calls,
            metrics.failed_calls,
            metrics.slow_calls,
            metrics.slow_failed_calls,
            metrics.not_permitted_calls,
            metrics.cancelled_calls,
        ];
        prop_assert_eq!((counts, metrics.failure_rate >= 0.0), self.model.metrics());
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_breaker_whose_settings_change_does_what_the_model_does(
        shape in shape(),
        minimum in 1..=25u32,
        operations in vec(operation(), 0..300),
    ) {
        let mut both = Both::new(Settings {
            shape,
            minimum,
            failure_rate: 50.0,
            slow_call_rate: 100.0,
            slow_call: SECOND,
            probes: 3,
            wait: 5 * SECOND,
            is_automatic: false,
            longest_round: 0,
            closes_after_round: false,
            counts_cancelled: false,
        });
        for operation in operations {
            both.run(operation)?;
        }
    }
}
