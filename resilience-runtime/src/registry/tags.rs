//! What instances are marked with, for metrics.

use std::collections::{BTreeMap, HashMap};
use std::sync::{PoisonError, RwLock};

use super::{Inner, Registry, RegistryBuilder};
use crate::policy::Policy;

#[derive(Debug, Default)]
pub(super) struct Tags {
    of_all: BTreeMap<String, String>,
    of_instances: RwLock<HashMap<(Policy, String), BTreeMap<String, String>>>,
}

impl Tags {
    pub(super) fn new(of_all: Vec<(String, String)>) -> Self {
        Self {
            of_all: of_all.into_iter().collect(),
            of_instances: RwLock::default(),
        }
    }
}

impl RegistryBuilder {
    /// Marks all instances with a tag, which metrics carry as a label.
    ///
    /// ```
    /// use resilience4rs::{Policy, Registry};
    ///
    /// let registry = Registry::builder().tag("region", "eu").tag("tier", "1").build();
    /// registry.set_tags(Policy::Retry, "payments", [("tier", "0")]);
    /// let tags = registry.tags(Policy::Retry, "payments");
    /// assert_eq!((tags["region"].as_str(), tags["tier"].as_str()), ("eu", "0"));
    /// ```
    pub fn tag(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.tags.push((key.into(), value.into()));
        self
    }
}

impl Registry {
    /// Marks an instance with tags of its own, whether it has been made yet or not, instead of those
    /// that it had. A tag of the instance counts more than one of the same key that all have.
    pub fn set_tags<K: Into<String>, V: Into<String>>(
        &self,
        policy: Policy,
        name: &str,
        tags: impl IntoIterator<Item = (K, V)>,
    ) {
        let tags = tags
            .into_iter()
            .map(|(key, value)| (key.into(), value.into()))
            .collect();
        self.inner
            .tags
            .of_instances
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert((policy, name.to_owned()), tags);
    }

    /// The tags of an instance: those of the whole registry, over them those that the configuration
    /// gives its policy, and over them its own.
    #[must_use]
    pub fn tags(&self, policy: Policy, name: &str) -> BTreeMap<String, String> {
        let tags = &self.inner.tags;
        let mut all = tags.of_all.clone();
        all.extend(self.inner.tags_by_files(policy));
        let of_instances = tags
            .of_instances
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = of_instances.get(&(policy, name.to_owned())) {
            all.extend(own.clone());
        }
        all
    }
}

impl Inner {
    #[cfg(feature = "config")]
    fn tags_by_files(&self, policy: Policy) -> BTreeMap<String, String> {
        self.configuration()
            .map(|configuration| configuration.policy(policy).tags().clone())
            .unwrap_or_default()
    }

    #[cfg(not(feature = "config"))]
    #[expect(clippy::unused_self, reason = "with files, it is asked")]
    fn tags_by_files(&self, _: Policy) -> BTreeMap<String, String> {
        BTreeMap::new()
    }
}
