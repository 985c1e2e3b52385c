//! What all sources say about one policy, before anything is inherited.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::policy::Policy;
use super::problem::Place;
use super::settings::{ConfiguredSetting, Settings};

/// The section of a policy.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) policy: Policy,
    pub(super) configs: Levels,
    pub(super) instances: Levels,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) aspect_order: Option<i32>,
    pub(super) metrics_enabled: Option<bool>,
    pub(super) legacy_metrics_enabled: Option<bool>,
}

/// Levels in the order in which they are first written.
#[derive(Debug, Default)]
pub(super) struct Levels {
    pub(super) all: Vec<Level>,
    by_name: HashMap<String, usize>,
}

impl Levels {
    pub(super) fn find(&self, name: &str) -> Option<&Level> {
        self.by_name.get(name).map(|index| &self.all[*index])
    }
}

/// Which of the two kinds of a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LevelKind {
    Config,
    Instance,
}

/// A shared configuration, or an instance.
#[derive(Debug, Clone)]
pub(super) struct Level {
    pub(super) name: String,
    pub(super) place: Place,
    pub(super) path: String,
    /// Whether only environment variables know it, which cannot spell its name.
    pub(super) is_by_variable: bool,
    pub(super) base: Option<Base>,
    pub(super) settings: Settings,
    pub(super) kept: Settings,
    /// Which document gave which key, by its name in `snake_case`.
    given: Vec<(&'static str, usize, Place)>,
}

/// The shared configuration that a level names.
#[derive(Debug, Clone)]
pub(super) struct Base {
    pub(super) name: String,
    pub(super) place: Place,
    pub(super) path: String,
}

impl Section {
    pub(super) fn new(policy: Policy) -> Self {
        Self {
            policy,
            configs: Levels::default(),
            instances: Levels::default(),
            tags: BTreeMap::new(),
            aspect_order: None,
            metrics_enabled: None,
            legacy_metrics_enabled: None,
        }
    }

    pub(super) fn levels(&mut self, kind: LevelKind) -> &mut Levels {
        match kind {
            LevelKind::Config => &mut self.configs,
            LevelKind::Instance => &mut self.instances,
        }
    }

    /// The level of this name, made if there is none yet.
    pub(super) fn level(
        &mut self,
        kind: LevelKind,
        name: &str,
        place: &Place,
        path: &str,
    ) -> &mut Level {
        let policy = self.policy;
        let levels = self.levels(kind);
        let index = *levels.by_name.entry(name.to_owned()).or_insert_with(|| {
            levels.all.push(Level {
                name: name.to_owned(),
                place: place.clone(),
                path: path.to_owned(),
                is_by_variable: matches!(place, Place::Variable { .. }),
                base: None,
                settings: Settings::none(policy),
                kept: Settings::none(policy),
                given: Vec::new(),
            });
            levels.all.len() - 1
        });
        &mut levels.all[index]
    }
}

impl Level {
    /// Notes that a document gives a key, and says where that document has given it already.
    pub(super) fn give(
        &mut self,
        key: &'static str,
        document: usize,
        place: &Place,
    ) -> Option<Place> {
        match self.given.iter_mut().find(|(given, ..)| *given == key) {
            Some((_, last, at)) if *last == document => Some(at.clone()),
            Some(last) => {
                *last = (key, document, place.clone());
                None
            }
            None => {
                self.given.push((key, document, place.clone()));
                None
            }
        }
    }

    pub(super) fn set(&mut self, setting: ConfiguredSetting) {
        self.settings.put(Arc::new(setting));
    }

    pub(super) fn keep(&mut self, setting: ConfiguredSetting) {
        self.kept.put(Arc::new(setting));
    }
}
