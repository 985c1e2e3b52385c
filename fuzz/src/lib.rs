//! What the fuzz targets share: what a load of a configuration promises, and the sources that bytes
//! stand for.

pub mod promises;
pub mod seeds;
pub mod sources;
pub mod words;
