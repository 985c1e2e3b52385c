use std::num::NonZeroU32;

use governor::clock::{Clock, MonotonicClock};
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use resilience_benches::{Case, Workload, group, repeat};

use super::{CALLS_PER_SECOND, peer};

pub(super) fn cases() -> Vec<Case> {
    vec![
        peer(group::RATE_LIMIT, "governor, check", || {
            check(RateLimiter::direct(generous()))
        }),
        peer(group::RATE_LIMIT, "governor, check, std's clock", || {
            check(RateLimiter::direct_with_clock(generous(), MonotonicClock))
        }),
        peer(group::RATE_LIMIT_REJECTED, "governor, check", || {
            check(exhausted())
        }),
    ]
}

pub(super) fn generous() -> Quota {
    Quota::per_second(NonZeroU32::MIN.saturating_add(CALLS_PER_SECOND - 1))
}

fn exhausted() -> DefaultDirectRateLimiter {
    let limiter = RateLimiter::direct(Quota::per_hour(NonZeroU32::MIN));
    assert!(limiter.check().is_ok() && limiter.check().is_err());
    limiter
}

fn check<C>(
    limiter: RateLimiter<NotKeyed, InMemoryState, C, NoOpMiddleware<C::Instant>>,
) -> Workload
where
    C: Clock<Instant: Send + Sync> + Send + Sync + 'static,
{
    repeat(move |_| limiter.check())
}
