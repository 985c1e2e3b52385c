use super::site::{Instance, InstanceOf, resolve_kept};
use crate::config_error::ConfigError;
use crate::layer::Layer;
use crate::outcome::Outcome;
use crate::policy::Policy;
use crate::registry::Registry;
use crate::thread_pool_bulkhead::call::Pooled;
use crate::thread_pool_bulkhead::{ThreadPoolBulkhead, ThreadPoolBulkheadConfigBuilder};

impl Instance for ThreadPoolBulkhead {
    type ConfigBuilder = ThreadPoolBulkheadConfigBuilder;
    const NOUN: &'static str = "thread-pool bulkhead";
    const POLICY: Policy = Policy::ThreadPoolBulkhead;

    #[inline]
    fn instance_name(&self) -> &str {
        self.name()
    }

    fn resolve(
        registry: &Registry,
        name: InstanceOf<'_>,
        config: Option<&'static str>,
        configure: Option<fn(ThreadPoolBulkheadConfigBuilder) -> ThreadPoolBulkheadConfigBuilder>,
    ) -> Result<Self, ConfigError> {
        resolve_kept(registry, name, config, configure)
    }
}

/// An async call in a thread-pool bulkhead, on one of its threads.
#[inline]
pub fn in_thread_pool_bulkhead<R, F>(policy: &ThreadPoolBulkhead, body: F) -> impl Layer<Output = R>
where
    F: Layer<Output = R> + Send + 'static,
    R: Outcome + Send + 'static,
{
    Pooled::new(policy, body)
}
