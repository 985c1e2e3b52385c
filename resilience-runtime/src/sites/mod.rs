//! Where the attributes stand in a program.
//!
//! Each annotated function leaves a record, which is there whether or not the function is ever
//! called. Records of all crates are collected when the program starts, before `main`; reading them
//! costs nothing until somebody does.

mod call_site;
mod unavailable;

use std::sync::OnceLock;

pub use call_site::CallSite;
pub use unavailable::SitesUnavailable;

/// Every attribute on every function of this program and of the libraries in it, sorted by file, line
/// and function.
///
/// An attribute on an `impl` block has one entry for each method that it guards. What is under a
/// `#[cfg(..)]` that does not hold is not there, and neither is a library that nothing in the program
/// refers to.
///
/// ```
/// use resilience4rs::{PolicyError, call_sites, circuit_breaker};
///
/// #[circuit_breaker("stock", failure_rate_threshold = 25, wait_duration_in_open_state = "90s")]
/// fn stock(item: u64) -> Result<u32, PolicyError> {
///     Ok(7)
/// }
///
/// # fn main() {
/// let sites = call_sites().unwrap();
/// let site = sites.iter().find(|site| site.name() == Some("stock")).unwrap();
/// assert!(site.to_string().starts_with(
///     "circuit_breaker \"stock\" (failure_rate_threshold = 25, wait_duration_in_open_state = 1m 30s) at "
/// ));
/// # }
/// ```
///
/// # Errors
/// Where the records cannot be collected: without the feature `sites`, or on a target whose linker
/// and start-up code do not do it. It is told from a record of our own that has not arrived, so an
/// empty list is never a list that got lost. Linux, Android, the BSDs, illumos, Haiku, Redox, macOS,
/// iOS and Windows collect; WebAssembly does where the host runs the module's constructors; tvOS,
/// watchOS, visionOS, Solaris, Fuchsia, AIX and UEFI do not.
pub fn call_sites() -> Result<Vec<CallSite>, SitesUnavailable> {
    static SITES: OnceLock<Option<Vec<CallSite>>> = OnceLock::new();
    SITES
        .get_or_init(sorted)
        .clone()
        .ok_or_else(SitesUnavailable::new)
}

/// The entries, or nothing where not even the record of this crate has arrived.
fn sorted() -> Option<Vec<CallSite>> {
    let mut is_collected = false;
    let mut sites = Vec::new();
    for function in crate::__private::guarded_functions() {
        is_collected |= function.attributes.is_empty();
        sites.extend(CallSite::all_of(function));
    }
    // Stable, so that attributes of one function stay in their order.
    sites.sort_by_key(|site| (site.file(), site.line(), site.module(), site.function()));
    is_collected.then_some(sites)
}
