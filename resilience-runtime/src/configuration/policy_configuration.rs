//! What a configuration says about one policy.

use std::collections::{BTreeMap, HashMap};

use super::check;
use super::inherit::{Parts, Shared};
use super::policy::Policy;
use super::problem::{Place, Report};
use super::section::{Level, LevelKind, Section};
use super::settings::Settings;
use super::spelling::canonical;
use super::value::SettingValue;

/// What a configuration says about one policy.
#[derive(Debug, Clone)]
pub struct PolicyConfiguration {
    policy: Policy,
    configs: Vec<SharedConfiguration>,
    instances: Vec<InstanceConfiguration>,
    instance_by_name: HashMap<String, usize>,
    shared: Shared,
    tags: BTreeMap<String, String>,
    aspect_order: Option<i32>,
    metrics_enabled: bool,
    legacy_metrics_enabled: bool,
}

/// A shared configuration with all that it inherits.
#[derive(Debug, Clone)]
pub struct SharedConfiguration {
    name: String,
    place: Place,
    settings: Settings,
    kept: Settings,
}

/// An instance that a configuration names.
#[derive(Debug, Clone)]
pub struct InstanceConfiguration {
    level: Level,
    parts: Parts,
    kept: Settings,
}

/// The settings of one instance in two layers, for the settings of an attribute to come between.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Layers {
    /// What the instance inherits; less than an attribute's own settings.
    pub shared: Settings,
    /// What the instance's entry says, and the environment about it; more than an attribute's own.
    pub own: Settings,
}

/// A shared configuration was asked for that there is not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no shared configuration `{name}` of {}; {}",
    .policy.plural(),
    listed(.known)
)]
#[non_exhaustive]
pub struct UnknownSharedConfiguration {
    /// The policy.
    pub policy: Policy,
    /// The name that was asked for.
    pub name: String,
    /// The names that there are.
    pub known: Vec<String>,
}

fn listed(known: &[String]) -> String {
    if known.is_empty() {
        "there is none at all".to_owned()
    } else {
        format!("there are `{}`", known.join("`, `"))
    }
}

impl PolicyConfiguration {
    /// Lets everything inherit, and checks what comes of it.
    pub(super) fn of(section: Section, report: &mut Report) -> Self {
        let policy = section.policy;
        let shared = Shared::of(&section, report);
        let mut configs = Vec::new();
        for level in &section.configs.all {
            // Every one is resolved, those too that are part of a loop.
            let Some(resolved) = shared.get(&level.name) else {
                continue;
            };
            check::rules(&resolved.effective, &level.place, &level.path, report);
            shared.report_idle(LevelKind::Config, level, resolved, report);
            configs.push(SharedConfiguration {
                name: level.name.clone(),
                place: level.place.clone(),
                settings: resolved.effective.clone(),
                kept: resolved.kept.clone(),
            });
        }
        let mut instances = Vec::new();
        for level in section.instances.all {
            let Some(base) = shared.base_of_instance(&level.name, Some(&level), None) else {
                shared.report_unknown(&level, report);
                continue;
            };
            let parts = base.parts(policy, &level.settings);
            let effective = parts.shared.clone().with(&parts.own);
            check::rules(&effective, &level.place, &level.path, report);
            check::doubts(&effective, &level.place, &level.path, report);
            shared.report_idle(LevelKind::Instance, &level, &base, report);
            instances.push(InstanceConfiguration {
                kept: base.kept.with(&level.kept),
                level,
                parts,
            });
        }
        let names = instances.iter().map(|instance| instance.level.name.clone());
        Self {
            policy,
            instance_by_name: names.zip(0..).collect(),
            configs,
            instances,
            shared,
            tags: section.tags,
            aspect_order: section.aspect_order,
            metrics_enabled: section.metrics_enabled.unwrap_or(true),
            legacy_metrics_enabled: section.legacy_metrics_enabled.unwrap_or(false),
        }
    }

    /// The policy.
    #[must_use]
    pub fn policy(&self) -> Policy {
        self.policy
    }

    /// The shared configurations, in the order in which they are written.
    #[must_use]
    pub fn configs(&self) -> &[SharedConfiguration] {
        &self.configs
    }

    /// The shared configuration of this name.
    ///
    /// ```
    /// use resilience4rs::configuration::{Configuration, Policy};
    ///
    /// let configuration = Configuration::from_yaml_str("
    /// resilience4j.retry.configs.default.maxAttempts: 5
    /// ").unwrap();
    /// let default = configuration.policy(Policy::Retry).config("default").unwrap();
    /// assert_eq!(default.settings().find("max_attempts").unwrap().place.line(), Some(2));
    /// ```
    #[must_use]
    pub fn config(&self, name: &str) -> Option<&SharedConfiguration> {
        self.configs.iter().find(|config| config.name == name)
    }

    /// The instances that are named, in the order in which they are written.
    #[must_use]
    pub fn instances(&self) -> &[InstanceConfiguration] {
        &self.instances
    }

    /// The instance of this name.
    ///
    /// An instance that only environment variables name is found by any name that they can mean,
    /// since a variable spells `paymentService` and `payment-service` alike.
    ///
    /// ```
    /// use resilience4rs::configuration::{Configuration, Policy};
    ///
    /// let configuration = Configuration::loader()
    ///     .environment([("RESILIENCE4J_RETRY_INSTANCES_PAYMENTSERVICE_MAXATTEMPTS", "5")])
    ///     .load()
    ///     .unwrap();
    /// let retries = configuration.policy(Policy::Retry);
    /// assert!(retries.instance("paymentService").is_some());
    /// assert!(retries.instance("payments").is_none());
    /// ```
    #[must_use]
    pub fn instance(&self, name: &str) -> Option<&InstanceConfiguration> {
        if let Some(index) = self.instance_by_name.get(name) {
            return self.instances.get(*index);
        }
        let name = canonical(name);
        self.instances
            .iter()
            .find(|instance| instance.level.is_by_variable && canonical(instance.name()) == name)
    }

    /// The settings of the instance of this name, whether the configuration names it or not.
    ///
    /// `config` is the shared configuration that the instance's attribute names, if it does. What the
    /// instance's own entry names as its `baseConfig` comes before that.
    ///
    /// # Errors
    /// When there is no shared configuration of that name.
    ///
    /// ```
    /// use resilience4rs::configuration::{Configuration, Policy, SettingValue};
    ///
    /// let configuration = Configuration::from_yaml_str("
    /// resilience4j.retry.configs:
    ///   default.maxAttempts: 5
    ///   patient.maxAttempts: 9
    /// ").unwrap();
    /// let retries = configuration.policy(Policy::Retry);
    ///
    /// let stock = retries.layers("stock", None).unwrap();
    /// assert_eq!(stock.shared.get("max_attempts"), Some(&SettingValue::Count(5)));
    /// let stock = retries.layers("stock", Some("patient")).unwrap();
    /// assert_eq!(stock.shared.get("max_attempts"), Some(&SettingValue::Count(9)));
    /// assert!(stock.own.is_empty());
    ///
    /// let error = retries.layers("stock", Some("patent")).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "there is no shared configuration `patent` of retries; there are `default`, `patient`",
    /// );
    /// ```
    pub fn layers(
        &self,
        name: &str,
        config: Option<&str>,
    ) -> Result<Layers, UnknownSharedConfiguration> {
        let level = self.instance(name).map(|instance| &instance.level);
        let base = self
            .shared
            .base_of_instance(name, level, config)
            .ok_or_else(|| UnknownSharedConfiguration {
                policy: self.policy,
                name: config.unwrap_or_default().to_owned(),
                known: self.shared.names().to_vec(),
            })?;
        let none = Settings::none(self.policy);
        let parts = base.parts(self.policy, level.map_or(&none, |level| &level.settings));
        Ok(Layers {
            shared: parts.shared,
            own: parts.own,
        })
    }

    /// The tags of all instances.
    ///
    /// ```
    /// use resilience4rs::configuration::{Configuration, Policy};
    ///
    /// let configuration = Configuration::from_yaml_str("
    /// resilience4j.retry:
    ///   tags: {region: eu}
    ///   metrics.enabled: false
    /// ").unwrap();
    /// let retries = configuration.policy(Policy::Retry);
    /// assert_eq!(retries.tags()["region"], "eu");
    /// assert!(!retries.metrics_enabled());
    /// ```
    #[must_use]
    pub fn tags(&self) -> &BTreeMap<String, String> {
        &self.tags
    }

    /// The order of Resilience4j's aspect, which has no effect here: attributes stand in each other
    /// as they are written.
    #[must_use]
    pub fn aspect_order(&self) -> Option<i32> {
        self.aspect_order
    }

    /// Whether metrics are published: `metrics.enabled`, `true` by default.
    #[must_use]
    pub fn metrics_enabled(&self) -> bool {
        self.metrics_enabled
    }

    /// Whether they are published the old way: `metrics.legacy.enabled`, `false` by default.
    #[must_use]
    pub fn legacy_metrics_enabled(&self) -> bool {
        self.legacy_metrics_enabled
    }
}

impl SharedConfiguration {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it is first written.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Its settings, with those that it inherits.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The keys that are kept although the policy does without them, with those it inherits.
    #[must_use]
    pub fn kept(&self) -> &Settings {
        &self.kept
    }
}

impl InstanceConfiguration {
    /// Its name; in lower case, where only environment variables name it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.level.name
    }

    /// Whether a file names it. Of one that only environment variables name, the name is known but for
    /// its capitals and dashes.
    #[must_use]
    pub fn is_named_by_file(&self) -> bool {
        !self.level.is_by_variable
    }

    /// Where it is first written.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.level.place
    }

    /// The shared configuration that it names.
    #[must_use]
    pub fn base_config(&self) -> Option<&str> {
        self.level.base.as_ref().map(|base| base.name.as_str())
    }

    /// The settings that it inherits.
    #[must_use]
    pub fn shared(&self) -> &Settings {
        &self.parts.shared
    }

    /// The settings of its own entry, and of the environment.
    #[must_use]
    pub fn own(&self) -> &Settings {
        &self.parts.own
    }

    /// All its settings, its own over those that it inherits.
    #[must_use]
    pub fn effective(&self) -> Settings {
        self.parts.shared.clone().with(&self.parts.own)
    }

    /// The keys that are kept although the policy does without them, such as
    /// `event_consumer_buffer_size`, with those it inherits.
    #[must_use]
    pub fn kept(&self) -> &Settings {
        &self.kept
    }

    /// How many events are kept for whoever asks later. Default 100.
    ///
    /// ```
    /// use resilience4rs::configuration::{Configuration, Policy};
    ///
    /// let configuration = Configuration::from_yaml_str("
    /// resilience4j.bulkhead.instances:
    ///   stock.eventConsumerBufferSize: 10
    ///   payments: {}
    /// ").unwrap();
    /// let bulkheads = configuration.policy(Policy::Bulkhead);
    /// assert_eq!(bulkheads.instance("stock").unwrap().event_consumer_buffer_size(), 10);
    /// assert_eq!(bulkheads.instance("payments").unwrap().event_consumer_buffer_size(), 100);
    /// ```
    #[must_use]
    pub fn event_consumer_buffer_size(&self) -> u32 {
        self.kept.count("event_consumer_buffer_size").unwrap_or(100)
    }

    /// A key that is kept and that is `true` or `false`, such as `register_health_indicator`.
    ///
    /// ```
    /// use resilience4rs::configuration::{Configuration, Policy};
    ///
    /// let configuration = Configuration::from_yaml_str("
    /// resilience4j.circuitbreaker.instances.payments.registerHealthIndicator: true
    /// ").unwrap();
    /// let payments = configuration.policy(Policy::CircuitBreaker).instance("payments").unwrap();
    /// assert_eq!(payments.kept_flag("register_health_indicator"), Some(true));
    /// assert_eq!(payments.kept_flag("allow_health_indicator_to_fail"), None);
    /// ```
    #[must_use]
    pub fn kept_flag(&self, name: &str) -> Option<bool> {
        match self.kept.get(name) {
            Some(SettingValue::Flag(flag)) => Some(*flag),
            _ => None,
        }
    }
}
