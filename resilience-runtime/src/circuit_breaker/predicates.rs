//! What the configuration's closures say about the outcomes of calls.

use std::any::Any;
use std::sync::Arc;

use super::config::OpenFor;
use crate::outcome::Verdict;
use crate::predicate::{Predicate, matches_any};

pub(super) type TransitionOnResult =
    dyn Fn(Result<&dyn Any, &dyn Any>) -> Option<OpenFor> + Send + Sync;

/// The predicates of a configuration that has any.
#[derive(Clone, Default)]
pub(super) struct Predicates {
    pub(super) record_errors: Vec<Predicate>,
    pub(super) ignore_errors: Vec<Predicate>,
    pub(super) record_results: Vec<Predicate>,
    pub(super) transition_on_result: Option<Arc<TransitionOnResult>>,
}

impl Predicates {
    /// Whether an error is a failure and a value a success, and nothing more to it.
    pub(super) fn are_none(&self) -> bool {
        self.record_errors.is_empty()
            && self.ignore_errors.is_empty()
            && self.record_results.is_empty()
            && self.transition_on_result.is_none()
    }

    /// Ignore wins over record; without a predicate that records, every error is a failure.
    pub(super) fn judge_error(&self, error: &dyn Any) -> Verdict {
        if matches_any(&self.ignore_errors, error) {
            Verdict::Ignored
        } else if self.record_errors.is_empty() || matches_any(&self.record_errors, error) {
            Verdict::Failure
        } else {
            Verdict::Success
        }
    }

    pub(super) fn judge_value(&self, value: &dyn Any) -> Verdict {
        if matches_any(&self.record_results, value) {
            Verdict::Failure
        } else {
            Verdict::Success
        }
    }

    pub(super) fn transition_on(&self, outcome: Result<&dyn Any, &dyn Any>) -> Option<OpenFor> {
        self.transition_on_result
            .as_ref()
            .and_then(|open_for| open_for(outcome))
    }

    /// These and, where a list is empty, that of `base`.
    #[must_use]
    pub(super) fn over(self, base: &Self) -> Self {
        let list = |own: Vec<Predicate>, base: &Vec<Predicate>| {
            if own.is_empty() { base.clone() } else { own }
        };
        Self {
            record_errors: list(self.record_errors, &base.record_errors),
            ignore_errors: list(self.ignore_errors, &base.ignore_errors),
            record_results: list(self.record_results, &base.record_results),
            transition_on_result: self
                .transition_on_result
                .or_else(|| base.transition_on_result.clone()),
        }
    }

    /// Whether they are the very closures of `other`.
    pub(super) fn are_those_of(&self, other: &Self) -> bool {
        let same = |left: &[Predicate], right: &[Predicate]| {
            left.len() == right.len()
                && left
                    .iter()
                    .zip(right)
                    .all(|(left, right)| Arc::ptr_eq(left, right))
        };
        let transitions = match (&self.transition_on_result, &other.transition_on_result) {
            (Some(left), Some(right)) => Arc::ptr_eq(left, right),
            (left, right) => left.is_none() && right.is_none(),
        };
        transitions
            && same(&self.record_errors, &other.record_errors)
            && same(&self.ignore_errors, &other.ignore_errors)
            && same(&self.record_results, &other.record_results)
    }
}

/// How an outcome counts; without predicates, an error is a failure.
pub(super) fn verdict_by(
    predicates: Option<&Predicates>,
    outcome: Result<&dyn Any, &dyn Any>,
) -> Verdict {
    match (predicates, outcome) {
        (None, _) => Verdict::plain(outcome),
        (Some(predicates), Ok(value)) => predicates.judge_value(value),
        (Some(predicates), Err(error)) => predicates.judge_error(error),
    }
}

/// For how long an outcome opens the breaker, if it does.
pub(super) fn open_for_by(
    predicates: Option<&Predicates>,
    outcome: Result<&dyn Any, &dyn Any>,
    verdict: Verdict,
) -> Option<OpenFor> {
    predicates
        .filter(|_| asks_for_transition(verdict, outcome.is_ok()))
        .and_then(|predicates| predicates.transition_on(outcome))
}

/// Whether the outcome may open the breaker at once: not an ignored error, nor a value that is
/// recorded as a failure.
fn asks_for_transition(verdict: Verdict, is_value: bool) -> bool {
    match verdict {
        Verdict::Success => true,
        Verdict::Failure => !is_value,
        Verdict::Ignored => false,
    }
}
