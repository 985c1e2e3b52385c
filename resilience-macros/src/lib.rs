//! The attributes of resilience4rs. Use them through the facade crate `resilience4rs`.
//!
//! An attribute is read in four steps, each a module: `options` and `function` parse and check
//! what the user wrote, independently of each other, so that everything that is wrong is reported
//! at once; `expand` turns the result into tokens and cannot fail. `policy` holds what the
//! attributes differ in. The first attribute of an item that expands takes the others with it:
//! `stack` gathers them, and `block` hands those of an `impl` block to its methods. `error_class` is
//! the derive macro, of the same steps.

mod block;
mod check;
mod error_class;
mod expand;
mod function;
mod guard;
mod item;
mod options;
mod policy;
#[cfg(test)]
mod robustness;
mod settings;
mod span;
mod stack;

use crate::policy::{BULKHEAD, CIRCUIT_BREAKER, RATE_LIMITER, RETRY, TIME_LIMITER};

#[doc = include_str!("../docs/circuit_breaker.md")]
#[proc_macro_attribute]
pub fn circuit_breaker(
    options: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    guard::guard(&CIRCUIT_BREAKER, options.into(), &item.into()).into()
}

#[doc = include_str!("../docs/retry.md")]
#[proc_macro_attribute]
pub fn retry(
    options: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    guard::guard(&RETRY, options.into(), &item.into()).into()
}

#[doc = include_str!("../docs/rate_limiter.md")]
#[proc_macro_attribute]
pub fn rate_limiter(
    options: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    guard::guard(&RATE_LIMITER, options.into(), &item.into()).into()
}

#[doc = include_str!("../docs/bulkhead.md")]
#[proc_macro_attribute]
pub fn bulkhead(
    options: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    guard::guard(&BULKHEAD, options.into(), &item.into()).into()
}

#[doc = include_str!("../docs/time_limiter.md")]
#[proc_macro_attribute]
pub fn time_limiter(
    options: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    guard::guard(&TIME_LIMITER, options.into(), &item.into()).into()
}

#[doc = include_str!("../docs/error_class.md")]
#[proc_macro_derive(ErrorClass, attributes(class))]
pub fn error_class(item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    error_class::derive(item.into()).into()
}
