//! Values by name, of which some can be taken out again.

use std::collections::HashMap;
use std::sync::Arc;

/// The index is the same type whatever it is an index of, so that it is compiled once for all
/// policies.
pub(super) struct Named<T> {
    index: Index,
    places: Vec<Option<Place<T>>>,
    vacant: Vec<usize>,
    /// Where the search for one to be taken out goes on.
    hand: usize,
}

struct Place<T> {
    name: Arc<str>,
    value: T,
}

/// Where in the list the value of a name is.
///
/// The hash has a key of its own in every process, and is not one that withstands whoever can measure
/// it for long. What they could do is bounded by how many names there may be.
#[derive(Default)]
struct Index(HashMap<Arc<str>, usize, foldhash::fast::RandomState>);

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self {
            index: Index::default(),
            places: Vec::new(),
            vacant: Vec::new(),
            hand: 0,
        }
    }
}

impl<T> Named<T> {
    pub(super) fn get(&self, name: &str) -> Option<&T> {
        let place = self.index.find(name)?;
        self.places.get(place)?.as_ref().map(|place| &place.value)
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &T> {
        self.places.iter().flatten().map(|place| &place.value)
    }

    pub(super) fn insert(&mut self, name: Arc<str>, value: T) {
        let occupied = Some(Place {
            name: Arc::clone(&name),
            value,
        });
        let place = if let Some(vacant) = self.vacant.pop() {
            self.places[vacant] = occupied;
            vacant
        } else {
            self.places.push(occupied);
            self.places.len() - 1
        };
        self.index.insert(name, place);
    }

    pub(super) fn remove(&mut self, name: &str) -> Option<T> {
        let place = self.index.remove(name)?;
        self.vacant.push(place);
        self.places[place].take().map(|place| place.value)
    }

    /// Takes out the first of the next `looked_at` that `may_go`.
    pub(super) fn take_one(&mut self, looked_at: usize, may_go: impl Fn(&T) -> bool) -> Option<T> {
        for _ in 0..looked_at.min(self.places.len()) {
            self.hand = (self.hand + 1) % self.places.len();
            if let Some(place) = &self.places[self.hand]
                && may_go(&place.value)
            {
                let name = Arc::clone(&place.name);
                return self.remove(&name);
            }
        }
        None
    }
}

impl Index {
    fn find(&self, name: &str) -> Option<usize> {
        self.0.get(name).copied()
    }

    fn insert(&mut self, name: Arc<str>, place: usize) {
        self.0.insert(name, place);
    }

    fn remove(&mut self, name: &str) -> Option<usize> {
        self.0.remove(name)
    }
}
