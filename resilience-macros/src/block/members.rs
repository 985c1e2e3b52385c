//! The members of an `impl` block: functions up to their bodies, everything else as it came.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::Token;
use syn::parse::discouraged::Speculative;
use syn::parse::{Parse, ParseStream};

use crate::function::Written;

/// A member of a block.
pub(super) enum Member {
    /// A function or method.
    Function(Box<Written>),
    /// A constant, a type, a macro's call, or what is not finished yet.
    Other(TokenStream),
}

impl Parse for Member {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let ahead = input.fork();
        if let Ok(written) = ahead.parse::<Written>() {
            input.advance_to(&ahead);
            return Ok(Self::Function(Box::new(written)));
        }
        other(input).map(Self::Other)
    }
}

/// Up to a `;`, or to braces that no `=` announced.
fn other(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut tokens = TokenStream::new();
    let mut is_assigned = false;
    while !input.is_empty() {
        is_assigned |= input.peek(Token![=]);
        let token: TokenTree = input.parse()?;
        let is_last = match &token {
            TokenTree::Punct(punct) => punct.as_char() == ';',
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace && !is_assigned,
            _ => false,
        };
        tokens.extend([token]);
        if is_last {
            break;
        }
    }
    Ok(tokens)
}

/// Every member of a block.
pub(super) fn members(input: ParseStream<'_>) -> syn::Result<Vec<Member>> {
    let mut members = Vec::new();
    while !input.is_empty() {
        members.push(input.parse()?);
    }
    Ok(members)
}
