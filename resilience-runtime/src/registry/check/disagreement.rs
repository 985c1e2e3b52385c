//! Attributes that give one instance different settings.

use std::collections::{BTreeMap, HashMap};

use super::finding::CheckFinding;
use crate::sites::CallSite;

/// Each attribute that gives settings beside the first that gives some.
pub(super) fn find(sites: &[CallSite], findings: &mut Vec<CheckFinding>) {
    let mut first: HashMap<_, CallSite> = HashMap::new();
    for site in sites {
        let Some(name) = site.name() else { continue };
        if site.settings().is_empty() && site.config().is_none() {
            continue;
        }
        // Expressions for a registry that read the same may be others, but seldom are.
        let first = *first.entry((name, site.registry())).or_insert(*site);
        let differences = differences(&first, site);
        if !differences.is_empty() {
            findings.push(CheckFinding::Disagreement {
                site: *site,
                first,
                differences,
            });
        }
    }
}

/// What each gives that the other gives differently or not at all: the option, the first's, the
/// other's.
fn differences(first: &CallSite, other: &CallSite) -> Vec<Difference> {
    let (first, other) = (options(first), options(other));
    let mut names: Vec<_> = first.keys().chain(other.keys()).copied().collect();
    names.sort_unstable();
    names.dedup();
    names
        .into_iter()
        .map(|name| (name, first.get(name).copied(), other.get(name).copied()))
        .filter(|(_, first, other)| first != other)
        .collect()
}

pub(super) type Difference = (&'static str, Option<&'static str>, Option<&'static str>);

fn options(site: &CallSite) -> BTreeMap<&'static str, &'static str> {
    let config = site.config().map(|config| ("config", config));
    site.settings().iter().copied().chain(config).collect()
}
