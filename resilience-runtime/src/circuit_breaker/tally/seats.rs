//! A number for each thread that makes calls, so that it has a slot of its own in every tally.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// How many threads may have a slot of their own; any more share one.
pub(super) const SEATS: usize = 128;

/// The number of a thread, from [`SEATS`] on if it has none of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seat(usize);

/// All threads without a number of their own.
const SHARED: usize = SEATS;

/// A thread that has not yet asked for one.
const UNASKED: usize = usize::MAX;

/// The numbers that no thread has.
#[derive(Debug)]
pub(super) struct Seats {
    left: Mutex<Left>,
}

#[derive(Debug)]
struct Left {
    given_back: BTreeSet<usize>,
    /// None from here on was ever taken.
    untouched: usize,
}

impl Seats {
    pub(super) const fn new() -> Self {
        Self {
            left: Mutex::new(Left {
                given_back: BTreeSet::new(),
                untouched: 0,
            }),
        }
    }

    /// The lowest, so that slots are few. The lock orders what a thread has written in its slots before
    /// what the next one reads there that has the number.
    pub(super) fn take(&self) -> Option<usize> {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(seat) = left.given_back.pop_first() {
            return Some(seat);
        }
        let seat = left.untouched;
        (seat < SEATS).then(|| {
            left.untouched += 1;
            seat
        })
    }

    pub(super) fn give_back(&self, seat: usize) {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        left.given_back.insert(seat);
    }
}

static ALL: Seats = Seats::new();

/// Gives the thread's number back when the thread ends.
struct Lease(Option<usize>);

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(seat) = self.0 {
            // First: what makes calls later yet, as the thread ends, has no slot of its own any more.
            SEAT.set(SHARED);
            ALL.give_back(seat);
        }
    }
}

thread_local! {
    /// Without a destructor, so that looking takes one instruction, and may be done to the very end.
    static SEAT: Cell<usize> = const { Cell::new(UNASKED) };
    static LEASE: Lease = Lease(ALL.take());
}

impl Seat {
    /// That of this thread, which may not have taken one yet.
    #[inline]
    pub(super) fn mine() -> Self {
        // The threads of a loom model are all the same one.
        Self(if cfg!(resilience_loom) {
            SHARED
        } else {
            SEAT.get()
        })
    }

    #[inline]
    pub(super) fn number(self) -> usize {
        self.0
    }

    /// The same, once this thread has taken one if there is any left.
    pub(super) fn taken(self) -> Self {
        if self.0 != UNASKED {
            return self;
        }
        let seat = LEASE.try_with(|lease| lease.0).ok().flatten();
        let seat = seat.unwrap_or(SHARED);
        SEAT.set(seat);
        Self(seat)
    }

    #[cfg(test)]
    pub(super) fn numbered(number: usize) -> Self {
        Self(number)
    }
}

#[cfg(all(test, not(resilience_loom)))]
mod tests {
    use std::sync::Barrier;
    use std::thread;

    use super::*;

    fn mine() -> usize {
        Seat::mine().taken().number()
    }

    #[test]
    fn threads_at_the_same_time_have_different_numbers() {
        let (here, done) = (Barrier::new(8), Barrier::new(8));
        let seats: BTreeSet<usize> = thread::scope(|threads| {
            let threads = [(); 8].map(|()| {
                threads.spawn(|| {
                    let seat = mine();
                    here.wait();
                    assert_eq!(mine(), seat);
                    done.wait();
                    seat
                })
            });
            threads.map(|thread| thread.join().unwrap()).into()
        });
        assert_eq!(seats.len(), 8);
    }

    #[test]
    fn a_number_is_given_back_and_taken_again_the_lowest_first() {
        let seats = Seats::new();
        let taken: Vec<_> = (0..SEATS).map_while(|_| seats.take()).collect();
        assert_eq!(taken, (0..SEATS).collect::<Vec<_>>());
        assert_eq!(seats.take(), None);
        seats.give_back(200);
        seats.give_back(7);
        assert_eq!(
            [seats.take(), seats.take(), seats.take()],
            [Some(7), Some(200), None]
        );
    }

    #[test]
    fn a_thread_that_ends_has_no_number_of_its_own_any_more() {
        thread_local! {
            static BEFORE: Looks = const { Looks };
            static AFTER: Looks = const { Looks };
        }
        struct Looks;
        static SEEN: Mutex<Vec<usize>> = Mutex::new(Vec::new());
        impl Drop for Looks {
            fn drop(&mut self) {
                SEEN.lock().unwrap().push(mine());
            }
        }
        let ended = thread::spawn(|| {
            BEFORE.with(|_| ());
            let seat = mine();
            AFTER.with(|_| ());
            seat
        });
        let seat = ended.join().unwrap();
        // Whichever way round they are dropped, one is dropped after the lease.
        assert_eq!(*SEEN.lock().unwrap(), [seat, SHARED]);
    }
}
