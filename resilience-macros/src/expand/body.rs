//! The user's body, untouched, as something that the runtime can run.

use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Type;

use crate::function::{Capture, Plan};
use crate::options::Facade;

/// An async body: a future of the output.
///
/// The first statement never returns anything. It tells the compiler the type of the body, so that
/// an error in there reads as it would without the attribute.
pub(super) fn future(output: &Type, plan: &Plan, body: &Group, at: Span) -> TokenStream {
    let pin = quote_spanned! {at=>
        if let ::core::option::Option::Some(output) = ::core::option::Option::None::<#output> {
            return output;
        }
    };
    let ownership = ownership(plan, at);
    let block = with_head(&pin, plan, body);
    quote_spanned!(at=> async #ownership #block)
}

/// A plain body: a closure that returns the output.
pub(super) fn closure(output: &Type, plan: &Plan, body: &Group, at: Span) -> TokenStream {
    let ownership = ownership(plan, at);
    let block = with_head(&TokenStream::new(), plan, body);
    quote_spanned!(at=> #ownership || -> #output #block)
}

/// The body of a function that returns a future: it runs at once, as it would without the
/// attribute, and what it made is what the runtime polls.
pub(super) fn made(
    output: &Type,
    future: &Type,
    plan: &Plan,
    body: &Group,
    facade: &Facade,
    at: Span,
) -> TokenStream {
    let facade = facade.at(at);
    let block = with_head(&TokenStream::new(), plan, body);
    quote_spanned! {at=>
        let body = #facade::__private::future_of::<#output, _>((move || -> #future #block)());
    }
}

fn ownership(plan: &Plan, at: Span) -> TokenStream {
    match plan.capture {
        Capture::Move => quote_spanned!(at=> move),
        Capture::InPlace => TokenStream::new(),
    }
}

/// The block in the user's own braces, to which errors about the whole body point.
fn with_head(head: &TokenStream, plan: &Plan, body: &Group) -> Group {
    let enter = &plan.enter;
    let statements = body.stream();
    let mut block = Group::new(Delimiter::Brace, quote!(#head #(#enter)* #statements));
    block.set_span(body.span());
    block
}
