//! From what is written to sections: which key means what, and what is wrong with it.

use std::sync::Arc;

use resilience_settings::{Kind, Setting};

use super::node::{Entry, Node, Position, Value};
use super::placeholder::Values;
use super::policy::{BASE_CONFIG, Meaning, Policy};
use super::problem::{Place, Report};
use super::section::{Base, Level, LevelKind, Section};
use super::settings::ConfiguredSetting;
use super::spelling::{Spelling, canonical, nearest, shown};
use super::value::{self, SettingValue};

/// How long the name of an instance may be, in bytes.
const LONGEST_NAME: usize = 200;
/// How much of a key is shown, in characters.
const LONGEST_KEY: usize = 200;

/// Reads sources one after another, a later one over an earlier one.
pub(super) struct Reader<'a> {
    pub(super) report: &'a mut Report,
    pub(super) values: &'a Values,
    pub(super) sections: Vec<Section>,
    /// The document that is being read.
    pub(super) document: usize,
    pub(super) source: Arc<str>,
}

/// A key with its value, as some source writes it.
pub(super) struct Written<'a> {
    pub(super) key: &'a str,
    pub(super) path: String,
    pub(super) at: Place,
    pub(super) value: &'a Value,
    pub(super) value_at: Place,
}

impl<'a> Reader<'a> {
    pub(super) fn new(report: &'a mut Report, values: &'a Values) -> Self {
        Self {
            report,
            values,
            sections: Policy::ALL.into_iter().map(Section::new).collect(),
            document: 0,
            source: Arc::from(""),
        }
    }

    /// Reads a document; all but its `resilience4j` is somebody else's.
    pub(super) fn document(&mut self, root: &Node) {
        if let Value::Scalar(_) | Value::List(_) = root.value {
            let message = format!(
                "is {}, where keys with values are expected",
                root.value.kind()
            );
            self.report.error(&self.place(root.at), "", message);
        }
        for entry in root.entries() {
            let written = self.written(entry, "");
            if canonical(entry.key.name()) == "resilience4j" {
                self.resilience4j(entry, &written.path);
            } else if nearest(entry.key.name(), ["resilience4j"]).is_some() {
                let message = "is no key that is read here: did you mean `resilience4j`?";
                self.report.harmless(&written.at, &written.path, message);
            }
        }
    }

    fn resilience4j(&mut self, entry: &Entry, path: &str) {
        for child in self.inside(entry, path, "the sections of policies") {
            let written = self.written(child, path);
            match canonical(child.key.name()).as_str() {
                "micrometer" => self.micrometer(child, &written.path),
                "thread" | "scheduled" => {
                    let message = "has no effect: the threads and timers are the runtime's own";
                    self.report.warning(&written.at, &written.path, message);
                }
                section => {
                    let policies = Policy::ALL.into_iter();
                    let named = |policy: &Policy| canonical(policy.section()) == section;
                    if let Some(policy) = policies.clone().find(named) {
                        self.policy(policy, child, &written.path);
                    } else {
                        let sections = policies.map(|policy| match policy {
                            Policy::Timer => "micrometer",
                            policy => policy.section(),
                        });
                        self.unknown(&written, "`resilience4j`", sections, Spelling::Snake);
                    }
                }
            }
        }
    }

    fn micrometer(&mut self, entry: &Entry, path: &str) {
        for child in self.inside(entry, path, "the section `timer`") {
            let written = self.written(child, path);
            if canonical(child.key.name()) == "timer" {
                self.policy(Policy::Timer, child, &written.path);
            } else {
                let known = ["timer"].into_iter();
                self.unknown(&written, "`micrometer`", known, Spelling::Snake);
            }
        }
    }

    fn policy(&mut self, policy: Policy, entry: &Entry, path: &str) {
        for child in self.inside(entry, path, "`configs` and `instances`") {
            let written = self.written(child, path);
            let key = canonical(child.key.name());
            match key.as_str() {
                "configs" => self.levels(policy, LevelKind::Config, child, &written.path),
                "instances" => self.levels(policy, LevelKind::Instance, child, &written.path),
                alias if policy.alias() == Some(alias) => {
                    self.levels(policy, LevelKind::Instance, child, &written.path);
                }
                "tags" => self.tags(policy, child, &written.path),
                "metrics" => self.metrics(policy, child, &written.path),
                order
                    if policy
                        .aspect_order()
                        .is_some_and(|name| canonical(name) == order) =>
                {
                    if self.is_first(child, &written) {
                        self.aspect_order(policy, &written);
                    }
                }
                _ => self.unknown_of_section(policy, child, &written),
            }
        }
    }

    fn levels(&mut self, policy: Policy, kind: LevelKind, entry: &Entry, path: &str) {
        let expected = match kind {
            LevelKind::Config => "shared configurations by their names",
            LevelKind::Instance => "instances by their names",
        };
        for child in self.inside(entry, path, expected) {
            let written = self.written(child, path);
            let name = child.key.name();
            let wrong = if name.trim().is_empty() {
                Some("has a name that is blank: give it one".to_owned())
            } else if name.len() > LONGEST_NAME {
                Some(format!(
                    "has a name of more than {LONGEST_NAME} bytes: shorten it"
                ))
            } else {
                None
            };
            if let Some(message) = wrong {
                self.report.error(&written.at, &written.path, message);
                continue;
            }
            self.section(policy)
                .level(kind, name, &written.at, &written.path);
            for key in self.inside(child, &written.path, "settings") {
                let setting = self.written(key, &written.path);
                if self.is_first(key, &setting) {
                    self.assign(policy, kind, name, &setting);
                }
            }
        }
    }

    /// Gives a level what is written.
    pub(super) fn assign(
        &mut self,
        policy: Policy,
        kind: LevelKind,
        name: &str,
        written: &Written<'_>,
    ) {
        let Some(meaning) = policy.meaning(written.key) else {
            return self.unknown_of_level(policy, name, written);
        };
        let key = match meaning {
            Meaning::Base => BASE_CONFIG,
            Meaning::Setting(setting) | Meaning::Kept(setting) => setting.name,
            Meaning::JavaClass(class) => {
                let classes = classes(written.value);
                if classes.is_empty() {
                    return;
                }
                let message = class.advice(&classes);
                if class.harmless {
                    self.report.harmless(&written.at, &written.path, message);
                } else {
                    self.report.error(&written.at, &written.path, message);
                }
                return;
            }
        };
        let document = self.document;
        let before = self
            .level(policy, kind, name, written)
            .give(key, document, &written.at);
        if let Some(before) = before {
            return self.twice(written, before.line());
        }
        match meaning {
            Meaning::Base => {
                if let Some(base) = self.text(written, "the name of a shared configuration") {
                    self.level(policy, kind, name, written).base = Some(Base {
                        name: base,
                        place: written.value_at.clone(),
                        path: written.path.clone(),
                    });
                }
            }
            Meaning::Setting(setting) => {
                if let Some(setting) = self.setting(policy, setting, written) {
                    self.level(policy, kind, name, written).set(setting);
                }
            }
            Meaning::Kept(setting) => {
                if let Some(setting) = self.setting(policy, setting, written) {
                    self.level(policy, kind, name, written).keep(setting);
                }
            }
            Meaning::JavaClass(_) => {}
        }
    }

    fn setting(
        &mut self,
        policy: Policy,
        setting: Setting,
        written: &Written<'_>,
    ) -> Option<ConfiguredSetting> {
        let read = match written.value {
            Value::Scalar(text) => self
                .values
                .resolve(text)
                .and_then(|resolved| value::read(policy, setting, &resolved)),
            other => Err(value::not_a_value(policy, setting, other.kind())),
        };
        match read {
            Ok(value) => Some(ConfiguredSetting {
                name: setting.name,
                value,
                place: written.value_at.clone(),
                path: written.path.clone(),
            }),
            Err(message) => {
                self.report.error(&written.value_at, &written.path, message);
                None
            }
        }
    }

    fn tags(&mut self, policy: Policy, entry: &Entry, path: &str) {
        for child in self.inside(entry, path, "tags by their names") {
            let written = self.written(child, path);
            if self.is_first(child, &written) {
                self.tag(policy, &written);
            }
        }
    }

    pub(super) fn tag(&mut self, policy: Policy, written: &Written<'_>) {
        if let Some(value) = self.text(written, "the value of a tag") {
            let name = written.key.trim_start_matches('[').trim_end_matches(']');
            self.section(policy).tags.insert(name.to_owned(), value);
        }
    }

    fn metrics(&mut self, policy: Policy, entry: &Entry, path: &str) {
        for child in self.inside(entry, path, "`enabled`") {
            let written = self.written(child, path);
            match canonical(child.key.name()).as_str() {
                "enabled" => {
                    if self.is_first(child, &written) {
                        self.metrics_enabled(policy, false, &written);
                    }
                }
                "legacy" => {
                    for child in self.inside(child, &written.path, "`enabled`") {
                        let written = self.written(child, &written.path);
                        if canonical(child.key.name()) == "enabled" {
                            self.metrics_enabled(policy, true, &written);
                        } else {
                            let known = ["enabled"].into_iter();
                            self.unknown(&written, "`legacy`", known, Spelling::Snake);
                        }
                    }
                }
                _ => {
                    let known = ["enabled", "legacy"].into_iter();
                    self.unknown(&written, "`metrics`", known, Spelling::Snake);
                }
            }
        }
    }

    pub(super) fn metrics_enabled(&mut self, policy: Policy, legacy: bool, written: &Written<'_>) {
        let setting = Setting {
            name: "enabled",
            kind: Kind::Flag,
        };
        let value = self.setting(policy, setting, written);
        if let Some(SettingValue::Flag(enabled)) = value.map(|setting| setting.value) {
            let section = self.section(policy);
            if legacy {
                section.legacy_metrics_enabled = Some(enabled);
            } else {
                section.metrics_enabled = Some(enabled);
            }
        }
    }

    pub(super) fn aspect_order(&mut self, policy: Policy, written: &Written<'_>) {
        let Some(text) = self.text(written, "a whole number") else {
            return;
        };
        if let Ok(order) = text.trim().parse() {
            self.section(policy).aspect_order = Some(order);
            let message = "has no effect: policies stand in each other as their attributes do, the first outermost";
            self.report.warning(&written.at, &written.path, message);
        } else {
            let message = format!("takes a whole number, but was {}", shown(&text));
            self.report.error(&written.value_at, &written.path, message);
        }
    }

    /// A text with its placeholders replaced.
    fn text(&mut self, written: &Written<'_>, expected: &str) -> Option<String> {
        let message = match written.value {
            Value::Scalar(text) => match self.values.resolve(text) {
                Ok(text) if !text.trim().is_empty() => return Some(text),
                Ok(_) => format!("takes {expected}, but was blank"),
                Err(message) => message,
            },
            other => format!("takes {expected}, but was {}", other.kind()),
        };
        self.report.error(&written.value_at, &written.path, message);
        None
    }

    /// What is inside of an entry that ought to be a map; nothing at all is an empty map.
    fn inside<'n>(&mut self, entry: &'n Entry, path: &str, expected: &str) -> &'n [Entry] {
        if let Some(first) = entry.key.repeats {
            let at = self.place(entry.key.at);
            let message = format!(
                "is there twice: line {} has it already; keep one",
                first.line
            );
            self.report.error(&at, path, message);
        }
        match &entry.node.value {
            Value::Map(entries) => entries,
            Value::Null => &[],
            Value::Scalar(text) if text.trim().is_empty() => &[],
            other => {
                let at = self.place(entry.node.at);
                let found = match other {
                    Value::Scalar(text) => shown(text),
                    other => other.kind().to_owned(),
                };
                let message = format!("takes {expected}, but was {found}");
                self.report.error(&at, path, message);
                &[]
            }
        }
    }

    /// Whether a key is not in its map already, which is reported.
    fn is_first(&mut self, entry: &Entry, written: &Written<'_>) -> bool {
        if let Some(first) = entry.key.repeats {
            self.twice(written, Some(first.line));
        }
        entry.key.repeats.is_none()
    }

    fn twice(&mut self, written: &Written<'_>, first: Option<u32>) {
        let message = match first {
            Some(line) => format!("is given already, on line {line}: keep one"),
            None => "is given already, by another variable: keep one".to_owned(),
        };
        self.report.error(&written.at, &written.path, message);
    }

    fn written<'n>(&self, entry: &'n Entry, parent: &str) -> Written<'n> {
        let text = &*entry.key.text;
        // As far as a message needs it; a hostile one may be as long as its file.
        let text = text
            .char_indices()
            .nth(LONGEST_KEY)
            .map_or(text, |(end, _)| &text[..end]);
        let path = if parent.is_empty() {
            text.to_owned()
        } else if text.starts_with('[') {
            format!("{parent}{text}")
        } else {
            format!("{parent}.{text}")
        };
        Written {
            key: text,
            path,
            at: self.place(entry.key.at),
            value: &entry.node.value,
            value_at: self.place(entry.node.at),
        }
    }

    fn level(
        &mut self,
        policy: Policy,
        kind: LevelKind,
        name: &str,
        written: &Written<'_>,
    ) -> &mut Level {
        self.section(policy)
            .level(kind, name, &written.at, &written.path)
    }

    pub(super) fn section(&mut self, policy: Policy) -> &mut Section {
        &mut self.sections[policy as usize]
    }

    fn place(&self, at: Position) -> Place {
        Place::At {
            source: Arc::clone(&self.source),
            line: at.line,
            column: at.column,
        }
    }
}

/// The classes that a value names: a list, or a text with commas.
fn classes(value: &Value) -> Vec<&str> {
    match value {
        Value::Scalar(text) => text
            .split(',')
            .filter(|class| !class.trim().is_empty())
            .collect(),
        Value::List(items) => items
            .iter()
            .filter_map(|item| match &item.value {
                Value::Scalar(text) => Some(&**text),
                _ => None,
            })
            .collect(),
        Value::Null | Value::Map(_) => Vec::new(),
    }
}
