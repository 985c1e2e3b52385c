//! `crate = path`.

use darling::FromMeta;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Expr, Meta, Path};

use super::value::{as_text, assigned, error_at};

/// Where the expansion finds the facade crate.
#[derive(Debug, Default)]
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

impl ToTokens for Facade {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match &self.0 {
            Some(path) => path.to_tokens(tokens),
            None => tokens.extend(quote!(::resilience4rs)),
        }
    }
}
