//! The list of options before anything looks at their values: which are there, and how often.

use std::collections::HashSet;

use darling::ast::NestedMeta;
use darling::error::Accumulator;
use syn::{Expr, ExprLit, Lit, Meta, MetaNameValue, Path};

use super::value::{error_at, name_of};
use crate::policy::{POLICIES, Policy};

/// Options of the design that later versions bring, with what to do until then.
const NOT_YET: &[(&str, &str)] = &[(
    "config",
    "write the settings in the attribute, or configure the instance in the registry before its first call",
)];

/// Whether the list says what the instance is called, rightly or not: what was meant as the name
/// is refused for what it is, and need not be missed as well.
pub(super) fn gives_name(policy: &Policy, items: &[NestedMeta]) -> bool {
    let means_name = |path: &Path| {
        let written = darling::util::path_to_string(path);
        nearest(&written, policy.option_names()) == Some("name")
    };
    items.iter().any(|item| match item {
        NestedMeta::Lit(_) => true,
        NestedMeta::Meta(Meta::Path(path)) => {
            means_name(path) || !policy.option_names().any(|option| path.is_ident(option))
        }
        NestedMeta::Meta(meta) => means_name(meta.path()),
        NestedMeta::NameValueInvalidExpr(invalid) => means_name(&invalid.path),
    })
}

/// The options that the policy has, once each.
pub(super) struct Sorted {
    /// Those with a meaning of their own.
    pub(super) options: Vec<NestedMeta>,
    /// Those that are settings of the policy.
    pub(super) settings: Vec<Meta>,
}

/// Keeps what is an option of the policy, once each, and reports the rest.
pub(super) fn sort_out(
    policy: &Policy,
    items: Vec<NestedMeta>,
    errors: &mut Accumulator,
) -> Sorted {
    let mut seen = HashSet::new();
    let mut sorted = Sorted {
        options: Vec::new(),
        settings: Vec::new(),
    };
    for item in items {
        let meta = match item {
            NestedMeta::Lit(literal) => match named(policy, literal) {
                Ok(meta) => meta,
                Err(error) => {
                    errors.push(error);
                    continue;
                }
            },
            NestedMeta::Meta(meta) => meta,
            NestedMeta::NameValueInvalidExpr(invalid) => {
                errors.push(unreadable(
                    &invalid.path,
                    invalid.value.is_empty(),
                    &invalid.error,
                ));
                continue;
            }
        };
        let name = name_of(&meta);
        if !policy.option_names().any(|option| option == name) {
            errors.push(unknown(policy, &name, &meta));
        } else if !seen.insert(name.clone()) {
            errors.push(duplicate(policy, &name, &meta));
        } else if policy.setting(&name).is_some() {
            sorted.settings.push(meta);
        } else if name != "kind" {
            // That one has been read: it says which policy this is.
            sorted.options.push(NestedMeta::Meta(meta));
        }
    }
    sorted
}

/// `"payments"` is short for `name = "payments"`.
fn named(policy: &Policy, literal: Lit) -> darling::Result<Meta> {
    let Lit::Str(_) = literal else {
        return Err(error_at(
            &literal,
            format!(
                "the name of the {} is text: write `\"{}\"`",
                policy.noun,
                super::instance_name::plain_text(&literal)
            ),
        ));
    };
    let name = syn::Ident::new("name", literal.span());
    Ok(Meta::NameValue(MetaNameValue {
        path: Path::from(name),
        eq_token: syn::Token![=](literal.span()),
        value: Expr::Lit(ExprLit {
            attrs: Vec::new(),
            lit: literal,
        }),
    }))
}

fn unreadable(path: &Path, empty: bool, error: &darling::Error) -> darling::Error {
    let name = darling::util::path_to_string(path);
    if empty {
        error_at(path, format!("`{name} =` needs a value"))
    } else {
        error_at(
            &error.span(),
            format!("the value of `{name}` cannot be read: {error}"),
        )
    }
}

fn unknown(policy: &Policy, name: &str, meta: &Meta) -> darling::Error {
    let attribute = policy.attribute;
    if let Some((_, instead)) = NOT_YET.iter().find(|(option, _)| *option == name) {
        return error_at(
            meta.path(),
            format!("`{name}` is not available yet: {instead}"),
        );
    }
    if let Some(message) = of_other_kind(policy, name) {
        return error_at(meta.path(), message);
    }
    let elsewhere = elsewhere(policy, name);
    if let Some(option) = nearest(name, policy.option_names()) {
        return error_at(
            meta.path(),
            format!("`{attribute}` has no option `{name}`{elsewhere}: did you mean `{option}`?"),
        );
    }
    if let Some(instead) = ported(policy, name) {
        return error_at(
            meta.path(),
            format!("`{attribute}` has no option `{name}`: write {instead}"),
        );
    }
    if !elsewhere.is_empty() {
        return error_at(
            meta.path(),
            format!(
                "`{attribute}` has no option `{name}`{elsewhere}: move it to that attribute, or remove it"
            ),
        );
    }
    if let Meta::Path(path) = meta {
        return error_at(
            path,
            format!(
                "`{attribute}` has no option `{name}`; if it is the name of the {}, put it in quotes: `\"{name}\"`",
                policy.noun
            ),
        );
    }
    let options: Vec<_> = policy
        .option_names()
        .map(|option| format!("`{option}`"))
        .collect();
    error_at(
        meta.path(),
        format!(
            "`{attribute}` has no option `{name}`; it has {}",
            options.join(", ")
        ),
    )
}

/// What somebody writes who has Resilience4j's names in mind, the option that takes its place, and how
/// that is written.
const PORTED: &[(&str, &str, &str)] = &[
    (
        "type",
        "kind",
        "`kind = \"semaphore\"` or `kind = \"thread_pool\"`",
    ),
    ("retryExceptions", "retry_errors", "`retry_errors(PATTERN)`"),
    (
        "retryExceptionPredicate",
        "retry_errors",
        "`retry_errors(PATTERN if condition)`",
    ),
    ("resultPredicate", "retry_result", "`retry_result(PATTERN)`"),
    (
        "recordFailurePredicate",
        "record_errors",
        "`record_errors(PATTERN if condition)`",
    ),
    (
        "ignoreExceptions",
        "ignore_errors",
        "`ignore_errors(PATTERN)`",
    ),
    (
        "ignoreExceptionPredicate",
        "ignore_errors",
        "`ignore_errors(PATTERN if condition)`",
    ),
];

/// How this attribute calls what Resilience4j calls by that name.
fn ported(policy: &Policy, name: &str) -> Option<&'static str> {
    let (_, option, instead) = PORTED.iter().find(|(theirs, ..)| *theirs == name)?;
    let is_kind = *option == "kind" && !policy.kinds.is_empty();
    let is_pattern = policy.patterns.contains(option);
    (is_kind || is_pattern).then_some(*instead)
}

/// What to do about a setting of another kind of the same attribute.
fn of_other_kind(policy: &Policy, name: &str) -> Option<String> {
    let other = policy
        .kinds
        .iter()
        .find(|kind| kind.policy != policy && kind.policy.setting(name).is_some())?;
    let own: Vec<_> = policy
        .settings
        .iter()
        .map(|setting| format!("`{}`", setting.name))
        .collect();
    let this = policy.kinds.iter().find(|kind| kind.policy == policy)?;
    Some(format!(
        "`{name}` is a setting of the kind \"{other}\": write `kind = \"{other}\"`, or use the settings of the kind \"{this}\", {}",
        own.join(", "),
        other = other.name,
        this = this.name,
    ))
}

/// ", which is one of `retry`", where other attributes have the option.
fn elsewhere(policy: &Policy, name: &str) -> String {
    let others: Vec<_> = POLICIES
        .iter()
        .filter(|other| other.attribute != policy.attribute)
        .filter(|other| other.own_options().any(|option| option == name))
        .map(|other| format!("`{}`", other.attribute))
        .collect();
    if others.is_empty() {
        String::new()
    } else {
        format!(", which is one of {}", others.join(" and "))
    }
}

/// The candidate that `written` is most likely a slip of.
pub(crate) fn nearest<'a>(
    written: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    let lower = written.to_lowercase();
    candidates
        .map(|candidate| {
            let candidate_lower = candidate.to_lowercase();
            (candidate, strsim::jaro_winkler(&lower, &candidate_lower))
        })
        .filter(|(_, likeness)| *likeness > 0.85)
        .max_by(|(_, left), (_, right)| left.total_cmp(right))
        .map(|(candidate, _)| candidate)
}

fn duplicate(policy: &Policy, name: &str, meta: &Meta) -> darling::Error {
    let message = if name == "name" {
        format!("the {} has a name already: keep one", policy.noun)
    } else if name == "fallback" {
        "`fallback` is given twice: either one answers every failure, `fallback = path`, or the failure decides, `fallback(Failure::Policy(_) => path, _ => other)`".to_owned()
    } else if policy.patterns.contains(&name) {
        format!("`{name}` is given twice: join the patterns with `|` in one `{name}(.. | ..)`")
    } else {
        format!("`{name}` is given twice: keep one")
    };
    // A name without its key has only the literal to point at.
    error_at(meta.path(), message)
}
