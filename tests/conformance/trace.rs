//! What the traces have alike, and how those of steps are replayed.

use std::fmt;

use serde::Deserialize;
use serde_json::{Map, Value};

/// A trace of steps, each with what has changed since the one before.
#[derive(Debug, Deserialize)]
pub(crate) struct Trace<C, S> {
    id: String,
    pub(crate) config: C,
    initial: Map<String, Value>,
    steps: Vec<S>,
}

/// A step as it was recorded.
pub(crate) trait Step {
    fn operation(&self) -> &str;

    fn expected(&self) -> &Map<String, Value>;
}

/// An instance that steps are performed with.
pub(crate) trait Replay<S> {
    /// What is checked after a step and forgotten before the next; the rest of what is expected is the
    /// snapshot.
    const PER_STEP: &[&str];

    /// Performs a step and returns what is to be seen of it at once.
    fn perform(&mut self, step: &S) -> Map<String, Value>;

    fn snapshot(&self) -> Map<String, Value>;
}

/// What became of a trace.
#[derive(Debug)]
pub(crate) enum Replayed {
    Passed { steps: usize },
    Skipped(&'static str),
}

impl<C, S: Step> Trace<C, S> {
    pub(crate) fn replay<R: Replay<S>>(self, mut replay: R) -> Result<Replayed, Deviation> {
        let mut expected = self.initial;
        let deviation = |step, operation: &str, difference| Deviation {
            trace: self.id.clone(),
            step,
            operation: operation.to_owned(),
            difference,
        };
        if let Some(difference) = differences(&expected, &replay.snapshot()) {
            return Err(deviation(None, "", difference));
        }
        for (index, step) in self.steps.iter().enumerate() {
            let mut actual = replay.perform(step);
            actual.append(&mut replay.snapshot());
            for key in R::PER_STEP {
                expected.remove(*key);
            }
            expected.extend(step.expected().clone());
            if let Some(difference) = differences(&expected, &actual) {
                return Err(deviation(Some(index), step.operation(), difference));
            }
        }
        Ok(Replayed::Passed {
            steps: self.steps.len(),
        })
    }
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
