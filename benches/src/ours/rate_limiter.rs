//! The rate limiter: with Resilience4j's defaults, whose cycle is as short as a few calls, and with a
//! cycle that is as long as a service's.

use std::time::Duration;

use resilience4rs::{RateLimiter, RateLimiterConfigBuilder as Config, Registry, rate_limiter};

use super::ours;
use crate::call::{CallError, now, succeed};
use crate::case::{Case, Workload, repeat};
use crate::group::{RATE_LIMIT, RATE_LIMIT_REJECTED};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        ours(RATE_LIMIT, "#[rate_limiter]", attributed),
        ours(RATE_LIMIT, "#[rate_limiter], plain", attributed_plain),
        ours(RATE_LIMIT, "RateLimiter::call", |_| call(of_a_second())),
        ours(
            RATE_LIMIT,
            "call_blocking",
            |_| call_blocking(of_a_second()),
        ),
        ours(RATE_LIMIT, "try_acquire", |_| acquire(of_a_second())),
        ours(RATE_LIMIT, "try_acquire, cycle of 500 ns", |_| {
            acquire(of_500_ns())
        }),
        ours(RATE_LIMIT_REJECTED, "#[rate_limiter]", attributed_rejected),
        ours(RATE_LIMIT_REJECTED, "RateLimiter::call", |_| {
            call(exhausted())
        }),
        ours(RATE_LIMIT_REJECTED, "call_blocking", |_| {
            call_blocking(exhausted())
        }),
        ours(RATE_LIMIT_REJECTED, "try_acquire", |_| acquire(exhausted())),
    ]
}

/// More permits than calls are made.
fn of_a_second() -> RateLimiter {
    limiter(|config| {
        config
            .limit_for_period(1_000_000_000)
            .limit_refresh_period(Duration::from_secs(1))
    })
}

/// The defaults: 50 permits each 500 ns.
fn of_500_ns() -> RateLimiter {
    limiter(|config| config)
}

fn exhausted() -> RateLimiter {
    let limiter = limiter(|config| {
        config
            .limit_for_period(1)
            .limit_refresh_period(Duration::from_secs(3_600))
            .timeout_duration(Duration::ZERO)
    });
    assert!(limiter.try_acquire().is_ok() && limiter.try_acquire().is_err());
    limiter
}

#[expect(
    clippy::expect_used,
    reason = "a benchmark whose settings are wrong must end"
)]
fn limiter(configure: fn(Config) -> Config) -> RateLimiter {
    Registry::new()
        .rate_limiter_with("benchmark", configure)
        .expect("the settings fit")
}

fn call(limiter: RateLimiter) -> Workload {
    repeat(move |number| now(limiter.call(async move { succeed::<CallError>(number) })))
}

fn call_blocking(limiter: RateLimiter) -> Workload {
    repeat(move |number| limiter.call_blocking(|| succeed::<CallError>(number)))
}

fn acquire(limiter: RateLimiter) -> Workload {
    repeat(move |_| limiter.try_acquire())
}

type Answer = Result<u64, CallError>;

#[rate_limiter("first", limit_for_period = 1_000_000_000, limit_refresh_period = "1s")]
async fn first(number: u64) -> Answer {
    succeed(number)
}

#[rate_limiter(
    "second",
    limit_for_period = 1_000_000_000,
    limit_refresh_period = "1s"
)]
async fn second(number: u64) -> Answer {
    succeed(number)
}

#[rate_limiter(
    "first, plain",
    limit_for_period = 1_000_000_000,
    limit_refresh_period = "1s"
)]
fn first_plain(number: u64) -> Answer {
    succeed(number)
}

#[rate_limiter(
    "second, plain",
    limit_for_period = 1_000_000_000,
    limit_refresh_period = "1s"
)]
fn second_plain(number: u64) -> Answer {
    succeed(number)
}

#[rate_limiter(
    "first, exhausted",
    limit_for_period = 1,
    limit_refresh_period = "1h",
    timeout_duration = "0s"
)]
async fn first_exhausted(number: u64) -> Answer {
    succeed(number)
}

#[rate_limiter(
    "second, exhausted",
    limit_for_period = 1,
    limit_refresh_period = "1h",
    timeout_duration = "0s"
)]
async fn second_exhausted(number: u64) -> Answer {
    succeed(number)
}

fn attributed(instance: usize) -> Workload {
    match instance {
        0 => repeat(|number| now(first(number))),
        _ => repeat(|number| now(second(number))),
    }
}

fn attributed_plain(instance: usize) -> Workload {
    match instance {
        0 => repeat(first_plain),
        _ => repeat(second_plain),
    }
}

/// Rejected from the second call on.
fn attributed_rejected(instance: usize) -> Workload {
    match instance {
        0 => repeat(|number| now(first_exhausted(number))),
        _ => repeat(|number| now(second_exhausted(number))),
    }
}
