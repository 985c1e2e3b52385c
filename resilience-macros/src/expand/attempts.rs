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
    /// The loop. What an attempt owns is gone before the wait for the next one.
    pub(super) fn repeated(
        &self,
        calling: Calling,
        call: &Call<'_>,
        level: usize,
        (index, frame): (usize, &Frame),
        inside: &TokenStream,
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
        let ownership = body::ownership(self.plan.capture_inside(index), at);
        let policy = call.policy;
        let verdict = retry_verdict(call.options, at);
        let (attempt, wait) = match calling {
            Calling::Async => (
                quote_spanned!(at=> #facade::__private::attempt(#policy, #inside).await),
                quote_spanned!(at=> wait.await;),
            ),
            Calling::Blocking => (
                quote_spanned!(at=> #facade::__private::attempt_blocking(#policy, #inside)),
                quote_spanned!(at=> wait.block();),
            ),
        };
        let attempts = quote_spanned! {at=>
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
                        ::core::ops::ControlFlow::Break(outcome) => break outcome,
                    }
                };
                #wait
            }
        };
        match calling {
            Calling::Async => {
                quote_spanned!(at=> #facade::__private::retried(async #ownership { #attempts }))
            }
            Calling::Blocking => {
                quote_spanned!(at=> #facade::__private::retried_blocking(#ownership || { #attempts }))
            }
        }
    }
}
