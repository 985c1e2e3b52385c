//! What good files mean: each key of each policy, and what is inherited.

mod applied;
mod environment;
mod examples;
mod inheritance;
mod keys;
mod page;
mod sources;

use resilience_runtime::configuration::{
    Configuration, InstanceConfiguration, Policy, SettingValue, Settings,
};

fn yaml(text: &str) -> Configuration {
    Configuration::from_yaml_str(text).unwrap_or_else(|error| panic!("{error}"))
}

fn instance<'a>(
    configuration: &'a Configuration,
    policy: Policy,
    name: &str,
) -> &'a InstanceConfiguration {
    configuration
        .policy(policy)
        .instance(name)
        .unwrap_or_else(|| panic!("no {name}"))
}

/// Settings as `name=value`, ordered by name, for a comparison at a glance.
fn shown(settings: &Settings) -> Vec<String> {
    let mut shown: Vec<_> = settings
        .iter()
        .map(|setting| format!("{}={}", setting.name, value(&setting.value)))
        .collect();
    shown.sort();
    shown
}

fn value(value: &SettingValue) -> String {
    match value {
        SettingValue::Number(number) => number.to_string(),
        SettingValue::Count(count) => count.to_string(),
        SettingValue::Duration(duration) => format!("{duration:?}"),
        SettingValue::Flag(flag) => flag.to_string(),
        SettingValue::Choice(choice) => (*choice).to_owned(),
        SettingValue::Text(text) => text.clone(),
        other => format!("{other:?}"),
    }
}

fn effective(configuration: &Configuration, policy: Policy, name: &str) -> Vec<String> {
    shown(&instance(configuration, policy, name).effective())
}
