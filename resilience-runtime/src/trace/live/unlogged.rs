use std::mem;

use tracing::Level;

use super::{contained, is_wanted, log};
use crate::trace::Transition;

/// Transitions under a lock, whose lines are to wait until it is free: a subscriber is code of somebody
/// else's. Of two threads that change the state one after another, each logs its own: the era tells
/// their order.
#[derive(Debug, Default)]
pub(crate) struct Unlogged(Vec<Transition>);

impl Unlogged {
    pub(crate) fn push(&mut self, transition: impl FnOnce() -> Transition) {
        // What is good news is logged at INFO.
        if is_wanted(Level::WARN) {
            contained(|| self.0.push(transition()));
        }
    }

    pub(crate) fn take(&mut self) -> Self {
        mem::take(self)
    }

    pub(crate) fn log(self, name: &str) {
        for transition in &self.0 {
            contained(|| log::transition(name, transition));
        }
    }
}
