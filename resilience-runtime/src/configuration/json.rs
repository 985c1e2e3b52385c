//! JSON, to the letter: no comments, no trailing commas.

use jsonc_parser::ast::{ObjectPropName, Value as Json};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::node::{Entry, Lines, MAX_DEPTH, Node, Position, Unreadable, Value, bounded};

/// The one document of a JSON text.
pub(super) fn read(text: &str) -> Result<Node, Unreadable> {
    let options = ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    let parsed =
        parse_to_ast(text, &CollectOptions::default(), &options).map_err(|error| Unreadable {
            at: Position {
                line: bounded(error.line_display()),
                column: bounded(error.column_display()),
            },
            message: format!("is not JSON: {}", error.kind()),
        })?;
    let value = parsed.value.ok_or_else(|| Unreadable {
        at: Position { line: 1, column: 1 },
        message: "is not JSON: there is nothing".to_owned(),
    })?;
    node(value, &Lines::new(text), 1)
}

fn node(value: Json<'_>, lines: &Lines<'_>, depth: usize) -> Result<Node, Unreadable> {
    let at = lines.position(value.start());
    if depth > MAX_DEPTH {
        return Err(Unreadable::too_deep(at));
    }
    Ok(match value {
        Json::Object(object) => {
            let entries = object
                .properties
                .into_iter()
                .map(|property| {
                    let at = lines.position(property.name.start());
                    let name = match &property.name {
                        ObjectPropName::String(text) => &*text.value,
                        ObjectPropName::Word(word) => word.value,
                    };
                    Entry::of_path(name, at, node(property.value, lines, depth + 1)?)
                })
                .collect::<Result<_, _>>()?;
            Node::map(at, entries)
        }
        Json::Array(array) => {
            let items = array
                .elements
                .into_iter()
                .map(|item| node(item, lines, depth + 1))
                .collect::<Result<_, _>>()?;
            Node::list(at, items)
        }
        Json::StringLit(text) => Node::leaf(at, Value::Scalar(text.value.into())),
        Json::NumberLit(number) => Node::leaf(at, Value::Scalar(number.value.into())),
        Json::BooleanLit(flag) => Node::leaf(at, Value::Scalar(flag.value.to_string().into())),
        Json::NullKeyword(_) => Node::leaf(at, Value::Null),
    })
}
