//! Predicates over the errors and values of calls, whose types a configuration does not know.

use std::any::Any;
use std::sync::Arc;

pub(crate) type Predicate = Arc<dyn Fn(&dyn Any) -> bool + Send + Sync>;

/// A predicate over one type, as one over any.
pub(crate) fn typed<T: 'static>(
    predicate: impl Fn(&T) -> bool + Send + Sync + 'static,
) -> Predicate {
    Arc::new(move |outcome| outcome.downcast_ref().is_some_and(&predicate))
}

pub(crate) fn matches_any(predicates: &[Predicate], outcome: &dyn Any) -> bool {
    predicates.iter().any(|matches| matches(outcome))
}
