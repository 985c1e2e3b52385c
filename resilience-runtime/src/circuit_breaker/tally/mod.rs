//! Every call and what became of it, for metrics.
//!
//! Unlike what a window holds, and unlike Resilience4j's meters, these counts only grow, and do so in
//! every state. A call counts when it asks, and once more when it is over, so that the outcomes come
//! to the calls as soon as none is under way.
//!
//! A closed call takes some fifteen nanoseconds, and one contended addition takes longer. So each
//! thread has a slot of its own in each tally, where it reads and writes without anybody between;
//! whoever reads adds the slots up. A thread without a number of its own ([`seats`]) shares a slot,
//! and adds there atomically.

mod history;
#[cfg(all(test, resilience_loom))]
mod interleavings;
#[cfg(all(test, not(resilience_loom)))]
mod properties;
mod seats;
mod slot;

use std::sync::OnceLock;

use super::admission::Admission;
use super::cause::Cause;
use super::machine::Machine;
use super::recording::Completion;
use super::state::State;
use crate::clock::{Clock, Ticks};
use crate::sync::atomic::Ordering;
use crate::sync::{Mutex, lock, try_lock};

pub(super) use self::history::{History, STATES};
pub(super) use self::slot::Sums;

use self::seats::{SEATS, Seat};
use self::slot::{Anybody, Owner, Slot};

/// What a breaker counts by, once it does.
pub(super) type Tallying = OnceLock<Box<Tally>>;

const NANOS_PER_MINUTE: u64 = 60_000_000_000;
const SEATS_IN_A_ROW: usize = 4;

/// What became of a call that was let through and came to an end. It takes a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    Successful,
    Failed,
    Ignored,
}

impl Ending {
    /// How many there are.
    pub(super) const TIMED: usize = 3;
}

#[derive(Debug)]
pub(super) struct Tally {
    /// By the numbers of the threads. Most programs have few, and most breakers are called by some of
    /// them only, so rows are made as they are needed.
    rows: [OnceLock<Box<Row>>; SEATS / SEATS_IN_A_ROW],
    shared: Slot,
    /// Held by the one who turns the shared slot's window.
    turning: Mutex<()>,
    /// On the clock's own scale; also the length of a window.
    ticks_per_minute: u64,
    history: Mutex<History>,
}

type Row = [Slot; SEATS_IN_A_ROW];

impl Tally {
    pub(super) fn new(clock: &Clock, state: State, now_nanos: u64) -> Self {
        Self {
            rows: std::array::from_fn(|_| OnceLock::new()),
            shared: Slot::default(),
            turning: Mutex::new(()),
            ticks_per_minute: clock.span_of(NANOS_PER_MINUTE).bits().max(1),
            history: Mutex::new(History::new(state, now_nanos)),
        }
    }

    fn start(&self, seat: Seat) {
        match self.slot_of(seat.taken()) {
            Some(slot) => slot.start::<Owner>(),
            None => self.shared.start::<Anybody>(),
        }
    }

    fn reject(&self, seat: Seat) {
        match self.slot_of(seat.taken()) {
            Some(slot) => slot.reject::<Owner>(),
            None => self.shared.reject::<Anybody>(),
        }
    }

    fn cancel(&self, seat: Seat) {
        match self.slot_of(seat.taken()) {
            Some(slot) => slot.cancel::<Owner>(),
            None => self.shared.cancel::<Anybody>(),
        }
    }

    /// A call is over that took so many ticks, up to now.
    fn end(&self, seat: Seat, ending: Ending, ticks: u64, now: Ticks) {
        let now = now.bits();
        if let Some(slot) = self.slot_of(seat.taken()) {
            if slot.is_window_over(now) {
                slot.turn_window(now, self.ticks_per_minute);
            }
            return slot.end::<Owner>(ending, ticks);
        }
        // Nobody waits: while one turns the window, the others still write to the one before.
        if self.shared.is_window_over(now)
            && let Some(_turning) = try_lock(&self.turning)
            && self.shared.is_window_over(now)
        {
            self.shared.turn_window(now, self.ticks_per_minute);
        }
        self.shared.end::<Anybody>(ending, ticks);
    }

    /// The slot of a thread that has one here already.
    #[inline]
    fn made_slot(&self, seat: Seat) -> Option<&Slot> {
        let row = self.rows.get(seat.number() / SEATS_IN_A_ROW)?.get()?;
        Some(&row[seat.number() % SEATS_IN_A_ROW])
    }

    /// The slot of a thread; `None` for the shared one.
    fn slot_of(&self, seat: Seat) -> Option<&Slot> {
        let row = self.rows.get(seat.number() / SEATS_IN_A_ROW)?;
        let row = row.get_or_init(Box::default);
        Some(&row[seat.number() % SEATS_IN_A_ROW])
    }

    /// How many ticks a duration takes that was measured elsewhere.
    fn ticks_of(&self, nanos: u64) -> u64 {
        let ticks = u128::from(nanos) * u128::from(self.ticks_per_minute);
        u64::try_from(ticks / u128::from(NANOS_PER_MINUTE)).unwrap_or(u64::MAX)
    }

    /// The other way about.
    pub(super) fn nanos_of(&self, ticks: u128) -> u64 {
        let nanos =
            ticks.saturating_mul(u128::from(NANOS_PER_MINUTE)) / u128::from(self.ticks_per_minute);
        u64::try_from(nanos).unwrap_or(u64::MAX)
    }

    pub(super) fn sums(&self, now: Ticks) -> Sums {
        let mut sums = Sums::default();
        for slot in self.slots() {
            slot.add_ends_to(&mut sums, now.bits(), self.ticks_per_minute);
        }
        // Afterwards: every call that was seen to end is among them.
        for slot in self.slots() {
            slot.add_starts_to(&mut sums);
        }
        sums
    }

    fn slots(&self) -> impl Iterator<Item = &Slot> {
        let rows = self.rows.iter().filter_map(OnceLock::get);
        rows.flat_map(|row| row.iter()).chain([&self.shared])
    }

    /// What happened up to now.
    pub(super) fn history(&self, now_nanos: u64) -> History {
        let mut history = lock(&self.history);
        history.pass(now_nanos);
        history.clone()
    }
}

impl Machine {
    /// Counts from now on. Calls that are under way count no more than they did: their words say so.
    pub(super) fn begin_counting(&self) {
        if self.is_counting() {
            return;
        }
        let period = lock(&self.period);
        let word = self.word();
        let now = self.clock.now_nanos();
        self.tallying
            .get_or_init(|| Box::new(Tally::new(&self.clock, word.state(), now)));
        // Release: with the tally. The era remains, and with it all that belongs to it.
        self.word.store(word.counted().bits(), Ordering::Release);
        drop(period);
    }

    #[inline]
    pub(super) fn is_counting(&self) -> bool {
        self.tallying.get().is_some()
    }

    #[inline]
    pub(super) fn tally(&self) -> Option<&Tally> {
        self.tallying.get().map(Box::as_ref)
    }

    /// A call was let through, on a thread that has a slot: the way of nearly all.
    #[inline]
    pub(super) fn has_counted_start(&self) -> bool {
        let slot = self.tally().and_then(|tally| tally.made_slot(Seat::mine()));
        if let Some(slot) = slot {
            slot.start::<Owner>();
        }
        slot.is_some()
    }

    /// A call was let through.
    #[inline(never)]
    pub(super) fn count_start(&self) {
        if let Some(tally) = self.tally() {
            tally.start(Seat::mine());
        }
    }

    #[cold]
    pub(super) fn count_rejection(&self) {
        if let Some(tally) = self.tally() {
            tally.start(Seat::mine());
            tally.reject(Seat::mine());
        }
    }

    /// A call is over; unless it `owes_start`, it has been counted as begun.
    #[inline(never)]
    pub(super) fn count_end(
        &self,
        owes_start: bool,
        completion: Completion,
        start: Ticks,
        end: Ticks,
    ) {
        let Some(tally) = self.tally() else { return };
        if owes_start {
            tally.start(Seat::mine());
        }
        match ending_of(completion) {
            Some(ending) => tally.end(Seat::mine(), ending, end.since(start).bits(), end),
            None => tally.cancel(Seat::mine()),
        }
    }

    /// A call is over of which nobody knows who let it through.
    pub(super) fn count_reported_end(&self, completion: Completion, nanos: u64) {
        if let Some(tally) = self.tally() {
            match ending_of(completion) {
                Some(ending) => {
                    let ticks = tally.ticks_of(nanos);
                    tally.end(Seat::mine(), ending, ticks, self.clock.ticks());
                }
                None => tally.cancel(Seat::mine()),
            }
        }
    }

    /// Under the lock of the transitions.
    pub(super) fn note_transition(&self, from: State, to: State, cause: Cause, now_nanos: u64) {
        if let Some(tally) = self.tally() {
            lock(&tally.history).turn(from, to, cause, now_nanos);
        }
    }

    /// As [`succeed`](Self::succeed) does it, for a call that counts and whose thread has a slot; `false`
    /// where that is not so, and nothing was done.
    #[inline]
    pub(super) fn has_counted_success(&self, end: Ticks, admission: Admission) -> bool {
        let Admission { word, start } = admission;
        let slot = self.tally().and_then(|tally| tally.made_slot(Seat::mine()));
        let Some(slot) = slot else { return false };
        let is_plain = word.is_counted_in(State::Closed)
            && end.is_within(self.in_force.slow_call_span(), start)
            && !slot.is_window_over(end.bits())
            && !self.events.has_consumers()
            && self.is_in(word.published())
            && self.counts.window.record_among_successes(word.era());
        if is_plain {
            if word.owes_start() {
                slot.start::<Owner>();
            }
            slot.end::<Owner>(Ending::Successful, end.since(start).bits());
        }
        is_plain
    }
}

fn ending_of(completion: Completion) -> Option<Ending> {
    match completion {
        Completion::Succeeded => Some(Ending::Successful),
        Completion::Failed(_) => Some(Ending::Failed),
        Completion::Ignored => Some(Ending::Ignored),
        Completion::Cancelled => None,
    }
}
