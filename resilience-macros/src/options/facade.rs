//! `crate = path`.

use darling::FromMeta;
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{Expr, Meta, Path};

use super::value::{as_text, assigned, error_at};

/// Where the expansion finds the facade crate.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facade(Option<Path>);

impl FromMeta for Facade {
    fn from_meta(meta: &Meta) -> darling::Result<Self> {
        let value = assigned(meta, "crate = path::to::resilience4rs")?;
        if let Some(text) = as_text(value) {
            return Err(error_at(
                text,
                format!(
                    "`crate` takes a path, not text: write `crate = {}`",
                    text.value()
                ),
            ));
        }
        match value {
            Expr::Path(path) if path.qself.is_none() => Ok(Self(Some(path.path.clone()))),
            other => Err(error_at(
                other,
                "`crate` takes the path at which resilience4rs is found, for example `crate = my_framework::resilience4rs`",
            )),
        }
    }
}

impl Facade {
    /// This path, or the other one where none is given.
    pub(crate) fn or(&self, other: &Self) -> Self {
        Self(self.0.clone().or_else(|| other.0.clone()))
    }

    /// The path, with whatever is wrong about what follows it reported at `at`.
    pub(crate) fn at(&self, at: Span) -> TokenStream {
        let Some(path) = &self.0 else {
            return quote_spanned!(at=> ::resilience4rs);
        };
        path.to_token_stream()
            .into_iter()
            .map(|mut token| {
                token.set_span(token.span().located_at(at));
                token
            })
            .collect()
    }
}
