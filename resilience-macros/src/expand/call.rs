//! A policy around a body, and the call into the runtime.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::{Signature, Type};

use super::answer::Answer;
use super::classify::verdict;
use super::stack::Calling;
use crate::function::Frame;
use crate::options::Options;
use crate::policy::Form;

/// What the call is made of.
pub(super) struct Call<'a> {
    pub(super) options: &'a Options,
    pub(super) form: &'a Form,
    /// Whether the call may outlive its caller.
    pub(super) is_detached: bool,
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
    /// How many of its permits the call takes, if it has any.
    pub(super) permits: &'a TokenStream,
}

impl Call<'_> {
    /// The answer to a layer around a future, awaited.
    pub(super) fn awaited(&self, layer: &TokenStream) -> TokenStream {
        let at = self.at;
        match &self.options.fallback {
            None => {
                let call = self.outermost("guard", layer);
                quote_spanned!(at=> #call.await)
            }
            Some(fallback) => {
                let call = self.outermost("run", layer);
                self.settled(&quote_spanned!(at=> #call.await), fallback, Answer::Future)
            }
        }
    }

    /// The answer of a layer around a closure.
    pub(super) fn blocking(&self, layer: &TokenStream) -> TokenStream {
        match &self.options.fallback {
            None => self.outermost("guard_blocking", layer),
            Some(fallback) => {
                let call = self.outermost("run_blocking", layer);
                self.settled(&call, fallback, Answer::Value)
            }
        }
    }

    /// The policy around what is inside it. A retry is no function: see [`attempts`](super::attempts).
    pub(super) fn around(&self, calling: Calling, body: &TokenStream) -> TokenStream {
        let at = self.at;
        let facade = self.options.facade.at(at);
        let policy = self.policy;
        let named = |future: &str, blocking: &str| match calling {
            Calling::Async => Ident::new(future, at),
            Calling::Blocking => Ident::new(blocking, at),
        };
        match self.form {
            Form::Judging { future, blocking } => self.judged(&named(future, blocking), body),
            Form::Weighing { future, blocking } => {
                let function = named(future, blocking);
                let permits = self.permits;
                quote_spanned!(at=> #facade::__private::#function(#policy, #permits, #body))
            }
            Form::Enclosing { future, blocking } => {
                let function = named(future, blocking);
                quote_spanned!(at=> #facade::__private::#function(#policy, #body))
            }
            Form::Async {
                attached, detached, ..
            } => {
                let function = Ident::new(if self.is_detached { detached } else { attached }, at);
                quote_spanned!(at=> #facade::__private::#function(#policy, #body))
            }
            Form::Repeating => body.clone(),
        }
    }

    /// A closure that classifies can be checked only when the type of the body is known: then the
    /// body comes first, in a block of its own so that it is not kept any longer.
    fn judged(&self, function: &Ident, body: &TokenStream) -> TokenStream {
        let at = self.at;
        let facade = self.options.facade.at(at);
        let policy = self.policy;
        match verdict(self.options) {
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
