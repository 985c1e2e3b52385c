//! `#[rate_limiter]`.

use resilience_settings::rate_limiter as rules;

use super::{Form, Policy, Runtime};

/// `#[rate_limiter]`.
pub(crate) static RATE_LIMITER: Policy = Policy {
    attribute: "rate_limiter",
    noun: "rate limiter",
    failed_call: "a rejected call",
    patterns: &[],
    others: &["permits"],
    settings: rules::SETTINGS,
    rules: |_| Vec::new(),
    doubts: |settings| {
        rules::doubts(&rules::Given {
            limit_for_period: settings.count(rules::LIMIT_FOR_PERIOD),
            limit_refresh_period: settings.duration(rules::LIMIT_REFRESH_PERIOD),
        })
    },
    choice_type: super::no_choices,
    kinds: &[],
    runtime: Runtime {
        instance: "RateLimiter",
        form: Form::Weighing {
            future: "in_rate_limiter",
            blocking: "in_rate_limiter_blocking",
        },
    },
};
