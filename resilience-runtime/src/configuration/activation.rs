//! Which profiles are active, and which documents count for it.

use std::sync::Arc;

use super::node::{Node, Position, Value};
use super::placeholder::Values;
use super::problem::{Place, Report};
use super::profile;
use super::source::Document;
use super::spelling::{canonical, shown};

/// The profiles that the environment names, else those that documents name that are always active.
pub(super) fn profiles_of_sources<'a>(
    roots: impl Iterator<Item = &'a Node>,
    values: &Values,
) -> Vec<String> {
    let in_environment = values.environment.get("SPRING_PROFILES_ACTIVE");
    let mut named: Vec<String> = in_environment
        .map(|names| parted(names))
        .unwrap_or_default();
    if named.is_empty() {
        for root in roots {
            if condition(root).is_empty()
                && let Some(active) = find(root, "spring.profiles.active")
            {
                named = texts(active).flat_map(parted).collect();
            }
        }
    }
    if named.is_empty() {
        named.push("default".to_owned());
    }
    named
}

fn parted(names: &str) -> Vec<String> {
    let names = names.split(',').map(str::trim);
    names
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Whether a document counts: always, unless it names profiles, of which one must be active then.
pub(super) fn is_active(document: &Document, profiles: &[String], report: &mut Report) -> bool {
    let mut problem = |key: &str, at: Position, message: String, is_error: bool| {
        let place = Place::At {
            source: Arc::clone(&document.source),
            line: at.line,
            column: at.column,
        };
        if is_error {
            report.error(&place, key, message);
        } else {
            report.warning(&place, key, message);
        }
    };
    let platform = "spring.config.activate.on-cloud-platform";
    if let Some(node) = find(&document.root, platform) {
        let message = "is not known here: this document is left out";
        problem(platform, node.at, message.to_owned(), false);
        return false;
    }
    let conditions = condition(&document.root);
    let mut is_active = conditions.is_empty();
    for (key, node) in conditions {
        for expression in texts(node).flat_map(|text| text.split(',')) {
            match profile::holds(expression, profiles) {
                Ok(holds) => is_active |= holds,
                Err(wrong) => {
                    let found = shown(expression.trim());
                    let message = format!(
                        "takes names of profiles with `!`, `&`, `|` and parentheses, but was {found}: {wrong}"
                    );
                    problem(key, node.at, message, true);
                }
            }
        }
    }
    is_active
}

/// What says which profiles a document is for, in the way of today and in that of old.
fn condition(root: &Node) -> Vec<(&'static str, &Node)> {
    let today = "spring.config.activate.on-profile";
    let of_old = "spring.profiles";
    let is_named = |node: &&Node| !matches!(node.value, Value::Map(_) | Value::Null);
    [today, of_old]
        .into_iter()
        .filter_map(|key| find(root, key).filter(is_named).map(|node| (key, node)))
        .collect()
}

/// The last value at a path.
fn find<'a>(root: &'a Node, wanted: &str) -> Option<&'a Node> {
    let (step, rest) = match wanted.split_once('.') {
        Some((step, rest)) => (step, Some(rest)),
        None => (wanted, None),
    };
    let matching = root
        .entries()
        .iter()
        .filter(|entry| canonical(entry.key.name()) == canonical(step));
    match rest {
        None => matching.map(|entry| &entry.node).next_back(),
        Some(rest) => matching
            .filter_map(|entry| find(&entry.node, rest))
            .next_back(),
    }
}

/// A text, or the texts of a list.
fn texts(node: &Node) -> impl Iterator<Item = &str> {
    let items = match &node.value {
        Value::List(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    };
    items.iter().filter_map(|item| match &item.value {
        Value::Scalar(text) => Some(&**text),
        _ => None,
    })
}
