//! `"name"`, `name = "…"` and `name = <expression>`.

use darling::FromMeta;
use proc_macro2::Span;
use syn::{Expr, Lit, LitStr, Meta};

use super::value::{as_text, as_written, assigned, error_at};
use crate::policy::Policy;

/// What the instance is called in its registry.
#[derive(Debug)]
pub(crate) enum InstanceName {
    /// A literal, resolved once for the call site.
    Literal(LitStr),
    /// An expression, evaluated and looked up for each call.
    Expression(Expr),
}

impl FromMeta for InstanceName {
    fn from_meta(meta: &Meta) -> darling::Result<Self> {
        let value = assigned(meta, "name = \"payments\"")?;
        if let Some(text) = as_text(value) {
            return if text.value().trim().is_empty() {
                Err(error_at(
                    text,
                    "the name is empty: name the dependency that the calls go to, for example \"payments\"",
                ))
            } else {
                Ok(Self::Literal(text.clone()))
            };
        }
        match value {
            Expr::Lit(literal) => Err(error_at(
                literal,
                format!(
                    "a name is text: write `name = \"{}\"`",
                    plain_text(&literal.lit)
                ),
            )),
            expression => Ok(Self::Expression(expression.clone())),
        }
    }
}

/// What a literal of another type would be as text.
pub(super) fn plain_text(literal: &Lit) -> String {
    match literal {
        Lit::ByteStr(bytes) => String::from_utf8_lossy(&bytes.value()).into_owned(),
        Lit::Char(character) => character.value().to_string(),
        Lit::Byte(byte) => char::from(byte.value()).to_string(),
        other => as_written(other),
    }
}

/// The error for an attribute that names no instance; the function's name is the best guess.
pub(super) fn missing(
    policy: &Policy,
    place: Span,
    function: Option<&syn::Ident>,
) -> darling::Error {
    let example = function.map_or_else(|| "payments".to_owned(), ToString::to_string);
    error_at(
        &place,
        format!(
            "this {noun} has no name: write `#[{attribute}(\"{example}\")]`, or another text that names the dependency; functions that share a name share the {noun}",
            noun = policy.noun,
            attribute = policy.attribute,
        ),
    )
}
