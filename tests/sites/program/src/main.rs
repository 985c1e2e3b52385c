//! Lists the attributes of this program and of its library.

#![forbid(unsafe_code)]

use sites_library::resilience::{PolicyError, call_sites, circuit_breaker};

#[circuit_breaker("program", crate = sites_library::resilience)]
fn guarded() -> Result<u32, PolicyError> {
    sites_library::called()
}

#[circuit_breaker("never called", crate = sites_library::resilience)]
pub fn never_called() -> Result<u32, PolicyError> {
    Ok(7)
}

fn main() {
    assert_eq!(guarded(), Ok(7));
    for site in call_sites().unwrap() {
        println!("{site}");
    }
}
