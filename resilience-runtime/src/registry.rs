use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use crate::circuit_breaker::{
    CircuitBreaker, CircuitBreakerConfig, CircuitBreakerConfigBuilder, ConfigError,
};
use crate::clock::Clock;

/// The named instances of a service's policies, and the clock they go by.
///
/// The attributes use the [global](Self::global) one unless told otherwise. A registry of one's own
/// keeps tests apart, with a clock that they move by hand.
///
/// ```
/// use resilience4rs::{Clock, Registry};
///
/// let registry = Registry::builder().clock(Clock::manual()).build();
/// let one = registry.circuit_breaker("payments");
/// let same = registry.circuit_breaker("payments");
/// one.transition_to_forced_open().unwrap();
/// assert_eq!(same.state(), one.state());
/// ```
#[derive(Default)]
pub struct Registry {
    clock: Clock,
    circuit_breakers: RwLock<HashMap<Arc<str>, CircuitBreaker>>,
}

/// Builds a [`Registry`].
#[derive(Debug, Default)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct RegistryBuilder {
    clock: Clock,
}

impl Registry {
    /// A registry with the system's clock.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A registry to be set up.
    pub fn builder() -> RegistryBuilder {
        RegistryBuilder::default()
    }

    /// The process's own registry, with the system's clock.
    #[must_use]
    pub fn global() -> &'static Self {
        static GLOBAL: LazyLock<Registry> = LazyLock::new(Registry::new);
        &GLOBAL
    }

    /// The clock of all instances.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The circuit breaker of this name, if there is one.
    ///
    /// Unlike [`circuit_breaker`](Self::circuit_breaker) it makes none, and so leaves the settings to
    /// whoever comes to make it, such as an attribute at its first call.
    ///
    /// ```
    /// use resilience4rs::Registry;
    ///
    /// let registry = Registry::new();
    /// assert!(registry.find_circuit_breaker("payments").is_none());
    /// registry.circuit_breaker("payments");
    /// assert!(registry.find_circuit_breaker("payments").is_some());
    /// ```
    pub fn find_circuit_breaker(&self, name: &str) -> Option<CircuitBreaker> {
        self.find(name)
    }

    /// The circuit breaker of this name, made **with the default settings** if there is none yet.
    ///
    /// An instance keeps the settings it is made with: one that is made here, before the first call
    /// of the attribute that names it, does not get that attribute's settings. To look without
    /// making, use [`find_circuit_breaker`](Self::find_circuit_breaker).
    pub fn circuit_breaker(&self, name: &str) -> CircuitBreaker {
        self.find(name)
            .unwrap_or_else(|| self.insert(name, CircuitBreakerConfig::default()))
    }

    /// The circuit breaker of this name. If there is none yet, it is made with the settings that
    /// `configure` names; one that is there keeps its own.
    ///
    /// # Errors
    /// When the breaker is to be made and its settings do not fit.
    ///
    /// ```
    /// use resilience4rs::Registry;
    ///
    /// let registry = Registry::new();
    /// let breaker = registry.circuit_breaker_with("db", |config| config.sliding_window_size(10)).unwrap();
    /// assert_eq!(breaker.config().sliding_window_size(), 10);
    ///
    /// let error = registry.circuit_breaker_with("mq", |config| config.sliding_window_size(0)).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "`sliding_window_size` takes a whole number from 1 to 262143, but was 0",
    /// );
    /// ```
    pub fn circuit_breaker_with(
        &self,
        name: &str,
        configure: impl FnOnce(CircuitBreakerConfigBuilder) -> CircuitBreakerConfigBuilder,
    ) -> Result<CircuitBreaker, ConfigError> {
        match self.find(name) {
            Some(breaker) => Ok(breaker),
            None => Ok(self.insert(name, configure(CircuitBreakerConfig::builder()).build()?)),
        }
    }

    /// All circuit breakers, ordered by name.
    ///
    /// ```
    /// use resilience4rs::Registry;
    ///
    /// let registry = Registry::new();
    /// registry.circuit_breaker("stock");
    /// registry.circuit_breaker("payments");
    /// let names: Vec<_> = registry.circuit_breakers().iter().map(|breaker| breaker.name().to_owned()).collect();
    /// assert_eq!(names, ["payments", "stock"]);
    /// ```
    pub fn circuit_breakers(&self) -> Vec<CircuitBreaker> {
        let breakers = self
            .circuit_breakers
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let mut breakers: Vec<_> = breakers.values().cloned().collect();
        breakers.sort_by(|a, b| a.name().cmp(b.name()));
        breakers
    }

    fn find(&self, name: &str) -> Option<CircuitBreaker> {
        self.circuit_breakers
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(name)
            .cloned()
    }

    /// Of two that make the same at the same time, the first wins.
    fn insert(&self, name: &str, config: CircuitBreakerConfig) -> CircuitBreaker {
        let name: Arc<str> = name.into();
        self.circuit_breakers
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .entry(Arc::clone(&name))
            .or_insert_with(|| CircuitBreaker::new(name, config, self.clock.clone()))
            .clone()
    }
}

impl RegistryBuilder {
    /// The clock of all instances; [`Clock::system`] by default.
    pub fn clock(mut self, clock: impl Into<Clock>) -> Self {
        self.clock = clock.into();
        self
    }

    /// Makes the registry.
    #[must_use]
    pub fn build(self) -> Registry {
        Registry {
            clock: self.clock,
            circuit_breakers: RwLock::default(),
        }
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry")
            .field("clock", &self.clock)
            .field("circuit_breakers", &self.circuit_breakers())
            .finish()
    }
}
