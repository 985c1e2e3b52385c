//! What a configuration says about the health of instances.

use super::{Inner, Registry};
use crate::policy::Policy;

/// What a configuration says about an instance's part in the health of its service.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct HealthIndication {
    /// `registerHealthIndicator`: whether the instance is a part of it.
    pub is_registered: Option<bool>,
    /// `allowHealthIndicatorToFail`: whether the service is down where the instance is.
    pub may_fail: Option<bool>,
}

impl Registry {
    /// What the configuration says about the health of an instance; nothing, where there is no
    /// configuration. An instance that it does not name is as its shared configuration `default` says.
    ///
    /// ```
    /// use resilience4rs::configuration::Configuration;
    /// use resilience4rs::{Policy, Registry};
    ///
    /// let configuration = Configuration::from_yaml_str("
    /// resilience4j.circuitbreaker:
    ///   configs.default.registerHealthIndicator: true
    ///   instances.payments.allowHealthIndicatorToFail: true
    /// ").unwrap();
    /// let registry = Registry::builder().configuration(configuration).build();
    /// let payments = registry.health_indication(Policy::CircuitBreaker, "payments");
    /// assert_eq!((payments.is_registered, payments.may_fail), (Some(true), Some(true)));
    /// let stock = registry.health_indication(Policy::CircuitBreaker, "stock");
    /// assert_eq!((stock.is_registered, stock.may_fail), (Some(true), None));
    /// ```
    #[must_use]
    pub fn health_indication(&self, policy: Policy, name: &str) -> HealthIndication {
        self.inner.health_indication(policy, name)
    }
}

#[cfg(not(feature = "config"))]
impl Inner {
    #[expect(clippy::unused_self, reason = "with files, it is asked")]
    fn health_indication(&self, _: Policy, _: &str) -> HealthIndication {
        HealthIndication::default()
    }
}

#[cfg(feature = "config")]
mod files {
    use super::{HealthIndication, Inner};
    use crate::configuration::{SettingValue, SharedConfiguration};
    use crate::policy::Policy;
    use crate::registry::shared_configs::DEFAULT;

    impl Inner {
        pub(super) fn health_indication(&self, policy: Policy, name: &str) -> HealthIndication {
            let Some(configuration) = self.configuration() else {
                return HealthIndication::default();
            };
            let files = configuration.policy(policy);
            let kept = match files.instance(name) {
                Some(instance) => Some(instance.kept()),
                None => files.config(DEFAULT).map(SharedConfiguration::kept),
            };
            let flag = |setting| match kept?.get(setting) {
                Some(SettingValue::Flag(flag)) => Some(*flag),
                _ => None,
            };
            HealthIndication {
                is_registered: flag("register_health_indicator"),
                may_fail: flag("allow_health_indicator_to_fail"),
            }
        }
    }
}
