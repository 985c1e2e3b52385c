use std::sync::OnceLock;

use crate::config_error::ConfigError;
use crate::registry::Registry;

/// The instance of a policy, as the attributes find it.
pub trait Instance: Sized {
    /// What the settings in an attribute are given to.
    type ConfigBuilder;
    /// What the policy is called in a message.
    const NOUN: &'static str;

    /// The instance of a name, made with these settings if there is none yet.
    ///
    /// # Errors
    /// When it is to be made and the settings do not fit.
    fn resolve(
        registry: &Registry,
        name: &str,
        configure: fn(Self::ConfigBuilder) -> Self::ConfigBuilder,
    ) -> Result<Self, ConfigError>;
}

/// Where an attribute stands, and the instance that it found in the global registry.
#[derive(Debug)]
pub struct Site<I: Instance> {
    name: &'static str,
    configure: fn(I::ConfigBuilder) -> I::ConfigBuilder,
    instance: OnceLock<I>,
}

impl<I: Instance> Site<I> {
    #[must_use]
    pub const fn new(
        name: &'static str,
        configure: fn(I::ConfigBuilder) -> I::ConfigBuilder,
    ) -> Self {
        Self {
            name,
            configure,
            instance: OnceLock::new(),
        }
    }

    /// The instance: looked up at the first call, one load from then on.
    #[inline]
    pub fn resolve(&'static self) -> &'static I {
        self.instance
            .get_or_init(|| resolve(Registry::global(), self.name, self.configure))
    }
}

/// The instance of a name, made with the settings in the attribute if there is none yet.
///
/// # Panics
/// Never by what users write: the attribute has checked the settings by the same rules.
pub fn resolve<I: Instance>(
    registry: &Registry,
    name: &str,
    configure: fn(I::ConfigBuilder) -> I::ConfigBuilder,
) -> I {
    match I::resolve(registry, name, configure) {
        Ok(instance) => instance,
        Err(error) => panic!("{} '{name}': {error}", I::NOUN),
    }
}
