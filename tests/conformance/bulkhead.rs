//! Replays one trace of a semaphore bulkhead.

use std::mem;
use std::sync::{Arc, Mutex};

use resilience4rs::{Bulkhead, BulkheadEventKind, Registry};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::circuit_breaker::Replayed;
use super::trace::{Deviation, differences};

#[derive(Debug, Deserialize)]
struct Trace {
    id: String,
    config: Config,
    initial: Map<String, Value>,
    steps: Vec<Step>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    max_concurrent_calls: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    op: String,
    #[serde(rename = "call")]
    _call: Option<u64>,
    max_concurrent_calls: Option<u32>,
    expect: Map<String, Value>,
}

struct Replay {
    bulkhead: Bulkhead,
    events: Arc<Mutex<Vec<Value>>>,
}

/// What is checked after a step and forgotten before the next; the rest of `expect` is the snapshot.
const PER_STEP: [&str; 2] = ["permitted", "events"];

pub(crate) fn replay(line: &str) -> Result<Replayed, Deviation> {
    let trace: Trace = serde_json::from_str(line).map_err(|error| Deviation {
        trace: "that cannot be read".to_owned(),
        step: None,
        operation: String::new(),
        difference: error.to_string(),
    })?;
    let replay = Replay::new(&trace.config);
    let mut expected = trace.initial;
    let deviation = |step, operation: &str, difference| Deviation {
        trace: trace.id.clone(),
        step,
        operation: operation.to_owned(),
        difference,
    };
    if let Some(difference) = differences(&expected, &replay.snapshot()) {
        return Err(deviation(None, "", difference));
    }
    for (index, step) in trace.steps.iter().enumerate() {
        let mut actual = replay.perform(step);
        actual.append(&mut replay.snapshot());
        for key in PER_STEP {
            expected.remove(key);
        }
        expected.extend(step.expect.clone());
        if let Some(difference) = differences(&expected, &actual) {
            return Err(deviation(Some(index), &step.op, difference));
        }
    }
    Ok(Replayed::Passed {
        steps: trace.steps.len(),
    })
}

impl Replay {
    fn new(config: &Config) -> Self {
        let bulkhead = Registry::new()
            .bulkhead_with("traced", |builder| {
                builder.max_concurrent_calls(config.max_concurrent_calls)
            })
            .expect("the recorded settings fit");
        let events = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&events);
        bulkhead.on_event(move |event| log.lock().unwrap().push(event_of(event.kind)));
        Self { bulkhead, events }
    }

    /// Performs a step and returns what is to be seen of it at once.
    fn perform(&self, step: &Step) -> Map<String, Value> {
        let mut seen = Map::new();
        match &*step.op {
            "try_acquire" => {
                let permitted = self.bulkhead.try_acquire_permission();
                seen.insert("permitted".to_owned(), permitted.into());
            }
            "release" => self.bulkhead.release_permission(),
            "complete" => self.bulkhead.on_complete(),
            "change_max_concurrent" => {
                let calls = step.max_concurrent_calls.unwrap();
                self.bulkhead.change_max_concurrent_calls(calls);
            }
            other => panic!("unknown operation {other}"),
        }
        let events = mem::take(&mut *self.events.lock().unwrap());
        if !events.is_empty() {
            seen.insert("events".to_owned(), events.into());
        }
        seen
    }

    fn snapshot(&self) -> Map<String, Value> {
        let metrics = self.bulkhead.metrics();
        let Value::Object(snapshot) = json!({
            "available": metrics.available_concurrent_calls,
            "max_allowed": metrics.max_allowed_concurrent_calls,
        }) else {
            unreachable!()
        };
        snapshot
    }
}

fn event_of(kind: BulkheadEventKind) -> Value {
    match kind {
        BulkheadEventKind::CallPermitted => json!("call_permitted"),
        BulkheadEventKind::CallRejected => json!("call_rejected"),
        BulkheadEventKind::CallFinished => json!("call_finished"),
        other => json!(format!("{other:?}")),
    }
}
