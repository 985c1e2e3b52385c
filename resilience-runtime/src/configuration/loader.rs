//! From sources to a configuration.

use std::path::Path;
use std::sync::Arc;

use super::Configuration;
use super::activation::{is_active, profiles_of_sources};
use super::placeholder::Values;
use super::policy_configuration::PolicyConfiguration;
use super::problem::{ConfigurationError, Report};
use super::reading::Reader;
use super::source::{Format, Source};

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
#[derive(Debug, Clone)]
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
    ///
    /// ```
    /// use resilience4rs::configuration::Configuration;
    ///
    /// let load = |strict| {
    ///     Configuration::loader()
    ///         .yaml("application.yml", "resilience4j.retry.instances.payments.retryExceptions: java.io.IOException")
    ///         .strict(strict)
    ///         .load()
    /// };
    /// let error = load(true).unwrap_err();
    /// assert_eq!(load(false).unwrap().warnings(), error.problems);
    /// assert!(error.to_string().contains("write `retry_errors(Error::Io)` in `#[retry]`"));
    /// ```
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// The directories whose files it reads, also where a file is a link to one elsewhere.
    #[cfg(feature = "watch")]
    pub(super) fn directories(&self) -> std::collections::BTreeSet<std::path::PathBuf> {
        self.sources.iter().flat_map(Source::directories).collect()
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
