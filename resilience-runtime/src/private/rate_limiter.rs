use super::site::{Instance, InstanceOf, resolve_kept};
use crate::config_error::ConfigError;
use crate::layer::{BlockingLayer, Layer};
use crate::outcome::Outcome;
use crate::policy::Policy;
use crate::rate_limiter::call::{Limited, LimitedBlocking};
use crate::rate_limiter::{RateLimiter, RateLimiterConfigBuilder};
use crate::registry::Registry;

impl Instance for RateLimiter {
    type ConfigBuilder = RateLimiterConfigBuilder;
    const NOUN: &'static str = "rate limiter";
    const POLICY: Policy = Policy::RateLimiter;

    #[inline]
    fn instance_name(&self) -> &str {
        self.name()
    }

    fn resolve(
        registry: &Registry,
        name: InstanceOf<'_>,
        config: Option<&'static str>,
        configure: Option<fn(RateLimiterConfigBuilder) -> RateLimiterConfigBuilder>,
    ) -> Result<Self, ConfigError> {
        resolve_kept(registry, name, config, configure)
    }
}

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
