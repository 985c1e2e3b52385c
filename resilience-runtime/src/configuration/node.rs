//! What a file says, whatever it is written in.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::Arc;

/// How deep maps and lists may stand in each other.
pub(super) const MAX_DEPTH: usize = 48;
/// How many keys and values a source may have, those included that aliases repeat.
pub(super) const MAX_NODES: usize = 50_000;

/// A line and a column, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) line: u32,
    pub(super) column: u32,
}

/// Why a source was not read to its end.
#[derive(Debug)]
pub(super) struct Unreadable {
    pub(super) at: Position,
    pub(super) message: String,
}

impl Unreadable {
    pub(super) fn too_deep(at: Position) -> Self {
        Self {
            at,
            message: format!("is nested deeper than {MAX_DEPTH} levels"),
        }
    }

    pub(super) fn too_large(at: Position) -> Self {
        Self {
            at,
            message: format!(
                "has more than {MAX_NODES} keys and values, counting what aliases repeat"
            ),
        }
    }
}

/// A value and where it is written.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) at: Position,
    pub(super) value: Value,
    /// How many levels there are, this one included.
    pub(super) height: usize,
    /// How many values there are, this one included.
    pub(super) size: usize,
}

#[derive(Debug, Clone)]
pub(super) enum Value {
    Null,
    /// Shared, as an alias may repeat a long text any number of times.
    Scalar(Arc<str>),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A key and its value.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) key: Key,
    pub(super) node: Node,
}

/// One step of a path: `backendA`, or `[name.with.dots]`.
#[derive(Debug, Clone)]
pub(super) struct Key {
    /// As written.
    pub(super) text: Arc<str>,
    pub(super) at: Position,
    /// Where the very same key is in the same map already.
    pub(super) repeats: Option<Position>,
}

impl Key {
    pub(super) fn new(text: &str, at: Position) -> Self {
        Self {
            text: text.into(),
            at,
            repeats: None,
        }
    }

    /// The key as a name: without the brackets that keep dots together.
    pub(super) fn name(&self) -> &str {
        self.text
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
            .unwrap_or(&self.text)
    }
}

impl Node {
    pub(super) fn leaf(at: Position, value: Value) -> Self {
        Self {
            at,
            value,
            height: 1,
            size: 1,
        }
    }

    pub(super) fn list(at: Position, items: Vec<Node>) -> Self {
        Self {
            height: 1 + items.iter().map(|item| item.height).max().unwrap_or(0),
            size: 1 + items.iter().map(|item| item.size).sum::<usize>(),
            at,
            value: Value::List(items),
        }
    }

    /// A map; a key that stands twice is marked, for whoever cares about this part of the file.
    pub(super) fn map(at: Position, mut entries: Vec<Entry>) -> Self {
        let mut seen: HashMap<Arc<str>, Position> = HashMap::new();
        for Entry { key, node } in &mut entries {
            // What dots take apart may begin alike; the paths as a whole differ, or their ends
            // are found to be the same later.
            if !matches!(node.value, Value::Map(_)) || node.at != key.at {
                key.repeats = seen.insert(Arc::clone(&key.text), key.at);
            }
        }
        Self {
            height: 1 + entries
                .iter()
                .map(|entry| entry.node.height)
                .max()
                .unwrap_or(0),
            size: 1 + entries.iter().map(|entry| entry.node.size).sum::<usize>(),
            at,
            value: Value::Map(entries),
        }
    }

    pub(super) fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }
}

impl Value {
    /// What it is, for a message.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Scalar(_) => "a value",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
        }
    }
}

impl Entry {
    /// An entry whose key is a path: `a.b: c` is `a: {b: c}`.
    pub(super) fn of_path(path: &str, at: Position, node: Node) -> Result<Self, Unreadable> {
        let steps = steps(path);
        if steps.len() + node.height > MAX_DEPTH {
            return Err(Unreadable::too_deep(at));
        }
        let mut steps = steps.into_iter().rev();
        let last = steps.next().unwrap_or_default();
        let innermost = Self {
            key: Key::new(last, at),
            node,
        };
        Ok(steps.fold(innermost, |inner, step| Self {
            key: Key::new(step, at),
            // The same position as its key marks the map as one that nobody wrote.
            node: Node::map(at, vec![inner]),
        }))
    }
}

/// The steps of a path: dots part them, except in brackets, which are a step of their own.
fn steps(path: &str) -> Vec<&str> {
    let mut steps = Vec::new();
    let mut start = 0;
    let mut in_brackets = false;
    for (index, character) in path.char_indices() {
        match character {
            '[' if !in_brackets => {
                if index > start {
                    steps.push(&path[start..index]);
                }
                start = index;
                in_brackets = true;
            }
            ']' if in_brackets => {
                steps.push(&path[start..=index]);
                start = index + 1;
                in_brackets = false;
            }
            '.' if !in_brackets => {
                if index > start {
                    steps.push(&path[start..index]);
                }
                start = index + 1;
            }
            _ => {}
        }
    }
    if start < path.len() || steps.is_empty() {
        steps.push(&path[start..]);
    }
    steps
}

/// Where the bytes of a text are.
pub(super) struct Lines<'a> {
    text: &'a str,
    /// Where each line begins.
    starts: Vec<usize>,
    /// The byte that was asked for last, and its column: the next one is mostly further along, and
    /// a line may be as long as the text.
    last: Cell<(usize, usize)>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let after_breaks = text.match_indices('\n').map(|(index, _)| index + 1);
        Self {
            starts: std::iter::once(0).chain(after_breaks).collect(),
            text,
            last: Cell::new((0, 1)),
        }
    }

    pub(super) fn position(&self, byte: usize) -> Position {
        let line = self.starts.partition_point(|start| *start <= byte);
        let start = self.starts[line - 1];
        let (last, last_column) = self.last.get();
        let (from, before) = if (start..=byte).contains(&last) {
            (last, last_column)
        } else {
            (start, 1)
        };
        let between = self.text.get(from..byte).unwrap_or_default();
        let column = before + between.chars().count();
        self.last.set((byte, column));
        Position {
            line: bounded(line),
            column: bounded(column),
        }
    }
}

/// Sources are far smaller than what a `u32` counts.
pub(super) fn bounded(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_part_a_path_and_brackets_keep_it_together() {
        for (path, expected) in [
            ("a", vec!["a"]),
            ("a.b.c", vec!["a", "b", "c"]),
            ("[a.b]", vec!["[a.b]"]),
            ("instances[a.b].c", vec!["instances", "[a.b]", "c"]),
            ("a..b.", vec!["a", "b"]),
            ("", vec![""]),
            ("[a.b", vec!["[a.b"]),
            ("a]", vec!["a]"]),
        ] {
            assert_eq!(steps(path), expected, "{path}");
        }
    }

    #[test]
    fn a_column_counts_characters() {
        let lines = Lines::new("a\nüb: c\n");
        assert_eq!(lines.position(0), Position { line: 1, column: 1 });
        assert_eq!(lines.position(4), Position { line: 2, column: 2 });
        assert_eq!(lines.position(5), Position { line: 2, column: 3 });
        assert_eq!(lines.position(2), Position { line: 2, column: 1 });
        assert_eq!(lines.position(9), Position { line: 3, column: 1 });
    }
}
