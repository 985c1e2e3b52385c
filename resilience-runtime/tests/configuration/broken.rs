//! Every file in `broken/` beside all that is said about it, to the letter.
//!
//! `UPDATE_EXPECT=1` writes what is said anew: read the difference.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use expect_test::expect_file;
use resilience_runtime::configuration::{Configuration, ConfigurationError};

/// Loads a file as its comments ask for: `# strict: false`, `# profiles: a, b`,
/// `# environment: NAME=value`.
fn load(name: &str, text: &str) -> Result<Configuration, ConfigurationError> {
    let mut loader = match Path::new(name).extension().and_then(OsStr::to_str) {
        Some("toml") => Configuration::loader().toml(name, text),
        Some("json") => Configuration::loader().json(name, text),
        _ => Configuration::loader().yaml(name, text),
    };
    for line in text.lines().filter_map(|line| line.strip_prefix("# ")) {
        loader = match line.split_once(": ") {
            Some(("strict", strict)) => loader.strict(strict.parse().unwrap()),
            Some(("profiles", profiles)) => loader.profiles(profiles.split(", ")),
            Some(("environment", variable)) => loader.environment(variable.split_once('=')),
            _ => loader,
        };
    }
    loader.load()
}

#[test]
fn every_broken_file_is_told_all_that_is_wrong() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/configuration/broken");
    let mut names: Vec<_> = fs::read_dir(&directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| Path::new(name).extension() != Some(OsStr::new("txt")))
        .collect();
    names.sort();
    assert!(names.len() >= 60, "{} broken files", names.len());
    for name in &names {
        let text = fs::read_to_string(directory.join(name)).unwrap();
        let error = load(name, &text).expect_err(name);
        for problem in &error.problems {
            assert!(!problem.message.is_empty(), "{name}");
        }
        expect_file![directory.join(format!("{name}.txt"))].assert_eq(&format!("{error}\n"));
    }
}
