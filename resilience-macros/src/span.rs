//! Where generated tokens say they come from.

use proc_macro2::Span;

/// A span for generated tokens whose errors should appear at `span`.
///
/// The tokens keep the hygiene of the macro: their names cannot meet the user's, lints leave them
/// alone, and the compiler does not offer to edit them.
pub(crate) fn generated_at(span: Span) -> Span {
    Span::mixed_site().located_at(span)
}
