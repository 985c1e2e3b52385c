//! Calls whose instance is named by an expression.

use resilience_benches::call::{CallError, now, succeed, succeed_later};
use resilience4rs::{Registry, bulkhead, circuit_breaker, rate_limiter, retry, time_limiter};

pub(crate) type Answer = Result<u64, CallError>;

#[circuit_breaker(name = tenant, registry = registry)]
pub(crate) fn in_circuit_breaker(registry: &Registry, tenant: &str) -> Answer {
    succeed(1)
}

/// One that takes a permit of a long period, at the end of which alone its limiter makes room.
#[rate_limiter(name = tenant, registry = registry, limit_refresh_period = "1h")]
pub(crate) fn for_an_hour(registry: &Registry, tenant: &str) -> Answer {
    succeed(1)
}

#[bulkhead(name = tenant, registry = registry)]
pub(crate) fn in_bulkhead(registry: &Registry, tenant: &str) -> Answer {
    succeed(1)
}

#[rate_limiter(name = tenant, registry = registry)]
pub(crate) fn in_rate_limiter(registry: &Registry, tenant: &str) -> Answer {
    succeed(1)
}

#[retry(name = tenant, registry = registry)]
pub(crate) fn in_retry(registry: &Registry, tenant: &str) -> Answer {
    succeed(1)
}

pub(crate) fn in_time_limiter(registry: &Registry, tenant: &str) -> Answer {
    now(async_in_time_limiter(registry, tenant))
}

#[time_limiter(name = tenant, registry = registry)]
async fn async_in_time_limiter(registry: &Registry, tenant: &str) -> Answer {
    succeed(1)
}

/// A call that is not done at its first poll.
#[retry(name = tenant, registry = registry)]
#[circuit_breaker(name = tenant, registry = registry)]
#[time_limiter(name = tenant, registry = registry)]
#[bulkhead(name = tenant, registry = registry)]
pub(crate) async fn later(registry: &Registry, tenant: &str) -> Answer {
    succeed_later(1).await
}
