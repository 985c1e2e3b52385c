use super::Registry;
use crate::circuit_breaker::{CircuitBreaker, CircuitBreakerConfig, CircuitBreakerConfigBuilder};
use crate::config_error::ConfigError;

/// Circuit breakers.
impl Registry {
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
        self.circuit_breakers.find(name)
    }

    /// The circuit breaker of this name, made **with the default settings** if there is none yet.
    ///
    /// An instance keeps the settings it is made with: one that is made here, before the first call
    /// of the attribute that names it, does not get that attribute's settings. To look without
    /// making, use [`find_circuit_breaker`](Self::find_circuit_breaker).
    pub fn circuit_breaker(&self, name: &str) -> CircuitBreaker {
        self.circuit_breakers
            .find(name)
            .unwrap_or_else(|| self.make_circuit_breaker(name, CircuitBreakerConfig::default()))
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
        if let Some(breaker) = self.circuit_breakers.find(name) {
            return Ok(breaker);
        }
        let config = configure(CircuitBreakerConfig::builder()).build()?;
        Ok(self.make_circuit_breaker(name, config))
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
        self.circuit_breakers.by_name()
    }

    fn make_circuit_breaker(&self, name: &str, config: CircuitBreakerConfig) -> CircuitBreaker {
        self.circuit_breakers.find_or_make(name, |name| {
            CircuitBreaker::new(name, config, self.clock.clone())
        })
    }
}
