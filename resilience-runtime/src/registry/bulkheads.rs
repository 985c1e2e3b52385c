use super::Registry;
use crate::bulkhead::{Bulkhead, BulkheadConfig, BulkheadConfigBuilder};
use crate::config_error::ConfigError;

/// Bulkheads.
impl Registry {
    /// The bulkhead of this name, if there is one.
    ///
    /// ```
    /// use resilience4rs::Registry;
    ///
    /// let registry = Registry::new();
    /// assert!(registry.find_bulkhead("payments").is_none());
    /// registry.bulkhead("payments");
    /// assert!(registry.find_bulkhead("payments").is_some());
    /// ```
    pub fn find_bulkhead(&self, name: &str) -> Option<Bulkhead> {
        self.bulkheads.find(name)
    }

    /// The bulkhead of this name, made **with the default settings** if there is none yet; see
    /// [`circuit_breaker`](Self::circuit_breaker).
    ///
    /// ```
    /// use resilience4rs::Registry;
    ///
    /// let bulkhead = Registry::new().bulkhead("payments");
    /// assert_eq!(bulkhead.config().max_concurrent_calls(), 25);
    /// ```
    pub fn bulkhead(&self, name: &str) -> Bulkhead {
        self.bulkheads
            .find(name)
            .unwrap_or_else(|| self.make_bulkhead(name, BulkheadConfig::default()))
    }

    /// The bulkhead of this name. If there is none yet, it is made with the settings that `configure`
    /// names; one that is there keeps its own.
    ///
    /// # Errors
    /// When the bulkhead is to be made and its settings do not fit.
    ///
    /// ```
    /// use resilience4rs::Registry;
    ///
    /// let registry = Registry::new();
    /// let bulkhead = registry.bulkhead_with("db", |config| config.max_concurrent_calls(10)).unwrap();
    /// assert_eq!(bulkhead.metrics().available_concurrent_calls, 10);
    /// ```
    pub fn bulkhead_with(
        &self,
        name: &str,
        configure: impl FnOnce(BulkheadConfigBuilder) -> BulkheadConfigBuilder,
    ) -> Result<Bulkhead, ConfigError> {
        if let Some(bulkhead) = self.bulkheads.find(name) {
            return Ok(bulkhead);
        }
        let config = configure(BulkheadConfig::builder()).build()?;
        Ok(self.make_bulkhead(name, config))
    }

    /// All bulkheads, ordered by name.
    ///
    /// ```
    /// use resilience4rs::Registry;
    ///
    /// let registry = Registry::new();
    /// registry.bulkhead("stock");
    /// registry.bulkhead("payments");
    /// let names: Vec<_> = registry.bulkheads().iter().map(|bulkhead| bulkhead.name().to_owned()).collect();
    /// assert_eq!(names, ["payments", "stock"]);
    /// ```
    pub fn bulkheads(&self) -> Vec<Bulkhead> {
        self.bulkheads.by_name()
    }

    fn make_bulkhead(&self, name: &str, config: BulkheadConfig) -> Bulkhead {
        self.bulkheads
            .find_or_make(name, |name| Bulkhead::new(name, config, self.clock.clone()))
    }
}
