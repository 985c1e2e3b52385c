//! What no policy can be faster than: the call itself, and the parts that an exact breaker is made of.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use crate::call::{CallError, fail_each_tenth, fail_first, later, now, succeed, succeed_later};
use crate::case::{By, Case, Workload, repeat};
use crate::group::FLOOR;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        floor("direct plain call", || repeat(succeed::<CallError>)),
        floor("direct async call", || {
            repeat(|number| now(async move { succeed::<CallError>(number) }))
        }),
        floor("direct async call, 10 % fail", || {
            repeat(|number| now(async move { fail_each_tenth(number) }))
        }),
        floor("direct async call, pending once", || {
            repeat(|number| later(succeed_later::<CallError>(number)))
        }),
        floor("direct plain call, made again", || {
            repeat(|number| {
                let has_failed = Cell::new(false);
                fail_first(&has_failed, number).or_else(|_| fail_first(&has_failed, number))
            })
        }),
        floor("Instant::now and elapsed", || {
            repeat(|_| Instant::now().elapsed())
        }),
        floor("two raw clock reads", || {
            let clock = quanta::Clock::new();
            repeat(move |_| clock.raw().abs_diff(clock.raw()))
        }),
        floor("fetch_add", || {
            let counter = Arc::new(AtomicU64::new(0));
            repeat(move |_| counter.fetch_add(1, Ordering::Relaxed))
        }),
        floor("compare_exchange loop", || {
            let counter = Arc::new(AtomicU64::new(0));
            repeat(move |_| increment(&counter))
        }),
        floor("two raw clock reads and fetch_add", || {
            let clock = quanta::Clock::new();
            let counter = Arc::new(AtomicU64::new(0));
            repeat(move |_| {
                let start = clock.raw();
                counter.fetch_add(1, Ordering::Relaxed);
                start.abs_diff(clock.raw())
            })
        }),
    ]
}

fn floor(name: &'static str, make: fn() -> Workload) -> Case {
    Case::new(FLOOR, By::Nobody, name, move |_| make())
}

/// What a window that knows more than a sum costs at the very least.
fn increment(counter: &AtomicU64) -> u64 {
    let mut value = counter.load(Ordering::Relaxed);
    while let Err(newer) =
        counter.compare_exchange(value, value + 1, Ordering::AcqRel, Ordering::Acquire)
    {
        value = newer;
    }
    value
}
