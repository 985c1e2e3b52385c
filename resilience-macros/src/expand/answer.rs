//! What becomes of a call's outcome where a fallback may answer.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ExprPath;
use syn::spanned::Spanned;

use super::call::Call;
use crate::options::{Coverage, Fallback, FallbackArms, FallbackPath};
use crate::span::{generated_at, moved_to};

/// What a fallback may return.
#[derive(Clone, Copy)]
pub(super) enum Answer {
    /// The output, or a future of it.
    Future,
    /// The output.
    Value,
}

impl Call<'_> {
    /// Lets the fallback answer a failure.
    pub(super) fn settled(
        &self,
        call: &TokenStream,
        fallback: &Fallback,
        answer: Answer,
    ) -> TokenStream {
        let at = self.at;
        let facade = self.options.facade.at(at);
        let value = if self.cannot_fail {
            quote_spanned!(at=> value)
        } else {
            quote_spanned!(at=> #facade::Outcome::from_result(::core::result::Result::Ok(value)))
        };
        let answered = match fallback {
            Fallback::Single(path) => self.answered_by(path, answer),
            Fallback::ByPattern(arms) => self.chosen(arms, answer),
        };
        quote_spanned! {at=>
            match #call {
                ::core::result::Result::Ok(value) => { #value }
                ::core::result::Result::Err(failure) => #answered,
            }
        }
    }

    /// Calls a fallback. The call is the check of its signature.
    fn answered_by(&self, fallback: &FallbackPath, answer: Answer) -> TokenStream {
        let at = generated_at(fallback.0.span());
        let takes_receiver = fallback.takes_receiver(self.signature);
        // At the path: it is the fallback that is wrong about them, not the function.
        let moved = |argument| moved_to(argument, fallback.0.span());
        let receiver = self
            .frame
            .and_then(|frame| frame.receiver.as_ref())
            .filter(|_| takes_receiver)
            .into_iter()
            .map(moved);
        let forwards = self
            .frame
            .into_iter()
            .flat_map(|frame| &frame.forwards)
            .map(moved);
        let path = resolved(&fallback.0, takes_receiver && fallback.is_single_name(), at);
        let facade = self.options.facade.at(at);
        let failure = if self.cannot_fail {
            quote_spanned!(at=> policy_failure_for_fallback)
        } else {
            quote_spanned!(at=> failure_for_fallback)
        };
        let answered = quote_spanned! {at=>
            #path(#(#receiver,)* #(#forwards,)* #facade::__private::#failure(failure))
        };
        let (output, policy) = (self.output, self.policy);
        let begins = quote_spanned!(at=> #facade::__private::fallback_begins(#policy, &failure));
        match answer {
            Answer::Future if self.cannot_fail => quote_spanned! {at=>
                #facade::__private::value_of_fallback::<#output, _, _>(#begins, #answered).await
            },
            Answer::Future => quote_spanned! {at=>
                #facade::__private::answer_of_fallback(#begins, #answered).await
            },
            Answer::Value => quote_spanned! {at=>
                #facade::__private::answer_of_plain_fallback::<#output, _>(#begins, #answered)
            },
        }
    }

    /// Chooses by the user's patterns, in one `match` on a reference, so that the compiler sees
    /// which of them can never be reached; then hands the failure itself to the one chosen.
    ///
    /// The fallback that is sure to answer, if there is one, comes last and needs no number.
    /// Without one, what no pattern matches goes on outwards.
    fn chosen(&self, arms: &FallbackArms, answer: Answer) -> TokenStream {
        let at = generated_at(arms.span());
        let last_resort = arms.last_resort();
        let numbers: Vec<_> = arms
            .iter()
            .enumerate()
            .map(|(number, arm)| {
                let at = generated_at(arm.span());
                let left = arm.left();
                let number = Literal::usize_suffixed(number);
                quote_spanned!(at=> #left => #number,)
            })
            .collect();
        let nobody = Literal::usize_suffixed(numbers.len());
        let otherwise = match last_resort {
            Some((_, Coverage::All)) => None,
            _ => Some(quote_spanned!(at=> _ => #nobody,)),
        };
        let answers = arms.iter().enumerate().filter_map(|(number, arm)| {
            if last_resort.is_some_and(|(last, _)| number == last) {
                return None;
            }
            let at = generated_at(arm.path.0.span());
            let answered = self.answered_by(&arm.path, answer);
            let number = Literal::usize_suffixed(number);
            Some(quote_spanned!(at=> failure if chosen == #number => #answered,))
        });
        let call_goes_on = match last_resort {
            Some((_, Coverage::Policy)) if !self.cannot_fail => {
                Some(self.call_goes_on(&nobody, at))
            }
            _ => None,
        };
        let last = match last_resort.and_then(|(last, _)| arms.iter().nth(last)) {
            Some(arm) => self.answered_by(&arm.path, answer),
            None => self.all_goes_on(at),
        };
        quote_spanned! {at=>
            {
                let chosen = match &failure { #(#numbers)* #otherwise };
                match failure {
                    #(#answers)*
                    #call_goes_on
                    failure => #last,
                }
            }
        }
    }

    /// The arm that returns the function's own error, where nobody answers that.
    fn call_goes_on(&self, nobody: &Literal, at: Span) -> TokenStream {
        let facade = self.options.facade.at(at);
        quote_spanned! {at=>
            #facade::Failure::Call(error) if chosen == #nobody => {
                #facade::Outcome::from_result(::core::result::Result::Err(error))
            }
        }
    }

    /// Returns what nobody answers, a failure of the policy's own included.
    fn all_goes_on(&self, at: Span) -> TokenStream {
        let facade = self.options.facade.at(at);
        quote_spanned! {at=>
            #facade::Outcome::from_result(::core::result::Result::Err(
                #facade::__private::failure_that_no_fallback_answers(failure)
            ))
        }
    }
}

/// A name on its own is a method of the type, where the function is one.
fn resolved(path: &ExprPath, in_self: bool, at: Span) -> TokenStream {
    if in_self {
        quote_spanned!(at=> Self::#path)
    } else {
        quote!(#path)
    }
}
