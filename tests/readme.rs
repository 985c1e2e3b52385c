//! The README's examples are as printed what a user's crate can have, which depends on nothing but this one.

#![allow(
    clippy::unwrap_used,
    reason = "a test that meets something unforeseen is to fail"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

#[test]
fn the_first_example_compiles_without_a_warning() {
    let user = user("readme_user", "[]", &example(1));
    cargo(&user, "check");
}

#[test]
fn the_test_in_the_second_example_passes() {
    let features = r#"["prometheus", "test-util"]"#;
    let user = user("readme_test", features, &example(2));
    let output = cargo(&user, "test");
    assert!(output.contains("1 passed"), "{output}");
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The Rust of the README, from 1.
fn example(number: usize) -> String {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let from_there = readme.split("```rust\n").nth(number).unwrap();
    from_there.split("```").next().unwrap().to_owned()
}

fn user(name: &str, features: &str, source: &str) -> PathBuf {
    let user = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(user.join("src")).unwrap();
    let manifest = format!(
        "[package]\nname = \"{name}\"\nedition = \"2024\"\n\n\
         [dependencies]\nresilience4rs = {{ path = '{}', features = {features} }}\n\n[workspace]\n",
        root().display(),
    );
    fs::write(user.join("Cargo.toml"), manifest).unwrap();
    // What nobody calls, in a crate that is nothing but the example.
    let source =
        format!("#![deny(warnings)]\n#![cfg_attr(not(test), allow(dead_code, unused))]\n{source}");
    fs::write(user.join("src/lib.rs"), source).unwrap();
    // The versions that this workspace is tested with, which are here without asking anybody.
    fs::copy(root().join("Cargo.lock"), user.join("Cargo.lock")).unwrap();
    user
}

fn cargo(user: &Path, command: &str) -> String {
    let output = Command::new(env!("CARGO"))
        .args([command, "--offline"])
        .current_dir(user)
        .env("CARGO_TARGET_DIR", user.join("target"))
        .output()
        .unwrap();
    let said =
        [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned());
    let said = said.concat();
    assert!(output.status.success(), "{said}");
    said
}
