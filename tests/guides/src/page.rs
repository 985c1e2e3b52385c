//! The tables of a page.

use std::fmt;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// A row of a table that says what becomes of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The name, which is all of the first cell.
    pub name: String,
    /// The other cells as they are written.
    pub cells: Vec<String>,
    /// The line that it is on.
    pub line: usize,
}

/// What becomes of a name: the second cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It is here under the same name.
    Same,
    /// It is here under another name.
    Renamed,
    /// Something else is in its place.
    Replaced,
    /// There is nothing of it.
    None,
}

impl Status {
    /// All, as they are written.
    pub const ALL: [(&'static str, Self); 4] = [
        ("same", Self::Same),
        ("renamed", Self::Renamed),
        ("replaced", Self::Replaced),
        ("none", Self::None),
    ];
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = Self::ALL.iter().find(|(_, status)| status == self);
        f.write_str(word.map_or("", |(word, _)| word))
    }
}

impl Row {
    /// What becomes of the name, if the row says one of the four words.
    #[must_use]
    pub fn status(&self) -> Option<Status> {
        let word = self.cells.first()?.trim();
        let mut all = Status::ALL.into_iter();
        all.find(|(known, _)| *known == word)
            .map(|(_, status)| status)
    }

    /// What is said about it, as it is written.
    #[must_use]
    pub fn said(&self) -> &str {
        self.cells.get(1).map_or("", |cell| cell.trim())
    }
}

/// The rows of all tables between this heading and the next; `None` where there is no such heading.
#[must_use]
pub fn table_below(page: &str, heading: &str) -> Option<Vec<Row>> {
    let mut is_found = false;
    let mut is_below = false;
    let mut rows = Vec::new();
    let mut cells: Vec<String> = Vec::new();
    let mut name = String::new();
    let parser = Parser::new_ext(page, Options::ENABLE_TABLES);
    for (event, range) in parser.into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { .. }) => {
                is_below = page[range].trim_start_matches('#').trim() == heading;
                is_found |= is_below;
            }
            Event::Start(Tag::TableRow) => {
                cells.clear();
                name.clear();
            }
            Event::Start(Tag::TableCell) => cells.push(page[range].to_owned()),
            Event::Text(text) | Event::Code(text) if cells.len() == 1 => name.push_str(&text),
            Event::End(TagEnd::TableRow) if is_below => rows.push(Row {
                name: name.trim().to_owned(),
                cells: cells.drain(..).skip(1).collect(),
                line: page[..range.start].matches('\n').count() + 1,
            }),
            _ => {}
        }
    }
    is_found.then_some(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "\
# Of `keys`

| key | here | |
|---|---|---|
| `a` | same | `b \\| c` |

# Other

| key | | |
|---|---|---|
| `z` | | |
";

    #[test]
    fn a_table_belongs_to_the_heading_above_it() {
        let rows = table_below(PAGE, "Of `keys`").unwrap_or_default();
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].name.as_str(), rows[0].line), ("a", 5));
        assert_eq!(rows[0].status(), Some(Status::Same));
        assert_eq!(rows[0].said(), "`b \\| c`");
        assert_eq!(table_below(PAGE, "None"), None);
    }
}
