//! The oldest versions of dependencies that the published crates say they build with.
//!
//! Cargo takes the newest that it finds, so that nothing else notices when a declared version is too
//! old for what is called of it.

use std::fs;
use std::process::Command;

use crate::process::{Failed, cargo, root, run};
use crate::published::{metadata, published};

/// Builds the published crates with them, by a `Cargo.lock` of its own.
pub(crate) fn check() -> Result<(), Failed> {
    let directory = root().join("target/minimal-versions");
    fs::create_dir_all(&directory)
        .map_err(|error| Failed::Finding(format!("{}: {error}", directory.display())))?;
    let unstable = |command: &mut Command| {
        command
            .args(["-Z", "direct-minimal-versions", "-Z", "lockfile-path"])
            // Both options are of the nightly cargo.
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_RESOLVER_LOCKFILE_PATH", directory.join("Cargo.lock"))
            .env("CARGO_TARGET_DIR", &directory);
    };
    let mut lock = cargo(&["generate-lockfile"]);
    unstable(&mut lock);
    run(&mut lock)?;
    let metadata = metadata()?;
    let mut build = cargo(&["check", "--locked", "--all-features"]);
    unstable(&mut build);
    for package in published(&metadata) {
        build.args(["--package", &package.name]);
    }
    run(&mut build)
}
