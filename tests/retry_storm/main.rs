//! A thousand callers, a backend that is down for half a minute, and what retries make of it.

#![allow(
    clippy::unwrap_used,
    reason = "a test that meets something unforeseen is to fail"
)]

mod storm;

use storm::{Backend, DOWN_FROM, DOWN_UNTIL, DURATION, NORMAL, Storm, usual};

fn with_budget(backend: Backend) -> Storm {
    storm::run(backend, |config| usual(config).budget("backend")).unwrap()
}

fn without_budget(backend: Backend) -> Storm {
    storm::run(backend, usual).unwrap()
}

#[test]
fn with_a_budget_an_outage_is_not_amplified() {
    let storm = with_budget(Backend::Tireless);
    let load = storm.load();
    assert_eq!(load.len(), DURATION);
    assert!(
        load[DOWN_FROM + 1..DOWN_UNTIL]
            .iter()
            .all(|requests| *requests > NORMAL)
    );
    // In no second, wherever it begins.
    assert!(
        storm.peak() * 10 <= NORMAL * 12,
        "{} requests in a second, of {NORMAL}: {load:?}",
        storm.peak()
    );
}

#[test]
fn without_a_budget_it_is() {
    let load = without_budget(Backend::Tireless).load();
    let outage = &load[DOWN_FROM + 1..DOWN_UNTIL - 1];
    assert!(
        outage.iter().all(|requests| *requests > NORMAL * 3),
        "{load:?}"
    );
}

/// An outage that retries keep up when its cause is long gone.
#[test]
fn a_backend_that_can_be_overloaded_recovers_only_with_a_budget() {
    let backend = Backend::Overloadable(NORMAL * 2);
    let recovered = with_budget(backend).goodput();
    assert!(
        recovered[DOWN_UNTIL..]
            .iter()
            .all(|answered| *answered >= NORMAL * 9 / 10),
        "{recovered:?}"
    );
    let stuck = without_budget(backend).goodput();
    assert!(
        stuck[DOWN_UNTIL + 1..]
            .iter()
            .all(|answered| *answered == 0),
        "{stuck:?}"
    );
}
