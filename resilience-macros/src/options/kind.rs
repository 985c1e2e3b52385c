//! `kind = ".."`, which says which of several policies an attribute is.

use darling::ast::NestedMeta;
use darling::error::Accumulator;
use syn::{Expr, Meta};

use super::list::nearest;
use super::value::{as_text, as_written, assigned, error_at};
use crate::policy::Policy;

/// The policy that the options mean. The option itself is refused by [`list`](super::list) where
/// there are no kinds.
pub(super) fn chosen(
    policy: &'static Policy,
    items: &[NestedMeta],
    errors: &mut Accumulator,
) -> &'static Policy {
    let written = items.iter().find_map(|item| match item {
        NestedMeta::Meta(meta) if meta.path().is_ident("kind") => Some(meta),
        _ => None,
    });
    match written {
        Some(meta) if !policy.kinds.is_empty() => match read(policy, meta) {
            Ok(chosen) => chosen,
            Err(error) => {
                errors.push(error);
                most_likely(policy, items)
            }
        },
        _ => policy,
    }
}

fn read(policy: &Policy, meta: &Meta) -> darling::Result<&'static Policy> {
    let names: Vec<_> = policy
        .kinds
        .iter()
        .map(|kind| format!("\"{}\"", kind.name))
        .collect();
    let names = names.join(" or ");
    let value = assigned(meta, &format!("kind = \"{}\"", policy.kinds[0].name))?;
    let likely = |written: &str| {
        let kinds = policy.kinds.iter().map(|kind| kind.name);
        nearest(&written.replace('-', "_"), kinds)
    };
    let Some(text) = as_text(value) else {
        let word = match value {
            Expr::Path(_) => as_written(value),
            _ => String::new(),
        };
        let example = likely(&word).unwrap_or(policy.kinds[0].name);
        return Err(error_at(
            value,
            format!("`kind` takes {names}, in quotes: write `kind = \"{example}\"`"),
        ));
    };
    let found = text.value();
    let kind = policy.kinds.iter().find(|kind| kind.name == found);
    kind.map(|kind| kind.policy).ok_or_else(|| {
        let hint = match likely(&found) {
            Some(kind) => format!(": did you mean \"{kind}\"?"),
            None => String::new(),
        };
        error_at(
            text,
            format!("`kind` takes {names}, but was \"{found}\"{hint}"),
        )
    })
}

/// The kind whose settings are given, so that they are not refused as well.
fn most_likely(policy: &'static Policy, items: &[NestedMeta]) -> &'static Policy {
    let has_settings = |kind: &&Policy| {
        items.iter().any(|item| match item {
            NestedMeta::Meta(meta) => kind
                .settings
                .iter()
                .any(|setting| meta.path().is_ident(setting.name)),
            _ => false,
        })
    };
    let kinds = policy.kinds.iter().map(|kind| kind.policy);
    kinds.into_iter().find(has_settings).unwrap_or(policy)
}
