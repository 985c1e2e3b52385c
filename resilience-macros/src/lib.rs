//! The attributes of resilience4rs. Use them through the facade crate `resilience4rs`.
//!
//! An attribute is read in four steps, each a module: [`options`] and [`function`] parse and check
//! what the user wrote, independently of each other, so that everything that is wrong is reported
//! at once; [`expand`] turns the result into tokens and cannot fail. [`policy`] holds what the
//! attributes differ in.

mod check;
mod expand;
mod function;
mod options;
mod policy;
mod settings;
mod span;

use proc_macro2::TokenStream;

use crate::function::Function;
use crate::options::Options;
use crate::policy::{CIRCUIT_BREAKER, Policy};

/// TODO
#[proc_macro_attribute]
pub fn circuit_breaker(
    options: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    guard(&CIRCUIT_BREAKER, options.into(), item.into()).into()
}

/// Expands one attribute. When it is wrong, the item stays as it was, so that only the mistake
/// itself is reported and not everything that calls the function.
fn guard(policy: &'static Policy, options: TokenStream, item: TokenStream) -> TokenStream {
    match try_guard(policy, options, item.clone()) {
        Ok(expanded) => expanded,
        Err(errors) => {
            let errors = errors.write_errors();
            quote::quote!(#item #errors)
        }
    }
}

fn try_guard(
    policy: &'static Policy,
    options: TokenStream,
    item: TokenStream,
) -> darling::Result<TokenStream> {
    if let Some(refused) = function::refused_item(policy, &item) {
        return Err(refused);
    }
    let mut errors = darling::Error::accumulator();
    let name = function::name(&item);
    let options = errors.handle(Options::parse(policy, options, name.as_ref()));
    let function = errors.handle(Function::parse(policy, item));
    if let (Some(options), Some(function)) = (&options, &function) {
        errors.handle(check::check(options, function));
    }
    errors.finish()?;
    let (Some(options), Some(function)) = (options, function) else {
        // Each that is missing left an error behind.
        return Ok(TokenStream::new());
    };
    Ok(expand::expand(policy, &options, &function))
}
