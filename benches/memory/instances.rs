//! Many breakers in one registry.

use std::fmt::Write;
use std::time::{Duration, Instant};

use resilience4rs::{
    CircuitBreakerConfigBuilder as Config, ConfigError, Registry, SlidingWindowType,
};
use stats_alloc::Region;

use crate::ALLOCATOR;

/// A kind of breaker, and how many of them are made.
struct Kind {
    name: &'static str,
    instances: usize,
    configure: fn(Config) -> Config,
}

const KINDS: [Kind; 4] = [
    Kind {
        name: "count window of 100 (the default)",
        instances: 1_000,
        configure: |config| config,
    },
    Kind {
        name: "the same",
        instances: 100_000,
        configure: |config| config,
    },
    Kind {
        name: "count window of 100,000",
        instances: 1_000,
        configure: |config| config.sliding_window_size(100_000),
    },
    Kind {
        name: "time window of 60 s",
        instances: 1_000,
        configure: |config| {
            config
                .sliding_window_type(SlidingWindowType::TimeBased)
                .sliding_window_size(60)
        },
    },
];

pub(crate) fn table() -> Result<String, ConfigError> {
    let mut table = String::from(
        "| breakers | how many | bytes each | bytes in all | allocations each | µs to make one |\n\
         |---|--:|--:|--:|--:|--:|\n",
    );
    for kind in KINDS {
        let Made {
            bytes,
            allocations,
            took,
        } = make(&kind)?;
        let instances = kind.instances;
        // Writing to a string does not fail.
        let _ = writeln!(
            table,
            "| {} | {instances} | {} | {bytes} | {} | {:.2} |",
            kind.name,
            bytes / instances,
            allocations / instances,
            took.as_secs_f64() * 1e6 / instances as f64,
        );
    }
    Ok(table)
}

struct Made {
    bytes: usize,
    allocations: usize,
    took: Duration,
}

fn make(kind: &Kind) -> Result<Made, ConfigError> {
    let names: Vec<_> = (0..kind.instances)
        .map(|number| format!("service-{number:06}"))
        .collect();
    let registry = Registry::builder().max_instances(usize::MAX).build();
    let region = Region::new(ALLOCATOR);
    let start = Instant::now();
    for name in &names {
        registry.circuit_breaker_with(name, kind.configure)?;
    }
    let took = start.elapsed();
    let change = region.change();
    Ok(Made {
        bytes: change.bytes_allocated - change.bytes_deallocated,
        allocations: change.allocations,
        took,
    })
}
