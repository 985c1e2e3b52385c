//! The model as tokens. Everything was checked before: nothing here can fail.

mod answer;
mod attempts;
mod body;
mod call;
mod classify;
mod configure;
mod doubts;
mod handle;
mod record;
mod stack;

#[cfg(test)]
mod policy_snapshots;
#[cfg(test)]
mod snapshots;
#[cfg(test)]
mod stack_snapshots;

use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use self::stack::{Calling, Stack};
use crate::function::{Function, Plan, Shape, cannot_fail, plan, without_lifetimes};
use crate::options::Facade;
use crate::span::generated_at;
use crate::stack::Layer;

/// The function with its calls guarded by the layers, the outermost first. What there is to say of
/// the `new` ones is said here; of those that a block shares, one of its methods says it for all.
pub(crate) fn expand(layers: &[&Layer], new: &[&Layer], function: &Function) -> TokenStream {
    let Function {
        attributes,
        visibility,
        defaultness,
        inner_attributes,
        ..
    } = function;
    let unnamed = Facade::default();
    let facade = layers
        .first()
        .map_or(&unnamed, |layer| &layer.options.facade);
    let plan = plan(&function.signature, &function.shape, layers, facade);
    let guarded = guarded(layers, function, &plan, facade);
    let Plan {
        signature,
        before,
        open,
        ..
    } = &plan;
    let imports = imports(new);
    let record = record::record(layers, &function.signature.ident, facade);
    let warnings = doubts::warnings(layers, new);
    let mut block = Group::new(
        Delimiter::Brace,
        quote!(#(#inner_attributes)* #imports #record #warnings #(#before)* #(#open)* #guarded),
    );
    block.set_span(function.body.span());
    quote!(#(#attributes)* #visibility #defaultness #signature #block)
}

/// Uses the names of the attributes that the compiler never sees, since those who imported them would
/// be told that nobody does; a name that there is not is an error, as of any attribute.
fn imports(new: &[&Layer]) -> TokenStream {
    let mut paths: Vec<_> = new.iter().filter_map(|layer| layer.path.as_ref()).collect();
    paths.dedup();
    quote!(#(#[allow(unused_imports)] use #paths as _;)*)
}

/// Looks up the policies and runs the body under them.
fn guarded(layers: &[&Layer], function: &Function, plan: &Plan, facade: &Facade) -> TokenStream {
    let output = function.shape.output();
    let at = generated_at(output.span());
    let handles: Vec<_> = layers
        .iter()
        .enumerate()
        .map(|(level, layer)| handle::handle(layer, level))
        .collect();
    let is_plain = layers.iter().any(|layer| layer.options.plain.is_some());
    let stack = Stack {
        layers,
        handles: &handles,
        plan,
        facade,
        cannot_fail: is_plain || cannot_fail(output),
        output,
        at,
    };
    let lookups = handles.iter().map(|handle| &handle.lookup);
    let lend = stack.lend();
    let lookup = quote!(#(#lookups)* #lend);
    match &function.shape {
        Shape::Async { output } => {
            let body = body::future(output, plan, &function.body, at);
            let answer = stack.answer(Calling::Async, body);
            quote!(#lookup #answer)
        }
        Shape::Plain { output } => {
            let body = body::closure(output, plan, &function.body, at);
            let answer = stack.answer(Calling::Blocking, body);
            quote!(#lookup #answer)
        }
        Shape::Opaque { output } => {
            let future = syn::parse_quote!(_);
            let body = body::making(output, &future, plan, &function.body, facade, at);
            let (made, body) = when_made(plan, body, at);
            let answer = stack.answer(Calling::Async, body);
            quote_spanned!(at=> #lookup #made async move { #answer })
        }
        Shape::Boxed { output, boxed } => {
            // The function's own lifetimes are too long for what each attempt lends.
            let boxed = if plan.repeats() {
                &without_lifetimes(boxed)
            } else {
                boxed
            };
            let body = body::making(output, boxed, plan, &function.body, facade, at);
            let (made, body) = when_made(plan, body, at);
            let answer = stack.answer(Calling::Async, body);
            quote_spanned!(at=> #lookup #made ::std::boxed::Box::pin(async move { #answer }))
        }
    }
}

/// A body that makes a future runs at once, as it would without the attribute, and what it made is
/// what the runtime polls. A retry needs one for each attempt, and makes them there.
fn when_made(plan: &Plan, making: TokenStream, at: Span) -> (TokenStream, TokenStream) {
    if plan.repeats() {
        (TokenStream::new(), making)
    } else {
        (
            quote_spanned!(at=> let body = #making;),
            quote_spanned!(at=> body),
        )
    }
}
