//! What retries make of an outage, with a budget and without, as a plot:
//! `cargo bench --bench retry_storm`. With `-- --save` it goes to `docs/retry-storm.svg`, and the
//! figures to `docs/retry-storm.md`.
#![allow(clippy::print_stdout, reason = "printing is what it is for")]

mod page;
mod plot;
#[path = "../../tests/retry_storm/storm.rs"]
mod storm;

use std::error::Error;
use std::fs;
use std::path::Path;

use self::storm::{Backend, NORMAL, Storm, usual};

/// One backend, and what it saw in both cases.
pub(crate) struct Scene {
    pub(crate) heading: &'static str,
    pub(crate) without_budget: Storm,
    pub(crate) with_budget: Storm,
}

fn main() -> Result<(), Box<dyn Error>> {
    let scenes = [
        scene(
            "a backend that answers everybody when it is up",
            Backend::Tireless,
        )?,
        scene(
            "a backend that answers nobody when it gets more than twice the normal load",
            Backend::Overloadable(NORMAL * 2),
        )?,
    ];
    let page = page::text(&scenes);
    println!("{page}");
    if std::env::args().any(|argument| argument == "--save") {
        let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
        fs::write(docs.join("retry-storm.md"), page)?;
        plot::draw(&scenes, &docs.join("retry-storm.svg"))?;
    }
    Ok(())
}

fn scene(heading: &'static str, backend: Backend) -> Result<Scene, Box<dyn Error>> {
    Ok(Scene {
        heading,
        without_budget: storm::run(backend, usual)?,
        with_budget: storm::run(backend, |config| usual(config).budget("backend"))?,
    })
}
