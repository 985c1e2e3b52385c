//! Licences, sources and known vulnerabilities, by cargo-deny; `deny.toml` says what is allowed.

use crate::process::{Failed, cargo, output, run};

/// Checks them all. The list of vulnerabilities is fetched; where it cannot be, the rest is checked, and
/// that this was not is an error.
pub(crate) fn check() -> Result<(), Failed> {
    if output(&mut cargo(&["deny", "--version"])).is_err() {
        return Err(Failed::Finding(
            "cargo-deny is not here: `cargo install --locked cargo-deny` builds it, in some minutes"
                .to_owned(),
        ));
    }
    run(&mut cargo(&[
        "deny",
        "--all-features",
        "check",
        "licenses",
        "bans",
        "sources",
    ]))?;
    println!("licences, bans and sources are as deny.toml allows");
    run(&mut cargo(&[
        "deny",
        "--all-features",
        "check",
        "advisories",
    ]))
}
