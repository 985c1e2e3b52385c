//! Calls, which are to allocate nothing.

use std::fmt::Write;

use resilience_benches::call::{CallError, fail_each_tenth, now, succeed};
use resilience4rs::{CircuitBreaker, IllegalTransition, Permit, Registry};
use stats_alloc::Region;

use crate::ALLOCATOR;

const CALLS: usize = 100_000;

pub(crate) fn table() -> Result<String, IllegalTransition> {
    let registry = Registry::new();
    let closed = registry.circuit_breaker("closed");
    let open = registry.circuit_breaker("open");
    open.transition_to_open()?;
    let probed = registry.circuit_breaker("probed");
    probed.transition_to_open()?;
    probed.transition_to_half_open()?;

    let mut table = String::from("| call | allocations in 100,000 |\n|---|--:|\n");
    for (name, allocations) in [
        (
            "closed, succeeds",
            allocations(|number| call(&closed, number)),
        ),
        (
            "closed, every tenth fails",
            allocations(|number| call_failing(&closed, number)),
        ),
        ("open: rejected", allocations(|number| call(&open, number))),
        (
            "half-open: a probe that is ignored",
            allocations(|_| drop(probed.try_acquire().map(Permit::ignore))),
        ),
    ] {
        // Writing to a string does not fail.
        let _ = writeln!(table, "| {name} | {allocations} |");
    }
    Ok(table)
}

fn allocations(call: impl Fn(u64)) -> usize {
    let region = Region::new(ALLOCATOR);
    (0..CALLS as u64).for_each(call);
    region.change().allocations
}

fn call(breaker: &CircuitBreaker, number: u64) {
    drop(now(
        breaker.call(async move { succeed::<CallError>(number) })
    ));
}

fn call_failing(breaker: &CircuitBreaker, number: u64) {
    drop(now(breaker.call(async move { fail_each_tenth(number) })));
}
