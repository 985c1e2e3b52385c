//! `plain`.

use darling::FromMeta;
use proc_macro2::Span;
use syn::Meta;
use syn::spanned::Spanned;

use super::value::error_at;

/// That the function returns a value, and no `Result` that could say it failed.
#[derive(Debug)]
pub(crate) struct Plain(Span);

impl FromMeta for Plain {
    fn from_meta(meta: &Meta) -> darling::Result<Self> {
        match meta {
            Meta::Path(path) => Ok(Self(path.span())),
            other => Err(error_at(
                other,
                "`plain` takes no value: write `plain`, or leave it out",
            )),
        }
    }
}

impl Plain {
    /// Where the word stands.
    pub(crate) fn span(&self) -> Span {
        self.0
    }
}
