//! `${NAME:default}` in a value.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::node::{Node, Value};
use super::spelling::canonical;

/// How many placeholders one value may come to, those in the values of others included.
const MAX_PLACEHOLDERS: usize = 100;
/// How far placeholders may lead from one to the next.
const MAX_DEPTH: usize = 16;
/// How long a value may become, in bytes.
const MAX_LENGTH: usize = 4 * 1024;

/// Where placeholders find their values: the environment first, then the sources' other keys.
#[derive(Debug, Clone, Default)]
pub(super) struct Values {
    pub(super) environment: BTreeMap<String, String>,
    pub(super) properties: Properties,
}

/// The values of all keys. Paths are kept step by step, as those of a hostile file would take far
/// more room than the file.
#[derive(Debug, Clone, Default)]
pub(super) struct Properties {
    /// Which number the path has that goes from the path of a number by a step.
    steps: HashMap<(usize, String), usize>,
    /// The value of the path of each number; the first is the path of no steps.
    values: Vec<Option<Arc<str>>>,
}

impl Properties {
    /// Adds the values of a document, over those that are there.
    pub(super) fn add(&mut self, root: &Node) {
        if self.values.is_empty() {
            self.values.push(None);
        }
        self.add_below(0, root);
    }

    fn add_below(&mut self, path: usize, node: &Node) {
        if let Value::Scalar(text) = &node.value {
            self.values[path] = Some(Arc::clone(text));
        }
        for entry in node.entries() {
            let next = self.values.len();
            let step = (path, canonical(entry.key.name()));
            let inner = *self.steps.entry(step).or_insert(next);
            if inner == next {
                self.values.push(None);
            }
            self.add_below(inner, &entry.node);
        }
    }

    fn get(&self, path: &str) -> Option<&str> {
        let last = path.split('.').try_fold(0, |path, step| {
            self.steps.get(&(path, canonical(step))).copied()
        })?;
        self.values.get(last)?.as_deref()
    }
}

impl Values {
    /// The text with its placeholders replaced.
    ///
    /// # Errors
    /// What is wrong about a placeholder, in words that follow the path of the key.
    pub(super) fn resolve(&self, text: &str) -> Result<String, String> {
        let mut placeholders = 0;
        self.replace(text, 0, &mut placeholders)
    }

    fn replace(
        &self,
        text: &str,
        depth: usize,
        placeholders: &mut usize,
    ) -> Result<String, String> {
        let too_long = || format!("comes to more than {MAX_LENGTH} bytes with its placeholders");
        if text.len() > MAX_LENGTH {
            return Err(too_long());
        }
        let mut replaced = String::new();
        let mut rest = text;
        while let Some(start) = rest.find("${") {
            replaced.push_str(&rest[..start]);
            let inside = &rest[start + 2..];
            let end = end_of(inside).ok_or_else(|| "has a `${` without its `}`".to_owned())?;
            replaced.push_str(&self.look_up(&inside[..end], depth + 1, placeholders)?);
            if replaced.len() > MAX_LENGTH {
                return Err(too_long());
            }
            rest = &inside[end + 1..];
        }
        replaced.push_str(rest);
        Ok(replaced)
    }

    fn look_up(
        &self,
        inside: &str,
        depth: usize,
        placeholders: &mut usize,
    ) -> Result<String, String> {
        *placeholders += 1;
        if depth > MAX_DEPTH || *placeholders > MAX_PLACEHOLDERS {
            return Err("has placeholders that lead to each other, or to too many".to_owned());
        }
        let (name, default) = match colon_of(inside) {
            Some(colon) => (&inside[..colon], Some(&inside[colon + 1..])),
            None => (inside, None),
        };
        let name = self.replace(name, depth, placeholders)?;
        let name = name.trim();
        if let Some(value) = self.environment(name) {
            return Ok(value.to_owned());
        }
        if let Some(value) = self.properties.get(name) {
            return self.replace(value, depth, placeholders);
        }
        match default {
            Some(default) => self.replace(default, depth, placeholders),
            None => Err(format!(
                "takes its value from `${{{name}}}`, which is not set: set it, or give a default, `${{{name}:…}}`"
            )),
        }
    }

    /// A variable by its name, or by the name that a key has as a variable.
    fn environment(&self, name: &str) -> Option<&str> {
        let as_variable = || name.replace('.', "_").replace('-', "").to_uppercase();
        self.environment
            .get(name)
            .or_else(|| self.environment.get(&as_variable()))
            .map(String::as_str)
    }
}

/// Where the `}` is that ends a placeholder, past those inside of it.
fn end_of(inside: &str) -> Option<usize> {
    let mut nested = 0_usize;
    let bytes = inside.as_bytes();
    let mut index = 0;
    while index < bytes.len() {
        match bytes[index] {
            b'$' if bytes.get(index + 1) == Some(&b'{') => {
                nested += 1;
                index += 1;
            }
            b'}' if nested == 0 => return Some(index),
            b'}' => nested -= 1,
            _ => {}
        }
        index += 1;
    }
    None
}

/// Where the default begins: the first `:` that is not of a placeholder inside.
fn colon_of(inside: &str) -> Option<usize> {
    let mut nested = 0_usize;
    let mut before = b' ';
    for (index, byte) in inside.bytes().enumerate() {
        match byte {
            b'{' if before == b'$' => nested += 1,
            b'}' => nested = nested.saturating_sub(1),
            b':' if nested == 0 => return Some(index),
            _ => {}
        }
        before = byte;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values() -> Values {
        let variable = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let twenty = |name: &str| format!("${{laugh.{name}}}").repeat(20);
        let text = format!(
            "
defaults.rate: ${{RATE}}
loop: {{a: '${{loop.b}}', b: '${{loop.a}}'}}
laugh: {{a: '{}', b: '{}', c: ha}}
",
            twenty("b"),
            twenty("c"),
        );
        let mut properties = Properties::default();
        for root in crate::configuration::yaml::read(&text).unwrap() {
            properties.add(&root);
        }
        Values {
            environment: [
                variable("RATE", "60"),
                variable("PAYMENTS_TIMEOUT", "2s"),
                variable("EMPTY", ""),
            ]
            .into(),
            properties,
        }
    }

    #[test]
    fn a_placeholder_is_replaced_wherever_its_value_is() {
        for (text, expected) in [
            ("50", "50"),
            ("${RATE}", "60"),
            ("${RATE:50}", "60"),
            ("${rate}", "60"),
            ("${OTHER:50}", "50"),
            ("${OTHER:}", ""),
            ("${EMPTY:50}", ""),
            ("${payments.timeout}", "2s"),
            ("${defaults.rate}", "60"),
            ("${OTHER:${RATE}}ms", "60ms"),
            ("${OTHER:${ANOTHER:7}}", "7"),
            ("${OTHER:a:b}", "a:b"),
            ("a${RATE}b${OTHER:c}d", "a60bcd"),
            ("$RATE {x}", "$RATE {x}"),
            ("ä${RATE}ö", "ä60ö"),
            ("${ä:ö}ü", "öü"),
        ] {
            assert_eq!(values().resolve(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn a_placeholder_without_an_end_or_a_value_is_refused() {
        for (text, expected) in [
            ("${RATE", "has a `${` without its `}`"),
            (
                "${OTHER}",
                "takes its value from `${OTHER}`, which is not set: set it, or give a default, `${OTHER:…}`",
            ),
            (
                "${loop.a}",
                "has placeholders that lead to each other, or to too many",
            ),
            (
                "${laugh.a}",
                "has placeholders that lead to each other, or to too many",
            ),
        ] {
            assert_eq!(values().resolve(text), Err(expected.to_owned()), "{text}");
        }
    }

    #[test]
    fn deep_placeholders_are_refused() {
        let deep = "${a:".repeat(10_000) + &"}".repeat(10_000);
        assert!(values().resolve(&deep).is_err());
    }
}
