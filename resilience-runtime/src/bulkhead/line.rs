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
    /// Those who stand in line.
    standing: Chain,
    /// Those who have been called to try their luck and have not come yet, in the order in which they
    /// stood.
    called: Chain,
    /// The first of the slots that nobody has, linked by `next`.
    vacant: Option<Index>,
    taken: u32,
}

/// Slots that are linked with each other.
#[derive(Debug)]
struct Chain {
    first: Option<Index>,
    last: Option<Index>,
    len: u32,
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
            standing: Chain::new(),
            called: Chain::new(),
            vacant: None,
            taken: 0,
        }
    }

    /// How many stand in line.
    pub(super) const fn len(&self) -> u32 {
        self.standing.len
    }

    /// How many have been called and have not come yet.
    pub(super) const fn called(&self) -> u32 {
        self.called.len
    }

    /// Whether nobody waits, and nobody has still to come for what was given.
    pub(super) const fn is_deserted(&self) -> bool {
        self.taken == 0
    }

    /// Goes to the end of the line.
    pub(super) fn join(&mut self, waker: Waker) -> Place {
        let index = self.take_slot(Turn::Waiting(waker));
        self.standing.push_last(&mut self.slots, index);
        Place(index)
    }

    /// Goes to the head of the line, having been called in vain.
    pub(super) fn rejoin(&mut self, place: &Place, waker: Waker) {
        let index = place.0;
        self.called.unlink(&mut self.slots, index);
        self.slot(index).turn = Turn::Waiting(waker);
        self.standing.push_first(&mut self.slots, index);
    }

    /// Puts all who have been called back to the head of the line, as they stood there. They have
    /// been woken, and so will come and leave a waker; until then they need none.
    pub(super) fn recall(&mut self) {
        while let Some(last) = self.called.last {
            self.called.unlink(&mut self.slots, last);
            self.slot(last).turn = Turn::Waiting(Waker::noop().clone());
            self.standing.push_first(&mut self.slots, last);
        }
    }

    pub(super) fn turn(&mut self, place: &Place) -> &mut Turn {
        &mut self.slot(place.0).turn
    }

    /// Takes the first out of the line, and says how to wake it.
    pub(super) fn admit_first(&mut self, grant: Grant) -> Option<Waker> {
        let index = self.standing.first?;
        self.standing.unlink(&mut self.slots, index);
        let turn = match grant {
            Grant::Permit => Turn::Granted,
            Grant::Try => {
                self.called.push_last(&mut self.slots, index);
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
            Turn::Waiting(_) => self.standing.unlink(&mut self.slots, index),
            Turn::Called => self.called.unlink(&mut self.slots, index),
            Turn::Granted => {}
        }
        self.give_slot_back(index)
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
        slot(&mut self.slots, index)
    }
}

impl Chain {
    const fn new() -> Self {
        Self {
            first: None,
            last: None,
            len: 0,
        }
    }

    fn push_first(&mut self, slots: &mut [Slot], index: Index) {
        let next = self.first.replace(index);
        slot(slots, index).next = next;
        match next {
            Some(next) => slot(slots, next).previous = Some(index),
            None => self.last = Some(index),
        }
        self.len += 1;
    }

    fn push_last(&mut self, slots: &mut [Slot], index: Index) {
        let previous = self.last.replace(index);
        slot(slots, index).previous = previous;
        match previous {
            Some(previous) => slot(slots, previous).next = Some(index),
            None => self.first = Some(index),
        }
        self.len += 1;
    }

    /// Takes one out that is in it.
    fn unlink(&mut self, slots: &mut [Slot], index: Index) {
        let taken = slot(slots, index);
        let (previous, next) = (taken.previous.take(), taken.next.take());
        match previous {
            Some(previous) => slot(slots, previous).next = next,
            None => self.first = next,
        }
        match next {
            Some(next) => slot(slots, next).previous = previous,
            None => self.last = previous,
        }
        self.len -= 1;
    }
}

fn slot(slots: &mut [Slot], index: Index) -> &mut Slot {
    &mut slots[index.get() as usize - 1]
}
