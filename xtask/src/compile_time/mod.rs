//! What the attributes cost when compiling: `docs/compile-time.md`.

mod clean;
mod functions;
mod stopwatch;

use std::fs;
use std::path::PathBuf;

use crate::process::{Failed, root};

const HEAD: &str = "\
# What the attributes cost when compiling

`cargo xtask compile-time` measures it and writes this page. Times are medians of three runs,
interleaved, in milliseconds of wall time; on another machine the ratios are what stays.
";

/// Measures, and writes the page.
pub(crate) fn measure() -> Result<(), Failed> {
    let page = [HEAD.to_owned(), functions::measure()?, clean::measure()?].join("\n");
    let path = root().join("docs/compile-time.md");
    fs::write(&path, &page).map_err(|error| failed(&path, &error))?;
    println!("{page}");
    Ok(())
}

/// Where the measured crates and their builds are.
fn workshop() -> PathBuf {
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    target.join("compile-time")
}

/// Writes a package of one file that resolves to the versions which this workspace is tested with.
fn write_package(
    directory: &std::path::Path,
    name: &str,
    dependencies: &str,
    program: &str,
) -> Result<(), Failed> {
    let manifest = format!(
        "[package]\nname = \"{name}\"\nedition = \"2024\"\n\n[dependencies]\n{dependencies}\n\n[workspace]\n"
    );
    let source = directory.join("src");
    fs::create_dir_all(&source).map_err(|error| failed(&source, &error))?;
    for (path, text) in [
        (directory.join("Cargo.toml"), manifest.as_str()),
        (source.join("main.rs"), program),
    ] {
        fs::write(&path, text).map_err(|error| failed(&path, &error))?;
    }
    let lock = directory.join("Cargo.lock");
    fs::copy(root().join("Cargo.lock"), &lock).map_err(|error| failed(&lock, &error))?;
    Ok(())
}

fn failed(path: &std::path::Path, error: &std::io::Error) -> Failed {
    Failed::Finding(format!("{}: {error}", path.display()))
}
