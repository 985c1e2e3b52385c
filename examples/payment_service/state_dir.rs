//! Where a run keeps what must outlive it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// One directory per input file, so that the ids of two files never meet.
#[derive(Debug)]
pub(crate) struct StateDir {
    root: PathBuf,
}

/// The state directory cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("cannot create the state directory {}", root.display())]
pub(crate) struct StateDirError {
    root: PathBuf,
    source: io::Error,
}

impl StateDir {
    pub(crate) fn create(root: PathBuf) -> Result<Self, StateDirError> {
        match create_durably(&root) {
            Ok(()) => Ok(Self { root }),
            Err(source) => Err(StateDirError { root, source }),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.root
    }

    pub(crate) fn journal(&self) -> PathBuf {
        self.root.join("journal.redb")
    }

    pub(crate) fn provider_book(&self) -> PathBuf {
        self.root.join("provider-book.csv")
    }

    /// Starts the provider over. It never made a charge.
    pub(crate) fn forget_provider_book(&self) -> io::Result<()> {
        match fs::remove_file(self.provider_book()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    pub(crate) fn rejects(&self) -> PathBuf {
        self.root.join("rejects.csv")
    }
}

/// Creates the directory and those above it that do not exist.
fn create_durably(directory: &Path) -> io::Result<()> {
    let is_missing = |path: &&Path| !path.as_os_str().is_empty() && !path.exists();
    let missing: Vec<_> = directory.ancestors().take_while(is_missing).collect();
    fs::create_dir_all(directory)?;
    missing.into_iter().try_for_each(sync_entry_of)
}

/// Makes a new file's or directory's name durable: to sync the file does not cover the directory that
/// names it, and a power cut could take the name away.
#[cfg(unix)]
pub(crate) fn sync_entry_of(path: &Path) -> io::Result<()> {
    let parent = path.parent().filter(|path| !path.as_os_str().is_empty());
    fs::File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
}

/// Only Unix lets a program open a directory and sync it.
#[cfg(not(unix))]
#[expect(
    clippy::unnecessary_wraps,
    reason = "the same signature on each platform"
)]
pub(crate) fn sync_entry_of(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// The directory for an input file that names none, below the current directory.
pub(crate) fn default_for(payments: Option<&Path>) -> PathBuf {
    let name = match payments {
        None => "sample".to_owned(),
        Some(path) => {
            let whole = path.canonicalize().unwrap_or_else(|_| path.to_owned());
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            format!(
                "{stem}-{:016x}",
                fnv1a(whole.as_os_str().as_encoded_bytes())
            )
        }
    };
    Path::new("target/payment_service").join(name)
}

/// A hash that is the same in each build, unlike the standard library's.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
