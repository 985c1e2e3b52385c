//! The model as tokens. Everything was checked before: nothing here can fail.

mod answer;
mod body;
mod call;
mod classify;
mod configure;
mod handle;

#[cfg(test)]
mod snapshots;

use proc_macro2::{Delimiter, Group, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use self::call::Call;
use crate::function::{Function, Plan, Shape, cannot_fail, plan};
use crate::options::Options;
use crate::policy::Policy;
use crate::span::generated_at;

/// The function with its calls guarded.
pub(crate) fn expand(policy: &Policy, options: &Options, function: &Function) -> TokenStream {
    let Function {
        attributes,
        visibility,
        defaultness,
        inner_attributes,
        ..
    } = function;
    let plan = plan(
        &function.signature,
        options.fallback.as_ref(),
        &options.facade,
    );
    let guarded = guarded(policy, options, function, &plan);
    let signature = &plan.signature;
    let before = &plan.before;
    let mut block = Group::new(
        Delimiter::Brace,
        quote!(#(#inner_attributes)* #(#before)* #guarded),
    );
    block.set_span(function.body.span());
    quote!(#(#attributes)* #visibility #defaultness #signature #block)
}

/// Looks up the policy and runs the body under it.
fn guarded(policy: &Policy, options: &Options, function: &Function, plan: &Plan) -> TokenStream {
    let at = generated_at(function.shape.output().span());
    let handle = handle::handle(policy, options);
    let lookup = &handle.lookup;
    let lend = &plan.lend;
    let lookup = quote!(#lookup #(#lend)*);
    let output = function.shape.output();
    let call = Call {
        options,
        plan,
        cannot_fail: options.plain.is_some() || cannot_fail(output),
        output,
        at,
        policy: &handle.reference,
    };
    match &function.shape {
        Shape::Async { output } => {
            let body = body::future(output, plan, &function.body, at);
            let answer = call.awaited(&body);
            quote!(#lookup #answer)
        }
        Shape::Plain { output } => {
            let body = body::closure(output, plan, &function.body, at);
            let answer = call.blocking(&body);
            quote!(#lookup #answer)
        }
        Shape::Opaque { output } => {
            let unnamed = syn::parse_quote!(_);
            let body = body::made(output, &unnamed, plan, &function.body, &options.facade, at);
            let answer = call.awaited(&quote_spanned!(at=> body));
            quote_spanned!(at=> #lookup #body async move { #answer })
        }
        Shape::Boxed { output, boxed } => {
            let body = body::made(output, boxed, plan, &function.body, &options.facade, at);
            let answer = call.awaited(&quote_spanned!(at=> body));
            quote_spanned!(at=> #lookup #body ::std::boxed::Box::pin(async move { #answer }))
        }
    }
}
