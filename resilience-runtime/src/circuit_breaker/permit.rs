use std::fmt;
use std::mem::ManuallyDrop;

use super::config::OpenFor;
use super::event::FailureCause;
use super::machine::{Admission, Completion, Machine};
use crate::outcome::Verdict;

/// Leave to make one call, from [`CircuitBreaker::try_acquire`](super::CircuitBreaker::try_acquire).
///
/// Say what became of the call with [`success`](Self::success), [`failure`](Self::failure) or
/// [`ignore`](Self::ignore). A permit that is dropped instead means that the call was cancelled: it
/// counts as neither, unless it had already run past the slow-call threshold (then it is a slow
/// failure) or the breaker's `cancelled_calls` says that all are failures.
///
/// A permit belongs to the state that gave it. Once the breaker has changed its state, or begun
/// the same one afresh, the outcome is announced but counts for nothing any more.
///
/// ```
/// use resilience_runtime::Registry;
///
/// let breaker = Registry::new().circuit_breaker("payments");
///
/// breaker.try_acquire().unwrap().success();
/// breaker.try_acquire().unwrap().failure();
/// drop(breaker.try_acquire().unwrap());
///
/// let metrics = breaker.metrics();
/// assert_eq!((metrics.successful_calls, metrics.failed_calls, metrics.cancelled_calls), (1, 1, 1));
/// ```
#[must_use = "a permit that is dropped counts as a cancelled call"]
pub struct Permit<'a> {
    machine: &'a Machine,
    admission: Admission,
}

impl<'a> Permit<'a> {
    #[inline]
    pub(super) fn new(machine: &'a Machine, admission: Admission) -> Self {
        Self { machine, admission }
    }

    /// The call went well.
    #[inline]
    pub fn success(self) {
        self.complete(Completion::Succeeded);
    }

    /// The call failed.
    #[inline]
    pub fn failure(self) {
        self.complete(Completion::Failed(FailureCause::Error));
    }

    /// The call says nothing about the dependency: it counts as neither, and in HALF_OPEN another
    /// may take its place.
    pub fn ignore(self) {
        self.complete(Completion::Ignored);
    }

    pub(super) fn panicked(self) {
        self.complete(Completion::Failed(FailureCause::Panic));
    }

    /// What became of the call, as it was judged. `cause` is what a failure is put down to.
    #[inline]
    pub(super) fn judged(self, judgement: Judgement, cause: FailureCause) {
        let (machine, admission) = (self.machine, self.admission);
        self.complete(match judgement.verdict {
            Verdict::Success => Completion::Succeeded,
            Verdict::Failure => Completion::Failed(cause),
            Verdict::Ignored => Completion::Ignored,
        });
        if let Some(open_for) = judgement.open_for {
            machine.trip_for(admission.word, open_for);
        }
    }

    #[inline]
    fn complete(self, completion: Completion) {
        // It is not cancelled: no drop.
        let permit = ManuallyDrop::new(self);
        permit.machine.complete(permit.admission, completion);
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.machine.complete(self.admission, Completion::Cancelled);
    }
}

impl fmt::Debug for Permit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit")
            .field("circuit_breaker", &self.machine.name)
            .finish_non_exhaustive()
    }
}

/// A verdict, and whether the outcome asks for the breaker to open.
#[derive(Debug, Clone, Copy)]
pub struct Judgement {
    pub(super) verdict: Verdict,
    pub(super) open_for: Option<OpenFor>,
}

impl From<Verdict> for Judgement {
    #[inline]
    fn from(verdict: Verdict) -> Self {
        Self {
            verdict,
            open_for: None,
        }
    }
}
