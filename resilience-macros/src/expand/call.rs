//! The one call into the runtime, and what becomes of its answer.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{ExprPath, Signature, Type};

use super::classify::classify;
use crate::function::Frame;
use crate::options::{Fallback, Options};
use crate::span::generated_at;

/// What the call is made of.
pub(super) struct Call<'a> {
    pub(super) options: &'a Options,
    pub(super) signature: &'a Signature,
    /// What the fallback needs of the arguments.
    pub(super) frame: Option<&'a Frame>,
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
    pub(super) fn blocking(&self, body: &TokenStream, output: &Type) -> TokenStream {
        match &self.options.fallback {
            None => self.call("guard_blocking", body),
            Some(fallback) => {
                let call = self.call("run_blocking", body);
                self.settled(&call, fallback, Answer::Value(output))
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

    /// Lets the fallback answer a failure. The call of the fallback is the check of its signature.
    fn settled(&self, call: &TokenStream, fallback: &Fallback, answer: Answer<'_>) -> TokenStream {
        let at = self.at;
        let at_path = generated_at(fallback.0.span());
        let forwards = self.frame.into_iter().flat_map(|frame| &frame.forwards);
        let in_self = fallback.is_single_name() && fallback.takes_receiver(self.signature);
        let path = resolved(&fallback.0, in_self, at_path);
        let facade = self.options.facade.at(at_path);
        let answer_to_failure = quote_spanned! {at_path=>
            #path(#(#forwards,)* #facade::__private::failure_for_fallback(failure))
        };
        let answer_to_failure = match answer {
            Answer::Future => quote_spanned! {at_path=>
                #facade::__private::answer_of_fallback(#answer_to_failure).await
            },
            Answer::Value(output) => quote_spanned! {at_path=>
                #facade::__private::answer_of_plain_fallback::<#output, _>(#answer_to_failure)
            },
        };
        let facade = self.options.facade.at(at);
        quote_spanned! {at=>
            match #call {
                ::core::result::Result::Ok(value) => {
                    #facade::Outcome::from_result(::core::result::Result::Ok(value))
                }
                ::core::result::Result::Err(failure) => #answer_to_failure,
            }
        }
    }
}

/// What a fallback may return.
#[derive(Clone, Copy)]
enum Answer<'a> {
    /// The output, or a future of it.
    Future,
    /// The output.
    Value(&'a Type),
}

/// A name on its own is a method of the type, where the function is one.
fn resolved(path: &ExprPath, in_self: bool, at: Span) -> TokenStream {
    if in_self {
        quote_spanned!(at=> Self::#path)
    } else {
        quote!(#path)
    }
}
