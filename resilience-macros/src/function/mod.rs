//! The annotated function: its signature understood, its body left as the tokens it came as.

mod arguments;
mod plan;
mod refusals;
mod result;
mod shape;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Signature, Token, Type, Visibility};

pub(crate) use self::plan::{Capture, Frame, Plan, plan};
pub(crate) use self::result::{cannot_fail, is_called_result};
pub(crate) use self::shape::{Shape, has_hole, without_lifetimes};
use crate::policy::Policy;

/// A function with a body, of a kind that can be guarded.
#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) defaultness: Option<TokenTree>,
    pub(crate) signature: Signature,
    pub(crate) shape: Shape,
    /// `#![..]` at the head of the body: they move out, to the head of the new one.
    pub(crate) inner_attributes: Vec<Attribute>,
    /// The body in the user's own braces.
    pub(crate) body: Group,
}

/// What stands before a body, and whether there is one.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) attributes: Vec<Attribute>,
    visibility: Visibility,
    defaultness: Option<TokenTree>,
    pub(crate) signature: Signature,
    body: Option<Group>,
}

impl Parse for Written {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        let defaultness = input
            .peek(Token![default])
            .then(|| input.parse())
            .transpose()?;
        let signature = input.parse()?;
        let body = braced(input.parse()?);
        Ok(Self {
            attributes,
            visibility,
            defaultness,
            signature,
            body,
        })
    }
}

/// A body in braces; a macro that was given it as a `$body:block` hands it on in an invisible group.
fn braced(token: TokenTree) -> Option<Group> {
    let TokenTree::Group(group) = token else {
        return None;
    };
    match group.delimiter() {
        Delimiter::Brace => Some(group),
        Delimiter::None => {
            let mut tokens = group.stream().into_iter();
            tokens
                .next()
                .filter(|_| tokens.next().is_none())
                .and_then(braced)
        }
        _ => None,
    }
}

impl Function {
    /// Understands a function; the error holds everything that cannot be guarded about it.
    pub(crate) fn of(policy: &Policy, written: Written) -> darling::Result<Self> {
        let mut errors = darling::Error::accumulator();
        refusals::check_signature(policy, &written.signature, &mut errors);
        let shape = Shape::of(&written.signature);
        let Some(body) = written.body else {
            errors.push(refusals::no_body(policy, &written.signature));
            return Err(all(errors));
        };
        let split = errors.handle(split_inner_attributes(&body));
        let Some((inner_attributes, body)) = split else {
            return Err(all(errors));
        };
        errors.finish_with(Self {
            attributes: written.attributes,
            visibility: written.visibility,
            defaultness: written.defaultness,
            signature: written.signature,
            shape,
            inner_attributes,
            body,
        })
    }
}

impl ToTokens for Written {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self {
            attributes,
            visibility,
            defaultness,
            signature,
            body,
        } = self;
        let end = body.is_none().then(<Token![;]>::default);
        tokens.extend(quote!(#(#attributes)* #visibility #defaultness #signature #body #end));
    }
}

/// The errors gathered so far.
fn all(errors: darling::error::Accumulator) -> darling::Error {
    darling::Error::multiple(errors.into_inner())
}

/// Takes `#![..]` off the head of a body.
fn split_inner_attributes(body: &Group) -> darling::Result<(Vec<Attribute>, Group)> {
    let parse = |input: ParseStream<'_>| {
        let attributes = input.call(Attribute::parse_inner)?;
        Ok((attributes, input.parse::<TokenStream>()?))
    };
    let (attributes, rest) = syn::parse::Parser::parse2(parse, body.stream())?;
    let mut remaining = Group::new(Delimiter::Brace, rest);
    remaining.set_span(body.span());
    Ok((attributes, remaining))
}

/// Whether a function of this signature can return a failure, as far as one can tell.
pub(crate) fn is_fallible(signature: &Signature) -> bool {
    let shape = Shape::of(signature);
    let output = shape.output();
    !cannot_fail(output) && !matches!(output, Type::Never(_))
}

/// The name of the function, as far as one can tell without parsing it.
pub(crate) fn name(item: &TokenStream) -> Option<syn::Ident> {
    let mut tokens = item.clone().into_iter();
    tokens.find(|token| matches!(token, TokenTree::Ident(word) if word == "fn"))?;
    match tokens.next()? {
        TokenTree::Ident(name) => Some(name),
        _ => None,
    }
}
