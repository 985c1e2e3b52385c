//! What there is without the feature `tracing`: nothing, under the same names.

#![allow(
    clippy::unused_self,
    clippy::missing_const_for_fn,
    clippy::needless_pass_by_ref_mut,
    reason = "they stand in for those that do something"
)]

use super::{Ending, Transition};
use crate::circuit_breaker::{FailureCause, State};
use crate::error_summary::SeenError;
use crate::policy::Policy;

#[derive(Debug)]
pub(crate) struct CallSpan;

impl CallSpan {
    #[inline]
    pub(crate) const fn is_wanted() -> bool {
        false
    }

    #[inline]
    pub(crate) const fn new() -> Self {
        Self
    }

    #[inline]
    pub(crate) fn begin_within<'n>(_: Policy, _: impl FnOnce() -> &'n str) -> Scope {
        Scope
    }

    #[inline]
    pub(crate) fn begin_attempt(_: &Self, _: &str, _: u32) -> Self {
        Self
    }

    #[inline]
    pub(crate) fn begin_fallback(_: Policy, _: &str, _: impl FnOnce() -> &'static str) -> Scope {
        Scope
    }

    #[inline]
    pub(crate) fn take(&mut self) -> Self {
        Self
    }

    #[inline]
    pub(crate) fn enter(self) -> Scope {
        Scope
    }

    #[inline]
    pub(crate) fn end(&mut self, _: impl FnOnce() -> Ending) {}
}

#[derive(Debug)]
pub(crate) struct Scope;

impl Scope {
    #[inline]
    pub(crate) const fn none() -> Self {
        Self
    }

    #[inline]
    pub(crate) const fn is_none(&self) -> bool {
        true
    }

    #[inline]
    pub(crate) fn admitted_by(&self, _: impl FnOnce() -> (State, u64)) {}

    #[inline]
    pub(crate) fn leave(self) -> CallSpan {
        CallSpan
    }

    #[inline]
    pub(crate) fn end(self, _: impl FnOnce() -> Ending) {}
}

#[derive(Debug)]
pub(crate) struct RetrySpan(CallSpan);

impl RetrySpan {
    #[inline]
    pub(crate) fn begin(_: &str) -> Self {
        Self(CallSpan)
    }

    #[inline]
    pub(crate) fn span(&mut self) -> &mut CallSpan {
        &mut self.0
    }

    #[inline]
    pub(crate) fn as_span(&self) -> &CallSpan {
        &self.0
    }
}

#[derive(Debug)]
pub(crate) struct Carried;

impl Carried {
    #[inline]
    pub(crate) fn from_here() -> Self {
        Self
    }

    #[inline]
    pub(crate) fn within<T>(&self, code: impl FnOnce() -> T) -> T {
        code()
    }
}

#[derive(Debug, Default)]
pub(crate) struct Unlogged;

impl Unlogged {
    #[inline]
    pub(crate) fn push(&mut self, _: impl FnOnce() -> Transition) {}

    #[inline]
    pub(crate) fn take(&mut self) -> Self {
        Self
    }

    #[inline]
    pub(crate) fn log(self, _: &str) {}
}

#[derive(Debug)]
pub(crate) struct Culprits;

impl Culprits {
    pub(crate) fn new() -> Self {
        Self
    }

    #[inline]
    pub(crate) fn note(&self, _: FailureCause, _: SeenError<'_>) {}

    #[inline]
    pub(crate) fn forget(&self) {}

    #[inline]
    pub(crate) fn summary(&self) -> Option<String> {
        None
    }
}

#[inline]
pub(crate) fn note_variant(_: impl FnOnce() -> Option<&'static str>) {}

#[derive(Debug)]
pub(crate) struct LogLimit;

impl LogLimit {
    pub(crate) fn new() -> Self {
        Self
    }
}

pub(crate) mod log {
    use std::time::Duration;

    use super::{CallSpan, LogLimit};
    use crate::clock::Clock;
    use crate::error_summary::SeenError;
    use crate::event_bus::EventBus;
    use crate::membership::SettingChange;
    use crate::policy::Policy;
    use crate::registry::RegistryEvent;

    #[inline]
    pub(crate) fn is_heard() -> bool {
        false
    }

    #[inline]
    pub(crate) fn rejected<E>(_: &LogLimit, _: &Clock, _: Policy, _: &str, _: impl Fn() -> E) {}

    #[inline]
    pub(crate) fn retries(_: &CallSpan, _: &str, _: u32, _: Duration, _: SeenError<'_>) {}

    #[inline]
    pub(crate) fn gives_up(
        _: (&CallSpan, &LogLimit),
        _: impl FnOnce() -> u64,
        _: &str,
        _: (u32, &str),
        _: SeenError<'_>,
    ) {
    }

    #[inline]
    pub(crate) fn settings_changed(_: Policy, _: &str, _: &[SettingChange]) {}

    #[inline]
    pub(crate) fn follow(_: &EventBus<RegistryEvent>) {}
}
