//! What `classify` in an attribute asks.

use crate::error_class::ErrorClass;
use crate::outcome::Verdict;
use crate::trace::note_variant;

/// How an error counts by its class.
#[inline]
#[must_use]
pub fn verdict_by_class<E: Classified>(error: &E) -> Verdict {
    let verdict = error.classify().verdict();
    if verdict == Verdict::Failure {
        note_variant(|| error.variant_name());
    }
    verdict
}

/// Whether an error is retried by its class.
#[inline]
#[must_use]
pub fn is_retried_by_class<E: Classified>(error: &E) -> bool {
    error.classify().is_retried()
}

/// `ErrorClass`, by a name that can explain itself at the attribute.
#[diagnostic::on_unimplemented(
    message = "`classify` asks the function's error for its class, and `{Self}` has none",
    label = "the error of this function, `{Self}`, does not implement `ErrorClass`",
    note = "implement it for `{Self}`, best by `#[derive(resilience4rs::ErrorClass)]` and a class for each variant, or remove `classify`; where `{Self}` is not a type of your own, return one that holds it"
)]
pub trait Classified: ErrorClass {}

impl<E: ErrorClass> Classified for E {}
