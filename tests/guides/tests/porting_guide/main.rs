//! What the guide for those who come from Resilience4j says is what the code does.

#![allow(
    clippy::unwrap_used,
    reason = "a test that meets something unforeseen is to fail"
)]

mod endpoints;
mod events;
mod keys;
mod methods;
mod metrics;

use guides::{Names, Row, Status, table_below};

const GUIDE: &str = include_str!("../../../../docs/porting-from-resilience4j.md");
const NAMES: &str = include_str!("../../../../docs/resilience4j-names.toml");

/// The rows of a list, with what becomes of each.
fn rows(id: &str) -> Vec<(Row, Status)> {
    let names = Names::parse(NAMES).unwrap();
    let heading = &names.list(id).unwrap().heading;
    let rows = table_below(GUIDE, heading).unwrap();
    assert!(!rows.is_empty(), "{heading}");
    rows.into_iter()
        .map(|row| {
            let status = row.status().unwrap();
            (row, status)
        })
        .collect()
}

/// `failureRateThreshold` as `failure_rate_threshold`.
fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

/// Whether a text in backticks begins with this name.
fn mentions(said: &str, name: &str) -> bool {
    said.split('`').skip(1).step_by(2).any(|code| {
        code.strip_prefix(name)
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    })
}
