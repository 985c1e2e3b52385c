//! What cannot be guarded, and what to do instead.

use darling::error::Accumulator;
use syn::Signature;

use crate::options::value::error_at;
use crate::policy::Policy;

/// The error for a function that ends in `;`.
pub(super) fn no_body(policy: &Policy, signature: &Signature) -> darling::Error {
    error_at(
        &signature.ident,
        format!(
            "`{name}` has no body to guard: put `#[{}]` on its implementations, or give it a body here",
            policy.attribute,
            name = signature.ident
        ),
    )
}

/// Refuses functions that run where no breaker can be.
pub(super) fn check_signature(policy: &Policy, signature: &Signature, errors: &mut Accumulator) {
    let noun = policy.noun;
    if let Some(constness) = &signature.constness {
        errors.push(error_at(
            constness,
            format!(
                "a `const fn` cannot be guarded, since a {noun} keeps state and reads the clock: remove `const`, or the attribute"
            ),
        ));
    }
    if let Some(abi) = &signature.abi {
        errors.push(error_at(
            &abi.extern_token,
            "an `extern` function cannot be guarded, since its callers know nothing of a rejected call: guard a plain `fn` and call that from here",
        ));
    }
}
