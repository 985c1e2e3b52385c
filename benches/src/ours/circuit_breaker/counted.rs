//! The same call without metrics, and while what becomes of it is counted for them.
//!
//! An attribute with a literal name uses the global registry, which counts all breakers or none. So
//! here is what the attribute expands to, written by hand, on breakers of two registries.

use resilience4rs::__private as expansion;
use resilience4rs::{CircuitBreaker, Registry, State};

use super::super::ours;
use super::{acquire, call, call_blocking, change};
use crate::call::{CallError, fail_each_tenth, now, succeed};
use crate::case::{Case, Workload, repeat};
use crate::group::METRICS;

pub(super) fn cases() -> Vec<Case> {
    vec![
        ours(METRICS, "#[circuit_breaker], without", |_| {
            expanded(breaker(false))
        }),
        ours(METRICS, "#[circuit_breaker], with", |_| {
            expanded(breaker(true))
        }),
        ours(METRICS, "CircuitBreaker::call, without", |_| {
            call(breaker(false))
        }),
        ours(METRICS, "CircuitBreaker::call, with", |_| {
            call(breaker(true))
        }),
        ours(METRICS, "call_blocking, without", |_| {
            call_blocking(breaker(false))
        }),
        ours(METRICS, "call_blocking, with", |_| {
            call_blocking(breaker(true))
        }),
        ours(METRICS, "10 % fail, without", |_| failing(breaker(false))),
        ours(METRICS, "10 % fail, with", |_| failing(breaker(true))),
        ours(METRICS, "try_acquire, open, without", |_| {
            acquire(open(breaker(false)))
        }),
        ours(METRICS, "try_acquire, open, with", |_| {
            acquire(open(breaker(true)))
        }),
    ]
}

fn breaker(is_counted: bool) -> CircuitBreaker {
    let registry = Registry::builder().metrics(is_counted).build();
    registry.circuit_breaker("benchmark")
}

fn open(breaker: CircuitBreaker) -> CircuitBreaker {
    change(&breaker, State::Open);
    breaker
}

fn expanded(breaker: CircuitBreaker) -> Workload {
    repeat(move |number| now(guarded(&breaker, number)))
}

async fn guarded(policy: &CircuitBreaker, number: u64) -> Result<u64, CallError> {
    expansion::guard(expansion::in_circuit_breaker(
        policy,
        expansion::classify_errors,
        async move { succeed(number) },
    ))
    .await
}

fn failing(breaker: CircuitBreaker) -> Workload {
    repeat(move |number| now(breaker.call(async move { fail_each_tenth(number) })))
}
