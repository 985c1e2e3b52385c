//! `#[derive(ErrorClass)]`.
//!
//! As with the attributes: [`class`] reads what stands at a variant, [`input`] what has classes, and
//! reports everything that is wrong at once; [`expand`] cannot fail.

mod class;
mod expand;
mod input;

use proc_macro2::TokenStream;
use quote::quote;

use self::input::Input;

/// Implements the trait. Where something is wrong it is implemented all the same, so that only the
/// mistake is reported and not every function that uses the type.
pub(crate) fn derive(item: TokenStream) -> TokenStream {
    let parsed: syn::DeriveInput = match syn::parse2(item) {
        Ok(parsed) => parsed,
        Err(error) => return error.to_compile_error(),
    };
    let (input, errors) = Input::read(&parsed);
    let implementation = expand::expand(&input);
    match errors {
        Ok(()) => implementation,
        Err(errors) => {
            let errors = errors.write_errors();
            quote!(#implementation #errors)
        }
    }
}
