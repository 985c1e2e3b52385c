//! The time limiter.

use resilience4rs::{Registry, TimeLimiter, time_limiter};

use super::ours;
use crate::call::{CallError, later, now, succeed, succeed_later};
use crate::case::{Case, Workload, repeat};
use crate::group::{TIME_LIMIT, TIME_LIMIT_PENDING};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        ours(TIME_LIMIT, "#[time_limiter]", attributed),
        ours(TIME_LIMIT, "TimeLimiter::call", |_| {
            call(Registry::new().time_limiter("benchmark"))
        }),
        ours(TIME_LIMIT_PENDING, "#[time_limiter]", attributed_later),
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

type Answer = Result<u64, CallError>;

#[time_limiter("first")]
async fn first(number: u64) -> Answer {
    succeed(number)
}

#[time_limiter("second")]
async fn second(number: u64) -> Answer {
    succeed(number)
}

#[time_limiter("first, later")]
async fn first_later(number: u64) -> Answer {
    succeed_later(number).await
}

#[time_limiter("second, later")]
async fn second_later(number: u64) -> Answer {
    succeed_later(number).await
}

fn attributed(instance: usize) -> Workload {
    match instance {
        0 => repeat(|number| now(first(number))),
        _ => repeat(|number| now(second(number))),
    }
}

fn attributed_later(instance: usize) -> Workload {
    match instance {
        0 => repeat(|number| later(first_later(number))),
        _ => repeat(|number| later(second_later(number))),
    }
}
