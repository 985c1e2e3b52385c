//! The one call into the runtime.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::{Signature, Type};

use super::answer::Answer;
use super::classify::classify;
use crate::function::Frame;
use crate::options::Options;

/// What the call is made of.
pub(super) struct Call<'a> {
    pub(super) options: &'a Options,
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
        match &self.options.fallback {
            None => {
                let call = self.call("guard", body);
                quote_spanned!(at=> #call.await)
            }
            Some(fallback) => {
                let call = self.call("run", body);
                self.settled(&quote_spanned!(at=> #call.await), fallback, Answer::Future)
            }
        }
    }

    /// The answer of a closure.
    pub(super) fn blocking(&self, body: &TokenStream) -> TokenStream {
        match &self.options.fallback {
            None => self.call("guard_blocking", body),
            Some(fallback) => {
                let call = self.call("run_blocking", body);
                self.settled(&call, fallback, Answer::Value)
            }
        }
    }

    /// A closure that classifies can be checked only when the type of the body is known: then the
    /// body comes first, in a block of its own so that it is not kept any longer.
    pub(super) fn call(&self, function: &str, body: &TokenStream) -> TokenStream {
        let at = self.at;
        let facade = self.options.facade.at(at);
        let policy = self.policy;
        let function = syn::Ident::new(function, at);
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
}
