//! What a breaker takes of memory, what making one costs, that a call allocates nothing, what those
//! take who wait for a bulkhead or a rate limiter, what is left of a million names, and of ten thousand
//! reloads: `cargo bench --bench memory`. With `-- --save` the tables go to `docs/memory.md`.
#![allow(clippy::print_stdout, reason = "printing is what it is for")]

mod bound;
mod bulkheads;
mod calls;
mod instances;
mod rate_limiters;
mod reloads;
mod survivors;
mod tenants;

use std::alloc::System;
use std::error::Error;
use std::fs;
use std::path::Path;

use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

struct Tables {
    instances: String,
    bound: String,
    micros_without_room: f64,
    calls: String,
    bulkheads: String,
    rate_limiters: String,
    reloads: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    // First, while nothing else goes on: timers of what is measured below end on a thread of theirs.
    let reloads = reloads::table();
    let page = page(&Tables {
        instances: instances::table()?,
        bound: bound::table(),
        micros_without_room: bound::without_room(),
        calls: calls::table()?,
        bulkheads: bulkheads::table()?,
        rate_limiters: rate_limiters::table()?,
        reloads,
    });
    println!("{page}");
    if std::env::args().any(|argument| argument == "--save") {
        let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
        fs::create_dir_all(&docs)?;
        fs::write(docs.join("memory.md"), page)?;
    }
    Ok(())
}

fn page(tables: &Tables) -> String {
    let Tables {
        instances,
        bound,
        micros_without_room,
        calls,
        bulkheads,
        rate_limiters,
        reloads,
    } = tables;
    format!(
        "# Memory\n\n\
        Measured by `cargo bench --bench memory -- --save`, with an allocator that counts.\n\n\
        ## A breaker\n\n\
        Bytes asked of the allocator for one breaker of a registry: the breaker, its settings, its name\n\
        (14 bytes) and its entry in the registry. The making is through `Registry::circuit_breaker_with`.\n\n\
        {instances}\n\
        The settings that a breaker is made with are its own; a window over calls takes half a byte a call, a\n\
        window over time 32 bytes a second.\n\n\
        ## A million names\n\n\
        A function with `name = <expression>` is called once with each of 1,000,000 names, which goes well. The\n\
        registry keeps as many instances as `max_instances` says, 10,000 by default and 1,000 in the second half\n\
        of the table. Bytes are all that the registry holds; a microsecond is of a call with a new name, the\n\
        making and the forgetting of an instance and two listeners included.\n\n\
        {bound}\n\
        In each row there were, from before the first name on, an instance that a call ran through and one\n\
        that somebody held, and for the breaker one that was open. The benchmark asserts that they were there at\n\
        the end, with what they had counted, and that nothing is taken any more from the 100,000th name on.\n\n\
        A breaker in whose window a call failed or was slow makes no room, nor does a rate limiter before the\n\
        end of a period of which permits were taken. Where that holds of all, a new name gets an instance that\n\
        is not kept. It takes {micros_without_room:.0} µs, since about a thousand are asked first, one caller at a time.\n\n\
        ## Reloads\n\n\
        A registry with one instance of each policy takes one configuration after another. Settings of all of\n\
        them change each time, and so do the kind and the length of the breaker's window and the retry's budget.\n\
        Windows that were too small are kept, at most seventeen of them, each twice as long as the one before.\n\n\
        {reloads}\n\
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
