//! From sources to a configuration.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::node::{MAX_NODES, Node, Position, Unreadable, Value};
use super::placeholder::Values;
use super::policy_configuration::PolicyConfiguration;
use super::problem::{ConfigurationError, Place, Report};
use super::reading::Reader;
use super::spelling::canonical;
use super::{Configuration, json, profile, toml_text, yaml};

/// How long a source may be, in bytes.
const MAX_BYTES: usize = 1024 * 1024;

/// Loads a [`Configuration`] from files, texts and the environment; a later one over an earlier one,
/// and the environment over all of them.
///
/// ```
/// use resilience4rs::configuration::{Configuration, Policy, SettingValue};
///
/// let configuration = Configuration::loader()
///     .yaml("application.yml", "
/// resilience4j.retry.instances.payments.maxAttempts: ${ATTEMPTS:3}
/// ---
/// spring.config.activate.on-profile: prod
/// resilience4j.retry.instances.payments.waitDuration: 1s
/// ")
///     .profiles(["prod"])
///     .environment([("ATTEMPTS", "5")])
///     .load()
///     .unwrap();
/// let payments = configuration.policy(Policy::Retry).instance("payments").unwrap();
/// assert_eq!(payments.own().get("max_attempts"), Some(&SettingValue::Count(5)));
/// assert_eq!(payments.own().len(), 2);
/// ```
#[derive(Debug)]
#[must_use = "a loader does nothing until `load` is called"]
pub struct ConfigurationLoader {
    sources: Vec<Source>,
    values: Values,
    profiles: Option<Vec<String>>,
    strict: bool,
}

impl Default for ConfigurationLoader {
    fn default() -> Self {
        Self {
            sources: Vec::new(),
            values: Values::default(),
            profiles: None,
            strict: true,
        }
    }
}

#[derive(Debug)]
enum Source {
    File(PathBuf),
    Text(Arc<str>, Format, String),
}

#[derive(Debug, Clone, Copy)]
enum Format {
    Yaml,
    Toml,
    Json,
}

/// A document and the source that it is from.
struct Document {
    source: Arc<str>,
    root: Node,
}

impl ConfigurationLoader {
    /// Adds a file. `.yml` and `.yaml` are YAML, `.toml` is TOML, `.json` is JSON.
    ///
    /// Beside `application.yml`, `application-prod.yml` is read as well if there is one and the
    /// profile `prod` is active.
    pub fn file(mut self, path: impl AsRef<Path>) -> Self {
        self.sources.push(Source::File(path.as_ref().to_owned()));
        self
    }

    /// Adds a YAML text; `name` is what messages call it.
    pub fn yaml(self, name: &str, text: impl Into<String>) -> Self {
        self.text(name, Format::Yaml, text.into())
    }

    /// Adds a TOML text; `name` is what messages call it.
    pub fn toml(self, name: &str, text: impl Into<String>) -> Self {
        self.text(name, Format::Toml, text.into())
    }

    /// Adds a JSON text; `name` is what messages call it.
    pub fn json(self, name: &str, text: impl Into<String>) -> Self {
        self.text(name, Format::Json, text.into())
    }

    fn text(mut self, name: &str, format: Format, text: String) -> Self {
        self.sources.push(Source::Text(name.into(), format, text));
        self
    }

    /// Adds environment variables, for placeholders and for what they say themselves. A test gives
    /// its own, and leaves the process alone.
    pub fn environment<N, V>(mut self, variables: impl IntoIterator<Item = (N, V)>) -> Self
    where
        N: Into<String>,
        V: Into<String>,
    {
        let variables = variables.into_iter();
        let variables = variables.map(|(name, value)| (name.into(), value.into()));
        self.values.environment.extend(variables);
        self
    }

    /// Adds the environment variables of the process, as they are now. Those that are no text are
    /// left out.
    pub fn process_environment(self) -> Self {
        self.environment(std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        }))
    }

    /// The profiles that are active, instead of those that the variable `SPRING_PROFILES_ACTIVE` or
    /// the key `spring.profiles.active` names.
    pub fn profiles<P: Into<String>>(mut self, profiles: impl IntoIterator<Item = P>) -> Self {
        self.profiles = Some(profiles.into_iter().map(Into::into).collect());
        self
    }

    /// Whether everything that is not understood is an error, the default. Otherwise what nothing is
    /// lost by becomes a [warning](Configuration::warnings): classes of Java, whose work attributes
    /// do, and keys that look like no other.
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// Reads and checks everything.
    ///
    /// # Errors
    /// All that is wrong, at once: first with the syntax, since what is not understood cannot be
    /// checked, then with the keys and values of all sources.
    pub fn load(self) -> Result<Configuration, ConfigurationError> {
        let mut report = Report::new(self.strict);
        let mut sources = Vec::new();
        let mut read = Vec::new();
        for source in self.sources {
            let name = source.name();
            let documents = source.documents(&name, &mut report);
            read.push((source, documents));
            sources.push(name);
        }
        let mut values = self.values;
        let roots = || read.iter().flat_map(|(_, documents)| documents);
        let profiles = match self.profiles {
            Some(profiles) => profiles,
            None => profiles_of_sources(roots().map(|document| &document.root), &values),
        };
        let mut documents = Vec::new();
        for (source, own) in read {
            documents.extend(own);
            for file in source.files_of_profiles(&profiles) {
                let source = Source::File(file);
                let name = source.name();
                documents.extend(source.documents(&name, &mut report));
                sources.push(name);
            }
        }
        documents.retain(|document| is_active(document, &profiles, &mut report));
        if report.has_errors() {
            return Err(failure(report, &sources));
        }
        for document in &documents {
            values.properties.add(&document.root);
        }
        let mut reader = Reader::new(&mut report, &values);
        for (index, document) in documents.iter().enumerate() {
            reader.document = index;
            reader.source = Arc::clone(&document.source);
            reader.document(&document.root);
        }
        reader.document = documents.len();
        reader.environment();
        let sections = reader.sections;
        let policies = sections
            .into_iter()
            .map(|section| PolicyConfiguration::of(section, &mut report))
            .collect();
        Ok(Configuration {
            policies,
            profiles,
            warnings: report.finish(&sources)?,
        })
    }
}

/// The errors of a report that has some.
fn failure(report: Report, sources: &[Arc<str>]) -> ConfigurationError {
    report.finish(sources).err().unwrap_or(ConfigurationError {
        problems: Vec::new(),
    })
}

impl Source {
    fn name(&self) -> Arc<str> {
        match self {
            Self::File(path) => path.to_string_lossy().into(),
            Self::Text(name, ..) => Arc::clone(name),
        }
    }

    fn documents(&self, name: &Arc<str>, report: &mut Report) -> Vec<Document> {
        match self.parse() {
            Ok(roots) => roots
                .into_iter()
                .map(|root| Document {
                    source: Arc::clone(name),
                    root,
                })
                .collect(),
            Err(problems) => {
                for (at, message) in problems {
                    let source = Arc::clone(name);
                    let place = match at {
                        Some(Position { line, column }) => Place::At {
                            source,
                            line,
                            column,
                        },
                        None => Place::Whole { source },
                    };
                    report.error(&place, "", message);
                }
                Vec::new()
            }
        }
    }

    fn parse(&self) -> Result<Vec<Node>, Vec<(Option<Position>, String)>> {
        let whole = |message: String| vec![(None, message)];
        let read;
        let (format, text) = match self {
            Self::Text(_, format, text) => (*format, text),
            Self::File(path) => {
                let format = format_of(path).ok_or_else(|| {
                    whole("ends in none of `.yml`, `.yaml`, `.toml` and `.json`".to_owned())
                })?;
                read = read_file(path).map_err(whole)?;
                (format, &read)
            }
        };
        if text.len() > MAX_BYTES {
            return Err(whole(too_long()));
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let at = |error: Unreadable| vec![(Some(error.at), error.message)];
        let roots = match format {
            Format::Yaml => yaml::read(text).map_err(at)?,
            Format::Json => vec![json::read(text).map_err(at)?],
            Format::Toml => {
                let root = toml_text::read(text);
                vec![root.map_err(|errors| errors.into_iter().flat_map(at).collect::<Vec<_>>())?]
            }
        };
        match roots.iter().find(|root| root.size > MAX_NODES) {
            Some(root) => Err(at(Unreadable::too_large(root.at))),
            None => Ok(roots),
        }
    }

    /// The files beside a file that are of profiles, as far as there are any.
    fn files_of_profiles(&self, profiles: &[String]) -> Vec<PathBuf> {
        let Self::File(path) = self else {
            return Vec::new();
        };
        let (Some(stem), Some(extension)) = (path.file_stem(), path.extension()) else {
            return Vec::new();
        };
        profiles
            .iter()
            // A name with a separator would lead to another directory.
            .filter(|profile| !profile.contains(['/', '\\']))
            .map(|profile| {
                let mut name = stem.to_owned();
                name.push("-");
                name.push(profile);
                name.push(".");
                name.push(extension);
                path.with_file_name(name)
            })
            .filter(|path| path.is_file())
            .collect()
    }
}

fn format_of(path: &Path) -> Option<Format> {
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    match extension.as_str() {
        "yml" | "yaml" => Some(Format::Yaml),
        "toml" => Some(Format::Toml),
        "json" => Some(Format::Json),
        _ => None,
    }
}

/// Reads no more of a file than it may have.
fn read_file(path: &Path) -> Result<String, String> {
    let cannot = |error: std::io::Error| format!("cannot be read: {error}");
    let file = File::open(path).map_err(cannot)?;
    let mut bytes = Vec::new();
    let limit = MAX_BYTES as u64 + 1;
    file.take(limit).read_to_end(&mut bytes).map_err(cannot)?;
    if bytes.len() > MAX_BYTES {
        return Err(too_long());
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        format!("is not UTF-8 from byte {at} on")
    })
}

fn too_long() -> String {
    format!("is longer than {MAX_BYTES} bytes, which no configuration needs")
}

/// The profiles that the environment names, else those that documents name that are always active.
fn profiles_of_sources<'a>(roots: impl Iterator<Item = &'a Node>, values: &Values) -> Vec<String> {
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
fn is_active(document: &Document, profiles: &[String], report: &mut Report) -> bool {
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
                    let found = super::spelling::shown(expression.trim());
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
