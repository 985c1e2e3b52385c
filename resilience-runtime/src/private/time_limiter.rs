use super::site::{Instance, InstanceOf, resolve_kept};
use crate::config_error::ConfigError;
use crate::layer::Layer;
use crate::outcome::Outcome;
use crate::policy::Policy;
use crate::registry::Registry;
use crate::time_limiter::call::Limited;
use crate::time_limiter::timeout::{Boxed, Cancel, Detach};
use crate::time_limiter::{TimeLimiter, TimeLimiterConfigBuilder};

impl Instance for TimeLimiter {
    type ConfigBuilder = TimeLimiterConfigBuilder;
    const NOUN: &'static str = "time limiter";
    const POLICY: Policy = Policy::TimeLimiter;

    #[inline]
    fn instance_name(&self) -> &str {
        self.name()
    }

    fn resolve(
        registry: &Registry,
        name: InstanceOf<'_>,
        config: Option<&'static str>,
        configure: Option<fn(TimeLimiterConfigBuilder) -> TimeLimiterConfigBuilder>,
    ) -> Result<Self, ConfigError> {
        resolve_kept(registry, name, config, configure)
    }
}

/// An async call in a time limiter, dropped when its time is over.
#[inline]
pub fn in_time_limiter<R, F>(policy: &TimeLimiter, body: F) -> impl Layer<Output = R>
where
    F: Layer<Output = R>,
    R: Outcome,
{
    Limited::new(policy, Cancel, body)
}

/// An async call in a time limiter that may run on when its time is over. It does unless the
/// instance's `cancel_running_future` says otherwise: the attribute's own setting may have been
/// overruled.
#[inline]
pub fn in_detaching_time_limiter<R, F>(policy: &TimeLimiter, body: F) -> impl Layer<Output = R>
where
    F: Layer<Output = R> + Send + 'static,
    R: Outcome,
{
    Limited::new(policy, Detach::UnlessCancelled, Boxed::new(body))
}
