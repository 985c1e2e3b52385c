//! Whether code and configuration go together.

mod disagreement;
#[cfg(feature = "config")]
mod files;
mod finding;
mod late_calls;

pub use self::finding::CheckFinding;

use super::every_policy::ForPolicy;
use super::keeping::Kept;
use super::{Inner, Registry};
use crate::sites::{CallSite, SitesUnavailable, call_sites};

impl Registry {
    /// Compares the attributes of the program and its libraries with each other and with what the
    /// configuration says, and returns what does not go together: an empty list, if all is well.
    ///
    /// It is for the start of a service, when it has made the instances that it makes itself, and for
    /// a test. It finds
    /// - an instance that the configuration names and nothing uses, with what may be meant;
    /// - an attribute whose instance the configuration does not name, but one that reads almost the
    ///   same;
    /// - a shared configuration that an attribute names and that there is not;
    /// - an attribute that drops calls which take too long, though its time limiter is to let them run on;
    /// - two attributes that give one instance different settings, of which the first that is called
    ///   would win. One that gives none leaves it to the others.
    ///
    /// An instance counts as used where an attribute names it literally, where code has asked this
    /// registry for it, and where some attribute of its policy has a name that is computed, since that
    /// may come to it. A finding is advice: nothing is refused for it.
    ///
    /// ```
    /// use resilience4rs::{PolicyError, Registry, retry};
    /// use resilience4rs::configuration::Configuration;
    ///
    /// #[retry("warehouse", max_attempts = 5)]
    /// fn stock(item: u64) -> Result<u32, PolicyError> {
    ///     Ok(7)
    /// }
    ///
    /// # fn main() {
    /// let configuration = Configuration::from_yaml_str("
    /// resilience4j.retry.instances.warehuose.waitDuration: 1s
    /// ").unwrap();
    /// let registry = Registry::builder().configuration(configuration).build();
    /// let findings = registry.check().unwrap();
    /// assert!(findings[0].to_string().starts_with(
    ///     "<yaml>:2:1: retry 'warehuose' is configured, and nothing uses it: did you mean 'warehouse' (",
    /// ));
    /// # }
    /// ```
    ///
    /// # Errors
    /// Where the attributes are not known; see [`call_sites`].
    pub fn check(&self) -> Result<Vec<CheckFinding>, SitesUnavailable> {
        Ok(self.check_sites(&call_sites()?))
    }

    fn check_sites(&self, sites: &[CallSite]) -> Vec<CheckFinding> {
        let mut check = Check {
            sites,
            findings: Vec::new(),
        };
        self.inner.for_each_policy(&mut check);
        late_calls::find(self, sites, &mut check.findings);
        check.findings
    }
}

struct Check<'a> {
    sites: &'a [CallSite],
    findings: Vec<CheckFinding>,
}

impl ForPolicy for Check<'_> {
    fn visit<M: Kept>(&mut self, registry: &Inner) {
        let of_policy: Vec<_> = self
            .sites
            .iter()
            .filter(|site| site.policy() == M::POLICY)
            .copied()
            .collect();
        #[cfg(feature = "config")]
        files::check::<M>(registry, self.sites, &of_policy, &mut self.findings);
        let known = registry.known_configs::<M>();
        for site in &of_policy {
            if let Some(config) = site.config()
                && !known.iter().any(|known| known == config)
                // Of another registry it is not known what it has.
                && site.registry().is_none()
            {
                self.findings.push(CheckFinding::NoSuchConfig {
                    site: *site,
                    known: known.clone(),
                });
            }
        }
        disagreement::find(&of_policy, &mut self.findings);
    }
}

#[cfg(all(test, feature = "config"))]
mod tests;
