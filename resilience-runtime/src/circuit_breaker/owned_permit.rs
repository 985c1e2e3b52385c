use std::fmt;
use std::sync::Arc;
use std::thread;

use super::admission::Admission;
use super::event::FailureCause;
use super::machine::Machine;
use super::recording::Completion;

/// Leave to make one call, as a [`Permit`](super::Permit) is, that borrows nothing: from
/// [`CircuitBreaker::try_acquire_owned`](super::CircuitBreaker::try_acquire_owned).
///
/// One that is dropped means that the call was cancelled, as with [`Permit`](super::Permit); but one
/// that is dropped while a panic unwinds, that the call failed by it.
///
/// ```
/// use resilience4rs::Registry;
///
/// let breaker = Registry::new().circuit_breaker("payments");
/// breaker.try_acquire_owned().unwrap().failure();
/// drop(breaker.try_acquire_owned().unwrap());
///
/// let metrics = breaker.metrics();
/// assert_eq!((metrics.failed_calls, metrics.cancelled_calls), (1, 1));
/// ```
#[must_use = "a permit that is dropped counts as a cancelled call"]
pub struct OwnedPermit {
    machine: Arc<Machine>,
    admission: Admission,
    at_drop: Completion,
}

impl OwnedPermit {
    pub(super) fn new(machine: Arc<Machine>, admission: Admission) -> Self {
        Self {
            machine,
            admission,
            at_drop: Completion::Cancelled,
        }
    }

    /// The call went well.
    pub fn success(self) {
        self.complete(Completion::Succeeded);
    }

    /// The call failed.
    pub fn failure(self) {
        self.complete(Completion::Failed(FailureCause::Error));
    }

    /// The call says nothing about the dependency: it counts as neither, and in HALF_OPEN another
    /// may take its place.
    pub fn ignore(self) {
        self.complete(Completion::Ignored);
    }

    fn complete(mut self, completion: Completion) {
        self.at_drop = completion;
    }
}

impl Drop for OwnedPermit {
    fn drop(&mut self) {
        let completion = match self.at_drop {
            Completion::Cancelled if thread::panicking() => Completion::Failed(FailureCause::Panic),
            completion => completion,
        };
        self.machine.complete(self.admission, completion);
    }
}

impl fmt::Debug for OwnedPermit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnedPermit")
            .field("circuit_breaker", self.machine.name())
            .finish_non_exhaustive()
    }
}
