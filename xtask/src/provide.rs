//! Programs that a step needs and that are not Rust's.

use std::process::Command;

use crate::process::{Failed, output, run};

/// Sees to it that `program` is there, of the Debian package of that name: by installing it where that
/// can be done, as root on Debian; everybody else is told.
pub(crate) fn provide(program: &str, what_for: &str) -> Result<(), Failed> {
    if output(Command::new(program).arg("--version")).is_ok() {
        return Ok(());
    }
    let is_root = output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    let has_apt = output(Command::new("apt-get").arg("--version")).is_ok();
    if !is_root || !has_apt {
        return Err(Failed::Finding(format!(
            "{program} {what_for}; install it first (Debian: `apt-get install {program}`)"
        )));
    }
    run(Command::new("apt-get").args(["update", "--quiet"]))?;
    run(Command::new("apt-get").args([
        "install",
        "--quiet",
        "--yes",
        "--no-install-recommends",
        program,
    ]))
}
