//! What the attributes differ in.

mod bulkhead;
mod circuit_breaker;
mod rate_limiter;
mod retry;
mod time_limiter;

use resilience_settings::{Setting, SettingDoubt, SettingError};

pub(crate) use self::bulkhead::BULKHEAD;
pub(crate) use self::circuit_breaker::CIRCUIT_BREAKER;
pub(crate) use self::rate_limiter::RATE_LIMITER;
pub(crate) use self::retry::{RETRY, given as given_to_retry};
pub(crate) use self::time_limiter::TIME_LIMITER;
use crate::settings::Settings;

/// One attribute: its name, and what only it has.
#[derive(Debug)]
pub(crate) struct Policy {
    /// The attribute's name, as the user writes it.
    pub(crate) attribute: &'static str,
    /// What the policy is called in a message.
    pub(crate) noun: &'static str,
    /// What it makes of a call, in a message to those whose result has no place for that.
    pub(crate) failed_call: &'static str,
    /// Options that take a pattern.
    pub(crate) patterns: &'static [&'static str],
    /// Options of this attribute alone that are neither patterns nor settings.
    pub(crate) others: &'static [&'static str],
    /// Options that are settings of the policy.
    pub(crate) settings: &'static [Setting],
    /// The rules between settings.
    pub(crate) rules: fn(&Settings) -> Vec<SettingError>,
    /// What is doubtful about settings that no rule refuses.
    pub(crate) doubts: fn(&Settings) -> Vec<SettingDoubt>,
    /// The type, at the facade's root, whose values a setting with choices takes.
    pub(crate) choice_type: fn(&Setting) -> &'static str,
    /// What `kind = ".."` makes of the attribute; the first is what it is without.
    pub(crate) kinds: &'static [Kind],
    /// Names in the runtime.
    pub(crate) runtime: Runtime,
}

/// One policy of several that share an attribute.
#[derive(Debug)]
pub(crate) struct Kind {
    /// What `kind` says.
    pub(crate) name: &'static str,
    pub(crate) policy: &'static Policy,
}

/// What the policy is in the runtime.
#[derive(Debug)]
pub(crate) struct Runtime {
    /// The type of an instance, at the facade's root, and the name of the policy among all.
    pub(crate) instance: &'static str,
    /// How the policy stands around a call.
    pub(crate) form: Form,
}

/// How a policy stands around a call; the names are functions of the runtime's `__private`.
#[derive(Debug)]
pub(crate) enum Form {
    /// A function of policy, classification and call.
    Judging {
        future: &'static str,
        blocking: &'static str,
    },
    /// A function of policy, permits and call.
    Weighing {
        future: &'static str,
        blocking: &'static str,
    },
    /// A function of policy and call.
    Enclosing {
        future: &'static str,
        blocking: &'static str,
    },
    /// The same, for futures only.
    Async {
        /// Around a call that stays with its caller.
        attached: &'static str,
        /// Around one that may outlive its caller.
        detached: &'static str,
        /// Whether it is one that may.
        detaches: fn(&Settings) -> Option<Detached>,
        /// Why a plain call cannot have it.
        why: &'static str,
    },
    /// A loop in the expansion.
    Repeating,
}

/// What lets a call outlive its caller.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Detached {
    /// The option, as it is written.
    pub(crate) option: &'static str,
    /// What it does to the call.
    pub(crate) what: &'static str,
}

/// Every policy; of several kinds, the one that is meant without `kind`.
pub(crate) static POLICIES: &[&Policy] = &[
    &CIRCUIT_BREAKER,
    &RETRY,
    &RATE_LIMITER,
    &BULKHEAD,
    &TIME_LIMITER,
];

/// Options that every attribute has.
const SHARED_OPTIONS: &[&str] = &["name", "config", "registry", "fallback", "plain", "crate"];

impl Policy {
    /// Every option of the attribute, the shared ones first.
    pub(crate) fn option_names(&self) -> impl Iterator<Item = &'static str> {
        SHARED_OPTIONS.iter().copied().chain(self.own_options())
    }

    /// The options that not every attribute has.
    pub(crate) fn own_options(&self) -> impl Iterator<Item = &'static str> {
        self.others
            .iter()
            .chain(self.patterns)
            .copied()
            .chain(self.settings.iter().map(|setting| setting.name))
    }

    /// The setting of that name.
    pub(crate) fn setting(&self, name: &str) -> Option<&'static Setting> {
        self.settings.iter().find(|setting| setting.name == name)
    }

    /// Whether it calls what is inside more than once.
    pub(crate) fn repeats(&self) -> bool {
        matches!(self.runtime.form, Form::Repeating)
    }
}

impl PartialEq for Policy {
    /// Whether instances of the two are of one type.
    fn eq(&self, other: &Self) -> bool {
        self.runtime.instance == other.runtime.instance
    }
}

/// Of a policy none of whose settings has choices.
fn no_choices(_: &Setting) -> &'static str {
    ""
}
