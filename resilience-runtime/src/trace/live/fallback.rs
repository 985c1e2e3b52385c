//! The span of a fallback: beside that of its policy, under the caller's.

use std::mem;

use tracing::Level;

use super::{CallSpan, is_wanted};
use crate::policy::Policy;

/// A fallback that is being called.
///
/// Its span is entered while the arguments are made and the function is called, with which a plain one
/// is done. Of an async one, the polls are to be in what [`leave`](Self::leave) returns. Only a panic
/// drops it.
#[derive(Debug)]
pub struct Began(CallSpan);

impl Began {
    /// `failure` is what it is to answer.
    #[inline]
    pub(crate) fn begin(policy: Policy, name: &str, failure: impl FnOnce() -> &'static str) -> Self {
        let mut span = CallSpan::new();
        if is_wanted(Level::DEBUG) {
            span.begin_fallback(policy, name, failure());
            span.enter_for_long();
        }
        Self(span)
    }

    /// It has returned.
    #[inline]
    pub(crate) fn leave(mut self) -> CallSpan {
        let span = mem::replace(&mut self.0, CallSpan::new());
        span.exit_at_last();
        span
    }
}

impl Drop for Began {
    #[inline]
    fn drop(&mut self) {
        if self.0.is_open() {
            self.0.exit_at_last();
            self.0.end_by_panic();
        }
    }
}
