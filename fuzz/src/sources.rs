//! The sources of a configuration: a text, the profiles that are active, and environment variables.

use arbitrary::Arbitrary;
use resilience_runtime::configuration::{Configuration, ConfigurationLoader};

use crate::promises::NAME;
use crate::words::Text;

/// What a load is given.
#[derive(Debug, Clone, PartialEq, Eq, Arbitrary)]
pub struct Sources {
    /// What the text is written in.
    pub format: Format,
    /// The profiles that the loader is told of, if it is.
    pub profiles: Option<Vec<Text>>,
    /// The environment.
    pub variables: Vec<Variable>,
    /// The text. It comes last, as it takes all bytes that are left.
    pub text: Text,
}

/// The format of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Arbitrary)]
#[expect(missing_docs, reason = "they are called what they are")]
pub enum Format {
    Yaml,
    Toml,
    Json,
}

/// An environment variable.
#[derive(Debug, Clone, PartialEq, Eq, Arbitrary)]
pub struct Variable {
    /// Its name.
    pub name: Text,
    /// Its value.
    pub value: Text,
}

impl Sources {
    /// The environment variables with their values.
    #[must_use]
    pub fn environment(&self) -> Vec<(String, String)> {
        let variables = self.variables.iter();
        variables
            .map(|variable| (variable.name.0.clone(), variable.value.0.clone()))
            .collect()
    }

    /// A loader of these sources.
    pub fn loader(&self) -> ConfigurationLoader {
        let loader = Configuration::loader().environment(self.environment());
        let loader = match &self.profiles {
            Some(profiles) => loader.profiles(profiles.iter().map(|profile| profile.0.as_str())),
            None => loader,
        };
        let text = self.text.0.as_str();
        match self.format {
            Format::Yaml => loader.yaml(NAME, text),
            Format::Toml => loader.toml(NAME, text),
            Format::Json => loader.json(NAME, text),
        }
    }
}
