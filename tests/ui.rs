//! What the compiler says to wrong attributes, word for word, and odd functions that are right.
//!
//! `TRYBUILD=overwrite cargo test --test ui` takes the messages as they are; read them as someone
//! who has never seen the attribute before you commit them.

#[test]
fn messages_of_wrong_attributes() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/fail/*.rs");
    cases.pass("tests/ui/pass/*.rs");
}
