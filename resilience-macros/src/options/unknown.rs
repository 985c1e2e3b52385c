//! What to say to an option that the attribute does not have.

use syn::Meta;

use super::list::{nearest, only_with};
use super::ported;
use super::value::error_at;
use crate::policy::{Kind, POLICIES, Policy};

/// The error for an option that is none of the attribute's.
pub(super) fn refuse(policy: &Policy, name: &str, meta: &Meta) -> darling::Error {
    error_at(meta.path(), message(policy, name, meta))
}

fn message(policy: &Policy, name: &str, meta: &Meta) -> String {
    let refused = format!("`{}` has no option `{name}`", policy.attribute);
    if name == "classify" {
        return format!(
            "{refused}: a {} asks nothing of an error; `circuit_breaker` and `retry` do, move it there or remove it",
            policy.noun
        );
    }
    if let Some(advice) = ported::advice(policy, name, meta) {
        return format!("{refused}{advice}");
    }
    let meant = snake_case(name);
    if let Some(kind) = kind_with(policy, &meant) {
        return of_other_kind(policy, name, &meant, kind);
    }
    let elsewhere = elsewhere(policy, name, &meant);
    let meant =
        nearest(name, policy.option_names()).or_else(|| only_with(name, policy.option_names()));
    if let Some(option) = meant {
        return format!("{refused}{elsewhere}: did you mean `{option}`?");
    }
    if !elsewhere.is_empty() {
        return format!("{refused}{elsewhere}: move it to that attribute, or remove it");
    }
    if let Meta::Path(_) = meta {
        // A constant's content is the name, and not what the constant is called.
        if !name.chars().any(char::is_lowercase) {
            return format!(
                "{refused}; if it is a constant with the name of the {}, write `name = {name}`",
                policy.noun
            );
        }
        return format!(
            "{refused}; if it is the name of the {}, put it in quotes: `\"{name}\"`",
            policy.noun
        );
    }
    near_miss_elsewhere(policy, name).unwrap_or_else(|| {
        let options: Vec<_> = policy
            .option_names()
            .map(|option| format!("`{option}`"))
            .collect();
        format!("{refused}; it has {}", options.join(", "))
    })
}

/// `failureRateThreshold`, as it is written here.
fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for character in name.chars() {
        if character.is_uppercase() {
            snake.push('_');
        }
        snake.extend(character.to_lowercase());
    }
    snake
}

/// What most likely was meant among the settings of the other kind, or the options of the other
/// attributes.
fn near_miss_elsewhere(policy: &Policy, name: &str) -> Option<String> {
    let of_kinds = other_kinds(policy)
        .flat_map(|kind| kind.policy.settings)
        .map(|setting| setting.name);
    if let Some(meant) = nearest(name, of_kinds) {
        let kind = kind_with(policy, meant)?;
        return Some(of_other_kind(policy, name, meant, kind));
    }
    let of_others = POLICIES.iter().flat_map(|other| other.own_options());
    let meant = nearest(name, of_others)?;
    Some(format!(
        "`{}` has no option `{name}`{}: move it to that attribute, or remove it",
        policy.attribute,
        elsewhere(policy, name, meant)
    ))
}

fn other_kinds(policy: &Policy) -> impl Iterator<Item = &'static Kind> {
    policy
        .kinds
        .iter()
        .filter(move |kind| kind.policy != policy)
}

/// The other kind of the same attribute that has the setting.
fn kind_with(policy: &Policy, setting: &str) -> Option<&'static Kind> {
    other_kinds(policy).find(|kind| kind.policy.setting(setting).is_some())
}

/// What to do about a setting of another kind of the same attribute.
fn of_other_kind(policy: &Policy, name: &str, meant: &str, other: &Kind) -> String {
    let own: Vec<_> = policy
        .settings
        .iter()
        .map(|setting| format!("`{}`", setting.name))
        .collect();
    let refused = if name == meant {
        String::new()
    } else {
        format!("`{}` has no option `{name}`; ", policy.attribute)
    };
    let this = policy.kinds.iter().find(|kind| kind.policy == policy);
    format!(
        "{refused}`{meant}` is a setting of the kind \"{other}\": write `kind = \"{other}\"`, or use the settings of the kind \"{this}\", {}",
        own.join(", "),
        other = other.name,
        this = this.map_or(policy.noun, |kind| kind.name),
    )
}

/// ", which is one of `retry`", where other attributes have the option.
fn elsewhere(policy: &Policy, name: &str, meant: &str) -> String {
    let others: Vec<_> = POLICIES
        .iter()
        .filter(|other| other.attribute != policy.attribute)
        .filter(|other| other.own_options().any(|option| option == meant))
        .map(|other| format!("`{}`", other.attribute))
        .collect();
    if others.is_empty() {
        return String::new();
    }
    let others = others.join(" and ");
    if name == meant {
        format!(", which is one of {others}")
    } else {
        format!("; `{meant}` is one of {others}")
    }
}
