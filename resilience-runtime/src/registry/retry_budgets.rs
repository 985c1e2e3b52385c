//! The budgets that retries share.

use super::{Inner, Registry};
use crate::retry::{Budgets, RetryBudget, RetryConfig};

/// # Budgets of retries
impl Registry {
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
    #[must_use]
    pub fn find_retry_budget(&self, name: &str) -> Option<RetryBudget> {
        self.inner.retry_budgets.find(name)
    }

    /// The budget of this name, made **with the default settings** if there is none yet.
    ///
    /// ```
    /// use resilience4rs::Registry;
    ///
    /// let budget = Registry::new().retry_budget("backend");
    /// assert_eq!((budget.percentage(), budget.min_retries_per_second()), (20.0, 10));
    /// ```
    #[must_use]
    pub fn retry_budget(&self, name: &str) -> RetryBudget {
        self.inner.retry_budget(name, &RetryConfig::default())
    }

    /// All budgets, ordered by name.
    #[must_use]
    pub fn retry_budgets(&self) -> Vec<RetryBudget> {
        self.inner.retry_budgets.by_name()
    }
}

impl Budgets for Inner {
    fn find_or_make(&self, name: &str, config: &RetryConfig) -> RetryBudget {
        self.retry_budget(name, config)
    }
}

impl Inner {
    pub(crate) fn retry_budget(&self, name: &str, config: &RetryConfig) -> RetryBudget {
        self.retry_budgets.find_or_make(name, |name| {
            let share = config.budget_percentage();
            let minimum = config.budget_min_retries_per_second();
            RetryBudget::new(name, share, minimum, self.clock.clone())
        })
    }
}
