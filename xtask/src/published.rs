//! The crates that users get.

use cargo_metadata::{Metadata, MetadataCommand, Package};

use crate::process::{Failed, root};

/// What cargo knows of the workspace.
pub(crate) fn metadata() -> Result<Metadata, Failed> {
    MetadataCommand::new()
        .current_dir(root())
        .exec()
        .map_err(|error| Failed::Finding(error.to_string()))
}

/// `publish = []` is how a package says that it is ours alone.
pub(crate) fn published(metadata: &Metadata) -> impl Iterator<Item = &Package> {
    metadata.workspace_packages().into_iter().filter(|package| {
        package
            .publish
            .as_ref()
            .is_none_or(|registries| !registries.is_empty())
    })
}
