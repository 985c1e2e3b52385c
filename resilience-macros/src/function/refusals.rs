//! What cannot be guarded, and what to do instead.

use darling::error::Accumulator;
use proc_macro2::{TokenStream, TokenTree};
use syn::{Attribute, Ident, Signature};

use crate::options::value::error_at;
use crate::policy::Policy;

/// The error for an item that is no function, told by the word that says what it is.
pub(crate) fn refused_item(policy: &Policy, item: &TokenStream) -> Option<darling::Error> {
    let attribute = policy.attribute;
    for token in item.clone() {
        let TokenTree::Ident(word) = &token else {
            continue;
        };
        let message = match word.to_string().as_str() {
            "fn" => return None,
            "impl" => format!(
                "`#[{attribute}]` on a whole `impl` block is not available yet: put it on each method that it should guard"
            ),
            what @ ("struct" | "enum" | "union" | "trait" | "mod" | "static" | "type" | "use"
            | "let" | "macro_rules") => format!(
                "`#[{attribute}]` guards functions and methods, and this is a `{what}`: put it on the `fn` whose calls the {} should watch",
                policy.noun
            ),
            _ => continue,
        };
        return Some(error_at(word, message));
    }
    let first = item.clone().into_iter().next()?;
    Some(error_at(
        &first,
        format!("`#[{attribute}]` guards functions and methods: put it on a `fn`"),
    ))
}

/// The error for a function that ends in `;`.
pub(super) fn no_body(policy: &Policy, signature: &Signature) -> darling::Error {
    error_at(
        &signature.ident,
        format!(
            "`{name}` has no body to guard: put `#[{}]` on its implementations, or give it a body here",
            policy.attribute,
            name = signature.ident
        ),
    )
}

/// Refuses functions that run where no breaker can be.
pub(super) fn check_signature(policy: &Policy, signature: &Signature, errors: &mut Accumulator) {
    let noun = policy.noun;
    if let Some(constness) = &signature.constness {
        errors.push(error_at(
            constness,
            format!(
                "a `const fn` cannot be guarded, since a {noun} keeps state and reads the clock: remove `const`, or the attribute"
            ),
        ));
    }
    if let Some(abi) = &signature.abi {
        errors.push(error_at(
            &abi.extern_token,
            "an `extern` function cannot be guarded, since its callers know nothing of a rejected call: guard a plain `fn` and call that from here",
        ));
    }
}

/// Refuses the same attribute twice: a stack is expanded as one, which is still to come, and until
/// then the inner attribute would end up outside the outer one.
pub(super) fn check_attributes(
    policy: &Policy,
    attributes: &[Attribute],
    errors: &mut Accumulator,
) {
    for attribute in attributes {
        let Some(place) = mention(policy, attribute) else {
            continue;
        };
        errors.push(error_at(
            &place,
            format!(
                "two `#[{}]` on one function are not available yet: put one of them on a function that calls this one",
                policy.attribute
            ),
        ));
    }
}

/// Where an attribute is another one of the policy, under any path, or would be under `cfg_attr`.
fn mention(policy: &Policy, attribute: &Attribute) -> Option<Ident> {
    if attribute.path().is_ident("cfg_attr") {
        let list = attribute.meta.require_list().ok()?;
        return list
            .tokens
            .clone()
            .into_iter()
            .find_map(|token| match token {
                TokenTree::Ident(word) if word == policy.attribute => Some(word),
                _ => None,
            });
    }
    let last = attribute.path().segments.last()?;
    (last.ident == policy.attribute).then(|| last.ident.clone())
}
