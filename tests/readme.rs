//! The README's example compiles as printed, in a crate that depends on nothing but this one.

#![allow(
    clippy::unwrap_used,
    reason = "a test that meets something unforeseen is to fail"
)]

use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn the_readme_example_compiles_in_a_crate_that_depends_on_nothing_else() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let example = readme
        .split("```rust\n")
        .nth(1)
        .unwrap()
        .split("```")
        .next()
        .unwrap();

    let user = Path::new(env!("CARGO_TARGET_TMPDIR")).join("readme_user");
    fs::create_dir_all(user.join("src")).unwrap();
    let manifest = format!(
        "[package]\nname = \"readme-user\"\nedition = \"2024\"\n\n\
         [dependencies]\nresilience4rs = {{ path = {root:?} }}\n\n[workspace]\n"
    );
    fs::write(user.join("Cargo.toml"), manifest).unwrap();
    fs::write(
        user.join("src/lib.rs"),
        format!("#![deny(warnings)]\n{example}"),
    )
    .unwrap();
    // The versions that this workspace is tested with, which are here without asking anybody.
    fs::copy(root.join("Cargo.lock"), user.join("Cargo.lock")).unwrap();

    let check = Command::new(env!("CARGO"))
        .args(["check", "--offline", "--quiet"])
        .current_dir(&user)
        .env("CARGO_TARGET_DIR", user.join("target"))
        .output()
        .unwrap();
    assert!(
        check.status.success(),
        "{}",
        String::from_utf8_lossy(&check.stderr)
    );
}
