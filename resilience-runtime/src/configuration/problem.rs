//! What is wrong with a configuration, and where.

use std::fmt::{self, Write};
use std::sync::Arc;

/// Where something is written: in a file, in a text, or in an environment variable.
///
/// It displays as editors and compilers write it, `application.yml:12:5`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Place {
    /// At a position in a file or a text.
    At {
        /// The path of the file as it was given, or the name of the text.
        source: Arc<str>,
        /// The line, from 1.
        line: u32,
        /// The column, from 1, in characters.
        column: u32,
    },
    /// A file or a text as a whole.
    Whole {
        /// The path of the file as it was given, or the name of the text.
        source: Arc<str>,
    },
    /// The environment variable of this name.
    Variable {
        /// Its name.
        name: Arc<str>,
    },
}

impl Place {
    /// The line, where the place is in a file or a text.
    ///
    /// ```
    /// use resilience4rs::configuration::Configuration;
    ///
    /// let error = Configuration::from_yaml_str("resilience4j: {}\nresilience4j: {}").unwrap_err();
    /// assert_eq!(error.problems[0].place.line(), Some(2));
    /// ```
    #[must_use]
    pub fn line(&self) -> Option<u32> {
        match self {
            Self::At { line, .. } => Some(*line),
            _ => None,
        }
    }

    /// The column, where the place is in a file or a text.
    #[must_use]
    pub fn column(&self) -> Option<u32> {
        match self {
            Self::At { column, .. } => Some(*column),
            _ => None,
        }
    }

    /// The file, the text or the variable.
    #[must_use]
    pub fn source(&self) -> &str {
        match self {
            Self::At { source, .. } | Self::Whole { source } => source,
            Self::Variable { name } => name,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At {
                source,
                line,
                column,
            } => write!(f, "{source}:{line}:{column}"),
            Self::Whole { source } => f.write_str(source),
            Self::Variable { .. } => f.write_str("environment"),
        }
    }
}

/// One thing that is wrong, or doubtful, in a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// The key with all that it is in, as written; the name, of a variable; empty where a file
    /// cannot be read at all.
    pub path: String,
    /// What is wrong, what was found and what is allowed, in words that follow the path.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = Line(f);
        if self.path.is_empty() {
            write!(line, "{}: {}", self.place, self.message)
        } else {
            write!(line, "{}: `{}` {}", self.place, self.path, self.message)
        }
    }
}

/// Keeps what is written in one line: a key, or the name of a variable, may have any character in it,
/// and in a log it would begin a line of its own, or do to a terminal what it likes.
struct Line<'a, 'b>(&'a mut fmt::Formatter<'b>);

impl fmt::Write for Line<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            if character.is_control() || matches!(character, '\u{2028}' | '\u{2029}') {
                write!(self.0, "{}", character.escape_debug())?;
            } else {
                self.0.write_char(character)?;
            }
        }
        Ok(())
    }
}

/// A configuration that cannot be used: all that is wrong with it, a line each.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
#[non_exhaustive]
pub struct ConfigurationError {
    /// What is wrong, in the order of the sources and of their lines.
    pub problems: Vec<Problem>,
}

/// Gathers what is found.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) strict: bool,
    problems: Vec<Problem>,
    warnings: Vec<Problem>,
}

impl Report {
    pub(super) fn new(strict: bool) -> Self {
        Self {
            strict,
            ..Self::default()
        }
    }

    pub(super) fn error(&mut self, place: &Place, path: &str, message: impl Into<String>) {
        put(&mut self.problems, place, path, message.into());
    }

    pub(super) fn warning(&mut self, place: &Place, path: &str, message: impl Into<String>) {
        put(&mut self.warnings, place, path, message.into());
    }

    /// What nothing is lost by: an error only where the load is strict.
    pub(super) fn harmless(&mut self, place: &Place, path: &str, message: impl Into<String>) {
        if self.strict {
            self.error(place, path, message);
        } else {
            self.warning(place, path, message);
        }
    }

    pub(super) fn has_errors(&self) -> bool {
        !self.problems.is_empty()
    }

    /// The warnings, or the errors; both ordered by source, in the order they were read in.
    pub(super) fn finish(self, sources: &[Arc<str>]) -> Result<Vec<Problem>, ConfigurationError> {
        if self.problems.is_empty() {
            Ok(ordered(self.warnings, sources))
        } else {
            Err(ConfigurationError {
                problems: ordered(self.problems, sources),
            })
        }
    }
}

fn put(found: &mut Vec<Problem>, place: &Place, path: &str, message: String) {
    found.push(Problem {
        place: place.clone(),
        path: path.to_owned(),
        message,
    });
}

/// A setting that several instances inherit is found wrong once for each: once is enough.
fn ordered(mut problems: Vec<Problem>, sources: &[Arc<str>]) -> Vec<Problem> {
    problems.sort_by_key(|problem| {
        let source = problem.place.source();
        let rank = sources.iter().position(|known| **known == *source);
        (
            rank.unwrap_or(sources.len()),
            problem.place.line(),
            problem.place.column(),
        )
    });
    let mut seen = std::collections::HashSet::new();
    problems.retain(|problem| {
        seen.insert((
            problem.place.clone(),
            problem.path.clone(),
            problem.message.clone(),
        ))
    });
    problems
}
