//! The lines that are logged.
//!
//! What happens once is logged each time. What may happen to every call is logged by [`LogLimit`].

use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use tracing::{Level, debug, info, warn};

use super::{CallSpan, LogLimit, attribute_of, contained, is_wanted};
use crate::clock::Clock;
use crate::error_summary::SeenError;
use crate::event_bus::EventBus;
use crate::membership::SettingChange;
use crate::policy::Policy;
use crate::registry::{RegistryEvent, RegistryEventKind};
use crate::trace::Transition;

/// Whether anybody wants to hear of failed attempts, in a line or in a span.
#[inline]
pub(crate) fn is_heard() -> bool {
    is_wanted(Level::WARN)
}

/// A breaker has changed its state: at WARN where that keeps calls out, else at INFO.
pub(super) fn transition(name: &str, transition: &Transition) {
    macro_rules! line {
        ($level:ident) => {{
            let Transition { from, to, era, cause, rates, last_errors, .. } = transition;
            $level!(
                target: "resilience4rs",
                name,
                policy = attribute_of(Policy::CircuitBreaker),
                from,
                to,
                era,
                cause,
                failure_rate = rates.map(|rates| rates.failure_rate),
                failure_rate_threshold = rates.map(|rates| rates.failure_rate_threshold),
                slow_call_rate = rates.map(|rates| rates.slow_call_rate),
                slow_call_rate_threshold = rates.map(|rates| rates.slow_call_rate_threshold),
                calls = rates.map(|rates| rates.calls),
                failed_calls = rates.map(|rates| rates.failed_calls),
                slow_calls = rates.map(|rates| rates.slow_calls),
                minimum_calls = rates.map(|rates| rates.minimum_calls),
                window_type = rates.map(|rates| rates.window_type),
                window_size = rates.map(|rates| rates.window_size),
                last_errors = last_errors.as_deref(),
                "circuit breaker changed state"
            );
        }};
    }
    if transition.is_bad_news {
        line!(warn);
    } else {
        line!(info);
    }
}

/// A policy did not let a call through, or gave up on it. `why` is best a closure that has copies of what
/// it needs: what it refers to would be in memory, also where nobody listens.
#[inline]
pub(crate) fn rejected<E: Display>(
    limit: &LogLimit,
    clock: &Clock,
    policy: Policy,
    name: &str,
    why: impl Fn() -> E,
) {
    if is_wanted(Level::WARN) {
        say_rejected(limit, clock, policy, name, why);
    }
}

#[cold]
#[inline(never)]
fn say_rejected<E: Display>(
    limit: &LogLimit,
    clock: &Clock,
    policy: Policy,
    name: &str,
    why: impl Fn() -> E,
) {
    if let Some(suppressed) = limit.allows(clock.now_nanos()) {
        contained(|| {
            let (policy, why) = (attribute_of(policy), why());
            warn!(target: "resilience4rs", name, policy, suppressed, "{why}");
        });
    }
}

/// An attempt failed, and there will be another.
#[inline]
pub(crate) fn retries(
    span: &CallSpan,
    name: &str,
    attempts: u32,
    wait: Duration,
    error: SeenError<'_>,
) {
    if is_wanted(Level::DEBUG) {
        span.around(|| {
            let error = error.summary().map(tracing::field::display);
            let policy = attribute_of(Policy::Retry);
            debug!(target: "resilience4rs", name, policy, attempts, ?wait, error, "retry waits before it tries again");
        });
    }
}

/// A retry made its last attempt, and that failed.
#[inline]
pub(crate) fn gives_up(
    (span, limit): (&CallSpan, &LogLimit),
    now_nanos: impl FnOnce() -> u64,
    name: &str,
    (attempts, reason): (u32, &str),
    error: SeenError<'_>,
) {
    if is_wanted(Level::WARN)
        && let Some(suppressed) = limit.allows(now_nanos())
    {
        span.around(|| {
            let error = error.summary().map(tracing::field::display);
            let policy = attribute_of(Policy::Retry);
            warn!(target: "resilience4rs", name, policy, attempts, reason, error, suppressed, "retry gives up");
        });
    }
}

/// Settings of an instance have changed while it ran.
pub(crate) fn settings_changed(policy: Policy, name: &str, changes: &[SettingChange]) {
    let policy = attribute_of(policy);
    for SettingChange { setting, old, new } in changes {
        contained(|| {
            info!(target: "resilience4rs", name, policy, setting, old, new, "setting changed");
        });
    }
}

/// Logs what a registry has to tell, as one of those who listen to its events: they are told while
/// nothing is locked, and may panic.
pub(crate) fn follow(events: &EventBus<RegistryEvent>) {
    events.subscribe(Arc::new(|event: &RegistryEvent| {
        if let RegistryEventKind::ConfigRejected { reason } = &event.kind {
            let (policy, name) = (attribute_of(event.policy), &*event.name);
            warn!(target: "resilience4rs", name, policy, reason = &**reason, "configuration rejected");
        }
    }));
}
