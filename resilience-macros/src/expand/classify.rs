//! How a finished call counts, by the user's patterns.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;

use crate::options::{ClassPattern, Options};
use crate::span::generated_at;

/// The closure that classifies a result, where patterns are given or the errors have classes: the
/// patterns go first.
///
/// Ignoring wins over recording. With patterns for what is recorded, an error that is none of them
/// counts as a success, as in Resilience4j, unless it has a class.
pub(super) fn verdict(options: &Options) -> Option<TokenStream> {
    let Options {
        ignore_errors,
        record_errors,
        record_result,
        classify,
        facade,
        ..
    } = options;
    let at_classify = classify.as_ref().map(|word| generated_at(word.span()));
    let first_pattern = [ignore_errors, record_errors, record_result]
        .into_iter()
        .flatten()
        .next();
    let first = first_pattern.map(ClassPattern::span).or(at_classify)?;
    let at = generated_at(first);
    let arm = |pattern: &Option<ClassPattern>, constructor: &str, verdict: &str| {
        let pattern = pattern.as_ref()?;
        let at = generated_at(pattern.span());
        let facade = facade.at(at);
        let constructor = Ident::new(constructor, at);
        let verdict = Ident::new(verdict, at);
        let left = pattern.arm(&quote_spanned!(at=> ::core::result::Result::#constructor));
        Some(quote_spanned!(at=> #left => #facade::Verdict::#verdict,))
    };
    let ignored = arm(ignore_errors, "Err", "Ignored");
    let recorded = arm(record_errors, "Err", "Failure");
    let recorded_value = arm(record_result, "Ok", "Failure");
    let other_errors = if let Some(at) = at_classify {
        let facade = facade.at(at);
        quote_spanned! {at=>
            ::core::result::Result::Err(error) => #facade::__private::verdict_by_class(error),
        }
    } else {
        let facade = facade.at(at);
        let verdict = Ident::new(
            if record_errors.is_some() {
                "Success"
            } else {
                "Failure"
            },
            at,
        );
        quote_spanned!(at=> ::core::result::Result::Err(_) => #facade::Verdict::#verdict,)
    };
    let facade = facade.at(at);
    Some(quote_spanned! {at=>
        |result| match result {
            #ignored
            #recorded
            #other_errors
            #recorded_value
            ::core::result::Result::Ok(_) => #facade::Verdict::Success,
        }
    })
}

/// The closure that tells a retry whether to try again.
///
/// Ignoring wins over retrying. With patterns for what is retried, an error that is none of them is
/// not, unless its class says so. An error, or a value, that says itself how long to wait is asked: its type is known here and
/// not in the runtime, and the method that asks is one that every type has and those with
/// `RetryAfter` have twice.
pub(super) fn retry_verdict(options: &Options, at: Span) -> TokenStream {
    let Options {
        ignore_errors,
        retry_errors,
        retry_result,
        classify,
        facade,
        ..
    } = options;
    let arm = |pattern: &Option<ClassPattern>, constructor: &str, again: bool| {
        let pattern = pattern.as_ref()?;
        let at = generated_at(pattern.span());
        let constructor = Ident::new(constructor, at);
        let left = pattern.arm(&quote_spanned!(at=> ::core::result::Result::#constructor));
        Some(quote_spanned!(at=> #left => #again,))
    };
    let ignored = arm(ignore_errors, "Err", false);
    let retried = arm(retry_errors, "Err", true);
    let retried_value = arm(retry_result, "Ok", true);
    let facade = facade.at(at);
    let ask = quote_spanned!(at=> #facade::__private::Asking(said).verdict());
    let ask_errors = quote_spanned! {at=>
        #[allow(unused_imports)]
        use #facade::__private::AsksForNothing as _;
    };
    if classify.is_none() && ignored.is_none() && retried.is_none() && retried_value.is_none() {
        return quote_spanned! {at=>
            |result| {
                #ask_errors
                match result {
                    ::core::result::Result::Err(said) => #ask,
                    ::core::result::Result::Ok(_) => #facade::__private::RetryVerdict::Accept,
                }
            }
        };
    }
    let other_errors = if let Some(word) = classify {
        let at = generated_at(word.span());
        let facade = options.facade.at(at);
        quote_spanned! {at=>
            ::core::result::Result::Err(error) => #facade::__private::is_retried_by_class(error),
        }
    } else {
        let again = retry_errors.is_none();
        quote_spanned!(at=> ::core::result::Result::Err(_) => #again,)
    };
    let retried_value_asks = retried_value
        .is_some()
        .then(|| quote_spanned!(at=> ::core::result::Result::Ok(said) if again => #ask,));
    quote_spanned! {at=>
        |result| {
            #ask_errors
            let again = match result {
                #ignored
                #retried
                #other_errors
                #retried_value
                ::core::result::Result::Ok(_) => false,
            };
            match result {
                ::core::result::Result::Err(said) if again => #ask,
                #retried_value_asks
                ::core::result::Result::Err(_) => #facade::__private::RetryVerdict::GiveUp,
                ::core::result::Result::Ok(_) => #facade::__private::RetryVerdict::Accept,
            }
        }
    }
}
