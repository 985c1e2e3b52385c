//! How a finished call counts, by the user's patterns.

use proc_macro2::TokenStream;
use quote::quote_spanned;

use crate::options::{ClassPattern, Options};
use crate::span::generated_at;

/// The closure that classifies a result, where patterns are given.
///
/// Ignoring wins over recording. With patterns for what is recorded, an error that is none of them
/// counts as a success, as in Resilience4j.
pub(super) fn classify(options: &Options) -> Option<TokenStream> {
    let Options {
        ignore_errors,
        record_errors,
        record_result,
        facade,
        ..
    } = options;
    let first = [ignore_errors, record_errors, record_result]
        .into_iter()
        .flatten()
        .next()?;
    let at = generated_at(first.span());
    let arm = |pattern: &Option<ClassPattern>, constructor: &str, verdict: &str| {
        let pattern = pattern.as_ref()?;
        let at = generated_at(pattern.span());
        let facade = facade.at(at);
        let constructor = syn::Ident::new(constructor, at);
        let verdict = syn::Ident::new(verdict, at);
        let left = pattern.arm(&quote_spanned!(at=> ::core::result::Result::#constructor));
        Some(quote_spanned!(at=> #left => #facade::Verdict::#verdict,))
    };
    let ignored = arm(ignore_errors, "Err", "Ignored");
    let recorded = arm(record_errors, "Err", "Failure");
    let recorded_value = arm(record_result, "Ok", "Failure");
    let other_errors = syn::Ident::new(
        if record_errors.is_some() {
            "Success"
        } else {
            "Failure"
        },
        at,
    );
    let facade = facade.at(at);
    Some(quote_spanned! {at=>
        |result| match result {
            #ignored
            #recorded
            ::core::result::Result::Err(_) => #facade::Verdict::#other_errors,
            #recorded_value
            ::core::result::Result::Ok(_) => #facade::Verdict::Success,
        }
    })
}
