//! The value of a setting, read from the text of a file.

use std::time::Duration;

use resilience_settings::{Kind, Setting, duration};

use super::apply::percentage;
use super::policy::Policy;
use super::spelling::{canonical, nearest, shown};

/// The value of a setting.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum SettingValue {
    /// A percentage or a factor.
    Number(f64),
    /// A whole number.
    Count(u32),
    /// A length of time.
    Duration(Duration),
    /// `true` or `false`.
    Flag(bool),
    /// One of the setting's words, such as `COUNT_BASED`, in the setting's own spelling.
    Choice(&'static str),
    /// A text.
    Text(String),
}

/// Reads what is written for a setting.
///
/// # Errors
/// What is allowed and what was found, in words that follow the path of the key.
pub(super) fn read(policy: Policy, setting: Setting, text: &str) -> Result<SettingValue, String> {
    let text = text.trim();
    let value = match setting.kind {
        Kind::Count { .. } => count(text)
            .filter(|count| setting.check_number((*count).into()).is_ok())
            .map(SettingValue::Count),
        Kind::Percentage => number(text)
            // Of the number that the builder gets, which has fewer digits.
            .filter(|number| setting.check_number(percentage(*number).into()).is_ok())
            .map(SettingValue::Number),
        Kind::Factor { .. } => number(text)
            .filter(|number| setting.check_number(*number).is_ok())
            .map(SettingValue::Number),
        Kind::Duration { .. } => length(text)
            .filter(|length| setting.check_duration(*length).is_ok())
            .map(SettingValue::Duration),
        Kind::Flag => flag(text).map(SettingValue::Flag),
        Kind::Choice(choices) => choices
            .iter()
            .find(|choice| canonical(choice) == canonical(text))
            .map(|choice| SettingValue::Choice(choice)),
        Kind::Text => setting
            .check_text(text)
            .is_ok()
            .then(|| SettingValue::Text(text.to_owned())),
        _ => None,
    };
    let stricter = stricter(policy, setting);
    value
        .filter(|value| stricter.is_none_or(|(_, admits)| admits(value)))
        .ok_or_else(|| {
            let allowed = stricter.map_or_else(|| allowed(setting), |(words, _)| words.to_owned());
            refused(setting, &allowed, text)
        })
}

/// That a setting was given something that is no value at all, such as a map.
pub(super) fn not_a_value(policy: Policy, setting: Setting, found: &str) -> String {
    let allowed =
        stricter(policy, setting).map_or_else(|| allowed(setting), |(words, _)| words.to_owned());
    format!("takes {allowed}, but was {found}")
}

fn allowed(setting: Setting) -> String {
    match setting.kind {
        Kind::Duration { .. } => format!("{}, or a number of milliseconds", setting.kind),
        kind => kind.to_string(),
    }
}

fn refused(setting: Setting, allowed: &str, text: &str) -> String {
    let found = if text.is_empty() {
        "nothing".to_owned()
    } else {
        shown(text)
    };
    let meant = match setting.kind {
        Kind::Choice(choices) => nearest(text, choices.iter().copied()),
        _ => None,
    };
    match meant {
        Some(choice) => format!("takes {allowed}, but was {found}: did you mean \"{choice}\"?"),
        None => format!("takes {allowed}, but was {found}"),
    }
}

type Admits = fn(&SettingValue) -> bool;

/// Where Resilience4j is stricter with a file than with a builder.
fn stricter(policy: Policy, setting: Setting) -> Option<(&'static str, Admits)> {
    match (policy, setting.name) {
        (Policy::CircuitBreaker, "failure_rate_threshold" | "slow_call_rate_threshold") => Some((
            "a percentage from 1 to 100",
            |value| matches!(value, SettingValue::Number(percent) if *percent >= 1.0),
        )),
        (Policy::CircuitBreaker | Policy::Retry, "randomized_wait_factor") => Some((
            "a number of at least 0 and below 1",
            |value| matches!(value, SettingValue::Number(factor) if *factor < 1.0),
        )),
        (Policy::Bulkhead, "max_concurrent_calls") => Some((
            "a whole number of at least 1",
            |value| matches!(value, SettingValue::Count(calls) if *calls >= 1),
        )),
        _ => None,
    }
}

/// Digits, which `_` may part. Not `010`, which is 8 in some versions of YAML.
fn count(text: &str) -> Option<u32> {
    let text = text.strip_prefix('+').unwrap_or(text);
    let is_parted =
        |text: &str| !text.starts_with('_') && !text.ends_with('_') && !text.contains("__");
    let is_octal = text.len() > 1 && text.starts_with('0');
    if is_octal || !is_parted(text) {
        return None;
    }
    let digits = text.replace('_', "");
    let is_whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_whole.then(|| digits.parse().ok()).flatten()
}

/// A decimal number, not `inf` or `nan`.
fn number(text: &str) -> Option<f64> {
    let is_decimal = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-'));
    is_decimal.then(|| text.parse().ok()).flatten()
}

/// As Spring reads them, and its YAML: `yes` and `on` are `true`.
fn flag(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Some(true),
        "false" | "no" | "off" | "0" => Some(false),
        _ => None,
    }
}

/// As Spring reads them: a number alone is milliseconds, and units may be in capitals.
fn length(text: &str) -> Option<Duration> {
    let text = text.to_ascii_lowercase();
    let unsigned = text.strip_prefix('+').unwrap_or(&text);
    let digits = unsigned.bytes().take_while(u8::is_ascii_digit).count();
    let (amount, unit) = unsigned.split_at(digits);
    let whole = || amount.parse::<u64>().ok();
    let parts = |per_second: u64, nanos: u64| {
        let amount = whole()?;
        let rest = u32::try_from(amount % per_second * nanos).ok()?;
        Some(Duration::new(amount / per_second, rest))
    };
    let seconds = |unit: u64| whole()?.checked_mul(unit).map(Duration::from_secs);
    match unit {
        _ if amount.is_empty() => duration::parse(unsigned).ok(),
        "ns" => parts(1_000_000_000, 1),
        "us" => parts(1_000_000, 1_000),
        "" | "ms" => parts(1_000, 1_000_000),
        "s" => seconds(1),
        "m" => seconds(60),
        "h" => seconds(3_600),
        "d" => seconds(86_400),
        _ => duration::parse(unsigned).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_read_as_spring_reads_it() {
        for (text, nanos) in [
            ("10s", 10_000_000_000),
            ("500ms", 500_000_000),
            ("500", 500_000_000),
            ("+5", 5_000_000),
            ("1m", 60_000_000_000),
            ("1M", 60_000_000_000),
            ("2H", 7_200_000_000_000),
            ("1d", 86_400_000_000_000),
            ("500us", 500_000),
            ("10ns", 10),
            ("PT10S", 10_000_000_000),
            ("PT1M", 60_000_000_000),
            ("pt0.5s", 500_000_000),
            ("1m 30s", 90_000_000_000),
            ("1m30s", 90_000_000_000),
            ("1.5s", 1_500_000_000),
            ("1M 30S", 90_000_000_000),
            ("0", 0),
        ] {
            assert_eq!(length(text), Some(Duration::from_nanos(nanos)), "{text}");
        }
        for text in [
            "",
            "-5s",
            "s",
            "ten",
            "PT",
            "10 x",
            "5e3",
            "18446744073709551616s",
            "18446744073709551615d",
        ] {
            assert_eq!(length(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_are_decimal() {
        for (text, expected) in [
            ("0", Some(0)),
            ("100", Some(100)),
            ("1_000", Some(1_000)),
            ("+5", Some(5)),
            ("4294967295", Some(u32::MAX)),
            ("4294967296", None),
            ("010", None),
            ("0x10", None),
            ("1.0", None),
            ("1e3", None),
            ("-1", None),
            ("_1", None),
            ("1__0", None),
            ("", None),
            ("٣", None),
        ] {
            assert_eq!(count(text), expected, "{text}");
        }
        for (text, expected) in [
            ("50", Some(50.0)),
            ("33.3", Some(33.3)),
            ("1e1", Some(10.0)),
            ("-1", Some(-1.0)),
            ("inf", None),
            ("nan", None),
            ("", None),
        ] {
            assert_eq!(number(text), expected, "{text}");
        }
    }
}
