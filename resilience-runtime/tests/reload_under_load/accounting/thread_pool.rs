//! What becomes of the calls of a thread-pool bulkhead.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use resilience4rs::{Failure, PolicyError, Registry};

use super::{Load, reload, sum, vary};

#[derive(Debug, Default)]
struct Tally {
    done: u64,
    rejected: u64,
}

/// Each call runs once, and its caller learns of it; or it is rejected, and never runs.
pub(super) fn calls(load: Load) -> String {
    let load = load.with_one_call_in(100);
    let registry = Registry::new();
    let bulkhead = registry.thread_pool_bulkhead("loaded");
    let ran = Arc::new(AtomicU64::new(0));
    let change = |change: u64| {
        let most = vary(change, 1, 3);
        let settings = format!(
            "maxThreadPoolSize: {most}, coreThreadPoolSize: {}",
            vary(change, 1, most)
        );
        reload(&registry, "thread-pool-bulkhead", &settings);
        let queue = u32::try_from(vary(change, 0, 2)).unwrap();
        bulkhead
            .change_config(|config| config.queue_capacity(queue))
            .unwrap();
    };
    change(load.changes + 1);
    let call = |tally: &mut Tally, number: u64| {
        let runs = Arc::clone(&ran);
        let call = move || {
            runs.fetch_add(1, Ordering::Relaxed);
            if number.is_multiple_of(5) {
                Err(number)
            } else {
                Ok(number)
            }
        };
        match bulkhead.call_blocking(call) {
            Ok(answer) | Err(Failure::Call(answer)) => {
                assert_eq!(answer, number);
                tally.done += 1;
            }
            Err(Failure::Policy(PolicyError::BulkheadFull(_))) => tally.rejected += 1,
            Err(other) => panic!("{other}"),
        }
    };
    let tallies = load.run(call, change);
    let done = sum(&tallies, |tally| tally.done);
    let rejected = sum(&tallies, |tally| tally.rejected);
    assert_eq!(done + rejected, load.calls);
    assert_eq!(done, ran.load(Ordering::Relaxed));
    bulkhead.shutdown();
    bulkhead.drained_blocking();
    let metrics = bulkhead.metrics();
    assert_eq!((metrics.queue_depth, metrics.active_thread_count), (0, 0));
    format!("{done} ran once each, {rejected} rejected")
}
