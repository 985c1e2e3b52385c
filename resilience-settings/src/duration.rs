//! Durations as people write them: `30s`, `500ms`, `1m 30s`, and ISO 8601's `PT1M30S`.

use std::time::Duration;

/// A text that is no duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{text}\" is not a duration: write for example \"30s\", \"500ms\", \"1m 30s\" or \"PT30S\""
)]
#[non_exhaustive]
pub struct DurationError {
    /// What was found.
    pub text: String,
}

/// Reads a duration.
///
/// A number needs its unit (`ns`, `us`, `ms`, `s`, `m`, `h`, `d` and their longer names); several
/// parts add up. ISO 8601 durations have days, hours, minutes and seconds, the seconds with up to
/// nine decimals; years, months and weeks have no fixed place in a timeout and are refused.
///
/// # Errors
/// When the text is neither.
///
/// ```
/// use std::time::Duration;
/// use resilience_settings::duration::parse;
///
/// assert_eq!(parse("1m 30s"), Ok(Duration::from_secs(90)));
/// assert_eq!(parse("500ms"), Ok(Duration::from_millis(500)));
/// assert_eq!(parse("PT1M30.5S"), Ok(Duration::from_millis(90_500)));
/// assert!(parse("30").is_err());
/// ```
pub fn parse(text: &str) -> Result<Duration, DurationError> {
    let trimmed = text.trim();
    if trimmed.starts_with(['P', 'p']) {
        parse_iso_8601(trimmed)
    } else if trimmed == "0" {
        // humantime's own spelling of nothing; a bare number has no unit, so ours is not.
        None
    } else {
        humantime::parse_duration(trimmed).ok()
    }
    .ok_or_else(|| DurationError {
        text: text.to_owned(),
    })
}

/// Writes a duration the way [`parse`] reads it.
///
/// ```
/// use std::time::Duration;
/// assert_eq!(resilience_settings::duration::format(Duration::from_secs(90)), "1m 30s");
/// ```
#[must_use]
pub fn format(duration: Duration) -> String {
    humantime::format_duration(duration).to_string()
}

/// `P[nD][T[nH][nM][n[.n]S]]`, at least one part, in this order.
fn parse_iso_8601(text: &str) -> Option<Duration> {
    let upper = text.to_ascii_uppercase();
    let rest = upper.strip_prefix('P')?;
    let (days, time) = match rest.split_once('T') {
        Some((_, "")) => return None,
        Some((days, time)) => (days, time),
        None => (rest, ""),
    };
    if days.is_empty() && time.is_empty() {
        return None;
    }
    let mut total = Duration::ZERO;
    let mut rest = days;
    total = total.checked_add(whole_part(&mut rest, 'D', 86_400)?)?;
    if !rest.is_empty() {
        return None;
    }
    let mut rest = time;
    total = total.checked_add(whole_part(&mut rest, 'H', 3_600)?)?;
    total = total.checked_add(whole_part(&mut rest, 'M', 60)?)?;
    total = total.checked_add(seconds_part(&mut rest)?)?;
    rest.is_empty().then_some(total)
}

/// Takes `<digits><unit>` off the front; a part that is not there is zero.
fn whole_part(rest: &mut &str, unit: char, seconds_per_unit: u64) -> Option<Duration> {
    let Some((digits, tail)) = rest.split_once(unit) else {
        return Some(Duration::ZERO);
    };
    *rest = tail;
    let seconds = parse_digits(digits)?.checked_mul(seconds_per_unit)?;
    Some(Duration::from_secs(seconds))
}

fn seconds_part(rest: &mut &str) -> Option<Duration> {
    let Some((number, tail)) = rest.split_once('S') else {
        return Some(Duration::ZERO);
    };
    *rest = tail;
    let (whole, fraction) = number.split_once(['.', ',']).unwrap_or((number, "0"));
    if fraction.len() > 9 {
        return None;
    }
    let nanos = parse_digits(fraction)? * 10u64.pow(9 - u32::try_from(fraction.len()).ok()?);
    Some(Duration::new(
        parse_digits(whole)?,
        u32::try_from(nanos).ok()?,
    ))
}

/// Digits only: no sign, no blank, which `str::parse` would let through.
fn parse_digits(text: &str) -> Option<u64> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        text.parse().ok()
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_that_is_documented_is_read() {
        for (text, millis) in [
            ("30s", 30_000),
            ("500ms", 500),
            ("1m 30s", 90_000),
            ("1m30s", 90_000),
            ("2h", 7_200_000),
            ("1d", 86_400_000),
            ("PT30S", 30_000),
            ("PT0.5S", 500),
            ("PT1M", 60_000),
            ("PT1H1M1S", 3_661_000),
            ("P1DT1H", 90_000_000),
            ("P2D", 172_800_000),
            ("pt1m", 60_000),
            (" 30s ", 30_000),
        ] {
            assert_eq!(parse(text), Ok(Duration::from_millis(millis)), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in [
            "",
            "30",
            "0",
            "s",
            "-5s",
            "30 seconds!",
            "P",
            "PT",
            "P1M",
            "P1Y",
            "P1W",
            "PT1S1M",
            "PT1.5M",
            "PT-1S",
            "PT+1S",
            "P1D2H",
            "PT0.1234567891S",
            "PT99999999999999999999S",
            "fast",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
