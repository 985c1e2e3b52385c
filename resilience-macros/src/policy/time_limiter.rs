//! `#[time_limiter]`.

use resilience_settings::time_limiter as rules;

use super::{Detached, Form, Policy, Runtime};

/// `#[time_limiter]`.
pub(crate) static TIME_LIMITER: Policy = Policy {
    attribute: "time_limiter",
    noun: "time limiter",
    failed_call: "a call that takes too long",
    patterns: &[],
    others: &[],
    settings: rules::SETTINGS,
    rules: |_| Vec::new(),
    doubts: |settings| rules::doubts(settings.duration(rules::TIMEOUT_DURATION)),
    choice_type: super::no_choices,
    kinds: &[],
    runtime: Runtime {
        instance: "TimeLimiter",
        form: Form::Async {
            attached: "in_time_limiter",
            detached: "in_detaching_time_limiter",
            detaches: |settings| {
                (settings.flag(rules::CANCEL_RUNNING_FUTURE) == Some(false)).then_some(Detached {
                    option: "cancel_running_future = false",
                    what: "lets the call run on when its caller has stopped waiting",
                })
            },
            why: "a plain call cannot be left before it returns: make it an `async fn`, or give its blocking parts timeouts of their own and remove the attribute",
        },
    },
};
