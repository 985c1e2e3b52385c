mod carried;
mod culprits;
pub(crate) mod log;
mod log_limit;
mod retry_span;
mod span;
mod telling;
mod unlogged;

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};

use tracing::Level;
use tracing::level_filters::{LevelFilter, STATIC_MAX_LEVEL};

pub(crate) use self::carried::Carried;
pub(crate) use self::culprits::{Culprits, note_variant};
pub(crate) use self::log_limit::LogLimit;
pub(crate) use self::retry_span::RetrySpan;
pub(crate) use self::span::{CallSpan, Scope};
pub(crate) use self::unlogged::Unlogged;

/// Whether any subscriber wants to hear of this level, by the one load that it takes to know.
#[inline]
fn is_wanted(level: Level) -> bool {
    level <= STATIC_MAX_LEVEL && level <= LevelFilter::current()
}

/// Runs code of the subscriber's. It must not break the guarded call, no more than a listener may; and
/// what cannot unwind needs no cleaning up, for which the call would have to be in memory.
fn contained<T: Default>(code: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(code)).unwrap_or_else(|payload| {
        // What it panicked with may panic as well when it is dropped.
        mem::forget(payload);
        T::default()
    })
}

/// What policies are called in a span: as their attributes.
const fn attribute_of(policy: crate::Policy) -> &'static str {
    use crate::Policy;
    match policy {
        Policy::CircuitBreaker => "circuit_breaker",
        Policy::Retry => "retry",
        Policy::RateLimiter => "rate_limiter",
        Policy::Bulkhead => "bulkhead",
        Policy::ThreadPoolBulkhead => "thread_pool_bulkhead",
        Policy::TimeLimiter => "time_limiter",
        Policy::Timer => "timer",
    }
}
