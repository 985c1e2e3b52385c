//! Policies around one function, in the order that Resilience4j has them by default.

use resilience4rs::{bulkhead, circuit_breaker, rate_limiter, retry, time_limiter};

use super::ours;
use crate::call::{CallError, now, succeed};
use crate::case::{Case, Workload, repeat};
use crate::group::{STACK, STACK_PLAIN};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        ours(STACK, "#[...], all five", all_five),
        ours(STACK, "#[...], without rate limit", four),
        ours(STACK_PLAIN, "#[...], all four, plain", all_four_plain),
    ]
}

type Answer = Result<u64, CallError>;

#[retry("first, five")]
#[circuit_breaker("first, five")]
#[rate_limiter(
    "first, five",
    limit_for_period = 1_000_000_000,
    limit_refresh_period = "1s"
)]
#[time_limiter("first, five")]
#[bulkhead("first, five")]
async fn first(number: u64) -> Answer {
    succeed(number)
}

#[retry("second, five")]
#[circuit_breaker("second, five")]
#[rate_limiter(
    "second, five",
    limit_for_period = 1_000_000_000,
    limit_refresh_period = "1s"
)]
#[time_limiter("second, five")]
#[bulkhead("second, five")]
async fn second(number: u64) -> Answer {
    succeed(number)
}

#[retry("first, four")]
#[circuit_breaker("first, four")]
#[time_limiter("first, four")]
#[bulkhead("first, four")]
async fn first_unlimited(number: u64) -> Answer {
    succeed(number)
}

#[retry("second, four")]
#[circuit_breaker("second, four")]
#[time_limiter("second, four")]
#[bulkhead("second, four")]
async fn second_unlimited(number: u64) -> Answer {
    succeed(number)
}

#[retry("first, four, plain")]
#[circuit_breaker("first, four, plain")]
#[rate_limiter(
    "first, four, plain",
    limit_for_period = 1_000_000_000,
    limit_refresh_period = "1s"
)]
#[bulkhead("first, four, plain")]
fn first_plain(number: u64) -> Answer {
    succeed(number)
}

#[retry("second, four, plain")]
#[circuit_breaker("second, four, plain")]
#[rate_limiter(
    "second, four, plain",
    limit_for_period = 1_000_000_000,
    limit_refresh_period = "1s"
)]
#[bulkhead("second, four, plain")]
fn second_plain(number: u64) -> Answer {
    succeed(number)
}

fn all_five(instance: usize) -> Workload {
    match instance {
        0 => repeat(|number| now(first(number))),
        _ => repeat(|number| now(second(number))),
    }
}

/// What the hand-composed stacks without a rate limiter have.
fn four(instance: usize) -> Workload {
    match instance {
        0 => repeat(|number| now(first_unlimited(number))),
        _ => repeat(|number| now(second_unlimited(number))),
    }
}

fn all_four_plain(instance: usize) -> Workload {
    match instance {
        0 => repeat(first_plain),
        _ => repeat(second_plain),
    }
}
