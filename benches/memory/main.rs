//! What a breaker takes of memory, what making one costs, that a call allocates nothing, and what
//! those take who wait for a bulkhead or a rate limiter:
//! `cargo bench --bench memory`. With `-- --save` the tables go to `docs/memory.md`.
#![allow(clippy::print_stdout, reason = "printing is what it is for")]

mod bulkheads;
mod calls;
mod instances;
mod rate_limiters;

use std::alloc::System;
use std::error::Error;
use std::fs;
use std::path::Path;

use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() -> Result<(), Box<dyn Error>> {
    let instances = instances::table()?;
    let calls = calls::table()?;
    let bulkheads = bulkheads::table()?;
    let rate_limiters = rate_limiters::table()?;
    println!("{instances}\n{calls}\n{bulkheads}\n{rate_limiters}");
    if std::env::args().any(|argument| argument == "--save") {
        let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
        fs::create_dir_all(&docs)?;
        let page = page(&instances, &calls, &bulkheads, &rate_limiters);
        fs::write(docs.join("memory.md"), page)?;
    }
    Ok(())
}

fn page(instances: &str, calls: &str, bulkheads: &str, rate_limiters: &str) -> String {
    format!(
        "# Memory\n\n\
        Measured by `cargo bench --bench memory -- --save`, with an allocator that counts.\n\n\
        ## A breaker\n\n\
        Bytes asked of the allocator for one breaker of a registry: the breaker, its settings, its name\n\
        (14 bytes) and its entry in the registry. The making is through `Registry::circuit_breaker_with`.\n\n\
        {instances}\n\
        The settings that a breaker is made with are its own; a window over calls takes half a byte a call, a\n\
        window over time 32 bytes a second.\n\n\
        ## A call\n\n\
        {calls}\n\
        ## A bulkhead\n\n\
        Bytes asked of the allocator for each of those who wait for a place: a slot of 32 in the line, which\n\
        grows by doubling, and the timer, unless they wait for ever. Their futures are where their callers put\n\
        them. When the last of more than 128 has left the line, what it took is free again.\n\n\
        {bulkheads}\
        \n## A rate limiter\n\n\
        The same for those who wait for a permission: what they have reserved, and the timer.\n\n\
        {rate_limiters}"
    )
}
