//! `classify`.

use darling::FromMeta;
use proc_macro2::Span;
use syn::Meta;
use syn::spanned::Spanned;

use super::value::error_at;

/// That the function's error says itself what is made of it.
#[derive(Debug)]
pub(crate) struct Classify(Span);

impl FromMeta for Classify {
    fn from_meta(meta: &Meta) -> darling::Result<Self> {
        match meta {
            Meta::Path(path) => Ok(Self(path.span())),
            other => Err(error_at(
                other,
                "`classify` takes no value: write `classify`; the classes stand in the error's type, under `#[derive(ErrorClass)]`",
            )),
        }
    }
}

impl Classify {
    /// Where the word stands.
    pub(crate) fn span(&self) -> Span {
        self.0
    }
}
