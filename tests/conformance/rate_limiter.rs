//! Replays one trace of a rate limiter.

use std::mem;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use resilience4rs::{Clock, ManualClock, PolicyError, RateLimiter, RateLimiterEventKind, Registry};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::trace::{self, Deviation, Replayed, Trace};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    limit_for_period: u32,
    limit_refresh_period_ns: u64,
    timeout_ns: u64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    op: String,
    permits: Option<u32>,
    limit: Option<u32>,
    timeout_ns: Option<u64>,
    ns: Option<u64>,
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
    time: ManualClock,
    limiter: RateLimiter,
    events: Arc<Mutex<Vec<Value>>>,
}

/// Longer than any caller waits.
const LONG: Duration = Duration::from_secs(1_000_000);

pub(crate) fn replay(line: &str) -> Result<Replayed, Deviation> {
    let trace: Trace<Config, Step> = serde_json::from_str(line).map_err(Deviation::unreadable)?;
    let replay = Replay::new(&trace.config);
    trace.replay(replay)
}

impl Replay {
    fn new(config: &Config) -> Self {
        let time = Clock::manual();
        let limiter = Registry::builder()
            .clock(&time)
            .build()
            .rate_limiter_with("traced", |builder| {
                builder
                    .limit_for_period(config.limit_for_period)
                    .limit_refresh_period(Duration::from_nanos(config.limit_refresh_period_ns))
                    .timeout_duration(Duration::from_nanos(config.timeout_ns))
            })
            .expect("the recorded settings fit");
        let events = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&events);
        limiter.on_event(move |event| log.lock().unwrap().push(event_of(event.kind)));
        Self {
            time,
            limiter,
            events,
        }
    }

    /// Acquires on a thread of its own, and moves the clock until that is done. How long it waited
    /// is exact where it is as expected; else it is the nanosecond before or after that.
    fn acquire(&self, permits: u32, expected: u64) -> (Result<(), PolicyError>, u64) {
        let limiter = self.limiter.clone();
        let caller = thread::spawn(move || limiter.acquire_blocking(permits));
        while !caller.is_finished() && !self.somebody_waits() {
            thread::yield_now();
        }
        let mut waited = 0;
        if !caller.is_finished() {
            let before = expected.saturating_sub(1);
            for until in [before, expected, expected + 1] {
                self.time.advance(Duration::from_nanos(until - waited));
                waited = until;
                if !self.somebody_waits() {
                    break;
                }
            }
            if self.somebody_waits() {
                self.time.advance(LONG);
            }
        }
        (caller.join().unwrap(), waited)
    }

    fn somebody_waits(&self) -> bool {
        self.time.timers() > 0
    }
}

impl trace::Replay<Step> for Replay {
    const PER_STEP: &[&str] = &["permitted", "waited_ns", "wait_ns", "events"];

    fn perform(&mut self, step: &Step) -> Map<String, Value> {
        let mut seen = Map::new();
        match &*step.op {
            "reserve" => {
                let wait = match self.limiter.reserve(step.permits.unwrap()) {
                    Ok(wait) => u64::try_from(wait.as_nanos()).unwrap().into(),
                    Err(_) => json!(-1),
                };
                seen.insert("wait_ns".to_owned(), wait);
            }
            "acquire" => {
                let expected = step.expect["waited_ns"].as_u64().unwrap();
                let (acquired, waited) = self.acquire(step.permits.unwrap(), expected);
                seen.insert("permitted".to_owned(), acquired.is_ok().into());
                seen.insert("waited_ns".to_owned(), waited.into());
            }
            "drain" => self.limiter.drain_permissions(),
            "change_limit" => self
                .limiter
                .change_limit_for_period(step.limit.unwrap())
                .expect("the recorded limits fit"),
            "change_timeout" => self
                .limiter
                .change_timeout_duration(Duration::from_nanos(step.timeout_ns.unwrap())),
            "advance" => self.time.advance(Duration::from_nanos(step.ns.unwrap())),
            other => panic!("unknown operation {other}"),
        }
        let events = mem::take(&mut *self.events.lock().unwrap());
        if !events.is_empty() {
            seen.insert("events".to_owned(), events.into());
        }
        seen
    }

    fn snapshot(&self) -> Map<String, Value> {
        let metrics = self.limiter.metrics();
        let snapshot = json!({
            "available": metrics.available_permissions,
            "wait_for_one_ns": metrics.nanos_to_wait,
        });
        snapshot.as_object().unwrap().clone()
    }
}

fn event_of(kind: RateLimiterEventKind) -> Value {
    match kind {
        RateLimiterEventKind::SuccessfulAcquire { permits } => {
            json!({"k": "successful_acquire", "permits": permits})
        }
        RateLimiterEventKind::FailedAcquire { permits } => {
            json!({"k": "failed_acquire", "permits": permits})
        }
        RateLimiterEventKind::Drained { .. } => json!({"k": "drained"}),
        other => json!({"k": format!("{other:?}")}),
    }
}
