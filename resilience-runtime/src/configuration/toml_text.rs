//! TOML. Its quoted keys keep their dots: `instances."payments.eu"` needs no brackets.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::node::{Entry, Key, Lines, MAX_DEPTH, Node, Position, Unreadable, Value};

/// How many errors in the syntax are told; the first ones mostly cause the others.
const MAX_ERRORS: usize = 20;

/// The one document of a TOML text; or all that keeps it from being one.
pub(super) fn read(text: &str) -> Result<Node, Vec<Unreadable>> {
    let lines = Lines::new(text);
    let (table, mut errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        errors.sort_by_key(|error| error.span().map(|span| span.start));
        return Err(errors
            .into_iter()
            .take(MAX_ERRORS)
            .map(|error| Unreadable {
                at: lines.position(error.span().map_or(0, |span| span.start)),
                message: format!("is not TOML: {}", error.message()),
            })
            .collect());
    }
    let at = lines.position(table.span().start);
    map(at, table.into_inner(), &lines, 1).map_err(|error| vec![error])
}

fn map(
    at: Position,
    table: DeTable<'_>,
    lines: &Lines<'_>,
    depth: usize,
) -> Result<Node, Unreadable> {
    if depth > MAX_DEPTH {
        return Err(Unreadable::too_deep(at));
    }
    let mut entries: Vec<_> = table.into_iter().collect();
    // The parser sorts by key; a report goes by lines.
    entries.sort_by_key(|(key, _)| key.span().start);
    let entries = entries
        .into_iter()
        .map(|(key, value)| {
            Ok(Entry {
                key: Key::new(key.get_ref(), lines.position(key.span().start)),
                node: node(value, lines, depth + 1)?,
            })
        })
        .collect::<Result<_, _>>()?;
    Ok(Node::map(at, entries))
}

fn node(value: Spanned<DeValue<'_>>, lines: &Lines<'_>, depth: usize) -> Result<Node, Unreadable> {
    let at = lines.position(value.span().start);
    let text: String = match value.into_inner() {
        DeValue::Table(table) => return map(at, table, lines, depth),
        DeValue::Array(items) => {
            if depth > MAX_DEPTH {
                return Err(Unreadable::too_deep(at));
            }
            let items = items
                .into_iter()
                .map(|item| node(item, lines, depth + 1))
                .collect::<Result<_, _>>()?;
            return Ok(Node::list(at, items));
        }
        DeValue::String(text) => text.into_owned(),
        DeValue::Integer(number) => number.to_string(),
        DeValue::Float(number) => number.to_string(),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Datetime(time) => time.to_string(),
    };
    Ok(Node::leaf(at, Value::Scalar(text.into())))
}
