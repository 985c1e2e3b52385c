//! What no breaker can be faster than: the call itself, and the parts that an exact one is made of.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use crate::call::{CallError, fail_each_tenth, now, succeed};
use crate::case::{Case, repeat};

const GROUP: &str = "floor";

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::stateless(GROUP, "direct plain call", succeed::<CallError>),
        Case::stateless(GROUP, "direct async call", |number| {
            now(async move { succeed::<CallError>(number) })
        }),
        Case::stateless(GROUP, "direct async call, 10 % fail", |number| {
            now(async move { fail_each_tenth(number, CallError::Refused) })
        }),
        Case::stateless(GROUP, "Instant::now and elapsed", |_| {
            Instant::now().elapsed()
        }),
        Case::new(GROUP, "two raw clock reads", |_| {
            let clock = quanta::Clock::new();
            repeat(move |_| clock.raw().abs_diff(clock.raw()))
        }),
        Case::new(GROUP, "fetch_add", |_| {
            let counter = Arc::new(AtomicU64::new(0));
            repeat(move |_| counter.fetch_add(1, Ordering::Relaxed))
        }),
        Case::new(GROUP, "compare_exchange loop", |_| {
            let counter = Arc::new(AtomicU64::new(0));
            repeat(move |_| increment(&counter))
        }),
        Case::new(GROUP, "two raw clock reads and fetch_add", |_| {
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
