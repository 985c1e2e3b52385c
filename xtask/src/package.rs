//! What users download, built as they build it.

use std::fs;
use std::path::Path;

use crate::process::{Failed, cargo, root, run};
use crate::published::{metadata, published};

/// Packs the published crates, each of which cargo builds from nothing but what is packed, and shows
/// their sizes.
pub(crate) fn check() -> Result<(), Failed> {
    let metadata = metadata()?;
    let directory = root().join("target/packages");
    if directory.exists() {
        fs::remove_dir_all(&directory).map_err(|error| unreadable(&directory, &error))?;
    }
    let mut package = cargo(&["package", "--locked", "--all-features"]);
    package.env("CARGO_TARGET_DIR", &directory);
    for crate_of_ours in published(&metadata) {
        package.args(["--package", &crate_of_ours.name]);
    }
    run(&mut package)?;
    println!("| crate | files | unpacked, KiB | packed, KiB |\n|---|--:|--:|--:|");
    for crate_of_ours in published(&metadata) {
        let name = format!("{}-{}", crate_of_ours.name, crate_of_ours.version);
        let packed = directory.join(format!("package/{name}.crate"));
        let packed_size = fs::metadata(&packed)
            .map_err(|error| unreadable(&packed, &error))?
            .len();
        let unpacked = directory.join("package").join(&name);
        let mut size = Size::default();
        size.add(&unpacked)
            .map_err(|error| unreadable(&unpacked, &error))?;
        println!(
            "| `{}` | {} | {} | {} |",
            crate_of_ours.name,
            size.files,
            size.bytes / 1024,
            packed_size / 1024
        );
    }
    Ok(())
}

#[derive(Default)]
struct Size {
    files: u64,
    bytes: u64,
}

impl Size {
    fn add(&mut self, directory: &Path) -> std::io::Result<()> {
        for entry in fs::read_dir(directory)? {
            let entry = entry?;
            let metadata = entry.metadata()?;
            if metadata.is_dir() {
                self.add(&entry.path())?;
            } else {
                self.files += 1;
                self.bytes += metadata.len();
            }
        }
        Ok(())
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failed {
    Failed::Finding(format!("{}: {error}", path.display()))
}
