use std::collections::BTreeMap;

use super::family::{MetricFamily, MetricKind, MetricSample, MetricValue};
use super::labels;
use crate::policy::Policy;
use crate::registry::Registry;

/// Families that are being filled, in the order in which they are to be read.
pub(super) struct Collection<'a> {
    registry: &'a Registry,
    families: Vec<MetricFamily>,
}

/// What a family is, without values.
#[derive(Debug, Clone, Copy)]
pub(super) struct Definition {
    pub(super) name: &'static str,
    pub(super) help: &'static str,
    pub(super) kind: MetricKind,
}

/// One instance, whose values go into the families.
pub(super) struct Instance<'c, 'a> {
    collection: &'c mut Collection<'a>,
    labels: BTreeMap<String, String>,
}

impl<'a> Collection<'a> {
    /// Families in the order of their definitions, none of which comes twice.
    pub(super) fn new(registry: &'a Registry, definitions: &[&[Definition]]) -> Self {
        let families = definitions.iter().flat_map(|some| some.iter());
        Self {
            registry,
            families: families
                .map(|definition| MetricFamily {
                    name: definition.name,
                    help: definition.help,
                    kind: definition.kind,
                    samples: Vec::new(),
                })
                .collect(),
        }
    }

    pub(super) fn registry(&self) -> &'a Registry {
        self.registry
    }

    pub(super) fn instance(&mut self, policy: Policy, name: &str) -> Instance<'_, 'a> {
        let labels = labels::of_instance(name, self.registry.tags(policy, name));
        Instance {
            collection: self,
            labels,
        }
    }

    /// A value of no instance.
    pub(super) fn add(&mut self, definition: &Definition, value: MetricValue) {
        self.push(definition, Vec::new(), value);
    }

    fn push(&mut self, definition: &Definition, labels: Vec<(String, String)>, value: MetricValue) {
        let family = self
            .families
            .iter_mut()
            .find(|family| family.name == definition.name);
        if let Some(family) = family {
            family.samples.push(MetricSample { labels, value });
        }
    }

    /// Those of which there are any values.
    pub(super) fn finish(mut self) -> Vec<MetricFamily> {
        self.families.retain(|family| !family.samples.is_empty());
        self.families
    }
}

impl Instance<'_, '_> {
    pub(super) fn gauge(&mut self, definition: &Definition, more: &[(&str, &str)], value: f64) {
        self.add(definition, more, MetricValue::Gauge(value));
    }

    /// Whole numbers are exact up to 2^53, as in every exporter's format.
    pub(super) fn counter(&mut self, definition: &Definition, more: &[(&str, &str)], value: f64) {
        self.add(definition, more, MetricValue::Counter(value));
    }

    pub(super) fn add(
        &mut self,
        definition: &Definition,
        more: &[(&str, &str)],
        value: MetricValue,
    ) {
        // Ours over a tag of that key: or two series were one.
        let mut labels = self.labels.clone();
        labels.extend(more.iter().map(|(key, value)| {
            let (key, value): (&str, &str) = (key, value);
            (key.to_owned(), value.to_owned())
        }));
        let labels = labels.into_iter().collect();
        self.collection.push(definition, labels, value);
    }
}
