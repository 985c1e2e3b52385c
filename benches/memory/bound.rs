//! A million names that come from outside, and the bound on the instances that they leave.

use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use resilience4rs::{Registry, RegistryEventKind};
use stats_alloc::Region;

use crate::ALLOCATOR;
use crate::survivors::{self, Survivors};
use crate::tenants::{self, Answer};

/// After so many names, it is looked at what is held.
const LOOKS: [usize; 3] = [10_000, 100_000, 1_000_000];

/// The default, and one that is reached sooner.
const BOUNDS: [usize; 2] = [10_000, 1_000];

/// A policy, by the attribute that names its instance by an expression.
struct Kind {
    name: &'static str,
    /// A call through it that goes well.
    call: fn(&Registry, &str) -> Answer,
    instances: fn(&Registry) -> usize,
    survivors: fn(&Registry) -> Survivors,
}

const KINDS: [Kind; 5] = [
    Kind {
        name: "`#[circuit_breaker]`",
        call: tenants::in_circuit_breaker,
        instances: |registry| registry.circuit_breakers().len(),
        survivors: survivors::circuit_breakers,
    },
    Kind {
        name: "`#[bulkhead]`",
        call: tenants::in_bulkhead,
        instances: |registry| registry.bulkheads().len(),
        survivors: survivors::bulkheads,
    },
    Kind {
        name: "`#[rate_limiter]`",
        call: tenants::in_rate_limiter,
        instances: |registry| registry.rate_limiters().len(),
        survivors: survivors::rate_limiters,
    },
    Kind {
        name: "`#[retry]`",
        call: tenants::in_retry,
        instances: |registry| registry.retries().len(),
        survivors: survivors::retries,
    },
    Kind {
        name: "`#[time_limiter]`",
        call: tenants::in_time_limiter,
        instances: |registry| registry.time_limiters().len(),
        survivors: survivors::time_limiters,
    },
];

pub(crate) fn table() -> String {
    let mut table = String::from(
        "| | bound | bytes at 10,000 names | at 100,000 | at 1,000,000 | instances then | evicted | not kept | µs a name |\n\
         |---|--:|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for max in BOUNDS {
        for kind in &KINDS {
            // Writing to a string does not fail.
            let _ = writeln!(table, "{}", row(kind, max));
        }
    }
    table
}

fn row(kind: &Kind, max: usize) -> String {
    let region = Region::new(ALLOCATOR);
    let held = || {
        let change = region.change();
        change.bytes_allocated - change.bytes_deallocated
    };
    let (evicted, not_kept) = (Counter::default(), Counter::default());
    let registry = Registry::builder()
        .max_instances(max)
        .on_event(evicted.of(RegistryEventKind::Evicted))
        .on_event(not_kept.of(RegistryEventKind::NotKept))
        .build();
    let survivors = (kind.survivors)(&registry);
    let start = Instant::now();
    let mut bytes = Vec::with_capacity(LOOKS.len());
    let mut name = String::with_capacity(32);
    let mut names = 0;
    for look in LOOKS {
        while names < look {
            name.clear();
            let _ = write!(name, "tenant-{names:07}");
            assert!((kind.call)(&registry, &name).is_ok());
            names += 1;
        }
        bytes.push(held());
    }
    let micros = start.elapsed().as_secs_f64() * 1e6 / names as f64;
    let instances = (kind.instances)(&registry);
    assert_eq!(instances, max, "{}", kind.name);
    assert!(
        bytes[2] <= bytes[1],
        "{} goes on taking memory: {bytes:?}",
        kind.name
    );
    survivors.assert_unharmed();
    format!(
        "| {} | {max} | {} | {} | {} | {instances} | {} | {} | {micros:.1} |",
        kind.name,
        bytes[0],
        bytes[1],
        bytes[2],
        evicted.count(),
        not_kept.count()
    )
}

/// Microseconds that a new name takes where none can make room: each breaker has counted a failure.
pub(crate) fn without_room() -> f64 {
    const NAMES: usize = 20_000;
    let not_kept = Counter::default();
    let registry = Registry::builder()
        .on_event(not_kept.of(RegistryEventKind::NotKept))
        .build();
    let mut micros = 0.0;
    for number in 0..BOUNDS[0] + NAMES {
        let name = format!("tenant-{number:07}");
        let start = Instant::now();
        assert!(tenants::for_an_hour(&registry, &name).is_ok());
        if number >= BOUNDS[0] {
            micros += start.elapsed().as_secs_f64() * 1e6;
        }
    }
    assert_eq!(not_kept.count(), NAMES);
    micros / NAMES as f64
}

/// Counts events of a kind.
#[derive(Debug, Default)]
struct Counter(Arc<AtomicUsize>);

impl Counter {
    fn of(
        &self,
        kind: RegistryEventKind,
    ) -> impl Fn(&resilience4rs::RegistryEvent) + Send + Sync + 'static {
        let counted = Arc::clone(&self.0);
        move |event| {
            if event.kind == kind {
                counted.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}
