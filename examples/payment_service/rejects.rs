//! The rejects file: the rows that are not payments, set aside for somebody to mend.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::input::Reject;

/// The rejects file cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write the rejects file {}", path.display())]
pub(crate) struct RejectsError {
    path: PathBuf,
    source: csv::Error,
}

/// Writes all of `rejects`, in the order of their lines. The file is either the old or the new
/// one, whatever happens meanwhile.
pub(crate) fn write(path: &Path, rejects: &mut [Reject]) -> Result<(), RejectsError> {
    rejects.sort_by_key(|reject| reject.line);
    write_rows(path, rejects).map_err(|source| RejectsError {
        path: path.to_owned(),
        source,
    })
}

fn write_rows(path: &Path, rejects: &[Reject]) -> csv::Result<()> {
    let unfinished = path.with_extension("csv.unfinished");
    let mut writer = csv::Writer::from_writer(File::create(&unfinished)?);
    writer.write_record(["line", "reason", "raw"])?;
    for Reject { line, reason, raw } in rejects {
        // As bytes: what makes a row a reject may be that it is not text.
        writer.write_record([line.to_string().as_bytes(), reason.as_bytes(), raw])?;
    }
    let file = writer
        .into_inner()
        .map_err(csv::IntoInnerError::into_error)?;
    file.sync_all()?;
    fs::rename(&unfinished, path)?;
    Ok(())
}
