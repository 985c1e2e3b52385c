//! The spellings of a key: `failureRateThreshold`, `failure-rate-threshold`,
//! `failure_rate_threshold`, `FAILURERATETHRESHOLD`.

/// What all spellings of a key have in common: its letters and digits, in lower case.
pub(super) fn canonical(key: &str) -> String {
    key.chars()
        .filter(|character| character.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// How a key is spelt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    Camel,
    Kebab,
    Snake,
    /// As in an environment variable.
    Upper,
}

impl Spelling {
    pub(super) fn of(key: &str) -> Self {
        if !key.chars().any(char::is_lowercase) {
            Self::Upper
        } else if key.contains('-') {
            Self::Kebab
        } else if key.contains('_') {
            Self::Snake
        } else {
            Self::Camel
        }
    }

    /// A `snake_case` name in this spelling.
    pub(super) fn spell(self, snake: &str) -> String {
        match self {
            Self::Snake => snake.to_owned(),
            Self::Kebab => snake.replace('_', "-"),
            Self::Upper => snake.replace('_', "").to_uppercase(),
            Self::Camel => {
                let mut parts = snake.split('_');
                let first = parts.next().unwrap_or_default().to_owned();
                parts.fold(first, |mut spelt, part| {
                    let mut letters = part.chars();
                    spelt.extend(letters.next().into_iter().flat_map(char::to_uppercase));
                    spelt.push_str(letters.as_str());
                    spelt
                })
            }
        }
    }

    /// A message of the settings' own rules, which name other settings in `snake_case` and write
    /// them as Rust does, in the words of a file: `` `enable_exponential_backoff = true` `` becomes
    /// `` `enableExponentialBackoff: true` ``.
    pub(super) fn respell(self, message: &str) -> String {
        message
            .split('`')
            .enumerate()
            .map(|(index, part)| match part.split_once(" = ") {
                _ if index % 2 == 0 => part.to_owned(),
                Some((name, value)) => format!("{}: {}", self.spell(name), value.replace('"', "")),
                // `true` is no name.
                None if part.contains('_') => self.spell(part),
                None => part.to_owned(),
            })
            .collect::<Vec<_>>()
            .join("`")
    }
}

/// The candidate that `written` is most likely a slip of, both compared without regard to spelling.
pub(crate) fn nearest<'a>(
    written: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let written = canonical(written);
    // No key is as long as this; comparing takes time by the product of the lengths.
    if written.len() > 100 {
        return None;
    }
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= 100)
        .map(|candidate| {
            let likeness = strsim::jaro_winkler(&written, &canonical(candidate));
            (candidate, likeness)
        })
        .filter(|(_, likeness)| *likeness > 0.85)
        .max_by(|(_, left), (_, right)| left.total_cmp(right))
        .map(|(candidate, _)| candidate)
}

/// Whether one name is likely a slip of the other, rather than another name of the same kind: they
/// are alike but for capitals, dashes and `_`, for a letter too many, or for two that have changed
/// places. `backendA` and `backendB` are two names, and so are `node1` and `node11`.
pub(crate) fn is_slip(one: &str, other: &str) -> bool {
    if one == other || one.len().max(other.len()) > 100 {
        return false;
    }
    let (one, other) = (canonical(one), canonical(other));
    let digits = |name: &str| {
        name.matches(|c: char| c.is_ascii_digit())
            .collect::<String>()
    };
    if digits(&one) != digits(&other) {
        return false;
    }
    if one.len() == other.len() {
        return one == other
            || strsim::osa_distance(&one, &other) == 1
                && strsim::hamming(&one, &other).is_ok_and(|differ| differ == 2);
    }
    one.len().min(other.len()) >= 4 && strsim::osa_distance(&one, &other) == 1
}

/// A value for a message: numbers as they are, other text in quotes, what is long cut short.
pub(super) fn shown(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut short: String = text
        .chars()
        .take(LONGEST)
        .flat_map(char::escape_debug)
        .collect();
    if text.chars().nth(LONGEST).is_some() {
        short.push('…');
    }
    // Quotes inside are no trouble to a reader.
    let short = short.replace("\\\"", "\"").replace("\\'", "'");
    if text.parse::<f64>().is_ok() {
        short
    } else {
        format!("\"{short}\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_key_is_the_same_key() {
        for spelling in [
            Spelling::Camel,
            Spelling::Kebab,
            Spelling::Snake,
            Spelling::Upper,
        ] {
            let spelt = spelling.spell("failure_rate_threshold");
            assert_eq!(canonical(&spelt), "failureratethreshold", "{spelt}");
            assert_eq!(Spelling::of(&spelt), spelling, "{spelt}");
        }
    }

    #[test]
    fn a_rule_is_worded_as_the_file_is_spelt() {
        assert_eq!(
            Spelling::Camel.respell("`false` where `enable_exponential_backoff` is `true`"),
            "`false` where `enableExponentialBackoff` is `true`"
        );
        assert_eq!(
            Spelling::Kebab.respell("no effect without `budget = \"name\"`: add that"),
            "no effect without `budget: name`: add that"
        );
    }

    #[test]
    fn a_slip_is_recognised_and_another_word_is_not() {
        let keys = ["wait_duration", "max_attempts"];
        assert_eq!(nearest("waitDuraton", keys), Some("wait_duration"));
        assert_eq!(nearest("max-attempt", keys), Some("max_attempts"));
        assert_eq!(nearest("colour", keys), None);
    }

    #[test]
    fn a_slip_of_a_name_is_no_other_name_of_the_same_kind() {
        for (one, other) in [
            ("paymentService", "payment-service"),
            ("paymentService", "paymentServce"),
            ("payments", "payment"),
            ("stock", "stokc"),
        ] {
            assert!(is_slip(one, other), "{one} {other}");
            assert!(is_slip(other, one), "{other} {one}");
        }
        for (one, other) in [
            ("backendA", "backendB"),
            ("node1", "node11"),
            ("eu", "eur"),
            ("payments", "payments"),
            ("payments", "refunds"),
        ] {
            assert!(!is_slip(one, other), "{one} {other}");
        }
    }

    #[test]
    fn a_long_value_is_cut() {
        assert_eq!(shown("50"), "50");
        assert_eq!(shown("a\nb"), "\"a\\nb\"");
        assert_eq!(shown(&"x".repeat(1000)).chars().count(), 63);
    }
}
