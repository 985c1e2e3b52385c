use super::site::{Instance, InstanceOf, resolve_kept};
use crate::bulkhead::call::{Guarded, GuardedBlocking};
use crate::bulkhead::{Bulkhead, BulkheadConfigBuilder};
use crate::config_error::ConfigError;
use crate::layer::{BlockingLayer, Layer};
use crate::outcome::Outcome;
use crate::policy::Policy;
use crate::registry::Registry;

impl Instance for Bulkhead {
    type ConfigBuilder = BulkheadConfigBuilder;
    const NOUN: &'static str = "bulkhead";
    const POLICY: Policy = Policy::Bulkhead;

    #[inline]
    fn instance_name(&self) -> &str {
        self.name()
    }

    fn resolve(
        registry: &Registry,
        name: InstanceOf<'_>,
        config: Option<&'static str>,
        configure: Option<fn(BulkheadConfigBuilder) -> BulkheadConfigBuilder>,
    ) -> Result<Self, ConfigError> {
        resolve_kept(registry, name, config, configure)
    }
}

/// An async call in a bulkhead.
#[inline]
pub fn in_bulkhead<R, F>(policy: &Bulkhead, body: F) -> impl Layer<Output = R>
where
    F: Layer<Output = R>,
    R: Outcome,
{
    Guarded::new(policy, body)
}

/// A plain call in a bulkhead.
#[inline]
pub fn in_bulkhead_blocking<R, F>(policy: &Bulkhead, body: F) -> impl BlockingLayer<Output = R>
where
    F: BlockingLayer<Output = R>,
    R: Outcome,
{
    GuardedBlocking::new(policy, body)
}
