//! The settings that sources give, each with the place it comes from.

use std::sync::Arc;

use super::policy::Policy;
use super::problem::Place;
use super::value::SettingValue;

/// A setting that a source gives.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ConfiguredSetting {
    /// The name in `snake_case`, as the attribute and the builder call it.
    pub name: &'static str,
    /// The value, which is one that the setting takes.
    pub value: SettingValue,
    /// Where the value is written.
    pub place: Place,
    /// The key with all that it is in, as written.
    pub path: String,
}

/// Some settings of one policy, each at most once.
///
/// ```
/// use resilience4rs::configuration::{Configuration, Policy, SettingValue};
///
/// let configuration = Configuration::from_yaml_str("
/// resilience4j.retry:
///   configs.default.max-attempts: 5
///   instances.payments.wait-duration: 200ms
/// ").unwrap();
/// let payments = configuration.policy(Policy::Retry).instance("payments").unwrap();
/// assert_eq!(payments.effective().get("max_attempts"), Some(&SettingValue::Count(5)));
/// assert_eq!(payments.own().get("max_attempts"), None);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    policy: Policy,
    /// Few, so that a search is as good as a map.
    settings: Vec<Arc<ConfiguredSetting>>,
}

impl Settings {
    pub(super) fn none(policy: Policy) -> Self {
        Self {
            policy,
            settings: Vec::new(),
        }
    }

    /// The policy that these are settings of.
    #[must_use]
    pub fn policy(&self) -> Policy {
        self.policy
    }

    /// The value of the setting of this name, if it is given. The name is in `snake_case`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&SettingValue> {
        self.find(name).map(|setting| &setting.value)
    }

    /// The setting of this name with its origin, if it is given. The name is in `snake_case`.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&ConfiguredSetting> {
        self.iter().find(|setting| setting.name == name)
    }

    /// All of them, in the order in which they are given, the inherited ones first.
    pub fn iter(&self) -> impl Iterator<Item = &ConfiguredSetting> {
        self.settings.iter().map(Arc::as_ref)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.settings.is_empty()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.settings.len()
    }

    pub(super) fn put(&mut self, setting: Arc<ConfiguredSetting>) {
        match self
            .settings
            .iter_mut()
            .find(|known| known.name == setting.name)
        {
            Some(known) => *known = setting,
            None => self.settings.push(setting),
        }
    }

    /// These with `over` over them.
    pub(super) fn with(mut self, over: &Self) -> Self {
        for setting in &over.settings {
            self.put(Arc::clone(setting));
        }
        self
    }

    /// Those whose names hold.
    pub(super) fn only(&self, holds: impl Fn(&str) -> bool) -> Self {
        Self {
            policy: self.policy,
            settings: self
                .settings
                .iter()
                .filter(|setting| holds(setting.name))
                .cloned()
                .collect(),
        }
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        matches!(self.get(name), Some(SettingValue::Flag(true)))
    }

    pub(super) fn count(&self, name: &str) -> Option<u32> {
        match self.get(name) {
            Some(SettingValue::Count(count)) => Some(*count),
            _ => None,
        }
    }

    pub(super) fn number(&self, name: &str) -> Option<f64> {
        match self.get(name) {
            Some(SettingValue::Number(number)) => Some(*number),
            _ => None,
        }
    }

    pub(super) fn duration(&self, name: &str) -> Option<std::time::Duration> {
        match self.get(name) {
            Some(SettingValue::Duration(duration)) => Some(*duration),
            _ => None,
        }
    }

    pub(super) fn choice(&self, name: &str) -> Option<&'static str> {
        match self.get(name) {
            Some(SettingValue::Choice(choice)) => Some(choice),
            _ => None,
        }
    }
}
