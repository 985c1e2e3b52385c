use crate::Row;
use std::error::Error;
use std::path::Path;
pub(crate) fn draw(_rows: &[Row], _path: &Path) -> Result<(), Box<dyn Error>> {
    Ok(())
}
