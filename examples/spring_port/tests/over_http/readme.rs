//! The README shows what is in the sources.

use std::fs;
use std::path::Path;

/// Its Rust leaves out what does not matter there (`{ .. }`, `pub`), but invents nothing.
#[test]
fn each_line_of_rust_in_the_readme_is_one_of_the_sources_or_tests() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = String::new();
    for directory in ["src", "tests/over_http"] {
        for file in fs::read_dir(here.join(directory)).unwrap() {
            sources += &fs::read_to_string(file.unwrap().path()).unwrap();
        }
    }
    let sources: Vec<_> = sources.lines().map(essence).collect();

    let readme = fs::read_to_string(here.join("README.md")).unwrap();
    let blocks: Vec<_> = readme.split("```rust").skip(1).collect();
    assert!(blocks.len() >= 4);
    let lines = blocks.iter().flat_map(|block| {
        let block = block.split("```").next().unwrap();
        block.lines().skip(1).filter(|line| !line.trim().is_empty())
    });
    for line in lines {
        let sought = essence(line);
        assert!(sources.contains(&sought), "not in the sources: {line}");
    }
}

fn essence(line: &str) -> &str {
    let line = line.trim();
    let line = line.strip_suffix(" .. }").unwrap_or(line);
    let line = line.strip_prefix("pub(crate) ").unwrap_or(line);
    line.strip_prefix("pub ").unwrap_or(line)
}
