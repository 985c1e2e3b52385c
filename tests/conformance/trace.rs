//! The format of the traces.

use std::fmt;

use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Debug, Deserialize)]
pub(crate) struct Trace {
    pub(crate) id: String,
    pub(crate) config: Config,
    pub(crate) initial: Map<String, Value>,
    pub(crate) steps: Vec<Step>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    pub(crate) sliding_window_type: String,
    pub(crate) sliding_window_size: u32,
    pub(crate) sliding_window_sync: String,
    pub(crate) minimum_number_of_calls: u32,
    pub(crate) failure_rate_threshold: f32,
    pub(crate) slow_call_rate_threshold: f32,
    pub(crate) slow_call_duration_threshold_ns: u64,
    pub(crate) permitted_calls_in_half_open: u32,
    pub(crate) wait_in_open: Interval,
    pub(crate) automatic_transition: bool,
    pub(crate) max_wait_in_half_open_ms: u64,
    pub(crate) half_open_timeout_state: String,
    pub(crate) initial_state: String,
    pub(crate) clock_start_ns: u64,
    #[serde(rename = "durations")]
    pub(crate) _durations: String,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Interval {
    Fixed {
        ms: u64,
    },
    Exponential {
        initial_ms: u64,
        multiplier: f64,
        max_ms: Option<u64>,
    },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    pub(crate) op: String,
    #[serde(rename = "call")]
    pub(crate) _call: Option<u64>,
    pub(crate) duration_ns: Option<u64>,
    pub(crate) kind: Option<ErrorKind>,
    pub(crate) record_as_failure: Option<bool>,
    pub(crate) transition: Option<Transition>,
    pub(crate) ns: Option<u64>,
    pub(crate) at_ns: Option<u64>,
    pub(crate) calls: Option<String>,
    pub(crate) fast_ns: Option<u64>,
    pub(crate) slow_ns: Option<u64>,
    pub(crate) expect: Map<String, Value>,
}

/// How the configured predicates are to classify an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ErrorKind {
    Recorded,
    Ignored,
    NotRecorded,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Transition {
    pub(crate) open_for_ms: Option<u64>,
    pub(crate) open_until_ns: Option<u64>,
}

/// Where a replay did something else than what was recorded.
#[derive(Debug)]
pub(crate) struct Deviation {
    pub(crate) trace: String,
    /// `None` for the state right after construction.
    pub(crate) step: Option<usize>,
    pub(crate) operation: String,
    pub(crate) difference: String,
}

impl Deviation {
    #[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
    pub(crate) fn unreadable(error: serde_json::Error) -> Self {
        Self {
            trace: "that cannot be read".to_owned(),
            step: None,
            operation: String::new(),
            difference: error.to_string(),
        }
    }
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "trace {}, ", self.trace)?;
        match self.step {
            Some(step) => write!(f, "step {step} ({}): ", self.operation)?,
            None => write!(f, "initial state: ")?,
        }
        f.write_str(&self.difference)
    }
}

/// The fields in which two snapshots differ; floating-point numbers within a ten-thousandth are equal.
pub(crate) fn differences(
    expected: &Map<String, Value>,
    actual: &Map<String, Value>,
) -> Option<String> {
    let nothing = Value::String("nothing".to_owned());
    let mut keys: Vec<_> = expected.keys().chain(actual.keys()).collect();
    keys.sort();
    keys.dedup();
    let differing: Vec<_> = keys
        .into_iter()
        .filter_map(|key| {
            let expected = expected.get(key).unwrap_or(&nothing);
            let actual = actual.get(key).unwrap_or(&nothing);
            (!same(expected, actual)).then(|| format!("{key}: expected {expected}, got {actual}"))
        })
        .collect();
    (!differing.is_empty()).then(|| differing.join("; "))
}

fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => match (a.as_f64(), b.as_f64()) {
            (Some(a), Some(b)) => (a - b).abs() < 1e-4,
            _ => false,
        },
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => differences(a, b).is_none(),
        _ => a == b,
    }
}
