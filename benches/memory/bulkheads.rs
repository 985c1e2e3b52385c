//! Those who wait for a bulkhead, and calls through one.

use std::fmt::Write;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

use resilience_benches::call::{CallError, now, succeed};
use resilience4rs::{Bulkhead, ConfigError, Registry};
use stats_alloc::Region;

use crate::ALLOCATOR;

const WAITERS: usize = 100_000;

pub(crate) fn table() -> Result<String, ConfigError> {
    let mut table =
        String::from("| who waits for a place | bytes each | allocations each |\n|---|--:|--:|\n");
    let hour = Duration::from_hours(1);
    for (name, wait) in [("for an hour", hour), ("for ever", Duration::MAX)] {
        let full = bulkhead(0, wait)?;
        let (bytes, allocations) = of_waiters(&full);
        // Writing to a string does not fail.
        let _ = writeln!(
            table,
            "| {WAITERS}, {name} | {bytes:.0} | {allocations:.2} |"
        );
    }
    let one = bulkhead(1, hour)?;
    let again = allocations(|_| wait_once(&one));
    let _ = writeln!(table, "| one after another, for an hour | | {again:.2} |");
    let future = size_of_val(&one.acquire());
    let _ = writeln!(
        table,
        "| the future that waits, wherever it is | {future} | |"
    );

    let free = bulkhead(25, Duration::ZERO)?;
    let called = allocations(|number| {
        drop(now(free.call(async move { succeed::<CallError>(number) })));
    });
    let full = bulkhead(0, Duration::ZERO)?;
    let rejected = allocations(|number| {
        drop(now(full.call(async move { succeed::<CallError>(number) })));
    });
    let _ = writeln!(table, "| nobody: a call that succeeds | | {called:.2} |");
    let _ = writeln!(
        table,
        "| nobody: a call that is rejected | | {rejected:.2} |"
    );
    Ok(table)
}

fn bulkhead(calls: u32, wait: Duration) -> Result<Bulkhead, ConfigError> {
    Registry::new().bulkhead_with("measured", |config| {
        config.max_concurrent_calls(calls).max_wait_duration(wait)
    })
}

/// Bytes and allocations for each of many who wait, beside their futures.
fn of_waiters(full: &Bulkhead) -> (f64, f64) {
    let mut waiters: Vec<_> = (0..WAITERS).map(|_| Box::pin(full.acquire())).collect();
    let region = Region::new(ALLOCATOR);
    for waiter in &mut waiters {
        let poll = waiter
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()));
        assert!(poll.is_pending(), "there is no place");
    }
    let change = region.change();
    let bytes = change.bytes_allocated - change.bytes_deallocated;
    let each = |count: usize| count as f64 / WAITERS as f64;
    (each(bytes), each(change.allocations))
}

/// A wait that ends with a place.
fn wait_once(one: &Bulkhead) {
    let permit = one.try_acquire();
    let mut waiter = pin!(one.acquire());
    let mut context = Context::from_waker(Waker::noop());
    assert!(waiter.as_mut().poll(&mut context).is_pending());
    drop(permit);
    assert!(waiter.as_mut().poll(&mut context).is_ready());
}

fn allocations(call: impl Fn(u64)) -> f64 {
    let region = Region::new(ALLOCATOR);
    (0..WAITERS as u64).for_each(call);
    region.change().allocations as f64 / WAITERS as f64
}
