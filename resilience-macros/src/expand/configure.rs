//! The settings of an attribute as a function over the policy's builder.

use std::time::Duration;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{quote, quote_spanned};
use resilience_settings::Setting;

use crate::options::Facade;
use crate::policy::Policy;
use crate::settings::{Settings, Value};

/// `|config| config.a(..).b(..)`, where there are settings.
pub(super) fn configure(
    policy: &Policy,
    settings: &Settings,
    facade: &Facade,
    at: Span,
) -> Option<TokenStream> {
    let setters: Vec<_> = settings
        .iter()
        .map(|(setting, value)| {
            let setter = Ident::new(setting.name, at);
            let value = literal(policy, setting, value, facade, at);
            quote_spanned!(at=> .#setter(#value))
        })
        .collect();
    (!setters.is_empty()).then(|| quote_spanned!(at=> |config| config #(#setters)*))
}

fn literal(
    policy: &Policy,
    setting: &Setting,
    value: &Value,
    facade: &Facade,
    at: Span,
) -> TokenStream {
    match value {
        Value::Percentage(share) => {
            let share = Literal::f32_suffixed(*share);
            quote!(#share)
        }
        Value::Count(count) => {
            let count = Literal::u32_suffixed(*count);
            quote!(#count)
        }
        Value::Factor(factor) => {
            let factor = Literal::f64_suffixed(*factor);
            quote!(#factor)
        }
        Value::Duration(length) => duration(*length, at),
        Value::Flag(flag) => quote!(#flag),
        Value::Text(text) => quote!(#text),
        Value::Choice(choice) => {
            let choices = Ident::new((policy.choice_type)(setting), at);
            let variant = Ident::new(&camel_case(choice), at);
            let facade = facade.at(at);
            quote_spanned!(at=> #facade::#choices::#variant)
        }
    }
}

fn duration(length: Duration, at: Span) -> TokenStream {
    let seconds = Literal::u64_unsuffixed(length.as_secs());
    let nanos = Literal::u32_unsuffixed(length.subsec_nanos());
    quote_spanned!(at=> ::core::time::Duration::new(#seconds, #nanos))
}

/// `COUNT_BASED` as `CountBased`.
fn camel_case(choice: &str) -> String {
    choice
        .split('_')
        .flat_map(|word| {
            let mut letters = word.chars();
            let first = letters.next().map(|letter| letter.to_ascii_uppercase());
            first
                .into_iter()
                .chain(letters.map(|letter| letter.to_ascii_lowercase()))
        })
        .collect()
}
