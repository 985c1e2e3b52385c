//! The last errors of a circuit breaker, for the line that says why it opened.

use std::cell::Cell;
use std::fmt::Write;

use tracing::Level;

use super::{contained, is_wanted};
use crate::circuit_breaker::FailureCause;
use crate::error_summary::SeenError;
use crate::sync::{Mutex, lock, try_lock};

/// How many are kept.
const KEPT: usize = 16;

/// The last failed calls of a breaker, by the type and the variant of their errors. They are kept
/// where somebody listens to warnings, and from the first failure on.
#[derive(Debug)]
pub(crate) struct Culprits(Mutex<Option<Box<Ring>>>);

#[derive(Debug, Default)]
struct Ring {
    last: [Option<Culprit>; KEPT],
    next: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Culprit {
    what: &'static str,
    variant: Option<&'static str>,
}

thread_local! {
    /// What a classification by class has found, for whoever counts its call next on this thread.
    static VARIANT: Cell<Option<&'static str>> = const { Cell::new(None) };
}

/// Notes the variant of an error that counts as a failure.
#[inline]
pub(crate) fn note_variant(variant: impl FnOnce() -> Option<&'static str>) {
    if is_wanted(Level::WARN) {
        VARIANT.set(variant());
    }
}

impl Culprits {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(None))
    }

    /// A call has failed.
    #[inline]
    pub(crate) fn note(&self, cause: FailureCause, error: SeenError<'_>) {
        if is_wanted(Level::WARN) {
            contained(|| self.keep(cause, error));
        }
    }

    /// One that comes while somebody else is at it is left out: a call waits for nobody.
    #[inline(never)]
    fn keep(&self, cause: FailureCause, error: SeenError<'_>) {
        let variant = VARIANT.take();
        let culprit = match (error, cause) {
            (SeenError::Typed(type_name), _) => Culprit {
                what: type_name(),
                variant,
            },
            (SeenError::Policy(error), _) => Culprit::named(error.kind_name()),
            (SeenError::Unknown, FailureCause::Error) => Culprit::named("an error"),
            (SeenError::Unknown, FailureCause::Result) => Culprit::named("a result"),
            (SeenError::Unknown, FailureCause::Panic) => Culprit::named("a panic"),
            (SeenError::Unknown, FailureCause::Cancelled) => Culprit::named("a cancelled call"),
        };
        if let Some(mut ring) = try_lock(&self.0) {
            let ring = ring.get_or_insert_default();
            let next = ring.next % KEPT;
            ring.last[next] = Some(culprit);
            ring.next = next + 1;
        }
    }

    /// Begins with none.
    pub(crate) fn forget(&self) {
        *lock(&self.0) = None;
    }

    /// What they were, the most frequent first; none where there were none.
    pub(crate) fn summary(&self) -> Option<String> {
        let mut counts: Vec<(Culprit, usize)> = Vec::new();
        for culprit in lock(&self.0).as_ref()?.last.iter().flatten() {
            match counts.iter_mut().find(|(known, _)| known == culprit) {
                Some((_, count)) => *count += 1,
                None => counts.push((*culprit, 1)),
            }
        }
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let mut summary = String::new();
        for (Culprit { what, variant }, count) in counts {
            let separator = if summary.is_empty() { "" } else { ", " };
            let variant = variant.map_or_else(String::new, |variant| format!("::{variant}"));
            // Writing to a string does not fail.
            let _ = write!(summary, "{separator}{count} x {what}{variant}");
        }
        Some(summary)
    }
}

impl Culprit {
    fn named(what: &'static str) -> Self {
        Self {
            what,
            variant: None,
        }
    }
}
