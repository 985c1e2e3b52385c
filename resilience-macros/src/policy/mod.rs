//! What the attributes differ in.

mod circuit_breaker;

use resilience_settings::{Setting, SettingDoubt, SettingError};

pub(crate) use self::circuit_breaker::CIRCUIT_BREAKER;
use crate::settings::Settings;

/// One attribute: its name, and what only it has.
#[derive(Debug)]
pub(crate) struct Policy {
    /// The attribute's name, as the user writes it.
    pub(crate) attribute: &'static str,
    /// What the policy is called in a message.
    pub(crate) noun: &'static str,
    /// Options that take a pattern.
    pub(crate) patterns: &'static [&'static str],
    /// Options that are settings of the policy.
    pub(crate) settings: &'static [Setting],
    /// The rules between settings.
    pub(crate) rules: fn(&Settings) -> Vec<SettingError>,
    /// What is doubtful about settings that no rule refuses.
    pub(crate) doubts: fn(&Settings) -> Vec<SettingDoubt>,
    /// The type, at the facade's root, whose values a setting with choices takes.
    pub(crate) choice_type: fn(&Setting) -> &'static str,
    /// Names in the runtime.
    pub(crate) runtime: Runtime,
}

/// Names in the runtime.
#[derive(Debug)]
pub(crate) struct Runtime {
    /// The type of an instance, at the facade's root.
    pub(crate) instance: &'static str,
    /// The function of its `__private` that puts a future into the policy.
    pub(crate) around: &'static str,
    /// The same for a plain call.
    pub(crate) around_blocking: &'static str,
}

/// Every policy.
pub(crate) const POLICIES: &[&Policy] = &[&CIRCUIT_BREAKER];

/// Options that every attribute has.
const SHARED_OPTIONS: &[&str] = &["name", "registry", "fallback", "plain", "crate"];

impl Policy {
    /// Every option of the attribute, the shared ones first.
    pub(crate) fn option_names(&self) -> impl Iterator<Item = &'static str> {
        SHARED_OPTIONS
            .iter()
            .chain(self.patterns)
            .copied()
            .chain(self.settings.iter().map(|setting| setting.name))
    }

    /// The setting of that name.
    pub(crate) fn setting(&self, name: &str) -> Option<&'static Setting> {
        self.settings.iter().find(|setting| setting.name == name)
    }
}
