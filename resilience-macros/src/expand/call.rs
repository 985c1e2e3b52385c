//! A policy around a body, and the call into the runtime.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::{Signature, Type};

use super::answer::Answer;
use super::classify::classify;
use crate::function::Frame;
use crate::options::Options;
use crate::policy::Runtime;

/// What the call is made of.
pub(super) struct Call<'a> {
    pub(super) options: &'a Options,
    pub(super) runtime: &'a Runtime,
    pub(super) signature: &'a Signature,
    /// What the fallbacks need of the arguments.
    pub(super) frame: Option<&'a Frame>,
    /// Whether the function returns a value, and no `Result` that could say it failed.
    pub(super) cannot_fail: bool,
    /// The type of the function's result.
    pub(super) output: &'a Type,
    /// Where the compiler reports what is wrong with the function's result.
    pub(super) at: Span,
    /// The policy, as the runtime takes it.
    pub(super) policy: &'a TokenStream,
}

impl Call<'_> {
    /// The answer to a future, awaited.
    pub(super) fn awaited(&self, body: &TokenStream) -> TokenStream {
        let at = self.at;
        let layer = self.layer(body);
        match &self.options.fallback {
            None => {
                let call = self.outermost("guard", &layer);
                quote_spanned!(at=> #call.await)
            }
            Some(fallback) => {
                let call = self.outermost("run", &layer);
                self.settled(&quote_spanned!(at=> #call.await), fallback, Answer::Future)
            }
        }
    }

    /// The answer of a closure.
    pub(super) fn blocking(&self, body: &TokenStream) -> TokenStream {
        let layer = self.layer_blocking(body);
        match &self.options.fallback {
            None => self.outermost("guard_blocking", &layer),
            Some(fallback) => {
                let call = self.outermost("run_blocking", &layer);
                self.settled(&call, fallback, Answer::Value)
            }
        }
    }

    /// The policy around a future.
    pub(super) fn layer(&self, body: &TokenStream) -> TokenStream {
        self.around(self.runtime.around, body)
    }

    /// The policy around a closure.
    pub(super) fn layer_blocking(&self, body: &TokenStream) -> TokenStream {
        self.around(self.runtime.around_blocking, body)
    }

    /// A closure that classifies can be checked only when the type of the body is known: then the
    /// body comes first, in a block of its own so that it is not kept any longer.
    fn around(&self, function: &str, body: &TokenStream) -> TokenStream {
        let at = self.at;
        let facade = self.options.facade.at(at);
        let policy = self.policy;
        let function = Ident::new(function, at);
        match classify(self.options) {
            None => quote_spanned! {at=>
                #facade::__private::#function(#policy, #facade::__private::classify_errors, #body)
            },
            Some(classify) => quote_spanned! {at=>
                {
                    let body = #body;
                    #facade::__private::#function(#policy, #classify, body)
                }
            },
        }
    }

    /// Makes the call through all policies.
    fn outermost(&self, function: &str, layer: &TokenStream) -> TokenStream {
        let at = self.at;
        let facade = self.options.facade.at(at);
        let function = Ident::new(function, at);
        quote_spanned!(at=> #facade::__private::#function(#layer))
    }
}
