use std::fmt;
use std::mem::ManuallyDrop;

use super::admission::Admission;
use super::config::OpenFor;
use super::event::FailureCause;
use super::machine::Machine;
use super::recording::Completion;
use super::state::State;
use crate::error_summary::SeenError;
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
/// use resilience4rs::Registry;
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
        // It is not cancelled: no drop.
        let permit = ManuallyDrop::new(self);
        permit.machine.succeed(permit.admission);
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

    /// The call goes on after others have had their turn.
    #[inline]
    pub(super) fn suspended(self) -> Self {
        let permit = ManuallyDrop::new(self);
        Self::new(permit.machine, permit.machine.begin_call(permit.admission))
    }

    /// The state that gave it, and its era.
    pub(super) fn admitted_by(&self) -> (State, u64) {
        let word = self.admission.word;
        (word.state(), word.era())
    }

    /// For as long as code of the user's runs.
    #[inline]
    pub(super) fn run(self) -> Running<'a> {
        let permit = ManuallyDrop::new(self);
        Running {
            machine: permit.machine,
            admission: permit.admission,
        }
    }

    #[inline]
    fn complete(self, completion: Completion) {
        // It is not cancelled: no drop.
        let permit = ManuallyDrop::new(self);
        permit.machine.complete(permit.admission, completion);
    }

    #[inline]
    fn complete_with_error(self, completion: Completion, error: SeenError<'_>) {
        // It is not cancelled: no drop.
        let permit = ManuallyDrop::new(self);
        permit
            .machine
            .complete_with_error(permit.admission, completion, error);
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.machine.complete(self.admission, Completion::Cancelled);
    }
}

/// The permit of a call that runs. Only a panic drops it, and that is a failure.
pub(super) struct Running<'a> {
    machine: &'a Machine,
    admission: Admission,
}

impl<'a> Running<'a> {
    /// The code came back without a panic.
    #[inline]
    pub(super) fn came_back(self) -> Permit<'a> {
        let running = ManuallyDrop::new(self);
        Permit::new(running.machine, running.admission)
    }
}

impl Drop for Running<'_> {
    #[cold]
    fn drop(&mut self) {
        Permit::new(self.machine, self.admission).complete(Completion::Failed(FailureCause::Panic));
    }
}

impl fmt::Debug for Permit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit")
            .field("circuit_breaker", self.machine.name())
            .finish_non_exhaustive()
    }
}

/// What is to become of a call: how it was judged.
pub(crate) trait Judged {
    /// Says it to the permit, and what it was. `cause` is what a failure is put down to, `error` what
    /// the call ended with.
    fn settle<'e>(
        self,
        permit: Permit<'_>,
        cause: FailureCause,
        error: impl FnOnce() -> SeenError<'e>,
    ) -> Verdict;
}

impl Judged for Verdict {
    #[expect(
        clippy::inline_always,
        reason = "for `Machine::succeed`, which is inlined too"
    )]
    #[inline(always)]
    fn settle<'e>(
        self,
        permit: Permit<'_>,
        cause: FailureCause,
        error: impl FnOnce() -> SeenError<'e>,
    ) -> Verdict {
        match self {
            Self::Success => permit.success(),
            Self::Failure => permit.complete_with_error(Completion::Failed(cause), error()),
            Self::Ignored => permit.complete_with_error(Completion::Ignored, error()),
        }
        self
    }
}

/// A verdict, and whether the outcome asks for the breaker to open.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Judgement {
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

impl Judged for Judgement {
    #[expect(
        clippy::inline_always,
        reason = "for `Machine::succeed`, which is inlined too"
    )]
    #[inline(always)]
    fn settle<'e>(
        self,
        permit: Permit<'_>,
        cause: FailureCause,
        error: impl FnOnce() -> SeenError<'e>,
    ) -> Verdict {
        let (machine, admission) = (permit.machine, permit.admission);
        self.verdict.settle(permit, cause, error);
        if let Some(open_for) = self.open_for {
            machine.trip_for(admission.word, open_for);
        }
        self.verdict
    }
}
