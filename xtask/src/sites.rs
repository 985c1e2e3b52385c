//! The list of sites under the linker's optimizations, which are where such a list would get lost.

use std::fs;

use crate::process::{Failed, cargo, output, root};

/// `lto` and `codegen-units` of a release build.
const BUILDS: &[(&str, &str)] = &[("off", "16"), ("thin", "1"), ("fat", "1")];

/// A release build lists every attribute of the program and its library.
pub(crate) fn check() -> Result<(), Failed> {
    let file = root().join("tests/sites/expected.txt");
    let expected = fs::read_to_string(&file)
        .map_err(|error| Failed::Finding(format!("{}: {error}", file.display())))?;
    for (lto, units) in BUILDS {
        let mut program = cargo(&["run", "--release", "--package", "sites-program"]);
        program
            .env("CARGO_PROFILE_RELEASE_LTO", lto)
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", units);
        let listed = output(&mut program)?;
        if listed != expected {
            return Err(Failed::Finding(format!(
                "lto = {lto}, codegen-units = {units}: listed\n{listed}but expected\n{expected}"
            )));
        }
    }
    Ok(())
}
