use std::sync::OnceLock;

use crate::circuit_breaker::{CircuitBreaker, CircuitBreakerConfigBuilder};
use crate::registry::Registry;

/// Where an attribute stands, and the circuit breaker that it found in the global registry.
#[derive(Debug)]
pub struct CircuitBreakerSite {
    name: &'static str,
    configure: Configure,
    breaker: OnceLock<CircuitBreaker>,
}

/// The settings in an attribute.
type Configure = fn(CircuitBreakerConfigBuilder) -> CircuitBreakerConfigBuilder;

impl CircuitBreakerSite {
    #[must_use]
    pub const fn new(name: &'static str, configure: Configure) -> Self {
        Self {
            name,
            configure,
            breaker: OnceLock::new(),
        }
    }

    /// The breaker: looked up at the first call, one load from then on.
    #[inline]
    pub fn resolve(&'static self) -> &'static CircuitBreaker {
        self.breaker
            .get_or_init(|| resolve_circuit_breaker(Registry::global(), self.name, self.configure))
    }
}

/// The breaker of a name, made with the settings in the attribute if there is none yet.
///
/// # Panics
/// Never by what users write: the attribute has checked the settings by the same rules.
pub fn resolve_circuit_breaker(
    registry: &Registry,
    name: &(impl AsRef<str> + ?Sized),
    configure: Configure,
) -> CircuitBreaker {
    let name = name.as_ref();
    match registry.circuit_breaker_with(name, configure) {
        Ok(breaker) => breaker,
        Err(error) => panic!("circuit breaker '{name}': {error}"),
    }
}
