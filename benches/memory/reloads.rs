//! Reloads, which are not to leave anything behind.

use std::fmt::Write;

use resilience4rs::Registry;
use resilience4rs::configuration::Configuration;
use stats_alloc::Region;

use crate::ALLOCATOR;

/// After so many reloads, it is looked at what is held.
const LOOKS: [u64; 4] = [10, 100, 1_000, 10_000];

pub(crate) fn table() -> String {
    let region = Region::new(ALLOCATOR);
    let registry = Registry::new();
    let mut reloads = 0;
    let held = LOOKS.map(|look| {
        while reloads < look {
            reload(&registry, reloads);
            reloads += 1;
        }
        // The same at the end of each: what was said last of a window of seconds, and of all else.
        reload(&registry, 4);
        reload(&registry, 0);
        let change = region.change();
        change.bytes_allocated - change.bytes_deallocated
    });
    let [.., before, last] = held;
    assert_eq!(last, before, "reloads go on taking memory: {held:?}");
    let mut table = String::from("| reloads | bytes held |\n|--:|--:|\n");
    for (look, bytes) in LOOKS.iter().zip(held) {
        // Writing to a string does not fail.
        let _ = writeln!(table, "| {look} | {bytes} |");
    }
    table
}

/// One instance of each policy takes other settings, the breaker a window of another shape.
fn reload(registry: &Registry, number: u64) {
    let kind = ["COUNT_BASED", "TIME_BASED"][usize::from(number % 5 == 4)];
    let text = format!(
        "
resilience4j:
  circuitbreaker.instances.reloaded: {{slidingWindowType: {kind}, slidingWindowSize: {}}}
  retry.instances.reloaded: {{maxAttempts: {}, budget: budget-{}}}
  ratelimiter.instances.reloaded: {{limitForPeriod: {}, limitRefreshPeriod: {}s}}
  timelimiter.instances.reloaded.timeoutDuration: {}s
  bulkhead.instances.reloaded.maxConcurrentCalls: {}
  thread-pool-bulkhead.instances.reloaded.maxThreadPoolSize: {}
",
        number * 7_919 % 3_000 + 1,
        number % 5 + 1,
        number % 3,
        number % 100 + 1,
        number % 60 + 1,
        number % 60 + 1,
        number % 25 + 1,
        number % 16 + 16,
    );
    let reloaded = Configuration::from_yaml_str(&text).map(|next| registry.reload(next));
    assert!(matches!(reloaded, Ok(Ok(_))), "{reloaded:?}");
}
