use crate::layer::{BlockingLayer, Layer};
use crate::outcome::Outcome;
use crate::rate_limiter::RateLimiter;
use crate::rate_limiter::call::{Limited, LimitedBlocking};

/// An async call in a rate limiter.
#[inline]
pub fn in_rate_limiter<R, F>(policy: &RateLimiter, permits: u32, body: F) -> impl Layer<Output = R>
where
    F: Layer<Output = R>,
    R: Outcome,
{
    Limited::new(policy, permits, body)
}

/// A plain call in a rate limiter.
#[inline]
pub fn in_rate_limiter_blocking<R, F>(
    policy: &RateLimiter,
    permits: u32,
    body: F,
) -> impl BlockingLayer<Output = R>
where
    F: BlockingLayer<Output = R>,
    R: Outcome,
{
    LimitedBlocking::new(policy, permits, body)
}
