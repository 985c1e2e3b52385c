use std::error::Error;
use std::fmt;

/// The places of the attributes are not known.
///
/// ```
/// use resilience4rs::call_sites;
///
/// match call_sites() {
///     Ok(sites) => println!("{} attributes", sites.len()),
///     Err(unavailable) => println!("start-up check skipped: {unavailable}"),
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SitesUnavailable {}

impl SitesUnavailable {
    pub(super) fn new() -> Self {
        Self {}
    }
}

impl fmt::Display for SitesUnavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if cfg!(feature = "sites") {
            "the places of the attributes are not known: what the linker and the start-up code of this target run before `main` does not collect them"
        } else {
            "the places of the attributes are not known: resilience4rs was built without its feature `sites`"
        })
    }
}

impl Error for SitesUnavailable {}
