//! Every interleaving of a few threads that count, and of one that reads, loses nothing.
//!
//! Run by `cargo xtask loom`.

use std::sync::Arc;

use loom::thread;

use super::super::state::State;
use super::seats::{SEATS, Seat};
use super::{Ending, Sums, Tally};
use crate::clock::Clock;

const MINUTE: u64 = 60_000_000_000;
const SUCCESSFUL: usize = Ending::Successful as usize;

fn tally() -> (Arc<Tally>, Clock) {
    let clock = Clock::from(Clock::manual());
    (Arc::new(Tally::new(&clock, State::Closed, 0)), clock)
}

fn call(tally: &Tally, seat: usize, ticks: u64, at: u64) {
    tally.start(Seat::numbered(seat));
    let now = crate::clock::Ticks::from_bits(at);
    tally.end(Seat::numbered(seat), Ending::Successful, ticks, now);
}

fn ended(sums: &Sums) -> u64 {
    let timed: u64 = sums.timed.iter().map(|timed| timed.calls).sum();
    timed + sums.not_permitted + sums.cancelled
}

#[test]
fn two_threads_with_slots_of_their_own_lose_nothing_and_never_seem_ahead() {
    loom::model(|| {
        let (tally, clock) = tally();
        // Both slots are there: making them is the standard library's.
        call(&tally, 0, 1, 0);
        call(&tally, 1, 1, 0);
        let other = {
            let tally = tally.clone();
            thread::spawn(move || call(&tally, 1, 5, 0))
        };
        let reader = {
            let (tally, clock) = (tally.clone(), clock.clone());
            thread::spawn(move || {
                let sums = tally.sums(clock.ticks());
                assert!(ended(&sums) <= sums.started, "{sums:?}");
            })
        };
        call(&tally, 0, 3, 0);
        other.join().unwrap();
        reader.join().unwrap();
        let sums = tally.sums(clock.ticks());
        assert_eq!((sums.started, sums.timed[SUCCESSFUL].calls), (4, 4));
        assert_eq!(sums.timed[SUCCESSFUL].ticks, 10);
        assert_eq!(sums.timed[SUCCESSFUL].longest, 5);
    });
}

#[test]
fn two_threads_that_share_a_slot_lose_nothing() {
    loom::model(|| {
        let (tally, clock) = tally();
        let other = {
            let tally = tally.clone();
            thread::spawn(move || call(&tally, SEATS, 5, 0))
        };
        call(&tally, SEATS, 3, 0);
        other.join().unwrap();
        let sums = tally.sums(clock.ticks());
        assert_eq!((sums.started, sums.timed[SUCCESSFUL].calls), (2, 2));
        assert_eq!(sums.timed[SUCCESSFUL].ticks, 8);
        assert_eq!(sums.timed[SUCCESSFUL].longest, 5);
    });
}

#[test]
fn who_turns_the_window_keeps_a_longest_duration_of_the_one_before() {
    loom::model(|| {
        let (tally, _) = tally();
        call(&tally, 0, 7, 0);
        let reader = {
            let tally = tally.clone();
            thread::spawn(move || {
                let sums = tally.sums(crate::clock::Ticks::from_bits(MINUTE));
                assert_eq!(sums.timed[SUCCESSFUL].longest, 7);
            })
        };
        call(&tally, 0, 2, MINUTE);
        reader.join().unwrap();
    });
}

#[test]
fn of_two_that_turn_a_shared_window_neither_loses_its_duration() {
    loom::model(|| {
        let (tally, _) = tally();
        let other = {
            let tally = tally.clone();
            thread::spawn(move || call(&tally, SEATS, 9, MINUTE))
        };
        call(&tally, SEATS, 2, MINUTE);
        other.join().unwrap();
        let sums = tally.sums(crate::clock::Ticks::from_bits(MINUTE));
        assert_eq!(sums.timed[SUCCESSFUL].longest, 9);
    });
}
