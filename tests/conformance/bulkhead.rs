//! Replays one trace of a semaphore bulkhead.

use std::mem;
use std::sync::{Arc, Mutex};

use resilience4rs::{Bulkhead, BulkheadEventKind, Registry};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::trace::{self, Deviation, Replayed, Trace};

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

impl trace::Step for Step {
    fn operation(&self) -> &str {
        &self.op
    }

    fn expected(&self) -> &Map<String, Value> {
        &self.expect
    }
}

struct Replay {
    bulkhead: Bulkhead,
    events: Arc<Mutex<Vec<Value>>>,
}

pub(crate) fn replay(line: &str) -> Result<Replayed, Deviation> {
    let trace: Trace<Config, Step> = serde_json::from_str(line).map_err(Deviation::unreadable)?;
    let replay = Replay::new(&trace.config);
    trace.replay(replay)
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
}

impl trace::Replay<Step> for Replay {
    const PER_STEP: &[&str] = &["permitted", "events"];

    fn perform(&mut self, step: &Step) -> Map<String, Value> {
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
