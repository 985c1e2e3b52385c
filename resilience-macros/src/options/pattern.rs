//! `ignore_errors(…)`, `record_errors(…)`, `retry_result(…)` and the like.

use darling::FromMeta;
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{Expr, LitStr, Meta, Pat, Token};

use super::value::{as_written, error_at, name_of};

/// A class of errors or values: a pattern, maybe with a guard.
#[derive(Debug)]
pub(crate) struct ClassPattern {
    pattern: Pat,
    guard: Option<Expr>,
}

impl FromMeta for ClassPattern {
    fn from_meta(meta: &Meta) -> darling::Result<Self> {
        let name = name_of(meta);
        match meta {
            Meta::List(list) if list.tokens.is_empty() => Err(error_at(
                &list.path,
                format!(
                    "`{name}` needs a pattern: write `{name}({})`",
                    example(&name)
                ),
            )),
            Meta::List(list) => match list.parse_args::<LitStr>() {
                Ok(text) => Err(error_at(
                    &text,
                    format!(
                        "a pattern is not quoted: write `{name}({})`; for an error that is a text, give it a name and compare: `{name}(text if text == \"{}\")`",
                        text.value(),
                        text.value()
                    ),
                )),
                Err(_) => Ok(list.parse_args()?),
            },
            Meta::Path(path) => Err(error_at(
                path,
                format!(
                    "`{name}` needs a pattern: write `{name}({})`",
                    example(&name)
                ),
            )),
            Meta::NameValue(assignment) => Err(error_at(
                &assignment.value,
                format!(
                    "`{name}` takes its pattern in parentheses: write `{name}({})`",
                    as_written(&assignment.value).trim_matches('"')
                ),
            )),
        }
    }
}

fn example(option: &str) -> &'static str {
    if option.ends_with("_result") {
        "Reply { status: 500.., .. }"
    } else {
        "MyError::NotFound | MyError::Invalid(_)"
    }
}

impl Parse for ClassPattern {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let pattern = Pat::parse_multi_with_leading_vert(input)?;
        let guard = match input.parse::<Option<Token![if]>>()? {
            Some(_) => Some(input.parse()?),
            None => None,
        };
        let comma: Option<Token![,]> = input.parse()?;
        if !input.is_empty() {
            let message = match comma {
                Some(_) => {
                    "one pattern is expected here: join several with `|`, as in `MyError::NotFound | MyError::Invalid(_)`"
                }
                None => "unexpected after the pattern; a condition starts with `if`",
            };
            return Err(input.error(message));
        }
        Ok(Self { pattern, guard })
    }
}

impl ClassPattern {
    /// Where the pattern stands.
    pub(crate) fn span(&self) -> Span {
        self.pattern.span()
    }

    /// The left side of a match arm: the pattern inside `constructor(…)`, then the guard.
    pub(crate) fn arm(&self, constructor: &TokenStream) -> TokenStream {
        let Self { pattern, guard } = self;
        let guard = guard.as_ref().map(|guard| quote!(if #guard));
        let pattern = pattern.to_token_stream();
        quote!(#constructor(#pattern) #guard)
    }
}
