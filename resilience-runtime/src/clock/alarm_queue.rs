use super::timer::Bell;

/// Bells in the order in which they are due, then in the order in which they were set.
///
/// A binary heap whose entries can be found again: most alarms are set to be cancelled, and each at a
/// later time than those before it, which takes a few steps and no allocation here.
#[derive(Default)]
pub(super) struct AlarmQueue {
    /// No entry is due before the one at half its place, `(place - 1) / 2`.
    heap: Vec<Entry>,
    slots: Vec<Slot>,
    /// The first of the free slots, which are a list.
    free: Option<usize>,
    next_number: u64,
}

#[derive(Clone, Copy)]
struct Entry {
    at_nanos: u64,
    /// Among those due at the same time the order, and among all the identity.
    number: u64,
    slot: usize,
}

enum Slot {
    Taken { place: usize, bell: Bell },
    Free { next: Option<usize> },
}

/// Where an alarm is found, for as long as it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AlarmKey {
    slot: usize,
    number: u64,
}

/// What a burst leaves behind is given back when the queue is empty, if it is more than this.
const SLOTS_KEPT: usize = 1 << 10;

impl Entry {
    fn is_before(self, other: Self) -> bool {
        (self.at_nanos, self.number) < (other.at_nanos, other.number)
    }
}

impl AlarmQueue {
    pub(super) fn insert(&mut self, at_nanos: u64, bell: Bell) -> AlarmKey {
        let number = self.next_number;
        self.next_number += 1;
        let place = self.heap.len();
        let taken = Slot::Taken { place, bell };
        let slot = if let Some(slot) = self.free {
            let Slot::Free { next } = std::mem::replace(&mut self.slots[slot], taken) else {
                unreachable!("the list is of free slots");
            };
            self.free = next;
            slot
        } else {
            self.slots.push(taken);
            self.slots.len() - 1
        };
        let entry = Entry {
            at_nanos,
            number,
            slot,
        };
        self.heap.push(entry);
        self.move_up(place, entry);
        AlarmKey { slot, number }
    }

    /// `None` where the alarm has gone off.
    pub(super) fn remove(&mut self, key: AlarmKey) -> Option<Bell> {
        let place = self.place_of(key)?;
        Some(self.take(place))
    }

    /// Puts another bell in the place of the alarm's own, which it gives back. Gives `bell` back where
    /// the alarm has gone off.
    pub(super) fn replace(&mut self, key: AlarmKey, bell: Bell) -> Result<Bell, Bell> {
        if self.place_of(key).is_none() {
            return Err(bell);
        }
        match &mut self.slots[key.slot] {
            Slot::Taken { bell: former, .. } => Ok(std::mem::replace(former, bell)),
            Slot::Free { .. } => Err(bell),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.heap.len()
    }

    pub(super) fn next_due(&self) -> Option<u64> {
        self.heap.first().map(|entry| entry.at_nanos)
    }

    /// Takes the first alarm that is due at `now_nanos` or before, and when it was due.
    pub(super) fn pop_due(&mut self, now_nanos: u64) -> Option<(u64, Bell)> {
        let due = self.next_due().filter(|due| *due <= now_nanos)?;
        Some((due, self.take(0)))
    }

    fn place_of(&self, key: AlarmKey) -> Option<usize> {
        match self.slots.get(key.slot)? {
            Slot::Taken { place, .. } if self.heap[*place].number == key.number => Some(*place),
            _ => None,
        }
    }

    /// Takes the entry at a place that there is.
    fn take(&mut self, place: usize) -> Bell {
        let entry = self.heap.swap_remove(place);
        if let Some(&moved) = self.heap.get(place) {
            self.move_up(place, moved);
            self.move_down(place, moved);
        }
        let free = Slot::Free { next: self.free };
        let Slot::Taken { bell, .. } = std::mem::replace(&mut self.slots[entry.slot], free) else {
            unreachable!("an entry has its slot");
        };
        self.free = Some(entry.slot);
        if self.heap.is_empty() && self.slots.len() > SLOTS_KEPT {
            *self = Self {
                next_number: self.next_number,
                ..Self::default()
            };
        }
        bell
    }

    /// Moves the entry of this place to where none above it is due later.
    fn move_up(&mut self, mut place: usize, entry: Entry) {
        while place > 0 {
            let above = (place - 1) / 2;
            if !entry.is_before(self.heap[above]) {
                break;
            }
            self.put(place, self.heap[above]);
            place = above;
        }
        self.put(place, entry);
    }

    /// Moves the entry, if it is in this place, to where none below it is due earlier.
    fn move_down(&mut self, mut place: usize, entry: Entry) {
        if self.heap[place].number != entry.number {
            return;
        }
        loop {
            let left = 2 * place + 1;
            let below = match (self.heap.get(left), self.heap.get(left + 1)) {
                (Some(one), Some(other)) if other.is_before(*one) => left + 1,
                (Some(_), _) => left,
                (None, _) => break,
            };
            if !self.heap[below].is_before(entry) {
                break;
            }
            self.put(place, self.heap[below]);
            place = below;
        }
        self.put(place, entry);
    }

    fn put(&mut self, at: usize, entry: Entry) {
        self.heap[at] = entry;
        if let Slot::Taken { place, .. } = &mut self.slots[entry.slot] {
            *place = at;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::sync::{Arc, Weak};

    use proptest::prelude::*;

    use super::super::timer::{Alarm, Ring};
    use super::*;

    #[derive(Default)]
    struct Rung(AtomicU64);

    impl Ring for Rung {
        fn ring(&self, occasion: u64) {
            self.0.store(occasion, Ordering::SeqCst);
        }
    }

    #[derive(Debug, Clone)]
    enum Step {
        Insert(u64),
        /// One of those ever inserted, gone or not.
        Remove(usize),
        Replace(usize),
        Pop(u64),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            3 => (0..20_u64).prop_map(Step::Insert),
            2 => any::<usize>().prop_map(Step::Remove),
            1 => any::<usize>().prop_map(Step::Replace),
            2 => (0..20_u64).prop_map(Step::Pop),
        ]
    }

    proptest! {
        #[test]
        fn it_does_what_a_sorted_map_does(steps in prop::collection::vec(step(), 1..200)) {
            let rung = Arc::new(Rung::default());
            let target: Weak<dyn Ring> = Arc::<Rung>::downgrade(&rung) as Weak<dyn Ring>;
            let bell = |occasion| {
                let target = Weak::clone(&target);
                Bell::Target(Alarm { target, occasion })
            };
            let occasion_of = |bell: Bell| {
                bell.ring();
                rung.0.load(Ordering::SeqCst)
            };
            let mut queue = AlarmQueue::default();
            // By due time and order, the occasion.
            let mut model = BTreeMap::new();
            let mut keys = Vec::new();
            for (number, step) in (0_u64..).zip(steps) {
                match step {
                    Step::Insert(at) => {
                        let key = queue.insert(at, bell(number));
                        model.insert((at, keys.len()), number);
                        keys.push((key, (at, keys.len())));
                    }
                    Step::Remove(which) if !keys.is_empty() => {
                        let (key, model_key) = keys[which % keys.len()];
                        let removed = queue.remove(key).map(occasion_of);
                        prop_assert_eq!(removed, model.remove(&model_key));
                    }
                    Step::Replace(which) if !keys.is_empty() => {
                        let (key, model_key) = keys[which % keys.len()];
                        let former = queue.replace(key, bell(number)).ok().map(occasion_of);
                        let known = model.get_mut(&model_key);
                        prop_assert_eq!(former, known.map(|known| std::mem::replace(known, number)));
                    }
                    Step::Pop(now) => {
                        let popped = queue.pop_due(now).map(|(at, bell)| (at, occasion_of(bell)));
                        let first = model.first_entry().filter(|first| first.key().0 <= now);
                        let expected = first.map(|first| (first.key().0, first.remove()));
                        prop_assert_eq!(popped, expected);
                    }
                    Step::Remove(_) | Step::Replace(_) => {}
                }
                prop_assert_eq!(queue.len(), model.len());
                prop_assert_eq!(queue.next_due(), model.keys().next().map(|key| key.0));
            }
        }
    }

    #[test]
    fn a_burst_leaves_no_memory_behind_and_its_keys_find_nothing() {
        let mut queue = AlarmQueue::default();
        let bell = || Bell::Task(std::task::Waker::noop().clone());
        let keys: Vec<_> = (0..5_000).map(|at| queue.insert(at, bell())).collect();
        for key in &keys {
            assert!(queue.remove(*key).is_some());
        }
        assert_eq!((queue.heap.capacity(), queue.slots.capacity()), (0, 0));
        queue.insert(0, bell());
        assert!(keys.iter().all(|key| queue.remove(*key).is_none()));
        assert_eq!(queue.len(), 1);
    }
}
