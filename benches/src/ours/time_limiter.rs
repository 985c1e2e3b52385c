//! The time limiter.

use resilience4rs::{Registry, TimeLimiter};

use super::ours;
use crate::call::{CallError, later, now, succeed, succeed_later};
use crate::case::{Case, Workload, repeat};
use crate::group::{TIME_LIMIT, TIME_LIMIT_PENDING};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        ours(TIME_LIMIT, "TimeLimiter::call", |_| {
            call(Registry::new().time_limiter("benchmark"))
        }),
        ours(TIME_LIMIT_PENDING, "TimeLimiter::call", |_| {
            call_later(Registry::new().time_limiter("benchmark"))
        }),
    ]
}

fn call(limiter: TimeLimiter) -> Workload {
    repeat(move |number| now(limiter.call(async move { succeed::<CallError>(number) })))
}

fn call_later(limiter: TimeLimiter) -> Workload {
    repeat(move |number| later(limiter.call(succeed_later::<CallError>(number))))
}
