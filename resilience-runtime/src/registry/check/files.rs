//! The names in files beside those in attributes.

use super::super::Inner;
use super::super::keeping::Kept;
use super::finding::CheckFinding;
use crate::configuration::{PolicyConfiguration, is_slip, nearest};
use crate::sites::CallSite;

/// `sites` are those of every policy, `of_policy` those of this one.
pub(super) fn check<M: Kept>(
    registry: &Inner,
    sites: &[CallSite],
    of_policy: &[CallSite],
    findings: &mut Vec<CheckFinding>,
) {
    let Some(configuration) = registry.configuration() else {
        return;
    };
    let files = configuration.policy(M::POLICY);
    let mut explained = Vec::new();
    for instance in files.instances() {
        let name = instance.name();
        let is_named = of_policy.iter().any(|site| site.name() == Some(name));
        // The name of one that only variables name is known but for its spelling.
        if is_named || M::members(registry).is_used(name) || !instance.is_named_by_file() {
            continue;
        }
        let meant = unconfigured(of_policy, files).find(|(_, other)| is_slip(name, other));
        let meant = meant.or_else(|| {
            let unconfigured: Vec<_> = unconfigured(of_policy, files).collect();
            let nearest = nearest(name, unconfigured.iter().map(|(_, other)| *other))?;
            unconfigured
                .into_iter()
                .find(|(_, other)| *other == nearest)
        });
        let meant = meant.map(|(site, _)| site);
        let is_computed = of_policy.iter().any(|site| site.name().is_none());
        if is_computed && meant.is_none() {
            continue;
        }
        explained.extend(meant.and_then(CallSite::name));
        // One that the files do not know in its own section.
        let of_other_policy = || {
            sites.iter().find(|site| {
                let files = configuration.policy(site.policy());
                site.name() == Some(name) && files.instance(name).is_none()
            })
        };
        findings.push(CheckFinding::Unused {
            policy: M::POLICY,
            name: name.to_owned(),
            place: instance.place().clone(),
            meant: meant.or_else(of_other_policy).copied(),
        });
    }
    for (site, name) in unconfigured(of_policy, files) {
        let meant = files
            .instances()
            .iter()
            .find(|instance| is_slip(name, instance.name()));
        if let Some(meant) = meant
            && !explained.contains(&name)
        {
            findings.push(CheckFinding::Unconfigured {
                site: *site,
                meant: meant.name().to_owned(),
                place: meant.place().clone(),
            });
        }
    }
}

/// The attributes whose instances the files do not name, with the names.
fn unconfigured<'a>(
    of_policy: &'a [CallSite],
    files: &'a PolicyConfiguration,
) -> impl Iterator<Item = (&'a CallSite, &'static str)> {
    of_policy
        .iter()
        .filter_map(|site| Some((site, site.name()?)))
        .filter(|(_, name)| files.instance(name).is_none() && files.config(name).is_none())
}
