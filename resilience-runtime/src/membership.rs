//! What an instance has of its registry: its name, and where its settings come from.
//!
//! Settings come in layers, the first given first: what a shared configuration says, the settings of
//! the attribute or the code that made the instance, its own entry in the configuration, and what was
//! changed while it ran. A layer is a builder that knows which of its settings were given.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use crate::config_error::ConfigError;
use crate::event_bus::EventBus;
use crate::policy::Policy;
use crate::registry::RegistryEventKind;
use crate::trace::{LogLimit, log};

#[cfg(feature = "config")]
pub(crate) use crate::configuration::Configurable as Readable;

/// What a builder must be able to do for files: nothing, where files are not read.
#[cfg(not(feature = "config"))]
pub(crate) trait Readable {}
#[cfg(not(feature = "config"))]
impl<B> Readable for B {}

/// A builder of settings that knows which of them it was given.
pub(crate) trait Layered: Readable + Clone + Default + Send + Sync + 'static {
    /// What comes of it.
    type Config: Clone + Send + Sync + 'static;

    /// These settings and, where one is not given, that of `base`.
    #[must_use]
    fn over(self, base: &Self) -> Self;

    /// Checks the settings; what is not given is at its default.
    fn settle(self) -> Result<Self::Config, ConfigError>;

    /// Every setting with its value, as a configuration file would say it.
    fn listed(config: &Self::Config) -> Vec<(&'static str, String)>;
}

/// An instance of a policy, as a registry keeps it.
pub(crate) trait Member: Clone + Send + Sync + 'static {
    type Builder: Layered<Config = Self::Config>;
    type Config: Clone + Send + Sync + 'static;
    type Event: Clone + 'static;
    const POLICY: Policy;

    fn membership(&self) -> &Membership<Self::Builder>;

    /// The settings now.
    fn settings(&self) -> Self::Config;

    /// Takes other settings from now on, and keeps its state and its counts where the settings allow
    /// it. What runs under the former ones ends well. Never called twice at the same time.
    fn apply(&self, config: &Self::Config);

    /// It was made by a mere look at its name, and has the settings only now that it should have had from
    /// the beginning.
    fn catch_up(&self) {}

    /// Forgets its state and its counts, as if it had just been made with the settings it has. Calls
    /// that run may end, and give back what they hold; they count no more.
    fn begin_afresh(&self);

    /// It was removed from its registry and is back.
    fn come_back(&self) {}

    /// Whether nothing is lost if it is forgotten and made anew at its next call: no call runs, and
    /// its state is the one it begins with.
    fn is_idle(&self) -> bool;

    /// Whether it may be forgotten where no instance is idle: no call runs, and it keeps nobody out,
    /// though what it has counted is lost.
    fn is_expendable(&self) -> bool {
        self.is_idle()
    }

    /// How many handles there are, the registry's own included.
    fn handles(&self) -> usize;

    /// A handle that does not count as one, and brings another as long as there is any.
    fn weak(&self) -> WeakMember<Self>;

    fn event_bus(&self) -> &EventBus<Self::Event>;

    /// Whether its next call is to tell the registry of it. One that has something to tell of every call
    /// does that by an event.
    fn tell_of_next_call(&self, _: bool) {}
}

/// See [`Member::weak`].
pub(crate) type WeakMember<M> = Box<dyn Fn() -> Option<M> + Send + Sync>;

/// A setting that changed while its instance ran.
///
/// ```
/// use resilience4rs::Registry;
///
/// let limiter = Registry::new().time_limiter("payments");
/// let changes = limiter
///     .change_config(|config| config.timeout_duration(std::time::Duration::from_millis(250)))
///     .unwrap();
/// assert_eq!(changes.len(), 1);
/// assert_eq!(changes[0].to_string(), "`timeout_duration` from 1s to 250ms");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SettingChange {
    /// The setting's name, as in an attribute.
    pub setting: &'static str,
    /// The value before, as a configuration file would say it.
    pub old: String,
    /// The value now.
    pub new: String,
}

impl fmt::Display for SettingChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { setting, old, new } = self;
        write!(f, "`{setting}` from {old} to {new}")
    }
}

/// Told of changes; the registry is.
pub(crate) trait Superior: Send + Sync {
    /// Settings of an instance have changed. It must not call the instance back: its settings are
    /// locked, so that changes are told in their order.
    fn settings_changed(&self, policy: Policy, name: &Arc<str>, changes: &[SettingChange]);

    /// Something else has happened to an instance. As with changed settings, something may be locked.
    fn happened(&self, policy: Policy, name: &Arc<str>, kind: RegistryEventKind);

    /// Hands over what was told; nothing is locked any more.
    fn deliver(&self);

    /// An instance that was removed is called.
    fn is_called_again(&self, policy: Policy, name: &Arc<str>);
}

/// The place of an instance in its registry.
pub(crate) struct Membership<B> {
    name: Arc<str>,
    superior: Weak<dyn Superior>,
    layers: Mutex<Layers<B>>,
    /// Of the lines about its calls.
    pub(crate) log_limit: LogLimit,
}

/// Where the settings of an instance come from, the least first.
#[derive(Clone)]
pub(crate) struct Layers<B> {
    /// The shared configuration that the attribute, or the code that made it, names.
    pub(crate) config: Option<Arc<str>>,
    /// What the shared configuration of code said when the instance was made with it: files that
    /// change say their word over it, whatever code says by then.
    pub(crate) by_code: Option<Arc<B>>,
    /// What the instance's shared configuration says; the same for all that have it.
    pub(crate) shared: Option<Arc<B>>,
    /// What the attribute, or the code that made it, says.
    pub(crate) made_with: Option<Given<B>>,
    /// What its own entry in the configuration says, and the environment.
    pub(crate) own: Option<Arc<B>>,
    /// What was changed while it ran.
    pub(crate) changed: Option<Arc<B>>,
}

/// Settings that code gives.
#[derive(Clone)]
pub(crate) enum Given<B> {
    /// An attribute's, of which every instance need not keep a copy.
    Attribute(fn(B) -> B),
    Builder(Arc<B>),
}

impl<B> Default for Layers<B> {
    fn default() -> Self {
        Self {
            config: None,
            by_code: None,
            shared: None,
            made_with: None,
            own: None,
            changed: None,
        }
    }
}

impl<B: Layered> Layers<B> {
    pub(crate) fn is_made_by_a_call(&self) -> bool {
        matches!(self.made_with, Some(Given::Builder(_)))
    }

    /// What comes of them.
    pub(crate) fn settle(&self) -> Result<B::Config, ConfigError> {
        let mut builder = B::default();
        if let Some(shared) = &self.shared {
            builder = shared.as_ref().clone().over(&builder);
        }
        match &self.made_with {
            Some(Given::Attribute(configure)) => builder = configure(B::default()).over(&builder),
            Some(Given::Builder(given)) => builder = given.as_ref().clone().over(&builder),
            None => {}
        }
        for layer in [&self.own, &self.changed].into_iter().flatten() {
            builder = layer.as_ref().clone().over(&builder);
        }
        builder.settle()
    }
}

impl<B: Layered> Membership<B> {
    pub(crate) fn new(name: Arc<str>, superior: Weak<dyn Superior>, layers: Layers<B>) -> Self {
        Self {
            name,
            superior,
            layers: Mutex::new(layers),
            log_limit: LogLimit::new(),
        }
    }

    pub(crate) fn name(&self) -> &Arc<str> {
        &self.name
    }

    pub(crate) fn layers(&self) -> MutexGuard<'_, Layers<B>> {
        self.layers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes where the settings come from, and lets `member`, whose membership this is, take what
    /// comes of it. If that does not fit, nothing changes.
    pub(crate) fn change<M>(
        &self,
        member: &M,
        change: impl FnOnce(&mut Layers<B>),
    ) -> Result<Vec<SettingChange>, ConfigError>
    where
        M: Member<Builder = B, Config = B::Config>,
    {
        let changes = self.change_silently(member, change);
        if let Ok(changes) = &changes {
            log::settings_changed(M::POLICY, &self.name, changes);
        }
        if let Some(superior) = self.superior.upgrade() {
            superior.deliver();
        }
        changes
    }

    /// The same for a caller who holds a lock that listeners must not find held: it is to call
    /// [`deliver`](Superior::deliver) without it.
    pub(crate) fn change_silently<M>(
        &self,
        member: &M,
        change: impl FnOnce(&mut Layers<B>),
    ) -> Result<Vec<SettingChange>, ConfigError>
    where
        M: Member<Builder = B, Config = B::Config>,
    {
        let superior = self.superior.upgrade();
        let mut layers = self.layers();
        let mut next = layers.clone();
        change(&mut next);
        let config = next.settle()?;
        let changes = differences::<B>(&member.settings(), &config);
        member.apply(&config);
        *layers = next;
        if let Some(superior) = &superior
            && !changes.is_empty()
        {
            superior.settings_changed(M::POLICY, &self.name, &changes);
        }
        Ok(changes)
    }

    /// The registry, while it is there. To be taken, and let go, where nothing is locked: it may turn
    /// out to be the last handle.
    pub(crate) fn superior(&self) -> Option<Arc<dyn Superior>> {
        self.superior.upgrade()
    }

    /// Tells the registry that an instance is called which it has removed.
    #[cold]
    pub(crate) fn is_called_again(&self, policy: Policy) {
        if let Some(superior) = self.superior.upgrade() {
            superior.is_called_again(policy, &self.name);
        }
    }

    /// Changes settings while the instance runs, over all that files and code say.
    pub(crate) fn change_while_running<M>(
        &self,
        member: &M,
        configure: impl FnOnce(B) -> B,
    ) -> Result<Vec<SettingChange>, ConfigError>
    where
        M: Member<Builder = B, Config = B::Config>,
    {
        let given = configure(B::default());
        self.change(member, |layers| {
            let changed = match &layers.changed {
                Some(changed) => given.over(changed),
                None => given,
            };
            layers.changed = Some(Arc::new(changed));
        })
    }
}

fn differences<B: Layered>(old: &B::Config, new: &B::Config) -> Vec<SettingChange> {
    B::listed(old)
        .into_iter()
        .zip(B::listed(new))
        .filter(|((_, old), (_, new))| old != new)
        .map(|((setting, old), (_, new))| SettingChange { setting, old, new })
        .collect()
}

/// Without a registry: for tests of a policy by itself.
#[cfg(test)]
impl<B: Layered> Membership<B> {
    pub(crate) fn alone(name: &str) -> Self {
        struct Nobody;
        impl Superior for Nobody {
            fn settings_changed(&self, _: Policy, _: &Arc<str>, _: &[SettingChange]) {}
            fn happened(&self, _: Policy, _: &Arc<str>, _: RegistryEventKind) {}
            fn deliver(&self) {}
            fn is_called_again(&self, _: Policy, _: &Arc<str>) {}
        }
        Self::new(name.into(), Weak::<Nobody>::new(), Layers::default())
    }
}

impl<B> fmt::Debug for Membership<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Membership")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
