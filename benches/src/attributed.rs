//! Functions under `#[circuit_breaker]` with a literal name, as a service has them; two of each, so
//! that two threads can call separate breakers.

use resilience4rs::__private::{CircuitBreakerSite, classify_errors, guard, guard_blocking};
use resilience4rs::Registry;

use crate::call::{CallError, now, succeed};
use crate::case::{Workload, repeat};

type Answer = Result<u64, CallError>;

async fn first(number: u64) -> Answer {
    static SITE: CircuitBreakerSite = CircuitBreakerSite::new("first", |config| config);
    guard(
        SITE.resolve(),
        classify_errors,
        async move { succeed(number) },
    )
    .await
}

async fn second(number: u64) -> Answer {
    static SITE: CircuitBreakerSite = CircuitBreakerSite::new("second", |config| config);
    guard(
        SITE.resolve(),
        classify_errors,
        async move { succeed(number) },
    )
    .await
}

fn first_plain(number: u64) -> Answer {
    static SITE: CircuitBreakerSite = CircuitBreakerSite::new("first, plain", |config| config);
    guard_blocking(SITE.resolve(), classify_errors, || succeed(number))
}

fn second_plain(number: u64) -> Answer {
    static SITE: CircuitBreakerSite = CircuitBreakerSite::new("second, plain", |config| config);
    guard_blocking(SITE.resolve(), classify_errors, || succeed(number))
}

async fn first_open(number: u64) -> Answer {
    static SITE: CircuitBreakerSite = CircuitBreakerSite::new("first, open", |config| config);
    guard(
        SITE.resolve(),
        classify_errors,
        async move { succeed(number) },
    )
    .await
}

async fn second_open(number: u64) -> Answer {
    static SITE: CircuitBreakerSite = CircuitBreakerSite::new("second, open", |config| config);
    guard(
        SITE.resolve(),
        classify_errors,
        async move { succeed(number) },
    )
    .await
}

pub(crate) fn closed(instance: usize) -> Workload {
    match instance {
        0 => repeat(|number| now(first(number))),
        _ => repeat(|number| now(second(number))),
    }
}

pub(crate) fn closed_plain(instance: usize) -> Workload {
    match instance {
        0 => repeat(first_plain),
        _ => repeat(second_plain),
    }
}

pub(crate) fn open(instance: usize) -> Workload {
    for name in ["first, open", "second, open"] {
        let changed = Registry::global()
            .circuit_breaker(name)
            .transition_to_open();
        assert!(changed.is_ok(), "{changed:?}");
    }
    match instance {
        0 => repeat(|number| now(first_open(number))),
        _ => repeat(|number| now(second_open(number))),
    }
}
