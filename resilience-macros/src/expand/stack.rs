//! The policies of a stack, one around the other, in one body.
//!
//! A policy without a fallback is one call around what is inside it. One with a fallback is an
//! async block, or a closure, in which that fallback answers; the policy outside it sees its answer.
//! A retry is a loop in one, since what is inside is made anew for each attempt.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Type;

use super::body;
use super::call::Call;
use super::handle::Handle;
use crate::function::{Frame, Plan};
use crate::options::Facade;
use crate::stack::Layer;

/// A stack around one function.
pub(super) struct Stack<'a> {
    pub(super) layers: &'a [&'a Layer],
    pub(super) handles: &'a [Handle],
    pub(super) plan: &'a Plan,
    pub(super) facade: &'a Facade,
    /// Whether the function returns a value, and no `Result` that could say it failed.
    pub(super) cannot_fail: bool,
    /// What the function brings.
    pub(super) output: &'a Type,
    /// Where the compiler reports what is wrong with the function's result.
    pub(super) at: Span,
}

/// Whether the caller waits with its thread or its task.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Calling {
    Async,
    Blocking,
}

impl Stack<'_> {
    /// The answer of the whole stack around a body: a future, or a closure.
    pub(super) fn answer(&self, calling: Calling, body: TokenStream) -> TokenStream {
        let mut inside = self.completed(calling, body);
        let mut frames = self.plan.frames.iter().enumerate().rev();
        for (level, (layer, handle)) in self.layers.iter().zip(self.handles).enumerate().rev() {
            let attempts = if layer.policy.repeats() {
                frames.next()
            } else {
                None
            };
            let frame = match layer.options.fallback {
                Some(_) => frames.next(),
                None => None,
            };
            let call = Call {
                options: &layer.options,
                form: &layer.policy.runtime.form,
                is_detached: layer.detached().is_some(),
                signature: &self.plan.signature,
                frame: frame.map(|(_, frame)| frame),
                cannot_fail: self.cannot_fail,
                output: self.output,
                at: self.at,
                policy: &handle.reference,
                permits: &handle.permits,
            };
            let layer = match attempts {
                Some((_, attempts))
                    if level == 0 && calling == Calling::Async && frame.is_none() =>
                {
                    return self.repeated_in_place(&call, level, attempts, &inside);
                }
                Some(attempts) => self.repeated(calling, &call, level, attempts, &inside),
                None if call.is_detached => call.around(calling, &self.owning(level, inside)),
                None => call.around(calling, &inside),
            };
            inside = match (level, calling) {
                (0, Calling::Async) => call.awaited(&layer),
                (0, Calling::Blocking) => call.blocking(&layer),
                _ => self.inner(calling, &call, frame, layer),
            };
        }
        inside
    }

    /// A policy inside another one.
    fn inner(
        &self,
        calling: Calling,
        call: &Call<'_>,
        frame: Option<(usize, &Frame)>,
        layer: TokenStream,
    ) -> TokenStream {
        let at = self.at;
        let Some((index, frame)) = frame else {
            return layer;
        };
        let Frame { enter, lend, .. } = frame;
        let ownership = body::ownership(self.plan.capture_inside(index), at);
        let output = self.output;
        let block = match calling {
            Calling::Async => {
                let pin = body::pin(output, at);
                let answer = call.awaited(&layer);
                quote_spanned!(at=> async #ownership { #pin #(#enter)* #(#lend)* #answer })
            }
            Calling::Blocking => {
                let answer = call.blocking(&layer);
                quote_spanned!(at=> #ownership || -> #output { #(#enter)* #(#lend)* #answer })
            }
        };
        self.completed(calling, block)
    }

    /// What is inside a policy that lets the call outlive its caller: one block that owns the
    /// instances which were looked up for this call.
    fn owning(&self, level: usize, inside: TokenStream) -> TokenStream {
        if self.owned_inside(level).next().is_none() {
            return inside;
        }
        let at = self.at;
        let facade = self.facade.at(at);
        quote_spanned! {at=>
            #facade::__private::owning(async move {
                #facade::__private::outcome_of(#inside).await
            })
        }
    }

    /// The variables of instances further inside that were looked up for this call.
    pub(super) fn owned_inside(&self, level: usize) -> impl Iterator<Item = &Ident> {
        self.handles[level + 1..]
            .iter()
            .filter_map(|handle| handle.owned.as_ref())
    }

    /// What cannot fail, as something whose outcome a policy can judge.
    fn completed(&self, calling: Calling, body: TokenStream) -> TokenStream {
        if !self.cannot_fail {
            return body;
        }
        let at = self.at;
        let facade = self.facade.at(at);
        match calling {
            Calling::Async => quote_spanned!(at=> #facade::__private::completed(#body)),
            Calling::Blocking => quote_spanned!(at=> #facade::__private::completed_blocking(#body)),
        }
    }

    /// Lends what the outermost policy's fallback needs, where that policy is not inside another.
    pub(super) fn lend(&self) -> TokenStream {
        let outermost = self.layers.first();
        let has_fallback = outermost.is_some_and(|layer| layer.options.fallback.is_some());
        match self.plan.frames.first() {
            Some(frame) if has_fallback => {
                let lend = &frame.lend;
                quote!(#(#lend)*)
            }
            _ => TokenStream::new(),
        }
    }
}
