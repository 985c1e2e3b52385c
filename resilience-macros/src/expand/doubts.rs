//! Warnings about settings that do not do what they say.
//!
//! A macro on stable Rust has one way to warn: it uses something that is deprecated, at the place
//! of what it warns about. `#[allow(deprecated)]` on the function or the block silences it.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};

use crate::span::generated_at;
use crate::stack::Layer;

/// A statement that warns of each doubtful setting of the layers.
pub(super) fn warnings(layers: &[&Layer]) -> TokenStream {
    let statements = layers
        .iter()
        .flat_map(|layer| layer.options.settings.doubts())
        .map(|doubt| {
            let at = generated_at(doubt.name);
            let name = Ident::new("doubtful_setting", at);
            let note = format!("{}; `#[allow(deprecated)]` silences this", doubt.what);
            quote_spanned! {at=>
                {
                    #[deprecated(note = #note)]
                    fn #name() {}
                    #name();
                }
            }
        });
    quote!(#(#statements)*)
}
