//! What shared configurations and instances inherit.
//!
//! Resilience4j has two rules for what a level inherits that names no `baseConfig`, and two for the
//! settings that vary a wait. Both are its own, since a file must mean here what it means there.

use std::collections::HashMap;

use super::policy::{Policy, Wait};
use super::problem::Report;
use super::section::{Level, LevelKind, Section};
use super::settings::Settings;
use super::spelling::{Spelling, nearest};

/// A shared configuration with all that it inherits.
#[derive(Debug, Clone)]
pub(super) struct Resolved {
    /// What has an effect.
    pub(super) effective: Settings,
    /// What varies the wait of a level that gives the wait and inherits from this one.
    pub(super) varying: Settings,
    /// The keys that are kept.
    pub(super) kept: Settings,
}

/// What an instance is made of, in two parts, so that others' settings can come between.
#[derive(Debug, Clone)]
pub(super) struct Parts {
    pub(super) shared: Settings,
    pub(super) own: Settings,
}

/// The shared configurations of a policy, each with all that it inherits.
#[derive(Debug, Clone)]
pub(super) struct Shared {
    policy: Policy,
    resolved: HashMap<String, Resolved>,
    /// What the shared configurations say themselves, for the rule of the circuit breaker.
    alone: HashMap<String, Resolved>,
    /// Their names, in order.
    names: Vec<String>,
}

/// What a level inherits from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source<'a> {
    /// A shared configuration with all that it inherits.
    Config(&'a str),
    /// A shared configuration without what it inherits.
    Alone(&'a str),
    Nothing,
}

const DEFAULT: &str = "default";

impl Resolved {
    fn nothing(policy: Policy) -> Self {
        Self {
            effective: Settings::none(policy),
            varying: Settings::none(policy),
            kept: Settings::none(policy),
        }
    }

    /// A level over this one.
    fn with(&self, policy: Policy, level: &Level) -> Self {
        let parts = self.parts(policy, &level.settings);
        let varying = match policy.wait() {
            Some(wait) => {
                let own = level.settings.only(|name| wait.is_inherited(name));
                self.varying.clone().with(&own)
            }
            None => Settings::none(policy),
        };
        Self {
            effective: parts.shared.with(&parts.own),
            varying,
            kept: self.kept.clone().with(&level.kept),
        }
    }

    /// What a level of these settings inherits, and what it adds.
    ///
    /// The wait and what varies it are one: a level that gives the wait varies it anew, and one that
    /// does not leaves it as it is.
    pub(super) fn parts(&self, policy: Policy, own: &Settings) -> Parts {
        let Some(wait) = policy.wait() else {
            return Parts {
                shared: self.effective.clone(),
                own: own.clone(),
            };
        };
        if own.find(wait.duration).is_none() {
            return Parts {
                shared: self.effective.clone(),
                own: own.only(|name| !wait.varies_by(name)),
            };
        }
        let shared = self
            .effective
            .only(|name| !wait.varies_by(name))
            .with(&self.varying);
        let has_multiplier = [&shared, own]
            .iter()
            .any(|settings| settings.find(Wait::MULTIPLIER).is_some());
        let counts = |name: &str| has_multiplier || name != wait.limit;
        Parts {
            shared: shared.only(counts),
            own: own.only(counts),
        }
    }
}

impl Wait {
    /// Whether a setting of a level varies the waits of those that inherit from it.
    fn is_inherited(self, name: &str) -> bool {
        self.is_inherited_into && self.varies_by(name) && name != Self::FACTOR
    }
}

impl Shared {
    /// Resolves the shared configurations, and reports those that there are not and those that
    /// inherit from themselves.
    pub(super) fn of(section: &Section, report: &mut Report) -> Self {
        let policy = section.policy;
        let mut shared = Self {
            policy,
            resolved: HashMap::new(),
            alone: HashMap::new(),
            names: Vec::new(),
        };
        for config in &section.configs.all {
            let alone = Resolved::nothing(policy).with(policy, config);
            shared.alone.insert(config.name.clone(), alone);
            shared.names.push(config.name.clone());
        }
        shared.names.sort_unstable();
        for config in &section.configs.all {
            shared.resolve(section, config, report);
        }
        shared
    }

    /// From the level outwards to one that is resolved already, and back. No function calls itself,
    /// as a file may have any number of shared configurations that inherit from each other.
    fn resolve(&mut self, section: &Section, level: &Level, report: &mut Report) {
        let mut chain: Vec<&Level> = Vec::new();
        let mut on_chain: HashMap<&str, usize> = HashMap::new();
        let mut next = Some(level);
        let mut base = Resolved::nothing(self.policy);
        while let Some(level) = next {
            if let Some(resolved) = self.resolved.get(&level.name) {
                base = resolved.clone();
                break;
            }
            if let Some(start) = on_chain.get(level.name.as_str()) {
                report_loop(&chain[*start..], level, report);
                break;
            }
            on_chain.insert(&level.name, chain.len());
            chain.push(level);
            next = match self.source(LevelKind::Config, level) {
                Source::Config(name) => section.configs.find(name),
                Source::Alone(_) | Source::Nothing => None,
            };
        }
        for level in chain.into_iter().rev() {
            if let Some(given) = &level.base
                && !self.alone.contains_key(&given.name)
            {
                self.report_unknown(level, report);
            }
            base = base.with(self.policy, level);
            self.resolved.insert(level.name.clone(), base.clone());
        }
    }

    /// What a level inherits from, by the rule of its policy.
    fn source<'a>(&self, kind: LevelKind, level: &'a Level) -> Source<'a> {
        match &level.base {
            Some(base) => Source::Config(&base.name),
            None => self.source_without_base(kind, &level.name),
        }
    }

    fn source_without_base<'a>(&self, kind: LevelKind, name: &'a str) -> Source<'a> {
        let has_default = self.alone.contains_key(DEFAULT);
        if self.policy == Policy::CircuitBreaker {
            match kind {
                LevelKind::Instance if self.alone.contains_key(name) => Source::Alone(name),
                LevelKind::Instance if has_default => Source::Config(DEFAULT),
                LevelKind::Instance | LevelKind::Config => Source::Nothing,
            }
        } else if has_default && name != DEFAULT {
            Source::Config(DEFAULT)
        } else {
            Source::Nothing
        }
    }

    /// What an instance inherits; `config` is the shared configuration that its attribute names.
    pub(super) fn base_of_instance(
        &self,
        name: &str,
        level: Option<&Level>,
        config: Option<&str>,
    ) -> Option<Resolved> {
        let given = level.and_then(|level| level.base.as_ref());
        let source = match (given, config) {
            (Some(base), _) => Source::Config(&base.name),
            (None, Some(config)) => Source::Config(config),
            (None, None) => self.source_without_base(LevelKind::Instance, name),
        };
        match source {
            Source::Config(config) => self.resolved.get(config).cloned(),
            Source::Alone(config) => self.alone.get(config).cloned(),
            Source::Nothing => Some(Resolved::nothing(self.policy)),
        }
    }

    /// The names of all, in order.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    pub(super) fn get(&self, name: &str) -> Option<&Resolved> {
        self.resolved.get(name)
    }

    /// That a level names a shared configuration that there is not.
    pub(super) fn report_unknown(&self, level: &Level, report: &mut Report) {
        // Comparing each name with each would take long in a file of thousands.
        const COMPARED: usize = 50;
        let Some(base) = &level.base else { return };
        let names = &self.names[..self.names.len().min(COMPARED)];
        let hint = match nearest(&base.name, names.iter().map(String::as_str)) {
            Some(meant) => format!(": did you mean `{meant}`?"),
            None if names.is_empty() => "; there is none".to_owned(),
            None if names.len() > 10 => String::new(),
            None => format!("; there are `{}`", names.join("`, `")),
        };
        let message = format!(
            "takes the name of a shared configuration of {}, but was \"{}\"{hint}",
            self.policy.plural(),
            base.name
        );
        report.error(&base.place, &base.path, message);
    }

    /// What a level gives and what yet has no effect.
    pub(super) fn report_idle(
        &self,
        kind: LevelKind,
        level: &Level,
        base: &Resolved,
        report: &mut Report,
    ) {
        let Some(wait) = self.policy.wait() else {
            return;
        };
        let parts = base.parts(self.policy, &level.settings);
        for setting in level.settings.iter() {
            let is_inherited = kind == LevelKind::Config && wait.is_inherited(setting.name);
            if parts.own.find(setting.name).is_some() || is_inherited {
                continue;
            }
            let key = setting.path.rsplit('.').next().unwrap_or_default();
            let spelling = Spelling::of(key);
            let needed = if level.settings.find(wait.duration).is_none() {
                wait.duration
            } else {
                Wait::MULTIPLIER
            };
            let message = format!(
                "has no effect without `{}` beside it, here as in Resilience4j: add that, or remove this",
                spelling.spell(needed)
            );
            report.harmless(&setting.place, &setting.path, message);
        }
    }
}

/// `chain` leads from a level over others back to the level itself.
fn report_loop(chain: &[&Level], back: &Level, report: &mut Report) {
    // The last step may be one that nobody wrote, from a level to `default`.
    let Some(base) = chain.iter().rev().find_map(|level| level.base.as_ref()) else {
        return;
    };
    let names = chain.iter().map(|level| level.name.as_str());
    let names: Vec<_> = names.chain([back.name.as_str()]).collect();
    let shown = if names.len() > 8 {
        format!(
            "{} -> … -> {}",
            names[..4].join(" -> "),
            names[names.len() - 1]
        )
    } else {
        names.join(" -> ")
    };
    let message = format!(
        "takes another shared configuration, but was \"{}\", which inherits from this one: {shown}",
        base.name
    );
    report.error(&base.place, &base.path, message);
}
