//! What files say, and what they say anew while the service runs.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use super::event_buffers::Rebuffer;
use super::every_policy::ForPolicy;
use super::inherited::with_files;
use super::keeping::{Kept, unknown_config};
use super::{Inner, Registry, RegistryEventKind};
use crate::config_error::ConfigError;
use crate::configuration::Configuration;
use crate::membership::{Layers, SettingChange, Superior};
use crate::policy::Policy;
use crate::trace::log;

/// What files say now.
#[derive(Debug)]
pub(super) struct Current {
    configuration: RwLock<Option<Arc<Configuration>>>,
    /// Held while another configuration is taken.
    reloading: Mutex<()>,
}

impl Current {
    pub(super) fn new(configuration: Option<Configuration>) -> Self {
        Self {
            configuration: RwLock::new(configuration.map(Arc::new)),
            reloading: Mutex::new(()),
        }
    }
}

/// What a reload changed: the instances whose settings are others now, with what changed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reloaded {
    /// By policy and name.
    pub changes: Vec<(Policy, Arc<str>, Vec<SettingChange>)>,
}

type Changed = (Policy, Arc<str>, Vec<SettingChange>);

/// Instances that run cannot take a configuration; nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
#[non_exhaustive]
pub struct ReloadError {
    /// One for each instance that cannot.
    pub problems: Vec<InstanceError>,
}

/// What a configuration says about an instance does not fit together with what its attribute, or a
/// change while it runs, says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{policy} '{name}': {error}")]
#[non_exhaustive]
pub struct InstanceError {
    /// The policy.
    pub policy: Policy,
    /// The instance's name.
    pub name: Arc<str>,
    /// What does not fit.
    #[source]
    pub error: ConfigError,
}

impl Registry {
    /// What files and the environment say, if they were asked.
    #[must_use]
    pub fn configuration(&self) -> Option<Arc<Configuration>> {
        self.inner.configuration()
    }

    /// Takes another configuration: instances that run get what it says of them, and keep their state
    /// and their counts as far as the settings allow it.
    ///
    /// All of them do, or none: where what it says does not fit together with what an attribute says,
    /// nothing changes. What was changed while an instance runs counts more than any configuration,
    /// and stays.
    ///
    /// # Errors
    /// Every instance that cannot take it, and why.
    ///
    /// ```
    /// use resilience4rs::Registry;
    /// use resilience4rs::configuration::Configuration;
    ///
    /// let registry = Registry::new();
    /// let breaker = registry.circuit_breaker_with("payments", |config| config.sliding_window_size(50)).unwrap();
    /// let _ = breaker.call_blocking(|| Err::<(), _>("declined"));
    ///
    /// let configuration = Configuration::from_yaml_str("
    /// resilience4j.circuitbreaker.instances.payments.failureRateThreshold: 25
    /// ").unwrap();
    /// let reloaded = registry.reload(configuration).unwrap();
    /// let (_, name, changes) = &reloaded.changes[0];
    /// assert_eq!((&**name, changes[0].to_string().as_str()), ("payments", "`failure_rate_threshold` from 50 to 25"));
    /// assert_eq!(breaker.metrics().failed_calls, 1, "and the window is as it was");
    /// ```
    pub fn reload(&self, configuration: Configuration) -> Result<Reloaded, ReloadError> {
        let taken = self.inner.take(configuration);
        // Without the lock: who is told may reload as well.
        self.inner.deliver();
        let changes = taken?;
        for (policy, name, changes) in &changes {
            log::settings_changed(*policy, name, changes);
        }
        self.make_configured();
        Ok(Reloaded { changes })
    }

    /// Makes the instances that the configuration names, as Resilience4j does: they can be seen before
    /// their first call. Where only environment variables name one, its name is not known for sure.
    pub(super) fn make_configured(&self) {
        self.inner.for_each_policy(&mut Make);
    }
}

impl Current {
    fn write(&self) -> std::sync::RwLockWriteGuard<'_, Option<Arc<Configuration>>> {
        self.configuration
            .write()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    pub(crate) fn configuration(&self) -> Option<Arc<Configuration>> {
        let configuration = self.configuration.configuration.read();
        configuration
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Lets all instances that run take another configuration, or none of them. What is to be told of it
    /// is posted.
    fn take(&self, configuration: Configuration) -> Result<Vec<Changed>, ReloadError> {
        let current = &self.configuration;
        let _alone = current
            .reloading
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let mut problems = Vec::new();
        self.for_each_policy(&mut Judge {
            next: &configuration,
            problems: &mut problems,
        });
        if !problems.is_empty() {
            return Err(ReloadError { problems });
        }
        let next = Some(Arc::new(configuration));
        let former = std::mem::replace(&mut *current.write(), next);
        let mut changes = Vec::new();
        self.for_each_policy(&mut Take(&mut changes));
        self.for_each_policy(&mut Rebuffer(former));
        Ok(changes)
    }

    /// Gives an instance that was made meanwhile what has been taken since `before` was looked at: it
    /// may have been made too late for those who took that to find it.
    pub(super) fn keep_up<M: Kept>(&self, member: &M, before: Option<&Arc<Configuration>>) {
        let now = self.configuration();
        if now.as_ref().map(Arc::as_ptr) != before.map(Arc::as_ptr) {
            let changes = self.renew(member);
            log::settings_changed(M::POLICY, member.membership().name(), &changes);
            self.deliver();
        }
    }

    /// Lets an instance take what the configuration says of it now, and returns what has changed. What
    /// is to be told of it is posted.
    fn renew<M: Kept>(&self, member: &M) -> Vec<SettingChange> {
        let membership = member.membership();
        // Under the lock of the layers: so of two who come at the same time, the last goes by what there
        // is last.
        let renewed = membership.change_silently(member, |layers| {
            inherit::<M>(self.configuration().as_deref(), membership.name(), layers);
        });
        // Of an instance that was judged before: somebody has changed it since.
        renewed.unwrap_or_else(|error| {
            let reason = error.to_string().into();
            let rejected = RegistryEventKind::ConfigRejected { reason };
            self.post(M::POLICY, membership.name(), rejected);
            Vec::new()
        })
    }
}

/// Puts what files say of an instance that runs among its layers, or says that they do not know, no
/// more than code does, what it starts from.
fn inherit<M: Kept>(
    files: Option<&Configuration>,
    name: &str,
    layers: &mut Layers<M::Builder>,
) -> bool {
    let by_code = layers.by_code.clone();
    let inherited = with_files::<M>(files, name, layers.config.as_deref(), by_code);
    let is_known = inherited.is_some();
    // Without what it names, it is as one that names none.
    let inherited = inherited.or_else(|| with_files::<M>(files, name, None, None));
    (layers.shared, layers.own) =
        inherited.map_or((None, None), |inherited| (inherited.shared, inherited.own));
    is_known
}

/// Looks whether instances that run can take another configuration, which nobody else sees yet.
struct Judge<'a> {
    next: &'a Configuration,
    problems: &'a mut Vec<InstanceError>,
}
struct Take<'a>(&'a mut Vec<Changed>);
struct Make;

impl ForPolicy for Judge<'_> {
    fn visit<M: Kept>(&mut self, registry: &Inner) {
        for member in M::members(registry).by_name() {
            let membership = member.membership();
            let mut layers = membership.layers().clone();
            let is_known = inherit::<M>(Some(self.next), membership.name(), &mut layers);
            // What code starts from must not vanish under it.
            let judged = match &layers.config {
                Some(config) if !is_known => {
                    let known = registry.configs_known_with::<M>(Some(self.next));
                    Err(unknown_config(config, &known))
                }
                _ => layers.settle().map(|_| ()),
            };
            if let Err(error) = judged {
                self.problems.push(InstanceError {
                    policy: M::POLICY,
                    name: Arc::clone(membership.name()),
                    error,
                });
            }
        }
    }
}

impl ForPolicy for Take<'_> {
    fn visit<M: Kept>(&mut self, registry: &Inner) {
        for member in M::members(registry).by_name() {
            let changes = registry.renew(&member);
            if !changes.is_empty() {
                let name = Arc::clone(member.membership().name());
                self.0.push((M::POLICY, name, changes));
            }
        }
    }
}

impl ForPolicy for Make {
    fn visit<M: Kept>(&mut self, registry: &Inner) {
        let Some(configuration) = registry.configuration() else {
            return;
        };
        for instance in configuration.policy(M::POLICY).instances() {
            if instance.is_named_by_file() {
                registry.find_or_make_unclaimed::<M>(instance.name(), false);
            }
        }
    }
}

impl fmt::Display for Reloaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (policy, name, changes) in &self.changes {
            for change in changes {
                writeln!(f, "{policy} '{name}' changed {change}")?;
            }
        }
        Ok(())
    }
}
