//! Numbers and times as Java writes them, which is what readers of these endpoints expect.

use std::fmt;
use std::time::SystemTime;

use serde::{Serialize, Serializer};

/// A `float` as `Float.toString` has it, of JDK 19 and later.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct JavaFloat(pub(crate) f32);

impl fmt::Display for JavaFloat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.0;
        if number.is_nan() {
            return f.write_str("NaN");
        }
        if number.is_infinite() {
            return f.write_str(if number > 0.0 {
                "Infinity"
            } else {
                "-Infinity"
            });
        }
        let is_plain = number == 0.0 || (1e-3..1e7).contains(&number.abs());
        if is_plain {
            // With the fewest digits that tell it from its neighbours, and at least one after the point.
            return write!(f, "{number:?}");
        }
        let text = format!("{number:E}");
        match text.split_once('E') {
            Some((digits, exponent)) if !digits.contains('.') => {
                write!(f, "{digits}.0E{exponent}")
            }
            _ => f.write_str(&text),
        }
    }
}

/// A rate: `"-1.0%"`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Percent(pub(crate) f32);

impl Serialize for Percent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}%", JavaFloat(self.0)))
    }
}

/// A time as a `ZonedDateTime` prints, in UTC and always with milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Zoned(pub(crate) SystemTime);

impl fmt::Display for Zoned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[UTC]", humantime::format_rfc3339_millis(self.0))
    }
}

impl Serialize for Zoned {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    #[test]
    fn floats_are_as_java_prints_them() {
        for (number, text) in [
            (-1.0, "-1.0"),
            (0.0, "0.0"),
            (100.0, "100.0"),
            (33.333_332, "33.333332"),
            (66.666_664, "66.666664"),
            (0.1, "0.1"),
            (0.001, "0.001"),
            (0.000_1, "1.0E-4"),
            (0.000_123, "1.23E-4"),
            (9_999_999.0, "9999999.0"),
            (1e7, "1.0E7"),
            (1.5e10, "1.5E10"),
            (f32::NAN, "NaN"),
            (f32::NEG_INFINITY, "-Infinity"),
        ] {
            assert_eq!(JavaFloat(number).to_string(), text);
        }
    }

    #[test]
    fn times_are_in_utc_and_say_so() {
        let time = UNIX_EPOCH + Duration::from_millis(1_777_965_857_123);
        assert_eq!(Zoned(time).to_string(), "2026-05-05T07:24:17.123Z[UTC]");
        assert_eq!(
            Zoned(UNIX_EPOCH).to_string(),
            "1970-01-01T00:00:00.000Z[UTC]"
        );
    }
}
