//! Our policies: every way to call through each, and through a stack of them.

mod bulkhead;
mod circuit_breaker;
pub(crate) mod names;
mod rate_limiter;
mod retry;
mod stack;
mod time_limiter;

use crate::case::{By, Case, Workload};

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = circuit_breaker::cases();
    cases.extend(bulkhead::cases());
    cases.extend(rate_limiter::cases());
    cases.extend(time_limiter::cases());
    cases.extend(retry::cases());
    cases.extend(stack::cases());
    cases.extend(names::cases());
    cases
}

fn ours(group: &'static str, name: &'static str, make: fn(usize) -> Workload) -> Case {
    Case::new(group, By::Us, name, make)
}
