//! Settings in an attribute: read from literals and checked by the policy's own table.

use std::fmt;
use std::time::Duration;

use proc_macro2::Span;
use resilience_settings::{Kind, Setting, duration, retry};
use syn::spanned::Spanned;
use syn::{Expr, Lit, Meta, UnOp};

use crate::options::list::nearest;
use crate::options::value::{as_written, assigned, error_at};
use crate::policy::Policy;

/// The settings that an attribute gives, in the order in which they are written.
#[derive(Debug)]
pub(crate) struct Settings {
    values: Vec<Given>,
    doubts: Vec<Doubt>,
}

/// One setting.
#[derive(Debug)]
struct Given {
    setting: &'static Setting,
    value: Value,
    name: Span,
}

/// Something that does not do what it says.
#[derive(Debug)]
pub(crate) struct Doubt {
    /// Where that stands.
    pub(crate) at: Span,
    /// What to call it, in a compiler's name for something doubtful.
    pub(crate) subject: &'static str,
    /// What is doubtful about it, and what to do.
    pub(crate) text: String,
}

impl Doubt {
    pub(crate) fn of_setting(at: Span, text: String) -> Self {
        Self {
            at,
            subject: "doubtful_setting",
            text,
        }
    }

    pub(crate) fn of_fallback(at: Span, text: String) -> Self {
        Self {
            at,
            subject: "doubtful_fallback",
            text,
        }
    }
}

/// A value that its setting takes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Percentage(f32),
    Count(u32),
    Factor(f64),
    Duration(Duration),
    Flag(bool),
    Choice(&'static str),
    Text(String),
}

impl Settings {
    /// Checks the settings one by one, and then against each other.
    pub(crate) fn check(policy: &Policy, written: &[Meta]) -> darling::Result<Self> {
        let mut errors = darling::Error::accumulator();
        let mut values = Vec::new();
        for meta in written {
            let name = darling::util::path_to_string(meta.path());
            let Some(setting) = policy.setting(&name) else {
                continue;
            };
            if let Some(value) = errors.handle(read(setting, meta)) {
                values.push(Given {
                    setting,
                    value,
                    name: meta.path().span(),
                });
            }
        }
        let mut settings = Self {
            values,
            doubts: Vec::new(),
        };
        let place = |setting| written.iter().find(|meta| meta.path().is_ident(setting));
        for broken in (policy.rules)(&settings) {
            errors.push(match place(broken.setting) {
                Some(meta) => error_at(meta, broken),
                None => darling::Error::custom(broken),
            });
        }
        settings.doubts = (policy.doubts)(&settings)
            .into_iter()
            .filter_map(|what| {
                let at = place(what.setting)?.path().span();
                Some(Doubt::of_setting(at, what.to_string()))
            })
            .collect();
        errors.finish_with(settings)
    }

    /// The value of the setting of that name, where it is given.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.values
            .iter()
            .find(|given| given.setting.name == name)
            .map(|given| &given.value)
    }

    /// Where the setting's name stands, if it is given.
    pub(crate) fn place(&self, setting: Setting) -> Option<Span> {
        self.values
            .iter()
            .find(|given| given.setting.name == setting.name)
            .map(|given| given.name)
    }

    pub(crate) fn percentage(&self, setting: Setting) -> Option<f32> {
        match self.get(setting.name)? {
            Value::Percentage(share) => Some(*share),
            _ => None,
        }
    }

    pub(crate) fn count(&self, setting: Setting) -> Option<u32> {
        match self.get(setting.name)? {
            Value::Count(count) => Some(*count),
            _ => None,
        }
    }

    pub(crate) fn factor(&self, setting: Setting) -> Option<f64> {
        match self.get(setting.name)? {
            Value::Factor(factor) => Some(*factor),
            _ => None,
        }
    }

    pub(crate) fn duration(&self, setting: Setting) -> Option<Duration> {
        match self.get(setting.name)? {
            Value::Duration(length) => Some(*length),
            _ => None,
        }
    }

    pub(crate) fn flag(&self, setting: Setting) -> Option<bool> {
        match self.get(setting.name)? {
            Value::Flag(flag) => Some(*flag),
            _ => None,
        }
    }

    pub(crate) fn choice(&self, setting: Setting) -> Option<&'static str> {
        match self.get(setting.name)? {
            Value::Choice(choice) => Some(choice),
            _ => None,
        }
    }

    /// Setting and value, as written.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'static Setting, &Value)> {
        self.values
            .iter()
            .map(|given| (given.setting, &given.value))
    }

    /// What is doubtful about them.
    pub(crate) fn doubts(&self) -> &[Doubt] {
        &self.doubts
    }
}

/// As the builder gets it: two ways to write one value come to the same.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Percentage(share) => share.fmt(f),
            Self::Count(count) => count.fmt(f),
            Self::Factor(factor) => factor.fmt(f),
            Self::Duration(length) => f.write_str(&duration::format(*length)),
            Self::Flag(flag) => flag.fmt(f),
            Self::Choice(choice) => f.write_str(choice),
            Self::Text(text) => f.write_str(text),
        }
    }
}

fn read(setting: &Setting, meta: &Meta) -> darling::Result<Value> {
    let example = example(setting);
    let expression = assigned(meta, &format!("{} = {example}", setting.name))?;
    let value = match (setting.kind, bare(expression)) {
        (Kind::Percentage, Bare::Number(number)) => number
            .parse()
            .ok()
            .filter(|share| setting.check_number(f64::from(*share)).is_ok())
            .map(Value::Percentage),
        (Kind::Count { .. }, Bare::Number(number)) => number
            .parse()
            .ok()
            .filter(|count| setting.check_number(f64::from(*count)).is_ok())
            .map(Value::Count),
        (Kind::Factor { .. }, Bare::Number(number)) => number
            .parse()
            .ok()
            .filter(|factor| setting.check_number(*factor).is_ok())
            .map(Value::Factor),
        (Kind::Duration { .. }, Bare::Text(text)) => {
            let length = duration::parse(&text)
                .map_err(|error| error_at(expression, format!("`{}`: {error}", setting.name)))?;
            setting
                .check_duration(length)
                .map_err(|error| error_at(expression, error))?;
            Some(Value::Duration(length))
        }
        (Kind::Text, Bare::Text(text)) => {
            setting
                .check_text(&text)
                .map_err(|error| error_at(expression, error))?;
            Some(Value::Text(text))
        }
        (Kind::Flag, Bare::Flag(flag)) => Some(Value::Flag(flag)),
        (Kind::Choice(choices), Bare::Text(text)) => choices
            .iter()
            .find(|choice| **choice == text)
            .map(|choice| Value::Choice(choice)),
        _ => None,
    };
    value.ok_or_else(|| error_at(expression, refusal(setting, expression)))
}

/// A literal without its dress.
enum Bare {
    Number(String),
    Text(String),
    Flag(bool),
    Other,
}

fn bare(expression: &Expr) -> Bare {
    match expression {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(number) => Bare::Number(number.base10_digits().to_owned()),
            Lit::Float(number) => Bare::Number(number.base10_digits().to_owned()),
            Lit::Str(text) => Bare::Text(text.value()),
            Lit::Bool(flag) => Bare::Flag(flag.value),
            _ => Bare::Other,
        },
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => match bare(&unary.expr) {
            Bare::Number(number) => Bare::Number(format!("-{number}")),
            _ => Bare::Other,
        },
        Expr::Group(group) => bare(&group.expr),
        _ => Bare::Other,
    }
}

/// What is wrong with a value, and what to write where one can tell.
fn refusal(setting: &Setting, expression: &Expr) -> String {
    let name = setting.name;
    let found = match expression {
        Expr::Lit(_) | Expr::Unary(_) => as_written(expression),
        _ => format!("`{}`", as_written(expression)),
    };
    let refused = setting.refuse(found);
    match (setting.kind, bare(expression)) {
        (Kind::Percentage | Kind::Count { .. } | Kind::Factor { .. }, Bare::Text(text))
            if text.trim().parse::<f64>().is_ok() =>
        {
            format!(
                "{refused}: write it without quotes, `{name} = {}`",
                text.trim()
            )
        }
        (Kind::Duration { .. }, Bare::Number(number)) => {
            format!(
                "{refused}: write it as text with its unit, for example `{name} = \"{number}s\"`"
            )
        }
        (Kind::Flag, Bare::Text(text)) if text.parse::<bool>().is_ok() => {
            format!("{refused}: write it without quotes, `{name} = {text}`")
        }
        (Kind::Choice(choices), Bare::Text(text)) => {
            match nearest(&text.replace('-', "_"), choices.iter().copied()) {
                Some(choice) => format!("{refused}: did you mean \"{choice}\"?"),
                None => refused.to_string(),
            }
        }
        (Kind::Text, Bare::Number(share)) if is_share_of_budget(setting, &share) => {
            format!(
                "{refused}: name the budget, `{name} = \"payments\"`, and write the percentage of calls that may be retried as `{} = {share}`",
                retry::BUDGET_PERCENTAGE.name
            )
        }
        (Kind::Text, Bare::Number(text)) => {
            format!("{refused}: write it in quotes, `{name} = \"{text}\"`")
        }
        (Kind::Text, Bare::Other) if !last_word(expression).is_empty() => {
            format!(
                "{refused}: write it in quotes, `{name} = \"{}\"`",
                last_word(expression)
            )
        }
        (Kind::Choice(choices), Bare::Other) => {
            let word = last_word(expression);
            let choice = nearest(&word, choices.iter().copied()).unwrap_or(choices[0]);
            format!("{refused}: write it as text, for example `{name} = \"{choice}\"`")
        }
        (_, Bare::Other) => format!(
            "{refused}: write the value out, for example `{name} = {}`, so that it can be checked when compiling; a value known only at run time belongs in the registry",
            example(setting)
        ),
        _ => refused.to_string(),
    }
}

/// Whether a budget's percentage is given in place of its name.
fn is_share_of_budget(setting: &Setting, number: &str) -> bool {
    let share = number.parse();
    setting.name == retry::BUDGET.name
        && share.is_ok_and(|share| retry::BUDGET_PERCENTAGE.check_number(share).is_ok())
}

/// `HALF_OPEN` of `State::HalfOpen`.
fn last_word(expression: &Expr) -> String {
    let Expr::Path(path) = expression else {
        return String::new();
    };
    path.path
        .segments
        .last()
        .map(|segment| segment.ident.to_string())
        .unwrap_or_default()
}

/// A value that the setting takes, as it is typed.
fn example(setting: &Setting) -> String {
    match setting.kind {
        Kind::Percentage => "50".to_owned(),
        Kind::Count { .. } => "10".to_owned(),
        Kind::Factor { max, .. } if max <= 1.0 => "0.5".to_owned(),
        Kind::Factor { .. } => "2.0".to_owned(),
        Kind::Duration { .. } => "\"30s\"".to_owned(),
        Kind::Flag => "true".to_owned(),
        Kind::Text => "\"payments\"".to_owned(),
        Kind::Choice(choices) => format!("\"{}\"", choices.first().unwrap_or(&"")),
        _ => "…".to_owned(),
    }
}
