//! Those who wait for a permit, first come first.

use std::mem;
use std::task::Waker;

/// A line of waiters.
///
/// A waiter has a slot for as long as it waits, and is the only one who gives it up: a slot needs no
/// generation. Slots are reused, so that waiting allocates only where more wait than ever before.
#[derive(Debug)]
pub(super) struct Line {
    slots: Vec<Slot>,
    /// Of those who stand in line, by their links.
    first: Option<Index>,
    last: Option<Index>,
    standing: u32,
    /// The first of the slots that nobody has, linked by `next`.
    vacant: Option<Index>,
    taken: u32,
    /// How many have been called to try their luck and have not come yet.
    called: u32,
}

/// Where in the line somebody is. It is no copy of anything: who has it gives it back.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place(Index);

#[derive(Debug)]
struct Slot {
    turn: Turn,
    previous: Option<Index>,
    next: Option<Index>,
}

/// How far a waiter has come.
#[derive(Debug)]
pub(super) enum Turn {
    /// It stands in line.
    Waiting(Waker),
    /// It has a permit, and has not come for it yet.
    Granted,
    /// It has been called to try and take a permit, and has not come yet.
    Called,
}

/// What those get who leave the line by its head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grant {
    Permit,
    Try,
}

/// An index that leaves room for `None` in its four bytes.
type Index = std::num::NonZeroU32;

/// What is kept for those to come when nobody is left: 4 KiB.
const SLOTS_KEPT: usize = 128;

impl Line {
    pub(super) const fn new() -> Self {
        Self {
            slots: Vec::new(),
            first: None,
            last: None,
            standing: 0,
            vacant: None,
            taken: 0,
            called: 0,
        }
    }

    /// How many stand in line.
    pub(super) const fn len(&self) -> u32 {
        self.standing
    }

    /// How many have been called and have not come yet.
    pub(super) const fn called(&self) -> u32 {
        self.called
    }

    /// Goes to the end of the line.
    pub(super) fn join(&mut self, waker: Waker) -> Place {
        let index = self.take_slot(Turn::Waiting(waker));
        self.slot(index).previous = self.last;
        match self.last {
            Some(last) => self.slot(last).next = Some(index),
            None => self.first = Some(index),
        }
        self.last = Some(index);
        self.standing += 1;
        Place(index)
    }

    /// Goes to the head of the line, having been called in vain.
    pub(super) fn rejoin(&mut self, place: &Place, waker: Waker) {
        let index = place.0;
        let first = self.first;
        self.called -= 1;
        *self.slot(index) = Slot {
            turn: Turn::Waiting(waker),
            previous: None,
            next: first,
        };
        match first {
            Some(first) => self.slot(first).previous = Some(index),
            None => self.last = Some(index),
        }
        self.first = Some(index);
        self.standing += 1;
    }

    pub(super) fn turn(&mut self, place: &Place) -> &mut Turn {
        &mut self.slot(place.0).turn
    }

    /// Takes the first out of the line, and says how to wake it.
    pub(super) fn admit_first(&mut self, grant: Grant) -> Option<Waker> {
        let index = self.first?;
        self.unlink(index);
        let turn = match grant {
            Grant::Permit => Turn::Granted,
            Grant::Try => {
                self.called += 1;
                Turn::Called
            }
        };
        match mem::replace(&mut self.slot(index).turn, turn) {
            Turn::Waiting(waker) => Some(waker),
            Turn::Granted | Turn::Called => None,
        }
    }

    /// Gives a place up, and says how far it had come.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "whoever gives a place up has none any more"
    )]
    pub(super) fn leave(&mut self, place: Place) -> Turn {
        let index = place.0;
        match self.slot(index).turn {
            Turn::Waiting(_) => self.unlink(index),
            Turn::Called => self.called -= 1,
            Turn::Granted => {}
        }
        self.give_slot_back(index)
    }

    /// Takes one who stands in line out of it.
    fn unlink(&mut self, index: Index) {
        let slot = self.slot(index);
        let (previous, next) = (slot.previous.take(), slot.next.take());
        match previous {
            Some(previous) => self.slot(previous).next = next,
            None => self.first = next,
        }
        match next {
            Some(next) => self.slot(next).previous = previous,
            None => self.last = previous,
        }
        self.standing -= 1;
    }

    fn take_slot(&mut self, turn: Turn) -> Index {
        self.taken += 1;
        let slot = Slot {
            turn,
            previous: None,
            next: None,
        };
        if let Some(index) = self.vacant {
            self.vacant = self.slot(index).next;
            *self.slot(index) = slot;
            return index;
        }
        self.slots.push(slot);
        u32::try_from(self.slots.len())
            .ok()
            .and_then(Index::new)
            .unwrap_or_else(|| unreachable!("four thousand million waiters fill any memory"))
    }

    fn give_slot_back(&mut self, index: Index) -> Turn {
        self.taken -= 1;
        let vacant = self.vacant.replace(index);
        let slot = self.slot(index);
        slot.next = vacant;
        let turn = mem::replace(&mut slot.turn, Turn::Granted);
        if self.taken == 0 && self.slots.capacity() > SLOTS_KEPT {
            *self = Self::new();
        }
        turn
    }

    fn slot(&mut self, index: Index) -> &mut Slot {
        &mut self.slots[index.get() as usize - 1]
    }
}
