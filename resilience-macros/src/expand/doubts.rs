//! Warnings about settings that do not do what they say.
//!
//! A macro on stable Rust has one way to warn: it uses something that is deprecated, at the place
//! of what it warns about. `#[allow(deprecated)]` on the function or the block silences it.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};

use crate::check::doubts;
use crate::span::generated_at;
use crate::stack::Layer;

/// A statement that warns of each doubtful setting of the `doubted` layers, and of what they and the
/// others of the stack are together.
pub(super) fn warnings(layers: &[&Layer], doubted: &[&Layer]) -> TokenStream {
    let together = doubts(layers, doubted);
    let statements = doubted
        .iter()
        .flat_map(|layer| layer.options.settings.doubts())
        .chain(&together)
        .map(|doubt| {
            let at = generated_at(doubt.at);
            let name = Ident::new(doubt.subject, at);
            let note = format!("{}; `#[allow(deprecated)]` silences this", doubt.text);
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
