//! What a bulkhead or a time limit is made of where no library is asked: tokio's own, and tower's.

use std::sync::Arc;

use resilience_benches::call::{CallError, later, now, succeed, succeed_later};
use resilience_benches::{Case, Workload, group, repeat};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tower::limit::ConcurrencyLimitLayer;
use tower::{Layer, service_fn};

use super::tower_service::poll_once;
use super::{CONCURRENT_CALLS, TIME_LIMIT, among_timers, peer};

pub(super) fn cases() -> Vec<Case> {
    vec![
        peer(group::BULKHEAD, "tokio Semaphore, try_acquire", || {
            acquire(Semaphore::new(CONCURRENT_CALLS))
        }),
        peer(
            group::BULKHEAD,
            "tokio Semaphore, try_acquire_owned",
            acquire_owned,
        ),
        peer(group::BULKHEAD, "tower, ConcurrencyLimit", || {
            let well = service_fn(|number| async move { succeed::<CallError>(number) });
            poll_once(ConcurrencyLimitLayer::new(CONCURRENT_CALLS).layer(well))
        }),
        peer(group::BULKHEAD_FULL, "tokio Semaphore, try_acquire", || {
            acquire(Semaphore::new(0))
        }),
        peer(group::TIME_LIMIT, "tokio, timeout", || {
            among_timers(|number| {
                now(timeout(
                    TIME_LIMIT,
                    async move { succeed::<CallError>(number) },
                ))
            })
        }),
        peer(group::TIME_LIMIT_PENDING, "tokio, timeout", || {
            among_timers(|number| later(timeout(TIME_LIMIT, succeed_later::<CallError>(number))))
        }),
    ]
}

fn acquire(semaphore: Semaphore) -> Workload {
    repeat(move |_| semaphore.try_acquire().is_ok())
}

fn acquire_owned() -> Workload {
    let semaphore = Arc::new(Semaphore::new(CONCURRENT_CALLS));
    repeat(move |_| Arc::clone(&semaphore).try_acquire_owned().is_ok())
}
