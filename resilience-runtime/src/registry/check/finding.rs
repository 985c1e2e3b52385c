use std::fmt;

#[cfg(feature = "config")]
use crate::configuration::Place;
#[cfg(feature = "config")]
use crate::policy::Policy;
use crate::sites::CallSite;

/// Something at which code and configuration do not go together: see
/// [`Registry::check`](crate::Registry::check).
///
/// It prints as one line, with where it is and what may be meant.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum CheckFinding {
    /// The configuration names an instance that nothing uses.
    #[cfg(feature = "config")]
    Unused {
        /// The policy.
        policy: Policy,
        /// The instance's name.
        name: String,
        /// Where the configuration names it.
        place: Place,
        /// An attribute that may be meant: one with a name that reads almost the same, or one of another
        /// policy with that very name.
        meant: Option<CallSite>,
    },
    /// An attribute names an instance that the configuration does not, but one that reads almost the
    /// same.
    #[cfg(feature = "config")]
    Unconfigured {
        /// The attribute.
        site: CallSite,
        /// What may be meant.
        meant: String,
        /// Where the configuration names that.
        place: Place,
    },
    /// An attribute names a shared configuration that there is not.
    NoSuchConfig {
        /// The attribute.
        site: CallSite,
        /// The shared configurations that there are.
        known: Vec<String>,
    },
    /// A time limiter's `cancel_running_future` is off, and an attribute that does not say so drops the
    /// calls that take too long.
    DropsLateCalls {
        /// The attribute.
        site: CallSite,
    },
    /// Two attributes give one instance different settings.
    Disagreement {
        /// The later attribute, by file and line.
        site: CallSite,
        /// The first that gives the instance settings, by file and line; which one is called first, is not
        /// known.
        first: CallSite,
        /// The options that differ, `config` among them: what the first says, and what the other says.
        differences: Vec<(&'static str, Option<&'static str>, Option<&'static str>)>,
    },
}

impl fmt::Display for CheckFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            #[cfg(feature = "config")]
            Self::Unused {
                policy,
                name,
                place,
                meant,
            } => {
                write!(f, "{place}: {policy} '{name}' is configured, and ")?;
                match meant {
                    None => f.write_str("nothing uses it"),
                    Some(site) if site.policy() == *policy => write!(
                        f,
                        "nothing uses it: did you mean '{}' ({})?",
                        name_of(site),
                        Line(site)
                    ),
                    Some(site) => write!(
                        f,
                        "nothing uses it: '{name}' is a {} ({}), whose section is `resilience4j.{}`",
                        site.policy(),
                        Line(site),
                        site.policy().section()
                    ),
                }
            }
            #[cfg(feature = "config")]
            Self::Unconfigured { site, meant, place } => write!(
                f,
                "{}: {} '{}' is not configured: did you mean '{meant}' ({place})?",
                Line(site),
                site.policy(),
                name_of(site),
            ),
            Self::NoSuchConfig { site, known } => {
                write!(
                    f,
                    "{}: {} '{}' starts from the shared configuration `{}`, which there is not; ",
                    Line(site),
                    site.policy(),
                    name_of(site),
                    site.config().unwrap_or_default(),
                )?;
                if known.is_empty() {
                    f.write_str("there is none at all")
                } else {
                    write!(f, "there are `{}`", known.join("`, `"))
                }
            }
            Self::DropsLateCalls { site } => write!(
                f,
                "{}: time limiter '{}' is to let calls that take too long run on, and this attribute drops them: add `cancel_running_future = false` to it, or `true` if they may be dropped",
                Line(site),
                name_of(site),
            ),
            Self::Disagreement {
                site,
                first,
                differences,
            } => {
                write!(
                    f,
                    "{}: {} '{}' has other settings than at {}: ",
                    Line(site),
                    site.policy(),
                    name_of(site),
                    Line(first),
                )?;
                for (place, (option, first, other)) in differences.iter().enumerate() {
                    let separator = if place == 0 { "" } else { ", " };
                    let other = other.unwrap_or("not given");
                    let first = first.unwrap_or("not given");
                    write!(f, "{separator}`{option}` is {other} here and {first} there")?;
                }
                f.write_str("; those of the first that is called count")
            }
        }
    }
}

/// Where an attribute stands.
struct Line<'a>(&'a CallSite);

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.0.file(), self.0.line())
    }
}

fn name_of(site: &CallSite) -> &'static str {
    site.name()
        .or_else(|| site.name_expression())
        .unwrap_or_default()
}
