//! Where configuration comes from, and how it is read.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::node::{MAX_NODES, Node, Position, Unreadable};
use super::problem::{Place, Report};
use super::{json, toml_text, yaml};

/// How long a source may be, in bytes.
const MAX_BYTES: usize = 1024 * 1024;

/// Where configuration comes from.
#[derive(Debug, Clone)]
pub(super) enum Source {
    File(PathBuf),
    Text(Arc<str>, Format, String),
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Format {
    Yaml,
    Toml,
    Json,
}

/// A document and the source that it is from.
pub(super) struct Document {
    pub(super) source: Arc<str>,
    pub(super) root: Node,
}

impl Source {
    pub(super) fn name(&self) -> Arc<str> {
        match self {
            Self::File(path) => path.to_string_lossy().into(),
            Self::Text(name, ..) => Arc::clone(name),
        }
    }

    pub(super) fn documents(&self, name: &Arc<str>, report: &mut Report) -> Vec<Document> {
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

    /// The directory that a file is in, and the one of what it links to.
    #[cfg(feature = "watch")]
    pub(super) fn directories(&self) -> Vec<PathBuf> {
        let Self::File(path) = self else {
            return Vec::new();
        };
        let linked = path.canonicalize().ok();
        [Some(path.as_path()), linked.as_deref()]
            .into_iter()
            .flatten()
            .filter_map(Path::parent)
            .map(|parent| Path::new(".").join(parent))
            .collect()
    }

    /// The files beside a file that are of profiles, as far as there are any.
    pub(super) fn files_of_profiles(&self, profiles: &[String]) -> Vec<PathBuf> {
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
