//! Environment variables, which come over everything in files:
//! `RESILIENCE4J_CIRCUITBREAKER_INSTANCES_BACKENDA_FAILURERATETHRESHOLD`.

use std::sync::Arc;

use super::node::Value;
use super::policy::Policy;
use super::problem::Place;
use super::reading::{Reader, Written};
use super::section::LevelKind;
use super::spelling::{canonical, nearest};

const PREFIX: &str = "RESILIENCE4J_";

/// A variable that is set.
struct Variable<'a> {
    name: Arc<str>,
    value: &'a Value,
}

impl Variable<'_> {
    /// Its value, as that of a key.
    fn written<'w>(&'w self, key: &'w str) -> Written<'w> {
        let at = Place::Variable {
            name: Arc::clone(&self.name),
        };
        Written {
            key,
            path: self.name.to_string(),
            at: at.clone(),
            value: self.value,
            value_at: at,
        }
    }
}

impl Reader<'_> {
    /// Reads the variables that speak of policies.
    pub(super) fn environment(&mut self) {
        for (variable, value) in &self.values.environment {
            let upper = variable.to_uppercase();
            if let Some(key) = upper.strip_prefix(PREFIX) {
                self.variable(variable, key, &Value::Scalar(value.as_str().into()));
            }
        }
    }

    fn variable(&mut self, variable: &str, key: &str, value: &Value) {
        let variable = Variable {
            name: Arc::from(variable),
            value,
        };
        let Some((policy, rest)) = policy_of(key) else {
            return self.variable_of_no_policy(key, &variable.written(key));
        };
        let named = |section: &str| rest.strip_prefix(section)?.strip_prefix('_');
        let alias = policy.alias().map(str::to_uppercase);
        let order = policy.aspect_order().map(canonical);
        let instance = named("INSTANCES").or_else(|| named(alias.as_deref()?));
        if let Some(rest) = named("CONFIGS") {
            self.variable_of_level(policy, LevelKind::Config, rest, &variable);
        } else if let Some(rest) = instance {
            self.variable_of_level(policy, LevelKind::Instance, rest, &variable);
        } else if let Some(tag) = named("TAGS") {
            self.tag(policy, &variable.written(&tag.to_lowercase()));
        } else if rest == "METRICS_ENABLED" {
            self.metrics_enabled(policy, false, &variable.written(rest));
        } else if rest == "METRICS_LEGACY_ENABLED" {
            self.metrics_enabled(policy, true, &variable.written(rest));
        } else if order.is_some_and(|order| order == canonical(rest)) {
            self.aspect_order(policy, &variable.written(rest));
        } else {
            let message = format!(
                "is no key of `{}`: `CONFIGS` or `INSTANCES` and the name come next",
                policy.section()
            );
            let of = variable.written(rest);
            self.report.harmless(&of.at, &of.path, message);
        }
    }

    /// A variable that may be anybody's, unless it looks like a slip.
    fn variable_of_no_policy(&mut self, key: &str, written: &Written<'_>) {
        let section = key.split('_').next().unwrap_or(key);
        if matches!(section, "THREAD" | "SCHEDULED") {
            return;
        }
        let sections = Policy::ALL.map(Policy::section);
        match nearest(section, sections) {
            Some(meant) if key.contains('_') => {
                let meant = canonical(meant).to_uppercase();
                let message =
                    format!("is no key of `resilience4j`: did you mean `{PREFIX}{meant}_…`?");
                self.report.error(&written.at, &written.path, message);
            }
            _ => {
                let message = "is no key of `resilience4j`: it is not read";
                self.report.warning(&written.at, &written.path, message);
            }
        }
    }

    /// `<NAME>_<KEY>`: where the name ends is known by the keys that there are.
    fn variable_of_level(
        &mut self,
        policy: Policy,
        kind: LevelKind,
        rest: &str,
        variable: &Variable<'_>,
    ) {
        let ends_with = |key: &str| {
            let name = rest.strip_suffix(key)?.strip_suffix('_')?;
            (!name.is_empty()).then(|| rest.split_at(name.len() + 1))
        };
        let parted = policy
            .keys()
            .filter_map(|key| {
                let with = key.to_uppercase();
                ends_with(&with).or_else(|| ends_with(&with.replace('_', "")))
            })
            .max_by_key(|(_, key)| key.len())
            .or_else(|| rest.rsplit_once('_').filter(|(name, _)| !name.is_empty()));
        let Some((name, key)) = parted else {
            let of = variable.written(rest);
            let message = "names no key: write `…_NAME_KEY`, for example `…_BACKENDA_BASECONFIG`";
            return self.report.harmless(&of.at, &of.path, message);
        };
        let name = name.trim_end_matches('_');
        let levels = &self.section(policy).levels(kind).all;
        let mut names: Vec<String> = levels
            .iter()
            .filter(|level| canonical(&level.name) == canonical(name))
            .map(|level| level.name.clone())
            .collect();
        if names.is_empty() {
            names.push(name.to_lowercase());
        }
        for name in names {
            self.assign(policy, kind, &name, &variable.written(key));
        }
    }
}

/// The policy of a variable, and what follows.
fn policy_of(key: &str) -> Option<(Policy, &str)> {
    Policy::ALL.into_iter().find_map(|policy| {
        let section = policy.section().to_uppercase();
        let together = section.replace('-', "").replace('.', "_");
        let apart = section.replace(['-', '.'], "_");
        [together, apart]
            .iter()
            .find_map(|section| key.strip_prefix(section.as_str())?.strip_prefix('_'))
            .map(|rest| (policy, rest))
    })
}
