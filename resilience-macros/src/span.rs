//! Where generated tokens say they come from.

use proc_macro2::{Span, TokenStream};

/// A span for generated tokens whose errors should appear at `span`.
///
/// The tokens keep the hygiene of the macro: their names cannot meet the user's, lints leave them
/// alone, and the compiler does not offer to edit them.
pub(crate) fn generated_at(span: Span) -> Span {
    Span::mixed_site().located_at(span)
}

/// Tokens whose errors should appear at `span`, and which mean what they mean where they are from.
pub(crate) fn moved_to(tokens: &TokenStream, span: Span) -> TokenStream {
    let tokens = tokens.clone().into_iter();
    tokens
        .map(|mut token| {
            token.set_span(token.span().located_at(span));
            token
        })
        .collect()
}
