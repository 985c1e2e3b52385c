//! The oldest compiler that we declare to support.
//!
//! clippy's `incompatible_msrv` looks at what we call of the standard library. Here is what our
//! dependencies declare, and the proof: a build with that very compiler.

use std::collections::BTreeSet;
use std::process::Command;

use cargo_metadata::semver::Version;
use cargo_metadata::{DependencyKind, Metadata, Node, PackageId};

use crate::process::{Failed, cargo, output, root, run};
use crate::published::{metadata, published};

/// The declared compiler is new enough for what we depend on, and builds the published crates.
pub(crate) fn check() -> Result<(), Failed> {
    let metadata = metadata()?;
    let ours = metadata
        .workspace_packages()
        .iter()
        .find_map(|package| package.rust_version.clone())
        .ok_or_else(|| Failed::Finding("the workspace declares no rust-version".to_owned()))?;
    check_dependencies(&metadata, &ours)?;
    build(&metadata, &ours)
}

/// Every dependency of the published crates, development ones left out, declares no newer compiler
/// than the workspace does.
fn check_dependencies(metadata: &Metadata, ours: &Version) -> Result<(), Failed> {
    let nodes = metadata
        .resolve
        .as_ref()
        .map_or(&[][..], |resolve| &resolve.nodes);
    let mut wanted = BTreeSet::new();
    for package in published(metadata) {
        collect(&package.id, nodes, &mut wanted);
    }
    let newer: Vec<_> = metadata
        .packages
        .iter()
        .filter(|package| wanted.contains(&package.id))
        .filter_map(|package| {
            let version = package.rust_version.as_ref()?;
            (version > ours)
                .then(|| format!("{} {} wants {version}", package.name, package.version))
        })
        .collect();
    if newer.is_empty() {
        println!(
            "msrv: {} packages, none wants more than {ours}",
            wanted.len()
        );
        Ok(())
    } else {
        Err(Failed::Finding(format!(
            "newer than {ours}: {}",
            newer.join(", ")
        )))
    }
}

/// Builds what users build, with every feature and with none.
fn build(metadata: &Metadata, ours: &Version) -> Result<(), Failed> {
    let toolchain = format!("{}.{}", ours.major, ours.minor);
    let is_running =
        output(Command::new("rustc").arg("--version"))?.starts_with(&format!("rustc {toolchain}."));
    for features in ["--all-features", "--no-default-features"] {
        let mut command = if is_running {
            // What it builds is what the other steps build.
            cargo(&["check"])
        } else {
            let mut command = installed(&toolchain)?;
            command.env("CARGO_TARGET_DIR", root().join("target/msrv"));
            command
        };
        command.args(["--locked", features]);
        for package in published(metadata) {
            command.args(["--package", &package.name]);
        }
        run(&mut command)?;
    }
    println!("msrv: builds with Rust {toolchain}");
    Ok(())
}

/// `cargo check` of another toolchain, which rustup installs if need be.
fn installed(toolchain: &str) -> Result<Command, Failed> {
    let install = ["toolchain", "install", toolchain, "--profile", "minimal"];
    run(Command::new("rustup").args(install)).map_err(|error| {
        Failed::Finding(format!(
            "Rust {toolchain}, the oldest that we declare to support, is not here: `rustup {}` would install it ({error})",
            install.join(" ")
        ))
    })?;
    let mut command = Command::new("rustup");
    command
        .args(["run", toolchain, "cargo", "check"])
        .current_dir(root());
    Ok(command)
}

fn collect(package: &PackageId, nodes: &[Node], wanted: &mut BTreeSet<PackageId>) {
    if !wanted.insert(package.clone()) {
        return;
    }
    let dependencies = nodes
        .iter()
        .filter(|node| node.id == *package)
        .flat_map(|node| &node.deps);
    for dependency in dependencies {
        let is_shipped = dependency
            .dep_kinds
            .iter()
            .any(|info| info.kind != DependencyKind::Development);
        // loom is a dependency only where its own cfg is set, and so never of a user.
        let is_loom = dependency.name == "loom";
        if is_shipped && !is_loom {
            collect(&dependency.pkg, nodes, wanted);
        }
    }
}
