//! Replays one table of waits.

use std::time::Duration;

use resilience4rs::{RetryConfig, RetryConfigBuilder};
use serde::Deserialize;

use super::trace::{Deviation, Replayed};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Trace {
    id: String,
    #[serde(rename = "seed")]
    _seed: u64,
    function: Interval,
    /// Attempt, wait.
    #[serde(default)]
    table: Vec<(u32, u64)>,
    /// Attempt, shortest and longest wait.
    #[serde(default)]
    bounds: Vec<(u32, u64, u64)>,
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
    Randomized {
        ms: u64,
        randomization_factor: f64,
    },
    ExponentialRandomized {
        initial_ms: u64,
        multiplier: f64,
        randomization_factor: f64,
        max_ms: Option<u64>,
    },
}

/// So many draws come within a twentieth of both ends, but for one time in ten million.
const DRAWS: u32 = 2_000;

pub(crate) fn replay(line: &str) -> Result<Replayed, Deviation> {
    let trace: Trace = serde_json::from_str(line).map_err(Deviation::unreadable)?;
    let config = trace
        .function
        .configure(RetryConfig::builder())
        .build()
        .expect("the recorded settings fit");
    let wait = |attempt| u64::try_from(config.interval(attempt).as_millis()).unwrap();
    let deviation = |row, attempt, difference| Deviation {
        trace: trace.id.clone(),
        step: Some(row),
        operation: format!("attempt {attempt}"),
        difference,
    };
    for (row, &(attempt, expected)) in trace.table.iter().enumerate() {
        let actual = wait(attempt);
        if actual != expected {
            let difference = format!("wait: expected {expected}, got {actual}");
            return Err(deviation(row, attempt, difference));
        }
    }
    for (row, &(attempt, least, most)) in trace.bounds.iter().enumerate() {
        let waits: Vec<_> = (0..DRAWS).map(|_| wait(attempt)).collect();
        let (shortest, longest) = (*waits.iter().min().unwrap(), *waits.iter().max().unwrap());
        let near = most.saturating_sub(least) / 20;
        if shortest < least || longest > most {
            let difference =
                format!("bounds: expected {least} to {most}, got {shortest} to {longest}");
            return Err(deviation(row, attempt, difference));
        }
        if shortest > least + near || longest < most.saturating_sub(near) {
            let difference = format!(
                "bounds: expected all of {least} to {most}, got only {shortest} to {longest}"
            );
            return Err(deviation(row, attempt, difference));
        }
    }
    Ok(Replayed::Passed {
        steps: trace.table.len() + trace.bounds.len(),
    })
}

impl Interval {
    pub(crate) fn configure(&self, builder: RetryConfigBuilder) -> RetryConfigBuilder {
        let exponential = |builder: RetryConfigBuilder, initial_ms, multiplier, max_ms| {
            let builder = builder
                .wait_duration(Duration::from_millis(initial_ms))
                .enable_exponential_backoff(true)
                .exponential_backoff_multiplier(multiplier);
            match max_ms {
                Some(max) => builder.exponential_max_wait_duration(Duration::from_millis(max)),
                None => builder,
            }
        };
        let randomized = |builder: RetryConfigBuilder, factor| {
            builder
                .enable_randomized_wait(true)
                .randomized_wait_factor(factor)
        };
        match *self {
            Self::Fixed { ms } => builder.wait_duration(Duration::from_millis(ms)),
            Self::Exponential {
                initial_ms,
                multiplier,
                max_ms,
            } => exponential(builder, initial_ms, multiplier, max_ms),
            Self::Randomized {
                ms,
                randomization_factor,
            } => randomized(
                builder.wait_duration(Duration::from_millis(ms)),
                randomization_factor,
            ),
            Self::ExponentialRandomized {
                initial_ms,
                multiplier,
                randomization_factor,
                max_ms,
            } => randomized(
                exponential(builder, initial_ms, multiplier, max_ms),
                randomization_factor,
            ),
        }
    }
}
