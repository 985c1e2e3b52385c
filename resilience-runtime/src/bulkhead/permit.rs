use std::fmt;
use std::mem::ManuallyDrop;

use super::event::BulkheadEventKind;
use super::machine::Machine;

/// A place in a bulkhead, from [`Bulkhead::try_acquire`](super::Bulkhead::try_acquire) and its like.
///
/// Say with [`complete`](Self::complete) that the call is over. A permit that is dropped instead
/// frees the place too, but means that the call was cancelled, and nobody is told.
///
/// ```
/// use std::sync::{Arc, Mutex};
/// use resilience4rs::{BulkheadEventKind, Registry};
///
/// let bulkhead = Registry::new()
///     .bulkhead_with("payments", |config| config.max_concurrent_calls(1))
///     .unwrap();
/// let finished = Arc::new(Mutex::new(0));
/// let count = Arc::clone(&finished);
/// bulkhead.on_event(move |event| {
///     *count.lock().unwrap() += i32::from(event.kind == BulkheadEventKind::CallFinished);
/// });
///
/// bulkhead.try_acquire().unwrap().complete();
/// drop(bulkhead.try_acquire().unwrap());
/// assert_eq!(bulkhead.metrics().available_concurrent_calls, 1);
/// assert_eq!(*finished.lock().unwrap(), 1);
/// ```
#[must_use = "a permit that is dropped frees its place at once"]
pub struct BulkheadPermit<'a> {
    machine: &'a Machine,
}

impl<'a> BulkheadPermit<'a> {
    /// Of a permit that has been taken.
    #[inline]
    pub(super) fn new(machine: &'a Machine) -> Self {
        // A value first: whatever becomes of the event, it gives the permit back.
        let permit = Self { machine };
        machine.announce(BulkheadEventKind::CallPermitted);
        permit
    }

    /// The call is over, however it ended.
    #[inline]
    pub fn complete(self) {
        // No drop, which would give it back once more.
        ManuallyDrop::new(self).machine.finish();
    }

    /// It is to be given back by hand.
    pub(super) fn keep(self) {
        let _ = ManuallyDrop::new(self);
    }

    /// For as long as code of the user's runs.
    #[inline]
    pub(super) fn run(self) -> Running<'a> {
        Running {
            machine: ManuallyDrop::new(self).machine,
        }
    }
}

impl Drop for BulkheadPermit<'_> {
    #[inline]
    fn drop(&mut self) {
        self.machine.give_back();
    }
}

/// The permit of a call that runs. Only a panic drops it, and that ends the call.
pub(super) struct Running<'a> {
    machine: &'a Machine,
}

impl<'a> Running<'a> {
    /// The code came back without a panic.
    #[inline]
    pub(super) fn came_back(self) -> BulkheadPermit<'a> {
        BulkheadPermit {
            machine: ManuallyDrop::new(self).machine,
        }
    }
}

impl Drop for Running<'_> {
    #[cold]
    fn drop(&mut self) {
        self.machine.finish();
    }
}

impl fmt::Debug for BulkheadPermit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BulkheadPermit")
            .field("bulkhead", self.machine.membership.name())
            .finish_non_exhaustive()
    }
}
