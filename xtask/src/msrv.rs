//! The oldest compiler that we declare to support.
//!
//! What we call of the standard library is checked by clippy's `incompatible_msrv`, what we depend
//! on here. Only a build with that very compiler would prove the rest.

use cargo_metadata::{DependencyKind, MetadataCommand, Node, PackageId};
use std::collections::BTreeSet;

use crate::process::{Failed, root};

/// Every dependency of the published crates, development ones left out, declares no newer compiler
/// than the workspace does.
pub(crate) fn check() -> Result<(), Failed> {
    let metadata = MetadataCommand::new()
        .current_dir(root())
        .exec()
        .map_err(|error| Failed::Finding(error.to_string()))?;
    let nodes = metadata
        .resolve
        .as_ref()
        .map_or(&[][..], |resolve| &resolve.nodes);
    let mut wanted = BTreeSet::new();
    for package in metadata.workspace_packages() {
        // `publish = []` is how a package says that it is ours alone.
        if package
            .publish
            .as_ref()
            .is_none_or(|registries| !registries.is_empty())
        {
            collect(&package.id, nodes, &mut wanted);
        }
    }
    let ours = metadata
        .workspace_packages()
        .iter()
        .find_map(|package| package.rust_version.clone())
        .ok_or_else(|| Failed::Finding("the workspace declares no rust-version".to_owned()))?;
    let newer: Vec<_> = metadata
        .packages
        .iter()
        .filter(|package| wanted.contains(&package.id))
        .filter_map(|package| {
            let version = package.rust_version.as_ref()?;
            (*version > ours)
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
