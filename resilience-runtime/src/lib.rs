#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[doc(hidden)]
#[path = "private/mod.rs"]
pub mod __private;
#[cfg(any(feature = "axum", feature = "tonic"))]
mod answer;
mod bulkhead;
mod circuit_breaker;
mod clock;
mod config_error;
#[cfg(feature = "config")]
pub mod configuration;
mod error_class;
mod error_summary;
mod event_bus;
mod failure;
mod interval;
mod layer;
mod membership;
#[cfg(feature = "metrics-core")]
mod metrics;
mod optional;
mod outcome;
mod parking;
mod policy;
mod predicate;
mod rate_limiter;
mod registry;
mod retry;
mod seldom;
mod sites;
mod sync;
mod thread_pool_bulkhead;
mod time_limiter;
mod trace;
mod wait_settings;

pub use bulkhead::{
    Bulkhead, BulkheadConfig, BulkheadConfigBuilder, BulkheadEvent, BulkheadEventKind,
    BulkheadMetrics, BulkheadPermit,
};
pub use circuit_breaker::{
    CancelledCalls, CircuitBreaker, CircuitBreakerConfig, CircuitBreakerConfigBuilder,
    CircuitBreakerEvent, CircuitBreakerEventKind, CircuitBreakerMetrics, FailureCause,
    IllegalTransition, OpenFor, Overridden, Override, OverrideAction, OverrideError, OwnedPermit,
    Permit, SlidingWindowType, StandingOverride, State, UnknownOverrideAction,
};
pub use clock::{Clock, ManualClock};
pub use config_error::ConfigError;
pub use error_class::{Classification, ErrorClass};
pub use error_summary::ErrorSummary;
pub use event_bus::{DEFAULT_EVENT_CAPACITY, EventStream, EventsLost};
pub use failure::{
    BulkheadFull, CircuitOpen, Failure, PolicyError, RateLimited, RetriesExhausted, TimedOut,
};
pub use membership::SettingChange;
#[cfg(feature = "opentelemetry")]
pub use metrics::observe_with_opentelemetry;
#[cfg(feature = "prometheus")]
pub use metrics::prometheus_text;
#[cfg(feature = "metrics")]
pub use metrics::publish_metrics;
#[cfg(feature = "metrics-core")]
pub use metrics::{MetricFamily, MetricKind, MetricSample, MetricValue};
pub use outcome::{Outcome, Verdict};
pub use policy::Policy;
pub use rate_limiter::{
    RateLimiter, RateLimiterConfig, RateLimiterConfigBuilder, RateLimiterEvent,
    RateLimiterEventKind, RateLimiterMetrics,
};
pub use registry::{
    CheckFinding, GlobalRegistryInUse, HealthIndication, Registry, RegistryBuilder, RegistryEvent,
    RegistryEventKind,
};
#[cfg(feature = "test-util")]
pub use registry::{Entered, Scoped};
#[cfg(feature = "config")]
pub use registry::{InstanceError, ReloadError, Reloaded};
pub use resilience_settings::{SettingDoubt, SettingError};
pub use retry::{
    AttemptFailure, GiveUpReason, Retry, RetryAfter, RetryAttempts, RetryBudget,
    RetryBudgetMetrics, RetryConfig, RetryConfigBuilder, RetryEvent, RetryEventKind, RetryMetrics,
    RetryVerdict, RetryWait,
};
pub use sites::{CallSite, SitesUnavailable, call_sites};
pub use thread_pool_bulkhead::{
    ThreadPoolBulkhead, ThreadPoolBulkheadConfig, ThreadPoolBulkheadConfigBuilder,
    ThreadPoolBulkheadMetrics,
};
pub use time_limiter::{
    TimeLimiter, TimeLimiterConfig, TimeLimiterConfigBuilder, TimeLimiterEvent,
    TimeLimiterEventKind, TimeLimiterMetrics,
};
