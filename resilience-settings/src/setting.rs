use std::fmt;
use std::time::Duration;

use crate::duration;

/// One setting of a policy: what it is called and which values it takes.
///
/// ```
/// use resilience_settings::circuit_breaker::FAILURE_RATE_THRESHOLD;
///
/// assert!(FAILURE_RATE_THRESHOLD.check_number(50.0).is_ok());
/// assert_eq!(
///     FAILURE_RATE_THRESHOLD.check_number(150.0).unwrap_err().to_string(),
///     "`failure_rate_threshold` takes a percentage above 0 and at most 100, but was 150",
/// );
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setting {
    /// The name in an attribute and in a builder; configuration files spell it in camel case.
    pub name: &'static str,
    /// The values it takes.
    pub kind: Kind,
}

/// The values that a [`Setting`] takes.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Kind {
    /// A percentage, above 0 and at most 100.
    Percentage,
    /// A whole number between the two, both included.
    Count {
        /// The smallest.
        min: u32,
        /// The largest.
        max: u32,
    },
    /// A real number between the two, both included.
    Factor {
        /// The smallest.
        min: f64,
        /// The largest.
        max: f64,
    },
    /// A length of time, at least this long.
    Duration {
        /// The shortest.
        min: Duration,
    },
    /// `true` or `false`.
    Flag,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A text, which is not blank.
    Text,
}

/// A value that its setting does not take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{setting}` takes {allowed}, but was {found}")]
#[non_exhaustive]
pub struct SettingError {
    /// The setting's name.
    pub setting: &'static str,
    /// What it takes, in words.
    pub allowed: String,
    /// What was found.
    pub found: String,
}

impl SettingError {
    /// An error of a setting that no table knows, such as one that names another instance.
    ///
    /// ```
    /// use resilience_settings::SettingError;
    ///
    /// let error = SettingError::new("config", "the name of a shared configuration", "nothing");
    /// assert_eq!(
    ///     error.to_string(),
    ///     "`config` takes the name of a shared configuration, but was nothing",
    /// );
    /// ```
    #[must_use]
    pub fn new(
        setting: &'static str,
        allowed: impl Into<String>,
        found: impl Into<String>,
    ) -> Self {
        Self {
            setting,
            allowed: allowed.into(),
            found: found.into(),
        }
    }
}

/// A value that its setting takes, and that yet does not do what it says, because of another
/// setting.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SettingDoubt {
    /// The setting's name.
    pub setting: &'static str,
    /// What is doubtful about it, and what to do, in words that follow the name.
    pub doubt: String,
}

impl SettingDoubt {
    pub(crate) fn new(setting: Setting, doubt: impl Into<String>) -> Self {
        Self {
            setting: setting.name,
            doubt: doubt.into(),
        }
    }

    /// Of a setting that does nothing without another one.
    pub(crate) fn idle(setting: Setting, needed: &str) -> Self {
        Self::new(
            setting,
            format!("has no effect without {needed}: add that, or remove this"),
        )
    }
}

impl fmt::Display for SettingDoubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` {}", self.setting, self.doubt)
    }
}

impl Setting {
    pub(crate) const fn new(name: &'static str, kind: Kind) -> Self {
        Self { name, kind }
    }

    /// Checks a number: a percentage, a count or a factor.
    ///
    /// # Errors
    /// When the number is out of range, or the setting is none of the three.
    pub fn check_number(&self, value: f64) -> Result<(), SettingError> {
        let fits = match self.kind {
            Kind::Percentage => value > 0.0 && value <= 100.0,
            Kind::Count { min, max } => {
                value.fract() == 0.0 && value >= f64::from(min) && value <= f64::from(max)
            }
            Kind::Factor { min, max } => value >= min && value <= max,
            _ => false,
        };
        self.admit(fits, value)
    }

    /// Checks a length of time.
    ///
    /// # Errors
    /// When it is too short, or the setting is not a duration.
    pub fn check_duration(&self, value: Duration) -> Result<(), SettingError> {
        let fits = matches!(self.kind, Kind::Duration { min } if value >= min);
        self.admit(fits, duration::format(value))
    }

    /// Checks a word.
    ///
    /// # Errors
    /// When the word is not among the setting's choices.
    pub fn check_choice(&self, value: &str) -> Result<(), SettingError> {
        let fits = matches!(self.kind, Kind::Choice(choices) if choices.contains(&value));
        self.admit(fits, format_args!("\"{value}\""))
    }

    /// Checks a text.
    ///
    /// # Errors
    /// When the text is blank, or the setting takes none.
    pub fn check_text(&self, value: &str) -> Result<(), SettingError> {
        let fits = self.kind == Kind::Text && !value.trim().is_empty();
        self.admit(fits, format_args!("\"{value}\""))
    }

    fn admit(&self, fits: bool, found: impl fmt::Display) -> Result<(), SettingError> {
        if fits {
            Ok(())
        } else {
            Err(self.refuse(found))
        }
    }

    /// The error for a value that this setting does not take.
    #[must_use]
    pub fn refuse(&self, found: impl fmt::Display) -> SettingError {
        SettingError {
            setting: self.name,
            allowed: self.kind.to_string(),
            found: found.to_string(),
        }
    }
}

/// What the kind takes, in words.
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Percentage => f.write_str("a percentage above 0 and at most 100"),
            Self::Count { min, max: u32::MAX } => write!(f, "a whole number of at least {min}"),
            Self::Count { min, max } => write!(f, "a whole number from {min} to {max}"),
            Self::Factor { min, max } if max.is_infinite() => {
                write!(f, "a number of at least {min}")
            }
            Self::Factor { min, max } => write!(f, "a number from {min} to {max}"),
            Self::Duration { min } if min.is_zero() => {
                f.write_str("a duration such as \"30s\", \"500ms\", \"1m 30s\" or \"PT30S\"")
            }
            Self::Duration { min } => write!(
                f,
                "a duration of at least {} such as \"30s\", \"500ms\", \"1m 30s\" or \"PT30S\"",
                duration::format(*min)
            ),
            Self::Text => f.write_str("a text that is not blank"),
            Self::Flag => f.write_str("`true` or `false`"),
            Self::Choice(choices) => {
                for (index, choice) in choices.iter().enumerate() {
                    let joint = match index {
                        0 => "",
                        _ if index + 1 == choices.len() => " or ",
                        _ => ", ",
                    };
                    write!(f, "{joint}\"{choice}\"")?;
                }
                Ok(())
            }
        }
    }
}
