//! The format of a circuit breaker's traces.

use serde::Deserialize;
use serde_json::{Map, Value};

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
