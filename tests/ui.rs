//! What the compiler says to wrong attributes, word for word, and odd functions that are right.
//!
//! `TRYBUILD=overwrite cargo test --test ui` takes the messages as they are; read them as someone
//! who has never seen the attribute before you commit them.

use std::process::Command;

/// The compiler whose words the messages hold. Others say some things differently.
const COMPILER: &str = "rustc 1.95.";

#[test]
fn messages_of_wrong_attributes() {
    let version = Command::new("rustc").arg("--version").output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/*.rs");
    if version.starts_with(COMPILER) {
        cases.compile_fail("tests/ui/fail/*.rs");
    } else {
        println!("the messages are those of {COMPILER}x, and this is {version}: not compared");
    }
}
