use std::fmt::{self, Write};

use resilience4rs::retry;

#[retry("greetings")]
fn greet(name: &str, text: &mut String) -> Result<(), fmt::Error> {
    write!(text, "hello, {name}")
}

fn main() {}
