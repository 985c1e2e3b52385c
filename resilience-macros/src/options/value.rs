//! The two ways in which an option carries its value.

use syn::spanned::Spanned;
use syn::{Expr, Lit, LitStr, Meta};

/// The expression of `option = expression`.
///
/// `example` is what should have been written, for the message.
pub(crate) fn assigned<'a>(meta: &'a Meta, example: &str) -> darling::Result<&'a Expr> {
    match meta {
        Meta::NameValue(assignment) => Ok(&assignment.value),
        Meta::Path(path) => Err(darling::Error::custom(format!(
            "`{}` needs a value: write `{example}`",
            name_of(meta)
        ))
        .with_span(path)),
        Meta::List(list) => Err(darling::Error::custom(format!(
            "`{}` takes its value after `=`: write `{example}`",
            name_of(meta)
        ))
        .with_span(&list.path)),
    }
}

/// The option's name as written.
pub(crate) fn name_of(meta: &Meta) -> String {
    darling::util::path_to_string(meta.path())
}

/// An error at `place`.
pub(crate) fn error_at(place: &impl Spanned, message: impl std::fmt::Display) -> darling::Error {
    darling::Error::custom(message).with_span(place)
}

/// The text of a string literal.
pub(crate) fn as_text(expression: &Expr) -> Option<&LitStr> {
    match expression {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Some(text),
            _ => None,
        },
        Expr::Group(group) => as_text(&group.expr),
        _ => None,
    }
}

/// Tokens as a person would write them, for a message: `quote!` puts blanks around everything.
pub(crate) fn as_written(tokens: &impl quote::ToTokens) -> String {
    tokens
        .to_token_stream()
        .to_string()
        .replace(" :: ", "::")
        .replace(":: ", "::")
        .replace(" ::", "::")
        .replace(" . ", ".")
        .replace(" (", "(")
        .replace("( ", "(")
        .replace(" )", ")")
        .replace(" ,", ",")
        .replace("& ", "&")
        .replace("- ", "-")
        .replace(" <", "<")
        .replace("< ", "<")
        .replace(" >", ">")
        .replace(" !", "!")
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::as_written;

    #[test]
    fn tokens_read_like_source() {
        for (tokens, text) in [
            (quote!(Self::backup), "Self::backup"),
            (quote!(::a::b), "::a::b"),
            (quote!(<Self as Quotes>::backup), "<Self as Quotes>::backup"),
            (quote!(backup::<3>), "backup::<3>"),
            (quote!(self.backup), "self.backup"),
            (quote!(Duration::from_secs(30)), "Duration::from_secs(30)"),
            (quote!(Result<Vec<u8>, E>), "Result<Vec<u8>, E>"),
            (quote!(&str), "&str"),
            (quote!(-5), "-5"),
        ] {
            assert_eq!(as_written(&tokens), text);
        }
    }
}
