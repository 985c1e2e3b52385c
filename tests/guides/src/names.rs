//! The names of Resilience4j.

use std::collections::BTreeMap;

use serde::Deserialize;

/// All lists of names, by what they are lists of.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Names {
    lists: BTreeMap<String, List>,
}

/// Names of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// The heading of the guide below which their table is.
    pub heading: String,
    /// The names.
    pub names: Vec<String>,
}

/// The names cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the names of Resilience4j: {0}")]
pub struct NamesError(#[from] toml::de::Error);

impl Names {
    /// Reads them.
    ///
    /// # Errors
    /// When the text is not what names are written in.
    pub fn parse(text: &str) -> Result<Self, NamesError> {
        Ok(toml::from_str(text)?)
    }

    /// The lists, with what they are lists of.
    pub fn lists(&self) -> impl Iterator<Item = (&str, &List)> {
        self.lists.iter().map(|(id, list)| (id.as_str(), list))
    }

    /// One list.
    #[must_use]
    pub fn list(&self, id: &str) -> Option<&List> {
        self.lists.get(id)
    }
}
