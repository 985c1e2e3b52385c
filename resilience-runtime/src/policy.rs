//! Which policies there are.

use std::fmt;

/// One of the policies, as registries, events and configuration files tell them apart.
///
/// ```
/// use resilience4rs::Policy;
///
/// assert_eq!(Policy::ThreadPoolBulkhead.to_string(), "thread-pool bulkhead");
/// assert_eq!(Policy::ThreadPoolBulkhead.section(), "thread-pool-bulkhead");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Policy {
    /// `resilience4j.circuitbreaker`
    CircuitBreaker,
    /// `resilience4j.retry`
    Retry,
    /// `resilience4j.ratelimiter`
    RateLimiter,
    /// `resilience4j.bulkhead`
    Bulkhead,
    /// `resilience4j.thread-pool-bulkhead`
    ThreadPoolBulkhead,
    /// `resilience4j.timelimiter`
    TimeLimiter,
    /// `resilience4j.micrometer.timer`, which has nothing but keys that are kept.
    Timer,
}

impl Policy {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::CircuitBreaker,
        Self::Retry,
        Self::RateLimiter,
        Self::Bulkhead,
        Self::ThreadPoolBulkhead,
        Self::TimeLimiter,
        Self::Timer,
    ];

    /// What its section is called below `resilience4j`.
    ///
    /// ```
    /// use resilience4rs::Policy;
    ///
    /// assert_eq!(Policy::ThreadPoolBulkhead.section(), "thread-pool-bulkhead");
    /// ```
    #[must_use]
    pub const fn section(self) -> &'static str {
        match self {
            Self::CircuitBreaker => "circuitbreaker",
            Self::Retry => "retry",
            Self::RateLimiter => "ratelimiter",
            Self::Bulkhead => "bulkhead",
            Self::ThreadPoolBulkhead => "thread-pool-bulkhead",
            Self::TimeLimiter => "timelimiter",
            Self::Timer => "micrometer.timer",
        }
    }

    /// What it is called in a message.
    pub(crate) const fn noun(self) -> &'static str {
        match self {
            Self::CircuitBreaker => "circuit breaker",
            Self::Retry => "retry",
            Self::RateLimiter => "rate limiter",
            Self::Bulkhead => "bulkhead",
            Self::ThreadPoolBulkhead => "thread-pool bulkhead",
            Self::TimeLimiter => "time limiter",
            Self::Timer => "timer",
        }
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.noun())
    }
}
