//! YAML, one event of the parser at a time, so that nothing is built beyond the limits.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError};

use super::node::{Entry, MAX_DEPTH, MAX_NODES, Node, Position, Unreadable, Value, bounded};

/// The documents of a YAML text.
pub(super) fn read(text: &str) -> Result<Vec<Node>, Unreadable> {
    let mut builder = Builder::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| unreadable(&error))?;
        builder.take(event, position(span.start))?;
    }
    Ok(builder.documents)
}

fn unreadable(error: &ScanError) -> Unreadable {
    let at = position(*error.marker());
    if error.info() == "recursion limit exceeded" {
        // The parser has read ahead, past the depth at which we would have stopped.
        return Unreadable::too_deep(at);
    }
    Unreadable {
        at,
        message: format!("is not YAML: {}", error.info()),
    }
}

fn position(marker: Marker) -> Position {
    Position {
        line: bounded(marker.line()),
        column: bounded(marker.col() + 1),
    }
}

#[derive(Default)]
struct Builder {
    documents: Vec<Node>,
    /// The lists and maps that are not complete yet, the innermost last.
    open: Vec<Open>,
    /// What has an anchor and is complete. An alias inside its own anchor finds nothing here.
    anchored: HashMap<usize, Node>,
    /// How many keys and values there are so far, in all documents.
    nodes: usize,
}

struct Open {
    at: Position,
    anchor: usize,
    inside: Inside,
}

enum Inside {
    List(Vec<Node>),
    Map {
        entries: Vec<Entry>,
        /// The key whose value comes next.
        key: Option<(Arc<str>, Position)>,
        /// What `<<` brings: entries that those of the map itself come before.
        merged: Vec<Node>,
    },
}

impl Builder {
    fn take(&mut self, event: Event<'_>, at: Position) -> Result<(), Unreadable> {
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let null = style == ScalarStyle::Plain && matches!(&*text, "" | "~" | "null");
                let value = if null {
                    Value::Null
                } else {
                    Value::Scalar(text.into())
                };
                self.complete(Node::leaf(at, value), anchor)
            }
            Event::SequenceStart(anchor, _) => self.open(at, anchor, Inside::List(Vec::new())),
            Event::MappingStart(anchor, _) => {
                let inside = Inside::Map {
                    entries: Vec::new(),
                    key: None,
                    merged: Vec::new(),
                };
                self.open(at, anchor, inside)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(open) = self.open.pop() else {
                    return Ok(());
                };
                let node = match open.inside {
                    Inside::List(items) => Node::list(open.at, items),
                    Inside::Map {
                        entries, merged, ..
                    } => self.map(open.at, entries, merged)?,
                };
                self.complete(node, open.anchor)
            }
            Event::Alias(anchor) => match self.anchored.get(&anchor) {
                None => Err(Unreadable {
                    at,
                    message: "has an alias inside of what it stands for".to_owned(),
                }),
                Some(node) if self.nodes + node.size > MAX_NODES => Err(Unreadable::too_large(at)),
                Some(node) if self.open.len() + node.height > MAX_DEPTH => {
                    Err(Unreadable::too_deep(at))
                }
                Some(node) => {
                    let repeated = node.clone();
                    self.nodes += repeated.size - 1;
                    self.complete(repeated, 0)
                }
            },
            Event::DocumentEnd => {
                // Anchors do not reach into the next document.
                self.anchored.clear();
                Ok(())
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) => {
                Ok(())
            }
        }
    }

    fn open(&mut self, at: Position, anchor: usize, inside: Inside) -> Result<(), Unreadable> {
        if self.open.len() >= MAX_DEPTH {
            return Err(Unreadable::too_deep(at));
        }
        self.open.push(Open { at, anchor, inside });
        Ok(())
    }

    fn count(&mut self, nodes: usize, at: Position) -> Result<(), Unreadable> {
        self.nodes += nodes;
        if self.nodes > MAX_NODES {
            return Err(Unreadable::too_large(at));
        }
        Ok(())
    }

    fn complete(&mut self, node: Node, anchor: usize) -> Result<(), Unreadable> {
        self.count(1, node.at)?;
        if anchor > 0 {
            // The anchor keeps a copy, which counts.
            self.count(node.size, node.at)?;
            self.anchored.insert(anchor, node.clone());
        }
        let added = match self.open.last_mut().map(|open| &mut open.inside) {
            None => {
                self.documents.push(node);
                0
            }
            Some(Inside::List(items)) => {
                items.push(node);
                0
            }
            Some(Inside::Map {
                entries,
                key,
                merged,
            }) => match key.take() {
                None => {
                    *key = Some(key_of(node)?);
                    0
                }
                Some((text, _)) if &*text == "<<" => {
                    merged.push(node);
                    0
                }
                Some((text, at)) => {
                    let size = node.size;
                    let entry = Entry::of_path(&text, at, node)?;
                    let added = entry.node.size - size;
                    entries.push(entry);
                    added
                }
            },
        };
        let at = Position { line: 1, column: 1 };
        self.count(added, at)
    }

    /// A map with what it merges: its own entries win, and the first of several merged ones.
    fn map(
        &mut self,
        at: Position,
        mut entries: Vec<Entry>,
        merged: Vec<Node>,
    ) -> Result<Node, Unreadable> {
        let own = entries.len();
        let mut there: HashSet<Arc<str>> = if merged.is_empty() {
            HashSet::new()
        } else {
            entries
                .iter()
                .map(|entry| Arc::clone(&entry.key.text))
                .collect()
        };
        for node in merged {
            let maps = match node.value {
                Value::Map(_) => vec![node],
                Value::List(maps) => maps,
                _ => Vec::new(),
            };
            for map in maps {
                let Value::Map(map) = map.value else { continue };
                for entry in map {
                    if there.insert(Arc::clone(&entry.key.text)) {
                        entries.push(entry);
                    }
                }
            }
        }
        self.count(entries.len() - own, at)?;
        Ok(Node::map(at, entries))
    }
}

fn key_of(node: Node) -> Result<(Arc<str>, Position), Unreadable> {
    match node.value {
        Value::Scalar(text) => Ok((text, node.at)),
        Value::Null => Ok((Arc::from(""), node.at)),
        Value::List(_) | Value::Map(_) => Err(Unreadable {
            at: node.at,
            message: "has a list or a map as a key: a name in brackets needs quotes, `\"[name]\"`"
                .to_owned(),
        }),
    }
}
