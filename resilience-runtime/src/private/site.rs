use std::any::Any;
use std::convert::identity;
use std::ops::Deref;
use std::sync::OnceLock;

use crate::bulkhead::{Bulkhead, BulkheadConfigBuilder};
use crate::circuit_breaker::{CircuitBreaker, CircuitBreakerConfigBuilder};
use crate::config_error::ConfigError;
use crate::membership::{Given, Member};
use crate::policy::Policy;
use crate::rate_limiter::{RateLimiter, RateLimiterConfigBuilder};
#[cfg(feature = "test-util")]
use crate::registry::is_ever_entered;
use crate::registry::{Asked, Kept, Registry};
use crate::retry::{Retry, RetryConfigBuilder};
use crate::thread_pool_bulkhead::{ThreadPoolBulkhead, ThreadPoolBulkheadConfigBuilder};
use crate::time_limiter::{TimeLimiter, TimeLimiterConfigBuilder};

/// The instance of a policy, as the attributes find it.
pub trait Instance: Any + Send + Sync + Clone {
    /// What the settings in an attribute are given to.
    type ConfigBuilder;
    /// The policy.
    const POLICY: Policy;

    /// What it is called.
    fn instance_name(&self) -> &str;

    /// The instance of a name, which gets these settings if nobody has given it any. `config` is the
    /// shared configuration that it starts from.
    ///
    /// # Errors
    /// When it is to be made and the settings do not fit.
    fn resolve(
        registry: &Registry,
        name: InstanceOf<'_>,
        config: Option<&'static str>,
        configure: Option<fn(Self::ConfigBuilder) -> Self::ConfigBuilder>,
    ) -> Result<Self, ConfigError>;
}

// Each by itself: a private trait such as `Kept` cannot stand for them in a public one.
macro_rules! instances {
    ($($policy:ident, $builder:ident;)*) => {
        $(impl Instance for $policy {
            type ConfigBuilder = $builder;
            const POLICY: Policy = <Self as Member>::POLICY;

            #[inline]
            fn instance_name(&self) -> &str {
                self.name()
            }

            fn resolve(
                registry: &Registry,
                name: InstanceOf<'_>,
                config: Option<&'static str>,
                configure: Option<fn($builder) -> $builder>,
            ) -> Result<Self, ConfigError> {
                resolve_kept(registry, name, config, configure)
            }
        })*
    };
}

instances! {
    Bulkhead, BulkheadConfigBuilder;
    CircuitBreaker, CircuitBreakerConfigBuilder;
    RateLimiter, RateLimiterConfigBuilder;
    Retry, RetryConfigBuilder;
    ThreadPoolBulkhead, ThreadPoolBulkheadConfigBuilder;
    TimeLimiter, TimeLimiterConfigBuilder;
}

fn resolve_kept<M: Kept>(
    registry: &Registry,
    name: InstanceOf<'_>,
    config: Option<&'static str>,
    configure: Option<fn(M::Builder) -> M::Builder>,
) -> Result<M, ConfigError> {
    // Who names a shared configuration gives settings, too: those of it.
    let configure = configure.or(config.is_some().then_some(identity as fn(_) -> _));
    let given = configure.map(|configure| move || Given::Attribute(configure));
    let (name, is_bounded) = match name {
        InstanceOf::Literal(name) => (name, false),
        InstanceOf::Computed(name) => (name, true),
    };
    let asked = Asked {
        config,
        given,
        is_bounded,
    };
    registry.inner().find_or_make(name, asked)
}

/// The name of an instance, and where it comes from.
#[derive(Debug, Clone, Copy)]
pub enum InstanceOf<'a> {
    /// The code has it: there are no more of these than there is code.
    Literal(&'static str),
    /// It was computed: there may be any number of them.
    Computed(&'a str),
}

/// Where an attribute stands, and the instance that it found in the global registry.
#[derive(Debug)]
pub struct Site<I: Instance> {
    name: &'static str,
    config: Option<&'static str>,
    configure: Option<fn(I::ConfigBuilder) -> I::ConfigBuilder>,
    instance: OnceLock<I>,
}

impl<I: Instance> Site<I> {
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            config: None,
            configure: None,
            instance: OnceLock::new(),
        }
    }

    /// Gives settings.
    #[must_use]
    pub const fn configure(mut self, configure: fn(I::ConfigBuilder) -> I::ConfigBuilder) -> Self {
        self.configure = Some(configure);
        self
    }

    /// Names the shared configuration that the instance starts from.
    #[must_use]
    pub const fn config(mut self, config: &'static str) -> Self {
        self.config = Some(config);
        self
    }

    /// The instance: looked up at the first call, one load from then on. It is the same for ever:
    /// removed or replaced, it begins afresh, and comes back into the registry with its next call.
    #[inline]
    pub fn resolve(&'static self) -> &'static I {
        #[cfg(feature = "test-util")]
        if is_ever_entered()
            && let Some(instance) = self.resolve_where_entered()
        {
            return instance;
        }
        match self.instance.get() {
            Some(instance) => instance,
            None => self.look_up(),
        }
    }

    #[cold]
    fn look_up(&'static self) -> &'static I {
        // Not while the place is held: whoever is told of the instance may make a call here.
        let found = self.resolve_in(Registry::global());
        self.instance.get_or_init(|| found)
    }

    fn resolve_in(&self, registry: &Registry) -> I {
        let name = InstanceOf::Literal(self.name);
        find(registry, name, self.config, self.configure)
    }

    #[cfg(feature = "test-util")]
    #[cold]
    fn resolve_where_entered(&self) -> Option<&'static I> {
        let registry = Registry::entered()?;
        Some(registry.kept_for_ever(std::ptr::from_ref(self).addr(), || {
            self.resolve_in(&registry)
        }))
    }
}

/// The registry of an attribute that names none.
#[derive(Debug)]
pub enum CurrentRegistry {
    /// The process's own.
    Global(&'static Registry),
    /// One that this thread has entered.
    #[cfg(feature = "test-util")]
    Entered(Registry),
}

impl Deref for CurrentRegistry {
    type Target = Registry;

    #[inline]
    fn deref(&self) -> &Registry {
        match self {
            Self::Global(registry) => registry,
            #[cfg(feature = "test-util")]
            Self::Entered(registry) => registry,
        }
    }
}

/// The registry of an attribute that names none.
#[inline]
#[must_use]
pub fn current_registry() -> CurrentRegistry {
    #[cfg(feature = "test-util")]
    if let Some(registry) = Registry::entered() {
        return CurrentRegistry::Entered(registry);
    }
    CurrentRegistry::Global(Registry::global())
}

/// The instance of a name. The attribute gives no settings, and so leaves that to others who name it.
#[must_use]
pub fn resolve_named<I: Instance>(registry: &Registry, name: &str) -> I {
    find(registry, InstanceOf::Computed(name), None, None)
}

/// The instance of a name, made with the settings in the attribute if nobody has given it any.
///
/// # Panics
/// Never by what users write: the attribute has checked the settings by the same rules.
pub fn resolve<I: Instance>(
    registry: &Registry,
    name: &str,
    configure: fn(I::ConfigBuilder) -> I::ConfigBuilder,
) -> I {
    let name = InstanceOf::Computed(name);
    find(registry, name, None, Some(configure))
}

/// The same, where the instance starts from a shared configuration of that name.
///
/// # Panics
/// As [`resolve`].
pub fn resolve_in_config<I: Instance>(
    registry: &Registry,
    name: &str,
    config: &'static str,
    configure: fn(I::ConfigBuilder) -> I::ConfigBuilder,
) -> I {
    let name = InstanceOf::Computed(name);
    find(registry, name, Some(config), Some(configure))
}

fn find<I: Instance>(
    registry: &Registry,
    name: InstanceOf<'_>,
    config: Option<&'static str>,
    configure: Option<fn(I::ConfigBuilder) -> I::ConfigBuilder>,
) -> I {
    match I::resolve(registry, name, config, configure) {
        Ok(instance) => instance,
        Err(error) => {
            let (InstanceOf::Literal(name) | InstanceOf::Computed(name)) = name;
            panic!("{} '{name}': {error}", I::POLICY)
        }
    }
}
