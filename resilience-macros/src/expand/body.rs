//! The user's body, untouched, as something that the runtime can run.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::Type;

use crate::function::{Capture, Plan};
use crate::options::Facade;
use crate::span::generated_at;

/// An async body: a future of the output.
///
/// The first statement never returns anything. It tells the compiler the type of the body, so that
/// an error in there reads as it would without the attribute.
pub(super) fn future(output: &Type, plan: &Plan, body: &Group, at: Span) -> TokenStream {
    let pin = pin(output, at);
    let ownership = ownership(plan.capture(), at);
    let block = with_head(&pin, plan, body);
    quote_spanned!(at=> async #ownership #block)
}

/// Tells the compiler what an async block brings.
pub(super) fn pin(output: &Type, at: Span) -> TokenStream {
    quote_spanned! {at=>
        if let ::core::option::Option::Some(output) = ::core::option::Option::None::<#output> {
            return output;
        }
    }
}

/// A plain body: a closure that returns the output.
pub(super) fn closure(output: &Type, plan: &Plan, body: &Group, at: Span) -> TokenStream {
    let ownership = ownership(plan.capture(), at);
    let block = with_head(&TokenStream::new(), plan, body);
    quote_spanned!(at=> #ownership || -> #output #block)
}

/// The body of a function that returns a future, as an expression that makes that.
pub(super) fn making(
    output: &Type,
    future: &Type,
    plan: &Plan,
    body: &Group,
    facade: &Facade,
    at: Span,
) -> TokenStream {
    let facade = facade.at(at);
    let block = with_head(&TokenStream::new(), plan, body);
    quote_spanned!(at=> #facade::__private::future_of::<#output, _>((move || -> #future #block)()))
}

/// The body with another name for its `self`. What stands in a block of a type's or a trait's own has
/// a `self` of its own.
fn with_receiver(body: &Group, receiver: &Ident) -> Group {
    let mut is_item = false;
    let tokens = body.stream().into_iter().map(|token| match token {
        TokenTree::Ident(word) if word == "self" => {
            let mut renamed = receiver.clone();
            renamed.set_span(receiver.span().located_at(word.span()));
            TokenTree::Ident(renamed)
        }
        TokenTree::Ident(word) if word == "impl" || word == "trait" => {
            is_item = true;
            TokenTree::Ident(word)
        }
        TokenTree::Group(group) if is_item && group.delimiter() == Delimiter::Brace => {
            is_item = false;
            TokenTree::Group(group)
        }
        TokenTree::Group(group) => TokenTree::Group(with_receiver(&group, receiver)),
        other => other,
    });
    let mut renamed = Group::new(body.delimiter(), tokens.collect());
    renamed.set_span(body.span());
    renamed
}

pub(super) fn ownership(capture: Capture, at: Span) -> TokenStream {
    match capture {
        Capture::Move => quote_spanned!(at=> move),
        Capture::InPlace => TokenStream::new(),
    }
}

/// The body with statements before it.
///
/// It stays a block of its own, so that items at its head are still the first thing in a block, and
/// in the user's braces, where errors about the whole body belong. Only around a lone expression
/// would the compiler call those braces unused: there they are the expansion's.
fn with_head(head: &TokenStream, plan: &Plan, body: &Group) -> Group {
    let body = match &plan.receiver {
        Some(receiver) => &with_receiver(body, receiver),
        None => body,
    };
    let enter = &plan.enter;
    if head.is_empty() && enter.is_empty() {
        return body.clone();
    }
    let at = generated_at(body.span());
    let mut inner = body.clone();
    if !has_statement(body) {
        inner.set_span(at);
    }
    let mut block = Group::new(Delimiter::Brace, quote!(#head #(#enter)* #inner));
    block.set_span(at);
    block
}

fn has_statement(body: &Group) -> bool {
    body.stream()
        .into_iter()
        .any(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ';'))
}
