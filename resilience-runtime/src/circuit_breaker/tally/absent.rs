//! What there is of counting where no metrics are compiled in: nothing, and no code either.

use super::admission::Admission;
use super::cause::Cause;
use super::machine::Machine;
use super::recording::Completion;
use super::state::State;
use crate::clock::Ticks;

#[derive(Debug, Clone, Copy)]
pub(super) struct Tallying;

impl Tallying {
    pub(super) fn new() -> Self {
        Self
    }
}

#[expect(clippy::unused_self, reason = "with metrics, it is asked")]
impl Machine {
    #[inline]
    pub(super) fn is_counting(&self) -> bool {
        let Tallying = self.tallying;
        false
    }

    #[inline]
    pub(super) fn count_start(&self) {}

    #[inline]
    pub(super) fn has_counted_start(&self) -> bool {
        false
    }

    #[inline]
    pub(super) fn count_rejection(&self) {}

    #[inline]
    pub(super) fn count_end(&self, _: bool, _: Completion, _: Ticks, _: Ticks) {}

    #[inline]
    pub(super) fn count_reported_end(&self, _: Completion, _: u64) {}

    #[inline]
    pub(super) fn has_counted_success(&self, _: Ticks, _: Admission) -> bool {
        false
    }

    pub(super) fn note_transition(&self, _: State, _: State, _: Cause, _: u64) {}
}
