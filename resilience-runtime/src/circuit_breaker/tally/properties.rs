//! Slots of several threads come to what a simple model says.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;

use super::super::cause::Cause;
use super::super::state::State;
use super::seats::{SEATS, Seat};
use super::slot::TimedSums;
use super::{Ending, History, Sums, Tally};
use crate::clock::Clock;

const MINUTE: u64 = 60_000_000_000;

#[derive(Debug, Clone, Copy)]
enum Operation {
    Start(usize),
    Reject(usize),
    Cancel(usize),
    End(usize, Ending, u64),
    Advance(u64),
}

/// What was recorded, without slots: whole numbers, and every duration with its minute.
#[derive(Debug, Default)]
struct Model {
    sums: Sums,
    longest: BTreeMap<(usize, u64), u64>,
}

impl Model {
    fn sums(&self, now: u64) -> Sums {
        let mut sums = self.sums;
        for (kind, timed) in sums.timed.iter_mut().enumerate() {
            let oldest = (now / MINUTE).saturating_sub(2);
            let recent = self.longest.range((kind, oldest)..=(kind, now / MINUTE));
            timed.longest = recent.map(|(_, longest)| *longest).max().unwrap_or(0);
        }
        sums
    }
}

fn seat() -> impl Strategy<Value = usize> {
    // Some in one row, one in another, the last, and some that share.
    prop_oneof![0..6usize, Just(SEATS - 1), SEATS..SEATS + 3]
}

fn operation() -> impl Strategy<Value = Operation> {
    let ending = prop_oneof![
        Just(Ending::Successful),
        Just(Ending::Failed),
        Just(Ending::Ignored)
    ];
    prop_oneof![
        3 => seat().prop_map(Operation::Start),
        1 => seat().prop_map(Operation::Reject),
        1 => seat().prop_map(Operation::Cancel),
        4 => (seat(), ending, 0..5_000u64).prop_map(|(seat, ending, ticks)| Operation::End(seat, ending, ticks)),
        2 => prop_oneof![0..MINUTE, Just(MINUTE), MINUTE..8 * MINUTE].prop_map(Operation::Advance),
    ]
}

proptest! {
    #[test]
    fn slots_come_to_what_the_model_says(operations in vec(operation(), 0..120)) {
        let time = Clock::manual();
        let clock = Clock::from(&time);
        let tally = Tally::new(&clock, State::Closed, clock.now_nanos());
        let mut model = Model::default();
        for operation in operations {
            match operation {
                Operation::Start(seat) => {
                    tally.start(Seat::numbered(seat));
                    model.sums.started += 1;
                }
                Operation::Reject(seat) => {
                    tally.reject(Seat::numbered(seat));
                    model.sums.not_permitted += 1;
                }
                Operation::Cancel(seat) => {
                    tally.cancel(Seat::numbered(seat));
                    model.sums.cancelled += 1;
                }
                Operation::End(seat, ending, ticks) => {
                    tally.end(Seat::numbered(seat), ending, ticks, clock.ticks());
                    let TimedSums { calls, ticks: sum, .. } = &mut model.sums.timed[ending as usize];
                    *calls += 1;
                    *sum += u128::from(ticks);
                    let minute = clock.now_nanos() / MINUTE;
                    let longest = model.longest.entry((ending as usize, minute)).or_default();
                    *longest = ticks.max(*longest);
                }
                Operation::Advance(nanos) => time.advance(Duration::from_nanos(nanos)),
            }
            prop_assert_eq!(tally.sums(clock.ticks()), model.sums(clock.now_nanos()));
        }
    }

    #[test]
    fn times_in_states_come_to_the_age(
        turns in vec((0..4usize, 0..10_000u64), 0..50),
        rest in 0..10_000u64,
    ) {
        let states = [State::Closed, State::Open, State::HalfOpen, State::Disabled];
        let mut history = History::new(State::Closed, 1_000);
        let (mut now, mut from) = (1_000, State::Closed);
        for (to, after) in turns.iter().map(|(to, after)| (states[*to], *after)) {
            now += after;
            history.turn(from, to, Cause::Manual, now);
            from = to;
        }
        history.pass(now + rest);
        let total: u64 = history.nanos_in_states().map(|(_, nanos)| nanos).sum();
        prop_assert_eq!(total, now + rest - 1_000);
        let counted: u64 = history.transitions().iter().map(|one| one.count).sum();
        prop_assert_eq!(counted, turns.len() as u64);
    }
}

#[test]
fn a_longest_duration_shows_for_two_to_three_minutes() {
    let time = Clock::manual();
    let clock = Clock::from(&time);
    let tally = Tally::new(&clock, State::Closed, 0);
    time.advance(Duration::from_secs(30));
    tally.end(Seat::numbered(0), Ending::Failed, 700, clock.ticks());
    let longest = || tally.sums(clock.ticks()).timed[Ending::Failed as usize].longest;
    assert_eq!(longest(), 700);
    time.advance(Duration::from_secs(149));
    assert_eq!(longest(), 700, "179 s: the second minute after its own");
    time.advance(Duration::from_secs(1));
    assert_eq!(longest(), 0);
}

#[test]
fn a_duration_measured_elsewhere_is_as_long_here() {
    let tally = Tally::new(&Clock::system(), State::Closed, 0);
    for nanos in [0, 1_000, 1_000_000_007, 86_400_000_000_000] {
        let back = tally.nanos_of(tally.ticks_of(nanos).into());
        assert!(back.abs_diff(nanos) <= 2, "{nanos}: {back}");
    }
}
