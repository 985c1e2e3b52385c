//! Timing builds.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::process::Failed;

/// How often each build is run.
pub(super) const ROUNDS: usize = 3;

/// The wall time of `cargo build` in a directory, from the packages that are here already.
pub(super) fn build(directory: &Path, target: &Path, release: bool) -> Result<Duration, Failed> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(["build", "--offline", "--quiet"])
        .args(release.then_some("--release"))
        .current_dir(directory)
        .env("CARGO_TARGET_DIR", target)
        // All of the crate, each time.
        .env("CARGO_INCREMENTAL", "0");
    let start = Instant::now();
    crate::process::run(&mut cargo)?;
    Ok(start.elapsed())
}

/// The middle one, in milliseconds.
pub(super) fn median(times: &mut [Duration]) -> u128 {
    times.sort_unstable();
    times.get(times.len() / 2).map_or(0, Duration::as_millis)
}

/// `a` as a multiple of `b`.
pub(super) fn ratio(a: u128, b: u128) -> String {
    format!("{}.{:02}", a / b.max(1), a * 100 / b.max(1) % 100)
}
