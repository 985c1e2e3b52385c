//! A retry: a loop around what is inside, which the attempts make anew.
//!
//! A closure could not lend its `&mut` arguments to the futures that it makes; a loop can. The
//! runtime counts the attempts and judges them, and sees the whole loop as a layer.

use proc_macro2::TokenStream;
use quote::quote_spanned;

use super::body;
use super::call::Call;
use super::classify::retry_verdict;
use super::stack::{Calling, Stack};
use crate::function::Frame;

impl Stack<'_> {
    /// The loop, as a layer.
    pub(super) fn repeated(
        &self,
        calling: Calling,
        call: &Call<'_>,
        level: usize,
        frame: (usize, &Frame),
        inside: &TokenStream,
    ) -> TokenStream {
        let at = self.at;
        let facade = self.facade.at(at);
        let ownership = body::ownership(self.plan.capture_inside(frame.0), at);
        let attempts = self.attempts(
            calling,
            call,
            level,
            frame.1,
            inside,
            &quote_spanned!(at=> outcome),
        );
        let layer = match calling {
            Calling::Async => {
                quote_spanned!(at=> #facade::__private::retried(async #ownership { #attempts }))
            }
            Calling::Blocking => {
                quote_spanned!(at=> #facade::__private::retried_blocking(#ownership || { #attempts }))
            }
        };
        match &self.handles[level].owned {
            // The fallback asks for its name when the loop, which would take it along, is gone.
            Some(policy) if call.options.fallback.is_some() => {
                quote_spanned!(at=> { let #policy = &#policy; #layer })
            }
            _ => layer,
        }
    }

    /// The loop, in the function's own body: one future less, where no policy and no fallback is
    /// around it.
    pub(super) fn repeated_in_place(
        &self,
        call: &Call<'_>,
        level: usize,
        frame: &Frame,
        inside: &TokenStream,
    ) -> TokenStream {
        let at = self.at;
        let facade = self.facade.at(at);
        let answer = quote_spanned!(at=> #facade::__private::outcome_for_caller(outcome));
        self.attempts(Calling::Async, call, level, frame, inside, &answer)
    }

    /// Attempts until one is the last, whose `outcome` makes the answer. What an attempt owns is gone
    /// before the wait for the next one.
    fn attempts(
        &self,
        calling: Calling,
        call: &Call<'_>,
        level: usize,
        frame: &Frame,
        inside: &TokenStream,
        answer: &TokenStream,
    ) -> TokenStream {
        let at = self.at;
        let facade = self.facade.at(at);
        let Frame {
            enter,
            keep,
            again,
            lend,
            ..
        } = frame;
        // A block inside takes its instances along.
        let again_owned = self.owned_inside(level).map(
            |policy| quote_spanned!(at=> let #policy = ::core::clone::Clone::clone(&#policy);),
        );
        let policy = call.policy;
        let verdict = retry_verdict(call.options, at);
        let (attempt, wait) = match calling {
            Calling::Async => (
                quote_spanned!(at=> #facade::__private::attempt(&mut attempts, #inside).await),
                quote_spanned!(at=> wait.await;),
            ),
            Calling::Blocking => (
                quote_spanned!(at=> #facade::__private::attempt_blocking(&mut attempts, #inside)),
                quote_spanned!(at=> wait.block();),
            ),
        };
        quote_spanned! {at=>
            #(#enter)*
            #(#keep)*
            let mut attempts = #facade::__private::attempts(#policy);
            loop {
                let wait = {
                    #(#again)*
                    #(#again_owned)*
                    #(#lend)*
                    let outcome = #attempt;
                    match attempts.judge(#verdict, outcome) {
                        ::core::ops::ControlFlow::Continue(wait) => wait,
                        ::core::ops::ControlFlow::Break(outcome) => break #answer,
                    }
                };
                #wait
            }
        }
    }
}
