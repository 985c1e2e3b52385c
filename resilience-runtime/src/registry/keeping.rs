//! What a registry does alike for the instances of every policy.

use std::sync::{Arc, Weak};

use resilience_settings::SettingError;

use super::inherited::Inherited;
use super::members::{Manner, Members};
use super::{Inner, RegistryEventKind};
use crate::config_error::ConfigError;
use crate::membership::{Given, Layered, Layers, Member, Membership, SettingChange, Superior};
use crate::policy::Policy;
use crate::retry::Retry;

/// A policy that registries keep instances of.
pub(crate) trait Kept: Member {
    fn members(registry: &Inner) -> &Members<Self>;

    fn make(registry: &Inner, membership: Membership<Self::Builder>, config: Self::Config) -> Self;
}

/// What is asked of an instance that may have to be made.
pub(crate) struct Asked<'a, G> {
    /// The shared configuration that it starts from.
    pub(crate) config: Option<&'a str>,
    /// The settings that are given, if any.
    pub(crate) given: Option<G>,
    /// Whether it counts for `max_instances`: names that are in code or in files do not.
    pub(crate) is_bounded: bool,
}

impl Inner {
    pub(crate) fn find<M: Kept>(&self, name: &str) -> Option<M> {
        M::members(self).find(name)
    }

    /// The instance of this name, made if there is none. One that was made by a mere look at its name
    /// takes the settings of the first who gives any.
    pub(crate) fn find_or_make<M, G>(
        &self,
        name: &str,
        asked: Asked<'_, G>,
    ) -> Result<M, ConfigError>
    where
        M: Kept,
        G: FnOnce() -> Given<M::Builder>,
    {
        let members = M::members(self);
        let gives = asked.given.is_some();
        if let Some(member) = members.find_for(name, gives) {
            return Ok(member);
        }
        if gives && let Some(member) = members.find(name) {
            self.claim(&member, asked)?;
            return Ok(member);
        }
        self.make(name, asked)
    }

    /// The instance of this name, made without any settings of its own if there is none.
    pub(crate) fn find_or_make_unclaimed<M: Kept>(&self, name: &str, is_bounded: bool) -> M {
        let asked = Asked {
            config: None,
            given: None::<fn() -> Given<M::Builder>>,
            is_bounded,
        };
        match self.find_or_make(name, asked) {
            Ok(member) => member,
            Err(error) => unreachable!("without settings nothing can be wrong with them: {error}"),
        }
    }

    /// Gives an instance, which was made without any settings, those of the first who has some. Who
    /// gives them by a call is told what is wrong with them, and leaves it to the next.
    #[cold]
    fn claim<M: Kept, G: FnOnce() -> Given<M::Builder>>(
        &self,
        member: &M,
        asked: Asked<'_, G>,
    ) -> Result<(), ConfigError> {
        let name = member.membership().name();
        let Some(given) = asked.given else {
            return Ok(());
        };
        if !M::members(self).claim(name) {
            return Ok(());
        }
        let given = given();
        let is_by_a_call = matches!(given, Given::Builder(_));
        let claimed = self.claim_with(member, asked.config, given);
        match claimed {
            Err(error) if is_by_a_call => {
                M::members(self).unclaim(name);
                Err(error)
            }
            Err(error) => {
                self.reject_config::<M>(name, &error);
                self.deliver();
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    fn claim_with<M: Kept>(
        &self,
        member: &M,
        config: Option<&str>,
        given: Given<M::Builder>,
    ) -> Result<(), ConfigError> {
        let name = member.membership().name();
        let is_by_a_call = matches!(given, Given::Builder(_));
        let inherited = match (config, self.inherited::<M>(name, config)) {
            (None, _) => None,
            (Some(_), Ok(inherited)) => Some(inherited),
            (Some(config), Err(none)) => {
                let error = unknown_config(config, &none.known);
                if is_by_a_call {
                    return Err(error);
                }
                self.reject_config::<M>(name, &error);
                None
            }
        };
        member.membership().change(member, |layers| {
            if let Some(inherited) = inherited {
                // Again, under the lock of the layers: files may say something else by now, and who
                // took that may have been here already.
                let inherited = self.inherited::<M>(name, config).unwrap_or(inherited);
                layers.config = config.map(Into::into);
                layers.by_code = inherited.by_code;
                layers.shared = inherited.shared;
            }
            layers.made_with = Some(given);
        })?;
        member.catch_up();
        Ok(())
    }

    #[cold]
    fn make<M, G>(&self, name: &str, asked: Asked<'_, G>) -> Result<M, ConfigError>
    where
        M: Kept,
        G: FnOnce() -> Given<M::Builder>,
    {
        #[cfg(feature = "config")]
        let configuration = self.configuration();
        let Asked {
            config: shared,
            mut given,
            is_bounded,
        } = asked;
        let manner = Manner {
            gives: given.is_some(),
            is_bounded,
        };
        let found = M::members(self).find_or_make(
            name,
            manner,
            |name, departed| {
                let given = given.take().map(|given| given());
                let mut layers = self.layers::<M>(&name, shared, given)?;
                let config = self.settle::<M>(&name, &mut layers)?;
                if let Some(departed) = departed {
                    // Under their lock, as every change of settings.
                    let mut former = departed.membership().layers();
                    let former_layers = std::mem::replace(&mut *former, layers);
                    departed.apply(&config);
                    drop(former);
                    drop(former_layers);
                    departed.come_back();
                    self.begin_buffer::<M>(&name, departed.event_bus());
                    return Ok(departed);
                }
                let this: Weak<Self> = Weak::clone(&self.this);
                let member = M::make(self, Membership::new(name, this, layers), config);
                self.begin_buffer::<M>(member.membership().name(), member.event_bus());
                Ok(member)
            },
            |member, is_kept| {
                let name = member.membership().name();
                self.announce::<M>(name, RegistryEventKind::Added);
                if !is_kept {
                    self.announce::<M>(name, RegistryEventKind::NotKept);
                }
                #[cfg(feature = "config")]
                self.keep_up(member, configuration.as_ref());
            },
            |evicted| {
                self.announce::<M>(evicted.membership().name(), RegistryEventKind::Evicted);
            },
        );
        // What was rejected of an instance that could not be made in the end.
        self.deliver();
        let found = found?;
        if given.is_some() {
            // Somebody else has made it meanwhile, perhaps without any settings.
            let asked = Asked {
                config: shared,
                given,
                is_bounded,
            };
            self.claim(&found, asked)?;
        }
        Ok(found)
    }

    fn layers<M: Kept>(
        &self,
        name: &Arc<str>,
        config: Option<&str>,
        made_with: Option<Given<M::Builder>>,
    ) -> Result<Layers<M::Builder>, ConfigError> {
        let is_by_a_call = matches!(made_with, Some(Given::Builder(_)));
        let inherited = match (self.inherited::<M>(name, config), config) {
            (Ok(inherited), _) => inherited,
            (Err(none), Some(config)) => {
                let error = unknown_config(config, &none.known);
                if is_by_a_call {
                    return Err(error);
                }
                self.reject_config::<M>(name, &error);
                return self.layers::<M>(name, None, made_with);
            }
            (Err(_), None) => Inherited {
                by_code: None,
                shared: None,
                own: None,
            },
        };
        Ok(Layers {
            config: config.map(Into::into),
            by_code: inherited.by_code,
            shared: inherited.shared,
            made_with,
            own: inherited.own,
            changed: None,
        })
    }

    /// What comes of the layers. Only who gives settings by a call can be told that they do not fit;
    /// for others, what the configuration says gives way.
    fn settle<M: Kept>(
        &self,
        name: &Arc<str>,
        layers: &mut Layers<M::Builder>,
    ) -> Result<M::Config, ConfigError> {
        let error = match layers.settle() {
            Err(error) if !layers.is_made_by_a_call() => error,
            settled => return settled,
        };
        self.reject_config::<M>(name, &error);
        layers.own = None;
        layers.settle().or_else(|_| {
            layers.shared = None;
            layers.settle()
        })
    }

    /// To be [delivered](Superior::deliver) by the caller, once the instance is there and nothing is locked:
    /// who is told may ask for it.
    pub(super) fn reject_config<M: Kept>(&self, name: &Arc<str>, error: &ConfigError) {
        let reason: Arc<str> = error.to_string().into();
        self.post(
            M::POLICY,
            name,
            RegistryEventKind::ConfigRejected { reason },
        );
    }

    pub(crate) fn remove<M: Kept>(&self, name: &str) -> Option<M> {
        let this = Weak::clone(&self.this);
        let called = {
            let name: Arc<str> = name.into();
            move || {
                if let Some(this) = this.upgrade() {
                    this.bring_back::<M>(&name);
                }
            }
        };
        let removed = M::members(self).remove(name, called)?;
        self.clear_buffer::<M>(name, removed.event_bus());
        self.announce::<M>(removed.membership().name(), RegistryEventKind::Removed);
        Some(removed)
    }

    /// Puts an instance that was removed, and is called, where it was, with what it was made with.
    fn bring_back<M: Kept>(&self, name: &str) {
        let members = M::members(self);
        let Some(departed) = members.departed(name) else {
            return;
        };
        let layers = departed.membership().layers().clone();
        let asked = Asked {
            config: layers.config.as_deref(),
            given: layers.made_with.map(|given| || given),
            // It is there anyway.
            is_bounded: false,
        };
        if let Err(error) = self.find_or_make::<M, _>(name, asked) {
            self.reject_config::<M>(departed.membership().name(), &error);
            self.deliver();
        }
    }

    /// Lets an instance begin afresh, with nothing of what was given or changed before.
    pub(crate) fn replace<M: Kept>(
        &self,
        name: &str,
        given: M::Builder,
    ) -> Result<Option<M>, ConfigError> {
        let Some(member) = self.find::<M>(name) else {
            // Judged all the same: what is wrong is wrong.
            given.settle()?;
            return Ok(None);
        };
        let membership = member.membership();
        membership.change(&member, |layers| {
            layers.made_with = Some(Given::Builder(Arc::new(given)));
            layers.changed = None;
        })?;
        M::members(self).claim(name);
        member.begin_afresh();
        self.clear_buffer::<M>(name, member.event_bus());
        self.begin_buffer::<M>(name, member.event_bus());
        self.announce::<M>(membership.name(), RegistryEventKind::Replaced);
        Ok(Some(member))
    }

    pub(crate) fn announce<M: Member>(&self, name: &Arc<str>, kind: RegistryEventKind) {
        self.post(M::POLICY, name, kind);
        self.deliver();
    }

    pub(super) fn post(&self, policy: Policy, name: &Arc<str>, kind: RegistryEventKind) {
        if self.events.has_consumers() {
            self.events.post(self.event(policy, name, kind));
        }
    }
}

pub(super) fn unknown_config(config: &str, known: &[String]) -> ConfigError {
    let allowed = if known.is_empty() {
        "the name of a shared configuration, of which there is none".to_owned()
    } else {
        format!("one of the shared configurations `{}`", known.join("`, `"))
    };
    ConfigError {
        problems: vec![SettingError::new("config", allowed, format!("`{config}`"))],
    }
}

impl Superior for Inner {
    fn settings_changed(&self, policy: Policy, name: &Arc<str>, changes: &[SettingChange]) {
        let changes = changes.into();
        self.post(policy, name, RegistryEventKind::ConfigChanged { changes });
    }

    fn happened(&self, policy: Policy, name: &Arc<str>, kind: RegistryEventKind) {
        self.post(policy, name, kind);
    }

    fn deliver(&self) {
        if self.events.has_consumers() {
            self.events.deliver();
        }
    }

    fn is_called_again(&self, policy: Policy, name: &Arc<str>) {
        if policy == Policy::Retry {
            self.bring_back::<Retry>(name);
        }
    }
}
