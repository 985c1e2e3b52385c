//! The same three calls, and who watches them: nobody, or what of it the features of this build have.

#[cfg(feature = "tracing-subscriber")]
mod subscriber;

use std::sync::Once;

use resilience4rs::{EventStream, Registry, circuit_breaker};

use crate::call::{CallError, now, succeed};
use crate::case::{By, Case, Workload, repeat};

type Answer = Result<u64, CallError>;

const CLOSED: &str = "watched";
const OPEN: &str = "watched, open";

#[circuit_breaker("watched")]
async fn guarded(number: u64) -> Answer {
    succeed(number)
}

#[circuit_breaker("watched, open")]
async fn rejected(number: u64) -> Answer {
    succeed(number)
}

/// Who watches, and the features that it takes.
const WATCHERS: &[(&str, fn())] = &[
    ("nobody", || {}),
    ("events", keep_events),
    #[cfg(feature = "metrics")]
    ("metrics", count),
    #[cfg(feature = "tracing-subscriber")]
    ("all, log lines", || {
        count();
        keep_events();
        subscriber::subscribe(tracing_subscriber::filter::LevelFilter::INFO);
    }),
    #[cfg(feature = "tracing-subscriber")]
    ("all, spans", || {
        count();
        keep_events();
        subscriber::subscribe(tracing_subscriber::filter::LevelFilter::DEBUG);
    }),
];

/// What a call is called, and what makes it.
type Call = (&'static str, fn() -> Workload);

/// Each call by each watcher. They are of the whole process, so only those of one watcher are to be set
/// up in one.
///
/// # Panics
/// A case does, when it is set up, if its breaker cannot be opened.
#[must_use]
pub fn cases() -> Vec<Case> {
    let calls: [Call; 3] = [
        ("#[circuit_breaker]", || {
            repeat(|number| now(guarded(number)))
        }),
        ("call_blocking", || {
            let breaker = Registry::global().circuit_breaker(CLOSED);
            repeat(move |number| breaker.call_blocking(|| succeed::<CallError>(number)))
        }),
        ("#[circuit_breaker], rejected", || {
            let opened = Registry::global()
                .circuit_breaker(OPEN)
                .transition_to_open();
            assert!(opened.is_ok(), "{opened:?}");
            repeat(|number| now(rejected(number)))
        }),
    ];
    let each = WATCHERS.iter().flat_map(|(name, watch)| {
        calls.map(|(call, make)| {
            Case::new(name, By::Us, call, move |_| {
                static WATCHED: Once = Once::new();
                WATCHED.call_once(watch);
                make()
            })
        })
    });
    each.collect()
}

/// As for the endpoints of events, and for one who reads along and is behind.
fn keep_events() {
    for name in [CLOSED, OPEN] {
        let breaker = Registry::global().circuit_breaker(name);
        breaker.buffer_events(100);
        let behind: EventStream<_> = breaker.events();
        // For as long as the process.
        std::mem::forget(behind);
    }
}

#[cfg(feature = "metrics")]
fn count() {
    // Whoever reads them begins it.
    drop(Registry::global().metric_families());
}
