//! `fallback = path` and `fallback(PATTERN => path, …)`.

mod arms;
mod path;

use darling::FromMeta;
use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{ExprPath, Lit, Meta, Signature};

pub(crate) use self::arms::{Coverage, FallbackArms};
pub(crate) use self::path::FallbackPath;
use super::value::{as_written, assigned, error_at};

/// Who answers in place of the annotated function.
#[derive(Debug)]
pub(crate) enum Fallback {
    /// One function answers every failure.
    Single(FallbackPath),
    /// The failure decides which function answers.
    ByPattern(FallbackArms),
}

impl FromMeta for Fallback {
    fn from_meta(meta: &Meta) -> darling::Result<Self> {
        if let Meta::List(list) = meta {
            return read_list(list);
        }
        let value = assigned(meta, "fallback = path::to::function")?;
        FallbackPath::read(value, "fallback = ").map(Self::Single)
    }
}

impl Fallback {
    /// Every function that may answer, as written.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &FallbackPath> {
        let (single, arms) = match self {
            Self::Single(path) => (Some(path), None),
            Self::ByPattern(arms) => (None, Some(arms.iter().map(|arm| &arm.path))),
        };
        single.into_iter().chain(arms.into_iter().flatten())
    }

    /// Where it stands.
    pub(crate) fn span(&self) -> Span {
        match self {
            Self::Single(path) => path.0.span(),
            Self::ByPattern(arms) => arms.span(),
        }
    }

    /// Whether one that may answer is a method and gets the receiver.
    pub(crate) fn takes_receiver(&self, signature: &Signature) -> bool {
        self.paths().any(|path| path.takes_receiver(signature))
    }
}

/// What stands in the parentheses: arms, unless someone took the parentheses for those of a single
/// fallback.
fn read_list(list: &syn::MetaList) -> darling::Result<Fallback> {
    if list.tokens.is_empty() {
        return Err(error_at(
            &list.path,
            "`fallback` names nobody: write `fallback = path`, or choose by the failure, `fallback(Failure::Policy(_) => path, _ => other_path)`",
        ));
    }
    if let Ok(Lit::Str(text)) = list.parse_args::<Lit>() {
        return Err(path::quoted(&text, "fallback = "));
    }
    if let Ok(path) = list.parse_args::<ExprPath>() {
        return Err(error_at(
            &list.path,
            format!(
                "a single fallback takes no parentheses: write `fallback = {}`",
                as_written(&path)
            ),
        ));
    }
    Ok(Fallback::ByPattern(FallbackArms::read(list)?))
}
