//! Dependencies as pages tell a service to write them.

use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::examples::{Place, blocks, line_of};

const NOT_TOML: &str = "this is marked `toml`, and is none";
const UNPUBLISHED: &str =
    "a crate of this repository by its version, while none is published: give its `path`";
const NO_SUCH_FOLDER: &str = "a `path` where this repository has no crate of that name";
const NO_SUCH_FEATURE: &str = "a feature that the crate does not have";
const OTHER_VERSION: &str =
    "another version than that of the root's `Cargo.toml`, with which the examples are compiled";

/// The dependencies in `pages` that a service cannot have, or of a version that the examples are not
/// compiled with.
///
/// `manifests` are those of the repository, whose copy the pages call `../resilience4rs`. Paths are
/// those in the repository.
#[must_use]
pub fn unmet(manifests: &[(PathBuf, String)], pages: &[(PathBuf, String)]) -> Vec<Place> {
    let manifests: Vec<(&Path, Table)> = manifests
        .iter()
        .filter_map(|(path, text)| Some((path.parent()?, text.parse().ok()?)))
        .collect();
    let mut places = Vec::new();
    for (page, text) in pages {
        for block in blocks(text) {
            if block.words().next() != Some("toml") {
                continue;
            }
            let wrong = match block.code.parse::<Table>() {
                Ok(table) => dependencies(&table)
                    .filter_map(|(name, asked)| wrong(&manifests, name, asked))
                    .collect(),
                Err(_) => vec![NOT_TOML],
            };
            places.extend(wrong.into_iter().map(|wrong| Place {
                page: page.clone(),
                line: line_of(text, block.start),
                wrong,
            }));
        }
    }
    places
}

/// What stands under a heading, or, in a part of a manifest, under none.
fn dependencies(table: &Table) -> impl Iterator<Item = (&String, &Value)> {
    let headed = ["dependencies", "dev-dependencies"]
        .into_iter()
        .filter_map(|heading| table.get(heading)?.as_table());
    headed.chain([table]).flatten()
}

fn wrong(manifests: &[(&Path, Table)], name: &str, asked: &Value) -> Option<&'static str> {
    let ours = manifests
        .iter()
        .find(|(_, manifest)| named(manifest) == Some(name));
    let Some((folder, manifest)) = ours else {
        let (compiled_with, asked) = (workspace_version(manifests, name)?, version(asked)?);
        let rest = compiled_with.strip_prefix(asked);
        let fits = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        return (!fits).then_some(OTHER_VERSION);
    };
    let Some(path) = asked.get("path").and_then(Value::as_str) else {
        return Some(UNPUBLISHED);
    };
    if Path::new(path) != Path::new("../resilience4rs").join(folder) {
        return Some(NO_SUCH_FOLDER);
    }
    let features = asked.get("features").and_then(Value::as_array);
    features
        .into_iter()
        .flatten()
        .any(|feature| {
            let feature = feature.as_str().unwrap_or_default();
            let known = manifest.get("features").and_then(Value::as_table);
            !known.is_some_and(|known| known.contains_key(feature))
        })
        .then_some(NO_SUCH_FEATURE)
}

fn named(manifest: &Table) -> Option<&str> {
    manifest.get("package")?.get("name")?.as_str()
}

fn workspace_version<'a>(manifests: &'a [(&Path, Table)], name: &str) -> Option<&'a str> {
    manifests.iter().find_map(|(_, manifest)| {
        let workspace = manifest.get("workspace")?.get("dependencies")?;
        version(workspace.get(name)?)
    })
}

fn version(dependency: &Value) -> Option<&str> {
    dependency
        .as_str()
        .or_else(|| dependency.get("version")?.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: [&str; 0] = [];

    fn wrong_in(toml: &str) -> Vec<&'static str> {
        let manifests = [
            (
                "Cargo.toml",
                "package.name = 'resilience4rs'\nfeatures.config = []\n\
                 [workspace.dependencies]\nreqwest = { version = '0.13.5' }\ntower = '0.5.3'\n",
            ),
            ("more/Cargo.toml", "package.name = 'resilience-more'\n"),
        ]
        .map(|(path, text)| (PathBuf::from(path), text.to_owned()));
        let pages = [(
            PathBuf::from("a.md"),
            format!("a\n\n```toml\n{toml}\n```\n"),
        )];
        let places = unmet(&manifests, &pages);
        assert!(places.iter().all(|place| place.line == 3));
        places.into_iter().map(|place| place.wrong).collect()
    }

    #[test]
    fn a_crate_of_ours_is_had_by_its_folder() {
        assert_eq!(
            wrong_in("resilience4rs = { path = '../resilience4rs' }"),
            NOTHING
        );
        assert_eq!(
            wrong_in("[dependencies]\nresilience-more = { path = '../resilience4rs/more' }"),
            NOTHING
        );
        assert_eq!(
            wrong_in("[dev-dependencies]\nresilience-more = { path = '../resilience4rs' }"),
            [NO_SUCH_FOLDER]
        );
        assert_eq!(wrong_in("resilience-more = '0.1'"), [UNPUBLISHED]);
    }

    #[test]
    fn a_feature_is_one_that_the_crate_has() {
        let with = |feature: &str| {
            wrong_in(&format!(
                "resilience4rs = {{ path = '../resilience4rs', features = ['{feature}'] }}"
            ))
        };
        assert_eq!(with("config"), NOTHING);
        assert_eq!(with("confg"), [NO_SUCH_FEATURE]);
    }

    #[test]
    fn another_crate_has_the_version_that_examples_are_compiled_with() {
        assert_eq!(
            wrong_in("reqwest = '0.13'\ntower = { version = '0.5' }"),
            NOTHING
        );
        assert_eq!(wrong_in("reqwest = '0.12'"), [OTHER_VERSION]);
        assert_eq!(wrong_in("tower = { version = '0.5.30' }"), [OTHER_VERSION]);
        assert_eq!(wrong_in("reqwest = '0.1'"), [OTHER_VERSION]);
    }

    #[test]
    fn settings_in_toml_are_no_dependencies() {
        assert_eq!(
            wrong_in("[resilience4j.retry.instances.reqwest]\nmaxAttempts = 3"),
            NOTHING
        );
        assert_eq!(wrong_in("tower = "), [NOT_TOML]);
    }
}
