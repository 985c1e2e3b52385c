//! Replays the calls of one trace of a retry.

use std::future::{Future, ready};
use std::mem;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use resilience4rs::{Clock, Failure, ManualClock, PolicyError, Registry, Retry, RetryEventKind};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::retry_interval::Interval;
use super::trace::{Deviation, Replayed, differences};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Trace {
    id: String,
    #[serde(rename = "seed")]
    _seed: u64,
    config: Config,
    calls: Vec<Call>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    max_attempts: u32,
    fail_after_max_attempts: bool,
    retry_on_result: bool,
    interval: Interval,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    outcomes: Vec<Outcome>,
    expect: Map<String, Value>,
}

/// What an attempt does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    Ok,
    Bad,
    Retryable,
    Fatal,
}

/// What an attempt brought, and which.
type Brought = Result<(Outcome, usize), (Outcome, usize)>;

struct Replay {
    time: ManualClock,
    retry: Retry,
    events: Arc<Mutex<Vec<Value>>>,
}

pub(crate) fn replay(line: &str) -> Result<Replayed, Deviation> {
    let trace: Trace = serde_json::from_str(line).map_err(Deviation::unreadable)?;
    let replay = Replay::new(&trace.config);
    for (index, call) in trace.calls.iter().enumerate() {
        if let Some(difference) = differences(&call.expect, &replay.perform(&call.outcomes)) {
            return Err(Deviation {
                trace: trace.id,
                step: Some(index),
                operation: "call".to_owned(),
                difference,
            });
        }
    }
    Ok(Replayed::Passed {
        steps: trace.calls.len(),
    })
}

impl Replay {
    fn new(config: &Config) -> Self {
        let time = Clock::manual();
        let retry = Registry::builder()
            .clock(&time)
            .build()
            .retry_with("traced", |builder| {
                let builder = config
                    .interval
                    .configure(builder)
                    .max_attempts(config.max_attempts)
                    .fail_after_max_attempts(config.fail_after_max_attempts)
                    .ignore_error(|(outcome, _): &(Outcome, usize)| *outcome == Outcome::Fatal);
                if config.retry_on_result {
                    builder
                        .retry_on_result(|(outcome, _): &(Outcome, usize)| *outcome == Outcome::Bad)
                } else {
                    builder
                }
            })
            .expect("the recorded settings fit");
        let events = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&events);
        retry.on_event(move |event| log.lock().unwrap().push(event_of(&event.kind)));
        Self {
            time,
            retry,
            events,
        }
    }

    fn perform(&self, outcomes: &[Outcome]) -> Map<String, Value> {
        let mut attempts = 0;
        let mut waits = Vec::new();
        let answer = {
            let mut call = pin!(self.retry.call(|| {
                let outcome = outcomes.get(attempts).copied();
                attempts += 1;
                let brought: Brought = match outcome.expect("the call has ended by now") {
                    outcome @ (Outcome::Ok | Outcome::Bad) => Ok((outcome, attempts)),
                    outcome @ (Outcome::Retryable | Outcome::Fatal) => Err((outcome, attempts)),
                };
                ready(brought)
            }));
            let mut poll = || call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            loop {
                if let Poll::Ready(answer) = poll() {
                    break answer;
                }
                // It waits for as long as it has announced, and not a moment less or more.
                let wait = self.events.lock().unwrap().last().unwrap()["wait_ms"].clone();
                let nanos = wait.as_u64().unwrap() * 1_000_000;
                self.time.advance(Duration::from_nanos(nanos - 1));
                assert!(poll().is_pending(), "a wait of {wait} ms is over too early");
                self.time.advance(Duration::from_nanos(1));
                waits.push(wait);
            }
        };
        let Value::Object(mut seen) = json!({
            "attempts": attempts,
            "waits_ms": waits,
            "events": mem::take(&mut *self.events.lock().unwrap()),
            "metrics": self.metrics(),
        }) else {
            unreachable!()
        };
        let Value::Object(mut ending) = ending_of(answer) else {
            unreachable!()
        };
        seen.append(&mut ending);
        seen
    }

    fn metrics(&self) -> Value {
        let metrics = self.retry.metrics();
        json!({
            "successful_without_retry": metrics.successful_calls_without_retry,
            "successful_with_retry": metrics.successful_calls_with_retry,
            "failed_without_retry": metrics.failed_calls_without_retry,
            "failed_with_retry": metrics.failed_calls_with_retry,
            "total": metrics.total_calls,
        })
    }
}

fn ending_of(answer: Result<(Outcome, usize), Failure<(Outcome, usize)>>) -> Value {
    match answer {
        Ok((_, from_attempt)) => json!({"outcome": "result", "from_attempt": from_attempt}),
        Err(Failure::Call((outcome, from_attempt))) => {
            let error = match outcome {
                Outcome::Retryable => "retryable",
                Outcome::Fatal => "fatal",
                other => panic!("{other:?} is no error"),
            };
            json!({"outcome": "error", "error": error, "from_attempt": from_attempt})
        }
        Err(Failure::Policy(PolicyError::RetriesExhausted(_))) => {
            json!({"outcome": "error", "error": "max_retries_exceeded"})
        }
        Err(Failure::Policy(other)) => json!({"outcome": "error", "error": other.to_string()}),
    }
}

fn event_of(kind: &RetryEventKind) -> Value {
    match kind {
        RetryEventKind::Retry { attempts, wait, .. } => {
            json!({"k": "retry", "attempt": attempts, "wait_ms": millis(*wait)})
        }
        RetryEventKind::Success { attempts, .. } => json!({"k": "success", "attempts": attempts}),
        RetryEventKind::Error { attempts, .. } => json!({"k": "error", "attempts": attempts}),
        RetryEventKind::IgnoredError { .. } => json!({"k": "ignored_error"}),
        other => json!({"k": format!("{other:?}")}),
    }
}

fn millis(wait: Duration) -> u64 {
    u64::try_from(wait.as_millis()).unwrap()
}
