//! Time limiters that are to let late calls run on, and attributes that drop them all the same.

use super::finding::CheckFinding;
use crate::policy::Policy;
use crate::registry::Registry;
use crate::sites::CallSite;

/// What an attribute does not say when compiled, no setting can make up for: a call that runs on must own
/// what it needs.
const OPTION: &str = "cancel_running_future";

/// One that says what it wants, either way, is left alone.
pub(super) fn find(registry: &Registry, sites: &[CallSite], findings: &mut Vec<CheckFinding>) {
    let says_nothing = |site: &&CallSite| {
        let mut settings = site.settings().iter();
        site.policy() == Policy::TimeLimiter && settings.all(|(option, _)| *option != OPTION)
    };
    let lets_run_on = |name| {
        let limiter = registry.find_time_limiter(name);
        limiter.is_some_and(|limiter| !limiter.config().cancel_running_future())
    };
    let dropping = sites
        .iter()
        .filter(says_nothing)
        .filter(|site| site.name().is_some_and(lets_run_on));
    findings.extend(dropping.map(|site| CheckFinding::DropsLateCalls { site: *site }));
}
