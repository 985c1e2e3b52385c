//! The same for the instances of each policy.

use super::Inner;
use super::keeping::Kept;
use crate::bulkhead::Bulkhead;
use crate::circuit_breaker::CircuitBreaker;
use crate::rate_limiter::RateLimiter;
use crate::retry::Retry;
use crate::thread_pool_bulkhead::ThreadPoolBulkhead;
use crate::time_limiter::TimeLimiter;

/// What is done to the instances of each policy.
pub(super) trait ForPolicy {
    fn visit<M: Kept>(&mut self, registry: &Inner);
}

impl Inner {
    pub(super) fn for_each_policy(&self, visitor: &mut impl ForPolicy) {
        visitor.visit::<CircuitBreaker>(self);
        visitor.visit::<Retry>(self);
        visitor.visit::<RateLimiter>(self);
        visitor.visit::<Bulkhead>(self);
        visitor.visit::<ThreadPoolBulkhead>(self);
        visitor.visit::<TimeLimiter>(self);
    }
}
