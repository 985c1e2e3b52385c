//! Functions under `#[circuit_breaker]` with a literal name, as a service has them; two of each, so
//! that two threads can call separate breakers.

use resilience4rs::{Registry, circuit_breaker};

use crate::call::{CallError, now, succeed};
use crate::case::{Workload, repeat};

type Answer = Result<u64, CallError>;

#[circuit_breaker("first")]
async fn first(number: u64) -> Answer {
    succeed(number)
}

#[circuit_breaker("second")]
async fn second(number: u64) -> Answer {
    succeed(number)
}

#[circuit_breaker("first, plain")]
fn first_plain(number: u64) -> Answer {
    succeed(number)
}

#[circuit_breaker("second, plain")]
fn second_plain(number: u64) -> Answer {
    succeed(number)
}

#[circuit_breaker("first, open")]
async fn first_open(number: u64) -> Answer {
    succeed(number)
}

#[circuit_breaker("second, open")]
async fn second_open(number: u64) -> Answer {
    succeed(number)
}

#[circuit_breaker("first, open, plain")]
fn first_open_plain(number: u64) -> Answer {
    succeed(number)
}

#[circuit_breaker("second, open, plain")]
fn second_open_plain(number: u64) -> Answer {
    succeed(number)
}

pub(super) fn closed(instance: usize) -> Workload {
    match instance {
        0 => repeat(|number| now(first(number))),
        _ => repeat(|number| now(second(number))),
    }
}

pub(super) fn closed_plain(instance: usize) -> Workload {
    match instance {
        0 => repeat(first_plain),
        _ => repeat(second_plain),
    }
}

pub(super) fn open(instance: usize) -> Workload {
    trip(&["first, open", "second, open"]);
    match instance {
        0 => repeat(|number| now(first_open(number))),
        _ => repeat(|number| now(second_open(number))),
    }
}

pub(super) fn open_plain(instance: usize) -> Workload {
    trip(&["first, open, plain", "second, open, plain"]);
    match instance {
        0 => repeat(first_open_plain),
        _ => repeat(second_open_plain),
    }
}

fn trip(names: &[&str]) {
    for name in names {
        let opened = Registry::global()
            .circuit_breaker(name)
            .transition_to_open();
        assert!(opened.is_ok(), "{opened:?}");
    }
}
