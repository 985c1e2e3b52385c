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
        match fs::create_dir_all(&root) {
            Ok(()) => Ok(Self { root }),
            Err(source) => Err(StateDirError { root, source }),
        }
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

/// The directory for an input file that names none.
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
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("target/payment_service")
        .join(name)
}

/// A hash that is the same in each build, unlike the standard library's.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
