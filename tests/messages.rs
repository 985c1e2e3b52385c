//! `docs/messages.md` says what the compiler says to each mistake, and what to type instead.
//!
//! The page is made of the cases in `tests/ui/fail`. `UPDATE_MESSAGES=1 cargo test --test messages`
//! writes it anew.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

const HEAD: &str = "\
# Messages by mistake

What the compiler says to a wrong attribute, and what to type instead, mistake by mistake. Each entry
is a test case in `tests/ui/fail`, where the whole message stands too. This page is made of them:
`UPDATE_MESSAGES=1 cargo test --test messages` writes it anew.
";

#[test]
fn the_page_of_messages_is_up_to_date() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = root.join("docs/messages.md");
    let made = page_of(&cases(&root.join("tests/ui/fail")));
    if std::env::var_os("UPDATE_MESSAGES").is_some() {
        fs::write(&page, &made).unwrap();
    }
    let written = fs::read_to_string(&page).unwrap_or_default();
    assert!(
        written == made,
        "docs/messages.md is out of date: run `UPDATE_MESSAGES=1 cargo test --test messages`"
    );
}

/// The programs, by name.
fn cases(directory: &Path) -> Vec<PathBuf> {
    let mut cases: Vec<_> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    cases.sort();
    cases
}

fn page_of(cases: &[PathBuf]) -> String {
    let mut page = HEAD.to_owned();
    let mut subject = String::new();
    for case in cases {
        let name = case.file_stem().unwrap().to_str().unwrap();
        let first_word = name.split('_').next().unwrap().trim_end_matches('s');
        if first_word != subject {
            first_word.clone_into(&mut subject);
            write!(page, "\n## {}\n", capitalised(first_word)).unwrap();
        }
        let program = fs::read_to_string(case).unwrap();
        let output = fs::read_to_string(case.with_extension("stderr")).unwrap();
        write!(
            page,
            "\n### {}\n\n```rust\n{}\n```\n\n",
            capitalised(&name.replace('_', " ")),
            attribute(&program)
        )
        .unwrap();
        for line in messages(&output) {
            writeln!(page, "{line}").unwrap();
        }
    }
    page
}

fn capitalised(text: &str) -> String {
    let (first, rest) = text.split_at(1);
    first.to_uppercase() + rest
}

/// Whether one of our attributes begins on the line.
fn starts_attribute(line: &str) -> bool {
    let ours = [
        "circuit_breaker",
        "retry",
        "rate_limiter",
        "bulkhead",
        "time_limiter",
    ];
    line.trim_start()
        .strip_prefix("#[")
        .is_some_and(|attribute| ours.iter().any(|policy| attribute.starts_with(policy)))
}

/// The attribute of a program, on all its lines, and the head of what it stands on.
fn attribute(program: &str) -> String {
    let mut shown = Vec::new();
    for line in program.lines().skip_while(|line| !starts_attribute(line)) {
        shown.push(line);
        let is_item = !line.trim_start().starts_with("#[") && line.ends_with(['{', ';']);
        if is_item {
            break;
        }
    }
    let indent = shown
        .iter()
        .map(|line| line.len() - line.trim_start().len())
        .min()
        .unwrap_or(0);
    let lines: Vec<_> = shown.iter().map(|line| &line[indent..]).collect();
    lines.join("\n")
}

/// The errors as the items of a list, and under each the notes that say what to do.
fn messages(output: &str) -> Vec<String> {
    let mut messages = Vec::new();
    let mut is_error = false;
    for line in output.lines() {
        let trimmed = line.trim_start();
        if let Some(message) = line.strip_prefix("error") {
            is_error = true;
            let text = message.split_once(": ").map_or(message, |(_, text)| text);
            messages.push(format!("- {}", escaped(text)));
        } else if line.starts_with("warning") {
            is_error = false;
        } else if is_error
            && let Some(last) = messages.last_mut()
            && last == "- mismatched types"
            && let Some((_, label)) = line.split_once("^ ")
        {
            *last = format!("{last}: {}", escaped(label));
        } else if is_error && let Some(advice) = advice(trimmed) {
            messages.push(format!("  - {}", escaped(advice)));
        }
    }
    messages
}

/// A note of ours, or an offer of the compiler's to write something else.
fn advice(line: &str) -> Option<&str> {
    const OURS: &[&str] = &[
        "add `impl From",
        "declare the",
        "derive `Clone`",
        "a plain `fn` cannot",
        "end the list",
        "an `Err` is what",
        "a name is a",
    ];
    if let Some(note) = line.strip_prefix("= note: ") {
        return OURS
            .iter()
            .any(|ours| note.starts_with(ours))
            .then_some(note);
    }
    let offer = line.strip_prefix("help: ")?;
    let is_background = offer.starts_with("the trait") || offer.starts_with("the following");
    (!is_background).then_some(offer)
}

/// Text that Markdown leaves as it is.
fn escaped(text: &str) -> String {
    let mut in_code = false;
    let mut plain = String::new();
    for character in text.chars() {
        match character {
            '`' => in_code = !in_code,
            '<' | '>' | '_' | '*' | '|' if !in_code => plain.push('\\'),
            _ => {}
        }
        plain.push(character);
    }
    plain
}
