//! The page about configuration.

use std::fs;
use std::path::Path;

use resilience_runtime::configuration::{Configuration, Policy};

use super::effective;

/// It shows a file that loads, and messages that there are.
#[test]
fn the_page_is_right() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("../docs/configuration.md")).unwrap();
    let block = |language: &str| {
        let (_, rest) = page.split_once(&format!("```{language}\n")).unwrap();
        rest.split_once("```").unwrap().0
    };
    let variables = block("sh")
        .lines()
        .map(|line| line.split_once('=').unwrap());
    let loaded = Configuration::loader()
        .yaml("application.yml", block("yaml"))
        .profiles(["prod"])
        .environment(variables)
        .load()
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(loaded.warnings(), []);
    assert_eq!(
        effective(&loaded, Policy::CircuitBreaker, "paymentService"),
        [
            "failure_rate_threshold=60",
            "sliding_window_size=20",
            "wait_duration_in_open_state=10s"
        ]
    );
    assert_eq!(
        effective(&loaded, Policy::CircuitBreaker, "stock.eu").len(),
        3
    );
    assert!(
        loaded
            .policy(Policy::ThreadPoolBulkhead)
            .config("default")
            .is_some()
    );

    let said = root.join("tests/configuration/broken/many.yml.txt");
    let said = fs::read_to_string(said)
        .unwrap()
        .replace("many.yml", "application.yml");
    for line in block("text").lines() {
        assert!(said.lines().any(|said| said == line), "{line}");
    }
}
