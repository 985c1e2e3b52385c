//! The list of options before anything looks at their values: which are there, and how often.

use std::collections::HashSet;

use darling::ast::NestedMeta;
use darling::error::Accumulator;
use proc_macro2::{Spacing, TokenStream, TokenTree};
use syn::{Expr, ExprLit, Lit, Meta, MetaNameValue, Path};

use super::unknown;
use super::value::{error_at, name_of};
use crate::policy::Policy;

/// The options that stand in the parentheses.
pub(super) fn parse(tokens: TokenStream) -> darling::Result<Vec<NestedMeta>> {
    NestedMeta::parse_meta_list(tokens.clone())
        .map_err(|error| written_with_colon(tokens).unwrap_or_else(|| error.into()))
}

/// The error for `name: "payments"`, as arguments are named in other languages.
fn written_with_colon(tokens: TokenStream) -> Option<darling::Error> {
    let tokens: Vec<_> = tokens.into_iter().collect();
    tokens.windows(3).enumerate().find_map(|(at, window)| {
        let begins =
            at == 0 || matches!(&tokens[at - 1], TokenTree::Punct(p) if p.as_char() == ',');
        match window {
            [TokenTree::Ident(name), TokenTree::Punct(colon), value]
                if begins && colon.as_char() == ':' && colon.spacing() == Spacing::Alone =>
            {
                let value = match value {
                    TokenTree::Literal(literal) => literal.to_string(),
                    _ => "..".to_owned(),
                };
                Some(error_at(
                    &colon.span(),
                    format!("an option takes its value after `=`: write `{name} = {value}`"),
                ))
            }
            _ => None,
        }
    })
}

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
            errors.push(unknown::refuse(policy, &name, &meta));
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

/// The only candidate that has the words of `written`, and more: `window_size` is `sliding_window_size`.
pub(crate) fn only_with<'a>(
    written: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    let words = format!("_{}_", written.to_lowercase());
    let mut with_them =
        candidates.filter(|candidate| format!("_{}_", candidate.to_lowercase()).contains(&words));
    let only = with_them.next()?;
    with_them.next().is_none().then_some(only)
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
