//! The kinds of instances, and what they are called in paths and in JSON.

use resilience_runtime::{
    BulkheadEventKind, CircuitBreakerEventKind, Policy, RateLimiterEventKind, Registry,
    RetryEventKind, TimeLimiterEventKind,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    CircuitBreaker,
    Retry,
    RateLimiter,
    /// Those of both kinds, as Resilience4j has them.
    Bulkhead,
    /// Ours: those with threads alone.
    ThreadPoolBulkhead,
    TimeLimiter,
}

/// What a kind is called.
pub(crate) struct Words {
    /// The endpoint that lists the instances.
    pub(crate) list: &'static str,
    /// The endpoint that lists their events; that of the stream has `stream` before it.
    pub(crate) events: &'static str,
    /// The list in JSON.
    pub(crate) list_key: &'static str,
    /// The events in JSON.
    pub(crate) events_key: &'static str,
}

impl Kind {
    pub(crate) const ALL: [Self; 6] = [
        Self::CircuitBreaker,
        Self::Retry,
        Self::RateLimiter,
        Self::Bulkhead,
        Self::ThreadPoolBulkhead,
        Self::TimeLimiter,
    ];

    pub(crate) const fn words(self) -> Words {
        let (list, events, list_key, events_key) = match self {
            Self::CircuitBreaker => (
                "circuitbreakers",
                "circuitbreakerevents",
                "circuitBreakers",
                "circuitBreakerEvents",
            ),
            Self::Retry => ("retries", "retryevents", "retries", "retryEvents"),
            Self::RateLimiter => (
                "ratelimiters",
                "ratelimiterevents",
                "rateLimiters",
                "rateLimiterEvents",
            ),
            Self::Bulkhead => ("bulkheads", "bulkheadevents", "bulkheads", "bulkheadEvents"),
            Self::ThreadPoolBulkhead => (
                "threadpoolbulkheads",
                "threadpoolbulkheadevents",
                "threadPoolBulkheads",
                "threadPoolBulkheadEvents",
            ),
            Self::TimeLimiter => (
                "timelimiters",
                "timelimiterevents",
                "timeLimiters",
                "timeLimiterEvents",
            ),
        };
        Words {
            list,
            events,
            list_key,
            events_key,
        }
    }

    /// The type of events that is written so, in whatever case.
    pub(crate) fn event_type(self, text: &str) -> Option<&'static str> {
        let text = text.to_uppercase();
        // Resilience4j has these two and never raises them.
        let never_raised: &[&str] = match self {
            Self::CircuitBreaker => &["FORCED_OPEN", "DISABLED"],
            _ => &[],
        };
        let raised = match self {
            Self::CircuitBreaker => CircuitBreakerEventKind::TYPE_NAMES,
            Self::Retry => RetryEventKind::TYPE_NAMES,
            Self::RateLimiter => RateLimiterEventKind::TYPE_NAMES,
            Self::Bulkhead | Self::ThreadPoolBulkhead => BulkheadEventKind::TYPE_NAMES,
            Self::TimeLimiter => TimeLimiterEventKind::TYPE_NAMES,
        };
        let mut all = raised.iter().chain(never_raised);
        all.find(|known| **known == text).copied()
    }

    /// The names of all instances, in order.
    pub(crate) fn names(self, registry: &Registry) -> Vec<String> {
        macro_rules! names {
            ($all:ident) => {
                registry
                    .$all()
                    .iter()
                    .map(|one| one.name().to_owned())
                    .collect()
            };
        }
        match self {
            Self::CircuitBreaker => names!(circuit_breakers),
            Self::Retry => names!(retries),
            Self::RateLimiter => names!(rate_limiters),
            Self::Bulkhead => {
                let mut both: Vec<String> = names!(bulkheads);
                both.extend(Self::ThreadPoolBulkhead.names(registry));
                both.sort();
                both
            }
            Self::ThreadPoolBulkhead => names!(thread_pool_bulkheads),
            Self::TimeLimiter => names!(time_limiters),
        }
    }

    /// The policy of the instance of this name, if there is one. Of two bulkheads of one name it is the
    /// one without threads.
    pub(crate) fn policy_of(self, registry: &Registry, name: &str) -> Option<Policy> {
        match self {
            Self::CircuitBreaker => registry
                .find_circuit_breaker(name)
                .map(|_| Policy::CircuitBreaker),
            Self::Retry => registry.find_retry(name).map(|_| Policy::Retry),
            Self::RateLimiter => registry
                .find_rate_limiter(name)
                .map(|_| Policy::RateLimiter),
            Self::Bulkhead => registry
                .find_bulkhead(name)
                .map(|_| Policy::Bulkhead)
                .or_else(|| Self::ThreadPoolBulkhead.policy_of(registry, name)),
            Self::ThreadPoolBulkhead => registry
                .find_thread_pool_bulkhead(name)
                .map(|_| Policy::ThreadPoolBulkhead),
            Self::TimeLimiter => registry
                .find_time_limiter(name)
                .map(|_| Policy::TimeLimiter),
        }
    }
}
