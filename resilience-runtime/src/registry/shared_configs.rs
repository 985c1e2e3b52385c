//! The shared configurations that code gives, by name.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

/// What instances start from that name no other.
pub(super) const DEFAULT: &str = "default";

pub(super) struct SharedConfigs<B>(RwLock<BTreeMap<String, Arc<B>>>);

impl<B> Default for SharedConfigs<B> {
    fn default() -> Self {
        Self(RwLock::new(BTreeMap::new()))
    }
}

impl<B> SharedConfigs<B> {
    pub(super) fn put(&self, name: &str, builder: B) {
        let mut configs = self.0.write().unwrap_or_else(PoisonError::into_inner);
        configs.insert(name.to_owned(), Arc::new(builder));
    }

    pub(super) fn remove(&self, name: &str) -> bool {
        let mut configs = self.0.write().unwrap_or_else(PoisonError::into_inner);
        configs.remove(name).is_some()
    }

    pub(super) fn get(&self, name: &str) -> Option<Arc<B>> {
        let configs = self.0.read().unwrap_or_else(PoisonError::into_inner);
        configs.get(name).cloned()
    }

    pub(super) fn names(&self) -> Vec<String> {
        let configs = self.0.read().unwrap_or_else(PoisonError::into_inner);
        configs.keys().cloned().collect()
    }
}
