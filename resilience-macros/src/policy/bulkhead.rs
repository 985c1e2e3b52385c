//! `#[bulkhead]`, of either kind.

use resilience_settings::{bulkhead as rules, thread_pool_bulkhead as pool_rules};

use super::{Detached, Form, Kind, Policy, Runtime};
use crate::settings::Settings;

/// What `kind` may be.
static KINDS: [Kind; 2] = [
    Kind {
        name: "semaphore",
        policy: &BULKHEAD,
    },
    Kind {
        name: "thread_pool",
        policy: &THREAD_POOL_BULKHEAD,
    },
];

/// `#[bulkhead]`, `#[bulkhead(kind = "semaphore")]`.
pub(crate) static BULKHEAD: Policy = Policy {
    attribute: "bulkhead",
    noun: "bulkhead",
    failed_call: "a rejected call",
    patterns: &[],
    others: &["kind"],
    settings: rules::SETTINGS,
    rules: |_| Vec::new(),
    doubts: |settings| {
        rules::doubts(&rules::Given {
            max_concurrent_calls: settings.count(rules::MAX_CONCURRENT_CALLS),
            max_wait_duration: settings.duration(rules::MAX_WAIT_DURATION),
            fair_call_handling_enabled: settings.flag(rules::FAIR_CALL_HANDLING_ENABLED),
        })
    },
    choice_type: super::no_choices,
    kinds: &KINDS,
    runtime: Runtime {
        instance: "Bulkhead",
        form: Form::Enclosing {
            future: "in_bulkhead",
            blocking: "in_bulkhead_blocking",
        },
    },
};

/// `#[bulkhead(kind = "thread_pool")]`.
static THREAD_POOL_BULKHEAD: Policy = Policy {
    attribute: "bulkhead",
    noun: "thread-pool bulkhead",
    failed_call: "a rejected call",
    patterns: &[],
    others: &["kind"],
    settings: pool_rules::SETTINGS,
    rules: |settings: &Settings| {
        let core = settings.count(pool_rules::CORE_THREAD_POOL_SIZE);
        let max = settings.count(pool_rules::MAX_THREAD_POOL_SIZE);
        core.zip(max)
            .and_then(|(core, max)| pool_rules::check_pool(core, max).err())
            .into_iter()
            .collect()
    },
    doubts: |_| Vec::new(),
    choice_type: super::no_choices,
    kinds: &KINDS,
    runtime: Runtime {
        instance: "ThreadPoolBulkhead",
        form: Form::Async {
            attached: "in_thread_pool_bulkhead",
            detached: "in_thread_pool_bulkhead",
            detaches: |_| {
                Some(Detached {
                    option: "kind = \"thread_pool\"",
                    what: "runs the call on a thread of the pool",
                })
            },
            why: "the thread of a plain call would only wait for one of the pool: make it an `async fn`, or use `kind = \"semaphore\"`",
        },
    },
};
