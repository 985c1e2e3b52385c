//! Keys that nobody knows, and what may be meant by them.

use super::node::{Entry, Value};
use super::policy::Policy;
use super::reading::{Reader, Written};
use super::spelling::{Spelling, nearest};

impl Reader<'_> {
    pub(super) fn unknown_of_section(
        &mut self,
        policy: Policy,
        child: &Entry,
        written: &Written<'_>,
    ) {
        let is_level = |entry: &Entry| policy.meaning(entry.key.name()).is_some();
        let known = || {
            let fixed = ["configs", "instances", "tags", "metrics"].into_iter();
            fixed.chain(policy.alias()).chain(policy.aspect_order())
        };
        let looks_like_a_slip = nearest(written.key, known()).is_some();
        if !looks_like_a_slip && child.node.entries().iter().any(is_level) {
            let message = format!(
                "looks like one of the {}: put it below `instances`",
                policy.plural()
            );
            self.report.error(&written.at, &written.path, message);
        } else {
            let section = format!("`{}`", policy.section());
            self.unknown(written, &section, known(), Spelling::of(written.key));
        }
    }

    pub(super) fn unknown_of_level(&mut self, policy: Policy, name: &str, written: &Written<'_>) {
        let spelling = Spelling::of(written.key);
        let message = if let Some(now) = policy.renamed(written.key) {
            format!("is called `{}` now: write that", spelling.spell(now))
        } else if policy.is_for_code(written.key) {
            "is no key of a file, in Resilience4j neither: only code sets it".to_owned()
        } else if matches!(written.value, Value::Map(_)) {
            let key = written.key;
            format!(
                "is a map, where a key of {} is expected; if the name is `{name}.{key}`, write it in brackets: `\"[{name}.{key}]\"`",
                policy.plural()
            )
        } else if let Some(other) = policy_with(written.key) {
            let message = format!(
                "is no key of {}: it is one of `{}`",
                policy.plural(),
                other.section()
            );
            return self.report.harmless(&written.at, &written.path, message);
        } else {
            return self.unknown(written, policy.plural(), policy.keys(), spelling);
        };
        self.report.error(&written.at, &written.path, message);
    }

    /// A key that is not known: harmless, unless it looks like a slip, which loses what it is for.
    pub(super) fn unknown(
        &mut self,
        written: &Written<'_>,
        of: &str,
        known: impl Iterator<Item = &'static str> + Clone,
        spelling: Spelling,
    ) {
        if let Some(meant) = nearest(written.key, known.clone()) {
            let meant = spelling.spell(meant);
            let message = format!("is no key of {of}: did you mean `{meant}`?");
            self.report.error(&written.at, &written.path, message);
        } else {
            let known: Vec<_> = known
                .map(|key| format!("`{}`", spelling.spell(key)))
                .collect();
            let message = match known.as_slice() {
                [only] => format!("is no key of {of}; there is {only}"),
                known => format!("is no key of {of}; there are {}", known.join(", ")),
            };
            self.report.harmless(&written.at, &written.path, message);
        }
    }
}

/// The first policy that has a key.
fn policy_with(key: &str) -> Option<Policy> {
    let mut policies = Policy::ALL.into_iter();
    policies.find(|policy| policy.meaning(key).is_some())
}
