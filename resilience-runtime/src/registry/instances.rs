use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// The instances of one policy.
pub(super) struct Instances<I> {
    named: RwLock<HashMap<Arc<str>, I>>,
}

impl<I> Default for Instances<I> {
    fn default() -> Self {
        Self {
            named: RwLock::default(),
        }
    }
}

impl<I: Clone> Instances<I> {
    pub(super) fn find(&self, name: &str) -> Option<I> {
        self.named
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(name)
            .cloned()
    }

    /// Of two that make the same at the same time, the first wins.
    pub(super) fn find_or_make(&self, name: &str, make: impl FnOnce(Arc<str>) -> I) -> I {
        let name: Arc<str> = name.into();
        self.named
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .entry(Arc::clone(&name))
            .or_insert_with(|| make(name))
            .clone()
    }

    /// All of them, ordered by name.
    pub(super) fn by_name(&self) -> Vec<I> {
        let named = self.named.read().unwrap_or_else(PoisonError::into_inner);
        let mut instances: Vec<_> = named.iter().collect();
        instances.sort_by_key(|(name, _)| *name);
        instances
            .into_iter()
            .map(|(_, instance)| instance.clone())
            .collect()
    }
}
