//! Those who wait for a rate limiter.

use std::fmt::Write;
use std::future::Future;
use std::task::{Context, Waker};
use std::time::Duration;

use resilience4rs::{ConfigError, Registry};
use stats_alloc::Region;

use crate::ALLOCATOR;

const WAITERS: usize = 100_000;

pub(crate) fn table() -> Result<String, ConfigError> {
    let mut table = String::from(
        "| who waits for a permission | bytes each | allocations each |\n|---|--:|--:|\n",
    );
    let limiter = Registry::new().rate_limiter_with("measured", |config| {
        config
            .limit_for_period(1)
            .limit_refresh_period(Duration::from_secs(1))
            .timeout_duration(Duration::MAX)
    })?;
    let mut waiters: Vec<_> = (0..WAITERS).map(|_| Box::pin(limiter.acquire(1))).collect();
    let region = Region::new(ALLOCATOR);
    let mut waiting = 0;
    for waiter in &mut waiters {
        let poll = waiter
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()));
        waiting += usize::from(poll.is_pending());
    }
    let change = region.change();
    assert!(waiting >= WAITERS - 2, "a permission a second");
    let bytes = (change.bytes_allocated - change.bytes_deallocated) as f64 / waiting as f64;
    let allocations = change.allocations as f64 / waiting as f64;
    // Writing to a string does not fail.
    let _ = writeln!(
        table,
        "| {WAITERS}, each a second longer | {bytes:.0} | {allocations:.2} |"
    );
    let future = size_of_val(&limiter.acquire(1));
    let _ = writeln!(
        table,
        "| the future that waits, wherever it is | {future} | |"
    );
    Ok(table)
}
