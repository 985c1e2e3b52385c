//! What the program lists, in the profile of the tests. `cargo xtask sites` does the same with the
//! linker's optimizations.

use std::process::Command;

#[test]
fn every_attribute_is_listed_once() {
    let output = Command::new(env!("CARGO_BIN_EXE_sites-program"))
        .output()
        .unwrap();
    let listed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success());
    assert_eq!(listed, include_str!("../../expected.txt"));
}
