use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// The instances of one policy.
pub(super) struct Instances<I> {
    named: RwLock<Named<I>>,
}

/// The index is the same type for every policy, so that it is compiled once for all of them.
struct Named<I> {
    index: Index,
    instances: Vec<I>,
}

/// Where in the list the instance of a name is.
#[derive(Default)]
struct Index(HashMap<Arc<str>, usize>);

impl<I> Default for Instances<I> {
    fn default() -> Self {
        Self {
            named: RwLock::new(Named {
                index: Index::default(),
                instances: Vec::new(),
            }),
        }
    }
}

impl<I: Clone> Instances<I> {
    pub(super) fn find(&self, name: &str) -> Option<I> {
        let named = self.named.read().unwrap_or_else(PoisonError::into_inner);
        let place = named.index.find(name)?;
        named.instances.get(place).cloned()
    }

    /// Of two that make the same at the same time, the first wins.
    pub(super) fn find_or_make(&self, name: &str, make: impl FnOnce(Arc<str>) -> I) -> I {
        let mut named = self.named.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = named
            .index
            .find(name)
            .and_then(|place| named.instances.get(place))
        {
            return found.clone();
        }
        let name: Arc<str> = name.into();
        // First, since it may panic.
        let instance = make(Arc::clone(&name));
        let place = named.instances.len();
        named.instances.push(instance.clone());
        named.index.insert(name, place);
        instance
    }

    /// All of them, ordered by name.
    pub(super) fn by_name(&self) -> Vec<I> {
        let named = self.named.read().unwrap_or_else(PoisonError::into_inner);
        let places = named.index.by_name();
        places
            .into_iter()
            .filter_map(|place| named.instances.get(place).cloned())
            .collect()
    }
}

impl Index {
    fn find(&self, name: &str) -> Option<usize> {
        self.0.get(name).copied()
    }

    fn insert(&mut self, name: Arc<str>, place: usize) {
        self.0.insert(name, place);
    }

    fn by_name(&self) -> Vec<usize> {
        let mut places: Vec<_> = self.0.iter().collect();
        places.sort();
        places.into_iter().map(|(_, place)| *place).collect()
    }
}
