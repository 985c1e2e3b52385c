//! A build from nothing of a crate that depends on one library.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::time::Duration;

use cargo_metadata::MetadataCommand;

use super::stopwatch::{ROUNDS, build, median, ratio};
use super::{failed, workshop, write_package};
use crate::process::{Failed, root};

/// What is compared, and what the others are measured against.
const MEASURE: &str = "darling + syn + quote";

/// Measures the builds, and says how they compare.
pub(super) fn measure() -> Result<String, Failed> {
    let ours = format!("resilience4rs = {{ path = \"{}\" }}", root().display());
    let candidates = [
        ("resilience4rs", ours.as_str()),
        (
            MEASURE,
            "darling = \"0.24\"\nsyn = { version = \"3\", features = [\"full\"] }\nquote = \"1\"",
        ),
        ("recloser", "recloser = \"1.4\""),
        ("failsafe", "failsafe = \"1.3\""),
        (
            "tower-resilience circuit breaker",
            "tower-resilience-circuitbreaker = \"0.14\"",
        ),
        (
            "seatbelt breaker",
            "seatbelt = { version = \"0.11\", default-features = false, features = [\"breaker\"] }",
        ),
    ];
    let shop = workshop().join("clean");
    for (number, (_, dependency)) in candidates.iter().enumerate() {
        let name = format!("user-{number}");
        write_package(&shop.join(&name), &name, dependency, "fn main() {}\n")?;
    }
    let mut runs = candidates.map(|_| Vec::<Duration>::new());
    for _ in 0..ROUNDS {
        for (number, runs) in runs.iter_mut().enumerate() {
            let directory = shop.join(format!("user-{number}"));
            let target = directory.join("target");
            if target.exists() {
                fs::remove_dir_all(&target).map_err(|error| failed(&target, &error))?;
            }
            runs.push(build(&directory, &target, false)?);
        }
    }
    let medians = runs.map(|mut runs| median(&mut runs));
    let measure = candidates
        .iter()
        .zip(medians)
        .find(|((name, _), _)| *name == MEASURE)
        .map_or(1, |(_, median)| median);
    let mut table = format!("\n| | crates | ms | of {MEASURE} |\n|---|--:|--:|--:|\n");
    for (number, ((name, _), median)) in candidates.iter().zip(medians).enumerate() {
        let crates = crates(&shop.join(format!("user-{number}")))?;
        writeln!(
            table,
            "| {name} | {crates} | {median} | {} |",
            ratio(median, measure)
        )
        .map_err(|error| Failed::Finding(error.to_string()))?;
    }
    Ok(format!(
        "## A build from nothing\n\nA crate that depends on one library with its default features, debug. The target is at most 1.50\nof what an attribute macro with darling and syn takes at least, which is most of what ours takes.\n{table}"
    ))
}

/// How many packages a build compiles, the user's own left out.
fn crates(directory: &Path) -> Result<usize, Failed> {
    let metadata = MetadataCommand::new()
        .current_dir(directory)
        .other_options([
            "--offline".to_owned(),
            "--filter-platform".to_owned(),
            HOST.to_owned(),
        ])
        .exec()
        .map_err(|error| Failed::Finding(error.to_string()))?;
    let nodes = metadata.resolve.map_or(0, |resolve| resolve.nodes.len());
    Ok(nodes.saturating_sub(1))
}

/// The platform whose dependencies count.
const HOST: &str = "x86_64-unknown-linux-gnu";
