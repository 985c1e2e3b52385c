use super::Registry;
use crate::config_error::ConfigError;
use crate::retry::{Retry, RetryBudget, RetryConfig, RetryConfigBuilder};

/// Retries, and the budgets that they share.
impl Registry {
    /// The retry of this name, if there is one.
    ///
    /// Unlike [`retry`](Self::retry) it makes none, and so leaves the settings to whoever comes to make
    /// it, such as an attribute at its first call.
    ///
    /// ```
    /// use resilience4rs::Registry;
    ///
    /// let registry = Registry::new();
    /// assert!(registry.find_retry("payments").is_none());
    /// registry.retry("payments");
    /// assert!(registry.find_retry("payments").is_some());
    /// ```
    pub fn find_retry(&self, name: &str) -> Option<Retry> {
        self.retries.find(name)
    }

    /// The retry of this name, made **with the default settings** if there is none yet.
    ///
    /// An instance keeps the settings it is made with: one that is made here, before the first call
    /// of the attribute that names it, does not get that attribute's settings. To look without
    /// making, use [`find_retry`](Self::find_retry).
    pub fn retry(&self, name: &str) -> Retry {
        self.retries
            .find(name)
            .unwrap_or_else(|| self.make_retry(name, RetryConfig::default()))
    }

    /// The retry of this name. If there is none yet, it is made with the settings that `configure`
    /// names; one that is there keeps its own. So does the budget that it names.
    ///
    /// # Errors
    /// When the retry is to be made and its settings do not fit.
    ///
    /// ```
    /// use resilience4rs::Registry;
    ///
    /// let registry = Registry::new();
    /// let retry = registry.retry_with("db", |config| config.max_attempts(5)).unwrap();
    /// assert_eq!(retry.config().max_attempts(), 5);
    ///
    /// let error = registry.retry_with("mq", |config| config.randomized_wait_factor(2.0)).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "`randomized_wait_factor` takes a number from 0 to 1, but was 2",
    /// );
    /// ```
    pub fn retry_with(
        &self,
        name: &str,
        configure: impl FnOnce(RetryConfigBuilder) -> RetryConfigBuilder,
    ) -> Result<Retry, ConfigError> {
        if let Some(retry) = self.retries.find(name) {
            return Ok(retry);
        }
        let config = configure(RetryConfig::builder()).build()?;
        Ok(self.make_retry(name, config))
    }

    /// All retries, ordered by name.
    ///
    /// ```
    /// use resilience4rs::Registry;
    ///
    /// let registry = Registry::new();
    /// registry.retry("stock");
    /// registry.retry("payments");
    /// let names: Vec<_> = registry.retries().iter().map(|retry| retry.name().to_owned()).collect();
    /// assert_eq!(names, ["payments", "stock"]);
    /// ```
    pub fn retries(&self) -> Vec<Retry> {
        self.retries.by_name()
    }

    /// The budget of this name, if there is one: the first retry that names it makes it.
    ///
    /// ```
    /// use resilience4rs::Registry;
    ///
    /// let registry = Registry::new();
    /// registry.retry_with("db", |config| config.budget("backend").budget_percentage(10.0)).unwrap();
    /// let budget = registry.find_retry_budget("backend").unwrap();
    /// assert_eq!(budget.percentage(), 10.0);
    /// assert!(registry.find_retry_budget("db").is_none());
    /// ```
    pub fn find_retry_budget(&self, name: &str) -> Option<RetryBudget> {
        self.retry_budgets.find(name)
    }

    /// The budget of this name, made **with the default settings** if there is none yet.
    ///
    /// ```
    /// use resilience4rs::Registry;
    ///
    /// let budget = Registry::new().retry_budget("backend");
    /// assert_eq!((budget.percentage(), budget.min_retries_per_second()), (20.0, 10));
    /// ```
    pub fn retry_budget(&self, name: &str) -> RetryBudget {
        self.make_retry_budget(name, &RetryConfig::default())
    }

    /// All budgets, ordered by name.
    pub fn retry_budgets(&self) -> Vec<RetryBudget> {
        self.retry_budgets.by_name()
    }

    fn make_retry(&self, name: &str, config: RetryConfig) -> Retry {
        let budget = config
            .budget()
            .map(|name| self.make_retry_budget(name, &config));
        self.retries.find_or_make(name, |name| {
            Retry::new(name, config, budget, self.clock.clone())
        })
    }

    fn make_retry_budget(&self, name: &str, config: &RetryConfig) -> RetryBudget {
        self.retry_budgets.find_or_make(name, |name| {
            let share = config.budget_percentage();
            let minimum = config.budget_min_retries_per_second();
            RetryBudget::new(name, share, minimum, self.clock.clone())
        })
    }
}
