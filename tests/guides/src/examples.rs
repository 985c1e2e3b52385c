//! Rust in pages that nobody compiles.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

/// A block of a page, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The page, in the repository.
    pub page: PathBuf,
    /// The line on which the block begins.
    pub line: usize,
    /// What is wrong, and what is to be done.
    pub wrong: &'static str,
}

const NOT_INCLUDED: &str =
    "Rust on a page that is not compiled: add the page to those of tests/guides/src/lib.rs";
const IGNORED: &str =
    "Rust that is not compiled: use `no_run`, or say why above it, `<!-- not compiled: .. -->`";
const HIDDEN: &str =
    "this looks like Rust, but its block does not say so, and is not compiled: mark it `rust`";

/// The blocks of Rust in `pages` that no test compiles.
///
/// A page is compiled where `sources` have it in their documentation, by `doc = include_str!(..)`.
/// Paths are those in the repository.
#[must_use]
pub fn unproven(sources: &[(PathBuf, String)], pages: &[(PathBuf, String)]) -> Vec<Place> {
    let included: BTreeSet<_> = sources
        .iter()
        .flat_map(|(path, source)| included_by(path, source))
        .collect();
    let mut places = Vec::new();
    for (page, text) in pages {
        for block in blocks(text) {
            let wrong = if block.is_rust() {
                if !included.contains(page) {
                    NOT_INCLUDED
                } else if block.is_ignored() && !block.has_reason(text) {
                    IGNORED
                } else {
                    continue;
                }
            } else if block.looks_like_rust() {
                HIDDEN
            } else {
                continue;
            };
            places.push(Place {
                page: page.clone(),
                line: line_of(text, block.start),
                wrong,
            });
        }
    }
    places
}

/// The pages that a source has in its documentation.
fn included_by(path: &Path, source: &str) -> Vec<PathBuf> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let pages = source.split("doc = include_str!(\"").skip(1);
    pages
        .filter_map(|rest| rest.split_once('"'))
        .map(|(page, _)| without_detours(&folder.join(page)))
        .collect()
}

/// `a/b/../c` as `a/c`.
fn without_detours(path: &Path) -> PathBuf {
    let mut short = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                short.pop();
            }
            Component::CurDir => {}
            part => short.push(part),
        }
    }
    short
}

pub(crate) struct Block {
    /// What follows the three backticks.
    info: String,
    pub(crate) code: String,
    pub(crate) start: usize,
}

impl Block {
    pub(crate) fn words(&self) -> impl Iterator<Item = &str> {
        self.info.split([',', ' ']).filter(|word| !word.is_empty())
    }

    /// As rustdoc sees it, to whom a block without a word is Rust.
    fn is_rust(&self) -> bool {
        const OF_RUSTDOC: &[&str] = &["rust", "no_run", "ignore", "should_panic", "compile_fail"];
        self.words()
            .next()
            .is_none_or(|word| OF_RUSTDOC.contains(&word) || word.starts_with("edition"))
    }

    fn is_ignored(&self) -> bool {
        self.words().any(|word| word.starts_with("ignore"))
    }

    fn has_reason(&self, page: &str) -> bool {
        let above = page[..self.start].trim_end();
        above
            .rsplit('\n')
            .next()
            .and_then(|line| line.strip_prefix("<!-- not compiled: "))
            .is_some_and(|reason| reason.len() > "-->".len())
    }

    /// Whether a block of some other language, or of none, has lines that are Rust all the same.
    fn looks_like_rust(&self) -> bool {
        const OTHERS: &[&str] = &["java", "kotlin", "toml", "yaml", "json", "sh", "console"];
        const BEGINNINGS: &[&str] = &[
            "#[",
            "use ",
            "let ",
            "fn ",
            "async fn ",
            "pub fn ",
            "pub struct ",
            "pub enum ",
            "impl ",
        ];
        let is_other = self
            .words()
            .next()
            .is_some_and(|word| OTHERS.contains(&word));
        !is_other
            && self.code.lines().map(str::trim_start).any(|line| {
                BEGINNINGS
                    .iter()
                    .any(|beginning| line.starts_with(beginning))
                    && line.ends_with([';', '{', ']', '(', '}'])
            })
    }
}

/// The line of a page on which something begins, from 1.
pub(crate) fn line_of(page: &str, start: usize) -> usize {
    page[..start].matches('\n').count() + 1
}

pub(crate) fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (event, range) in Parser::new(page).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                open = Some(Block {
                    info: info.into_string(),
                    code: String::new(),
                    start: range.start,
                });
            }
            Event::Text(text) => {
                if let Some(block) = &mut open {
                    block.code.push_str(&text);
                }
            }
            Event::End(TagEnd::CodeBlock) => blocks.extend(open.take()),
            _ => {}
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(page: &str) -> Vec<(usize, &'static str)> {
        let sources = [(
            PathBuf::from("tests/guides/src/lib.rs"),
            "#[doc = include_str!(\"../../../docs/a.md\")]".to_owned(),
        )];
        let pages = [(PathBuf::from("docs/a.md"), page.to_owned())];
        unproven(&sources, &pages)
            .into_iter()
            .map(|place| (place.line, place.wrong))
            .collect()
    }

    #[test]
    fn rust_on_a_page_that_nobody_includes_is_found() {
        let pages = [(
            PathBuf::from("docs/b.md"),
            "x\n\n```rust\nlet a = 1;\n```\n".to_owned(),
        )];
        // To read a page is not to compile it.
        let sources = [(
            PathBuf::from("src/lib.rs"),
            "const B: &str = include_str!(\"../docs/b.md\");".to_owned(),
        )];
        let place = &unproven(&sources, &pages)[0];
        assert_eq!((place.line, place.wrong), (3, NOT_INCLUDED));
        assert_eq!(wrong("```rust\nlet a = 1;\n```\n"), []);
        assert_eq!(wrong("```no_run\nlet a = 1;\n```\n"), []);
    }

    #[test]
    fn what_is_ignored_has_a_reason() {
        assert_eq!(wrong("```rust,ignore\nlet a = 1;\n```\n"), [(1, IGNORED)]);
        assert_eq!(
            wrong("<!-- not compiled: why -->\n```rust,ignore\na\n```\n"),
            []
        );
    }

    #[test]
    fn rust_that_does_not_say_so_is_found() {
        assert_eq!(wrong("a\n```text\nlet a = 1;\n```\n"), [(2, HIDDEN)]);
        assert_eq!(wrong("```text\nlet us go\n```\n"), []);
        assert_eq!(wrong("```java\nimport a;\n```\n"), []);
    }
}
