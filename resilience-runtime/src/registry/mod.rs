//! The named instances of a service.

mod bulkheads;
mod circuit_breakers;
mod instances;
mod rate_limiters;
mod retries;
mod thread_pool_bulkheads;
mod time_limiters;

use std::fmt;
use std::sync::LazyLock;

use self::instances::Instances;
use crate::bulkhead::Bulkhead;
use crate::circuit_breaker::CircuitBreaker;
use crate::clock::Clock;
use crate::rate_limiter::RateLimiter;
use crate::retry::{Retry, RetryBudget};
use crate::thread_pool_bulkhead::ThreadPoolBulkhead;
use crate::time_limiter::TimeLimiter;

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
    circuit_breakers: Instances<CircuitBreaker>,
    bulkheads: Instances<Bulkhead>,
    thread_pool_bulkheads: Instances<ThreadPoolBulkhead>,
    time_limiters: Instances<TimeLimiter>,
    rate_limiters: Instances<RateLimiter>,
    retries: Instances<Retry>,
    retry_budgets: Instances<RetryBudget>,
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
            ..Registry::default()
        }
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry")
            .field("clock", &self.clock)
            .field("circuit_breakers", &self.circuit_breakers())
            .field("bulkheads", &self.bulkheads())
            .field("thread_pool_bulkheads", &self.thread_pool_bulkheads())
            .field("time_limiters", &self.time_limiters())
            .field("rate_limiters", &self.rate_limiters())
            .field("retries", &self.retries())
            .field("retry_budgets", &self.retry_budgets())
            .finish()
    }
}
