//! What code calls, looked for in the sources.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use guides::Status;

use crate::{mentions, rows, snake_case};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn is_of_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The methods of the builder of a policy.
fn methods(policy: &str) -> Vec<String> {
    let file = format!("resilience-runtime/src/{policy}/config_builder.rs");
    let source = fs::read_to_string(repository().join(file)).unwrap();
    source
        .split("pub fn ")
        .skip(1)
        .map(|rest| rest.chars().take_while(|c| is_of_word(*c)).collect())
        .collect()
}

#[test]
fn a_builder_has_the_methods_that_its_rows_name() {
    for (list, policy) in [
        ("builder_circuitbreaker", "circuit_breaker"),
        ("builder_retry", "retry"),
        ("builder_ratelimiter", "rate_limiter"),
        ("builder_bulkhead", "bulkhead"),
        ("builder_thread-pool-bulkhead", "thread_pool_bulkhead"),
        ("builder_timelimiter", "time_limiter"),
    ] {
        let methods = methods(policy);
        for (row, status) in rows(list) {
            let name = snake_case(&row.name);
            let at = format!("line {}, `{}` of {list}", row.line, row.name);
            let has_it = methods.contains(&name);
            match status {
                Status::Same => {
                    assert!(has_it, "{at}: there is no such method");
                    assert!(mentions(row.said(), &name), "{at}: does not name it");
                }
                Status::Renamed => assert!(
                    methods.iter().any(|method| mentions(row.said(), method)),
                    "{at}: names no method that there is"
                ),
                Status::Replaced | Status::None => assert!(!has_it, "{at}: it is there"),
            }
        }
    }
}

/// Every word of the library's sources.
fn words_of_sources() -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    let mut folders = ["runtime", "settings", "admin", "macros"]
        .map(|name| repository().join(format!("resilience-{name}/src")))
        .to_vec();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let source = fs::read_to_string(path).unwrap_or_default();
                words.extend(source.split(|c| !is_of_word(c)).map(str::to_owned));
            }
        }
    }
    words
}

/// The functions, types and variants that a text in backticks names: what is called, what stands
/// behind `::`, and what has an underscore.
fn named(said: &str) -> Vec<&str> {
    let codes = said.split('`').skip(1).step_by(2);
    let mut named = Vec::new();
    for code in codes {
        let mut start = 0;
        for word in code.split(|c| !is_of_word(c)) {
            let at = start;
            start += word.len();
            start += code[start..].chars().next().map_or(0, char::len_utf8);
            let is_called = code[at + word.len()..].starts_with('(');
            let is_inside = code[..at].ends_with("::");
            let is_name = word.starts_with(|c: char| c.is_ascii_alphabetic());
            if is_name && (is_called || is_inside || word.contains('_')) {
                named.push(word);
            }
        }
    }
    named
}

#[test]
fn what_a_row_names_is_in_the_sources() {
    // Of the language, or an argument in an example.
    const OTHERS: &[&str] = &["or_else", "unwrap_or_else"];
    let words = words_of_sources();
    for list in [
        "annotations",
        "aspect_orders",
        "builder_circuitbreaker",
        "builder_retry",
        "builder_ratelimiter",
        "builder_bulkhead",
        "builder_thread-pool-bulkhead",
        "builder_timelimiter",
        "interval_functions",
        "decorators",
        "calls",
        "exceptions",
        "states",
        "events_circuitbreaker",
        "events_retry",
        "events_ratelimiter",
        "events_bulkhead",
        "events_timelimiter",
        "events_registry",
        "modules",
    ] {
        for (row, _) in rows(list) {
            for name in named(row.said()) {
                assert!(
                    words.contains(name) || OTHERS.contains(&name),
                    "line {}, `{}`: there is no `{name}`",
                    row.line,
                    row.name
                );
            }
        }
    }
}

#[test]
fn names_are_found_in_what_is_said() {
    assert_eq!(
        named("`permit.success()`; `on_success(elapsed)` of `State::Open`, or `match`"),
        ["success", "on_success", "Open"]
    );
}
