//! Failures that none of several fallbacks answers.

use crate::{Failure, PolicyError};

/// The failure as the function's own error, for the caller.
#[inline]
pub fn failure_that_no_fallback_answers<E: CarriesUnanswered>(failure: Failure<E>) -> E {
    match failure {
        Failure::Policy(error) => error.into(),
        Failure::Call(error) => error,
    }
}

/// `From<PolicyError>`, by a name that can explain itself.
#[diagnostic::on_unimplemented(
    message = "no fallback is sure to answer the policy's own failures, and `{Self}` cannot carry them to the caller",
    label = "`{Self}` does not implement `From<PolicyError>`",
    note = "end the list with `_ => path` or `Failure::Policy(_) => path`, or add `impl From<resilience4rs::PolicyError> for {Self}` (with thiserror: a variant `Policy(#[from] resilience4rs::PolicyError)`); where `{Self}` is not a type of your own, return one that holds it"
)]
pub trait CarriesUnanswered: From<PolicyError> {}

impl<E: From<PolicyError>> CarriesUnanswered for E {}
