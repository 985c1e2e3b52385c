//! Every interleaving of a few threads that count, and of one that reads, loses nothing.
//!
//! Run by `cargo xtask loom`.

use std::sync::Arc;

use loom::thread;

use super::super::state::State;
use super::seats::{SEATS, Seat};
use super::slot::{Owner, Slot};
use super::{Ending, Sums, Tally};
use crate::clock::{Clock, Ticks};

const MINUTE: u64 = 60_000_000_000;
const SUCCESSFUL: usize = Ending::Successful as usize;

fn tally() -> (Arc<Tally>, Clock) {
    let clock = Clock::from(Clock::manual());
    (Arc::new(Tally::new(&clock, State::Closed, 0)), clock)
}

fn call(tally: &Tally, seat: usize, ticks: u64, at: u64) {
    tally.start(Seat::numbered(seat));
    let now = Ticks::from_bits(at);
    tally.end(Seat::numbered(seat), Ending::Successful, ticks, now);
}

#[test]
fn two_threads_with_slots_of_their_own_lose_nothing() {
    loom::model(|| {
        let (tally, clock) = tally();
        // The row is there: making it is the standard library's.
        call(&tally, 0, 1, 0);
        let other = {
            let tally = tally.clone();
            thread::spawn(move || call(&tally, 1, 5, 0))
        };
        call(&tally, 0, 3, 0);
        other.join().unwrap();
        let sums = tally.sums(clock.ticks());
        assert_eq!((sums.started, sums.timed[SUCCESSFUL].calls), (3, 3));
        assert_eq!(sums.timed[SUCCESSFUL].ticks, 9);
        assert_eq!(sums.timed[SUCCESSFUL].longest, 5);
    });
}

#[test]
fn never_more_calls_seem_to_have_ended_than_were_begun() {
    loom::model(|| {
        let slot = Arc::new(Slot::default());
        let reader = {
            let slot = slot.clone();
            thread::spawn(move || {
                let mut sums = Sums::default();
                slot.add_ends_to(&mut sums, 0, MINUTE);
                slot.add_starts_to(&mut sums);
                let ended = sums.timed[SUCCESSFUL].calls + sums.not_permitted;
                assert!(ended <= sums.started, "{sums:?}");
            })
        };
        slot.start::<Owner>();
        slot.end::<Owner>(Ending::Successful, 1);
        slot.start::<Owner>();
        slot.reject::<Owner>();
        reader.join().unwrap();
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
        let slot = Arc::new(Slot::default());
        slot.turn_window(MINUTE, MINUTE);
        slot.end::<Owner>(Ending::Successful, 7);
        let reader = {
            let slot = slot.clone();
            thread::spawn(move || {
                let mut sums = Sums::default();
                slot.add_ends_to(&mut sums, 2 * MINUTE, MINUTE);
                assert_eq!(sums.timed[SUCCESSFUL].longest, 7);
            })
        };
        slot.turn_window(2 * MINUTE, MINUTE);
        slot.end::<Owner>(Ending::Successful, 2);
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
        let sums = tally.sums(Ticks::from_bits(MINUTE));
        assert_eq!(sums.timed[SUCCESSFUL].longest, 9);
    });
}
