//! How long each call takes, beside a thread that changes settings or only keeps a processor as busy.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use hdrhistogram::{CreationError, Histogram};
use quanta::Clock;
use resilience4rs::Registry;
use resilience4rs::configuration::Configuration;

use crate::accounting::stack::{Counted, call, change, text};
use crate::accounting::{CALLERS, Load};

/// Each row is measured so many times, in turns with the others, since the machine is not quiet.
pub(crate) const ROUNDS: usize = 10;

/// What a third thread does beside the callers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Beside {
    /// Nothing, and one caller makes the calls of all.
    Nobody,
    Nothing,
    /// Reads what the settings are to be.
    Reads,
    /// Changes those of instances that nobody calls, in a registry of its own.
    ChangesOthers,
    Changes,
}

/// What came of all rounds of a row.
pub(crate) struct Latencies {
    pub(crate) beside: Beside,
    /// Of all calls, in nanoseconds.
    pub(crate) calls: Histogram<u64>,
    /// The longest call of each round.
    pub(crate) longest: Vec<u64>,
    /// What the third thread took for all that it did.
    pub(crate) busy: Duration,
    /// How many changes it made while calls were made, and how many in all.
    pub(crate) in_time: u64,
    pub(crate) changes: u64,
}

impl Beside {
    fn callers(self) -> u64 {
        if self == Self::Nobody { 1 } else { CALLERS }
    }

    fn asks(self) -> bool {
        !matches!(self, Self::Nobody | Self::Nothing)
    }
}

const ROWS: [Beside; 5] = [
    Beside::Nobody,
    Beside::Nothing,
    Beside::Reads,
    Beside::ChangesOthers,
    Beside::Changes,
];

/// The rows, of which each round has one of each.
pub(crate) fn measure(load: Load) -> Result<Vec<Latencies>, CreationError> {
    let (clock, others) = (Clock::new(), Registry::new());
    // The instances are there from here on.
    for registry in [Registry::global(), &others] {
        change(registry, load.changes + 1);
    }
    let mut rows = Vec::new();
    for beside in ROWS {
        rows.push(Latencies {
            beside,
            calls: histogram()?,
            longest: Vec::new(),
            busy: Duration::ZERO,
            in_time: 0,
            changes: 0,
        });
    }
    for _ in 0..ROUNDS {
        for row in &mut rows {
            let before = Counted::now();
            round(load, &clock, &others, row)?;
            Counted::now().assert_all_since(before, load.calls);
        }
    }
    Ok(rows)
}

/// Of up to a minute, by three significant digits.
fn histogram() -> Result<Histogram<u64>, CreationError> {
    Histogram::new_with_bounds(1, 60_000_000_000, 3)
}

fn round(
    load: Load,
    clock: &Clock,
    others: &Registry,
    row: &mut Latencies,
) -> Result<(), CreationError> {
    let (ask, asked) = mpsc::channel();
    let beside = row.beside;
    let callers = beside.callers();
    let (in_time, running) = (AtomicU64::new(0), AtomicU64::new(callers));
    let mut of_callers: Vec<_> = (0..callers).map(|_| histogram()).collect();
    thread::scope(|threads| {
        for (caller, calls) in (0..callers).zip(&mut of_callers) {
            let (ask, running) = (ask.clone(), &running);
            threads.spawn(move || {
                if let Ok(calls) = calls {
                    let numbers =
                        load.calls * caller / callers..load.calls * (caller + 1) / callers;
                    for number in numbers {
                        // Nobody waits for the change: it comes as soon as a processor has time for it.
                        if beside.asks() && number.is_multiple_of(load.calls / load.changes) {
                            let asked = ask.send(());
                            debug_assert!(asked.is_ok());
                        }
                        let start = clock.raw();
                        call(number);
                        calls.saturating_record(clock.delta_as_nanos(start, clock.raw()));
                    }
                }
                running.fetch_sub(1, Ordering::Relaxed);
            });
        }
        drop(ask);
        for ((), number) in asked.into_iter().zip(row.changes..) {
            let start = Instant::now();
            match beside {
                Beside::Nobody | Beside::Nothing => {}
                Beside::Reads => {
                    let read = Configuration::from_yaml_str(&text(number));
                    assert!(read.is_ok());
                }
                Beside::ChangesOthers => assert_ne!(change(others, number), 0),
                Beside::Changes => assert_ne!(change(Registry::global(), number), 0),
            }
            row.busy += start.elapsed();
            row.changes += 1;
            let is_in_time = running.load(Ordering::Relaxed) == callers;
            in_time.fetch_add(u64::from(is_in_time), Ordering::Relaxed);
        }
    });
    row.in_time += in_time.into_inner();
    let mut longest = 0;
    for calls in of_callers {
        let calls = calls?;
        longest = longest.max(calls.max());
        let added = row.calls.add(&calls);
        assert!(added.is_ok(), "both have the same bounds");
    }
    row.longest.push(longest);
    Ok(())
}
