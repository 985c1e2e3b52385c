//! The retry.

use std::cell::Cell;
use std::time::Duration;

use resilience4rs::{Registry, Retry, retry};

use super::ours;
use crate::call::{CallError, fail_first, now, succeed};
use crate::case::{Case, Workload, repeat};
use crate::group::{RETRY, RETRY_PLAIN, RETRY_SECOND};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        ours(RETRY, "#[retry]", attributed),
        ours(RETRY, "Retry::call", |_| call(default())),
        ours(RETRY_PLAIN, "#[retry], plain", attributed_plain),
        ours(RETRY_PLAIN, "call_blocking", |_| call_blocking(default())),
        ours(RETRY_SECOND, "#[retry]", attributed_again),
        ours(RETRY_SECOND, "Retry::call", |_| call_again(at_once())),
        ours(RETRY_SECOND, "call_blocking", |_| {
            call_again_blocking(at_once())
        }),
    ]
}

fn default() -> Retry {
    Registry::new().retry("benchmark")
}

#[expect(
    clippy::expect_used,
    reason = "a benchmark whose settings are wrong must end"
)]
fn at_once() -> Retry {
    Registry::new()
        .retry_with("benchmark", |config| config.wait_duration(Duration::ZERO))
        .expect("the settings fit")
}

fn call(retry: Retry) -> Workload {
    repeat(move |number| now(retry.call(|| async move { succeed::<CallError>(number) })))
}

fn call_blocking(retry: Retry) -> Workload {
    repeat(move |number| retry.call_blocking(|| succeed::<CallError>(number)))
}

fn call_again(retry: Retry) -> Workload {
    repeat(move |number| {
        let has_failed = Cell::new(false);
        now(retry.call(|| async { fail_first(&has_failed, number) }))
    })
}

fn call_again_blocking(retry: Retry) -> Workload {
    repeat(move |number| {
        let has_failed = Cell::new(false);
        retry.call_blocking(|| fail_first(&has_failed, number))
    })
}

type Answer = Result<u64, CallError>;

#[retry("first")]
async fn first(number: u64) -> Answer {
    succeed(number)
}

#[retry("second")]
async fn second(number: u64) -> Answer {
    succeed(number)
}

#[retry("first, plain")]
fn first_plain(number: u64) -> Answer {
    succeed(number)
}

#[retry("second, plain")]
fn second_plain(number: u64) -> Answer {
    succeed(number)
}

#[retry("first, again", wait_duration = "0s")]
async fn first_again(has_failed: &Cell<bool>, number: u64) -> Answer {
    fail_first(has_failed, number)
}

#[retry("second, again", wait_duration = "0s")]
async fn second_again(has_failed: &Cell<bool>, number: u64) -> Answer {
    fail_first(has_failed, number)
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

fn attributed_again(instance: usize) -> Workload {
    match instance {
        0 => repeat(|number| now(first_again(&Cell::new(false), number))),
        _ => repeat(|number| now(second_again(&Cell::new(false), number))),
    }
}
