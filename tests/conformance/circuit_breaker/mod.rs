//! Replays one trace of a circuit breaker.

mod format;

use std::any::Any;
use std::collections::BTreeMap;
use std::mem;
use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};

use resilience4rs::{
    CircuitBreaker, CircuitBreakerConfigBuilder, CircuitBreakerEventKind, IllegalTransition,
    ManualClock, OpenFor, Registry, SlidingWindowType, State,
};
use serde_json::{Map, Value, json};

use super::trace::{self, Deviation, Replayed, Trace};
use format::{Config, ErrorKind, Interval, Step, Transition};

/// What a failed call of a trace returns: it says how it is to be classified.
struct TraceError {
    kind: ErrorKind,
    transition: Option<Transition>,
}

struct TraceValue {
    is_failure: bool,
    transition: Option<Transition>,
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
    breaker: CircuitBreaker,
    events: Arc<Mutex<Vec<Value>>>,
}

/// The events of a batch's own calls, which it counts instead of listing them.
const PER_CALL_EVENTS: [&str; 4] = ["success", "error", "ignored_error", "not_permitted"];

pub(crate) fn replay(line: &str) -> Result<Replayed, Deviation> {
    let trace: Trace<Config, Step> = serde_json::from_str(line).map_err(Deviation::unreadable)?;
    if trace.config.sliding_window_type == "TIME_BASED"
        && trace.config.sliding_window_sync == "LOCK_FREE"
    {
        return Ok(Replayed::Skipped("with time windows of the LOCK_FREE kind"));
    }
    let replay = Replay::new(&trace.config);
    trace.replay(replay)
}

impl Replay {
    fn new(config: &Config) -> Self {
        let time =
            ManualClock::starting_at(UNIX_EPOCH + Duration::from_nanos(config.clock_start_ns));
        let breaker = Registry::builder()
            .clock(&time)
            .build()
            .circuit_breaker_with("traced", |builder| configure(builder, config))
            .expect("the recorded settings fit");
        let events = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&events);
        breaker.on_event(move |event| log.lock().unwrap().push(event_of(event.kind)));
        Self {
            time,
            breaker,
            events,
        }
    }

    fn transition(&self, step: &Step) -> Result<(), IllegalTransition> {
        match &*step.op {
            "to_closed" => self.breaker.transition_to_closed(),
            "to_open" => self.breaker.transition_to_open(),
            "to_open_for" => self
                .breaker
                .transition_to_open_for(Duration::from_nanos(step.ns.unwrap())),
            "to_open_until" => {
                let at = UNIX_EPOCH + Duration::from_nanos(step.at_ns.unwrap());
                self.breaker.transition_to_open_until(at)
            }
            "to_half_open" => self.breaker.transition_to_half_open(),
            "to_forced_open" => self.breaker.transition_to_forced_open(),
            "to_disabled" => self.breaker.transition_to_disabled(),
            "to_metrics_only" => self.breaker.transition_to_metrics_only(),
            other => panic!("unknown operation {other}"),
        }
    }

    fn perform_batch(&mut self, step: &Step, seen: &mut Map<String, Value>) {
        let mut permitted = 0;
        for call in step.calls.as_deref().unwrap().chars() {
            if !self.breaker.try_acquire_permission() {
                continue;
            }
            permitted += 1;
            let nanos = if call.is_uppercase() {
                step.slow_ns
            } else {
                step.fast_ns
            };
            let elapsed = Duration::from_nanos(nanos.unwrap());
            let kind = match call.to_ascii_lowercase() {
                's' => {
                    self.breaker.on_success(elapsed);
                    continue;
                }
                'e' => ErrorKind::Recorded,
                'i' => ErrorKind::Ignored,
                'n' => ErrorKind::NotRecorded,
                other => panic!("unknown call {other}"),
            };
            self.breaker.on_error(
                elapsed,
                &TraceError {
                    kind,
                    transition: None,
                },
            );
        }
        let mut counts = BTreeMap::<String, usize>::new();
        self.events.lock().unwrap().retain(|event| {
            let kind = event["k"].as_str().unwrap();
            let is_counted = PER_CALL_EVENTS.contains(&kind);
            if is_counted {
                *counts.entry(kind.to_owned()).or_default() += 1;
            }
            !is_counted
        });
        seen.insert("permitted_count".to_owned(), permitted.into());
        seen.insert("event_counts".to_owned(), json!(counts));
    }
}

impl trace::Replay<Step> for Replay {
    const PER_STEP: &[&str] = &[
        "permitted",
        "error",
        "permitted_count",
        "event_counts",
        "events",
    ];

    fn perform(&mut self, step: &Step) -> Map<String, Value> {
        let mut seen = Map::new();
        let elapsed = || Duration::from_nanos(step.duration_ns.unwrap());
        match &*step.op {
            "try_acquire" => {
                seen.insert(
                    "permitted".to_owned(),
                    self.breaker.try_acquire_permission().into(),
                );
            }
            "release" => self.breaker.release_permission(),
            "success" => self.breaker.on_success(elapsed()),
            "error" => {
                let error = TraceError {
                    kind: step.kind.unwrap(),
                    transition: step.transition,
                };
                self.breaker.on_error(elapsed(), &error);
            }
            "result" => {
                let is_failure = step.record_as_failure.unwrap();
                let value = TraceValue {
                    is_failure,
                    transition: step.transition,
                };
                self.breaker.on_result(elapsed(), &value);
            }
            "advance" => self.time.advance(Duration::from_nanos(step.ns.unwrap())),
            "reset" => self.breaker.reset(),
            "batch" => self.perform_batch(step, &mut seen),
            _ => {
                if self.transition(step).is_err() {
                    seen.insert("error".to_owned(), "illegal_transition".into());
                }
            }
        }
        let events = mem::take(&mut *self.events.lock().unwrap());
        if !events.is_empty() {
            seen.insert("events".to_owned(), events.into());
        }
        seen
    }

    fn snapshot(&self) -> Map<String, Value> {
        let metrics = self.breaker.metrics();
        let Value::Object(snapshot) = json!({
            "state": self.breaker.state().to_string(),
            "failure_rate": metrics.failure_rate,
            "slow_call_rate": metrics.slow_call_rate,
            "buffered": metrics.buffered_calls,
            "failed": metrics.failed_calls,
            "slow": metrics.slow_calls,
            "slow_failed": metrics.slow_failed_calls,
            "slow_successful": metrics.slow_successful_calls,
            "successful": metrics.successful_calls,
            "not_permitted": metrics.not_permitted_calls,
        }) else {
            unreachable!()
        };
        snapshot
    }
}

fn configure(builder: CircuitBreakerConfigBuilder, config: &Config) -> CircuitBreakerConfigBuilder {
    let builder = match config.wait_in_open {
        Interval::Fixed { ms } => builder.wait_duration_in_open_state(Duration::from_millis(ms)),
        Interval::Exponential {
            initial_ms,
            multiplier,
            max_ms,
        } => {
            let builder = builder
                .wait_duration_in_open_state(Duration::from_millis(initial_ms))
                .enable_exponential_backoff(true)
                .exponential_backoff_multiplier(multiplier);
            match max_ms {
                Some(max) => {
                    builder.exponential_max_wait_duration_in_open_state(Duration::from_millis(max))
                }
                None => builder,
            }
        }
    };
    builder
        .sliding_window_type(match &*config.sliding_window_type {
            "COUNT_BASED" => SlidingWindowType::CountBased,
            "TIME_BASED" => SlidingWindowType::TimeBased,
            other => panic!("unknown window type {other}"),
        })
        .sliding_window_size(config.sliding_window_size)
        .minimum_number_of_calls(config.minimum_number_of_calls)
        .failure_rate_threshold(config.failure_rate_threshold)
        .slow_call_rate_threshold(config.slow_call_rate_threshold)
        .slow_call_duration_threshold(Duration::from_nanos(config.slow_call_duration_threshold_ns))
        .permitted_number_of_calls_in_half_open_state(config.permitted_calls_in_half_open)
        .automatic_transition_from_open_to_half_open_enabled(config.automatic_transition)
        .max_wait_duration_in_half_open_state(Duration::from_millis(
            config.max_wait_in_half_open_ms,
        ))
        .transition_to_state_after_wait_duration(state(&config.half_open_timeout_state))
        .initial_state(state(&config.initial_state))
        .record_error(|error: &TraceError| error.kind == ErrorKind::Recorded)
        .ignore_error(|error: &TraceError| error.kind == ErrorKind::Ignored)
        .record_result(|value: &TraceValue| value.is_failure)
        .transition_on_result(requested_transition)
}

fn requested_transition(outcome: Result<&dyn Any, &dyn Any>) -> Option<OpenFor> {
    let transition = match outcome {
        Ok(value) => value.downcast_ref::<TraceValue>()?.transition?,
        Err(error) => error.downcast_ref::<TraceError>()?.transition?,
    };
    Some(match (transition.open_for_ms, transition.open_until_ns) {
        (Some(ms), None) => OpenFor::Duration(Duration::from_millis(ms)),
        (None, Some(ns)) => OpenFor::Until(UNIX_EPOCH + Duration::from_nanos(ns)),
        other => panic!("one of the two: {other:?}"),
    })
}

fn state(name: &str) -> State {
    [
        State::Closed,
        State::Open,
        State::HalfOpen,
        State::ForcedOpen,
        State::Disabled,
        State::MetricsOnly,
    ]
    .into_iter()
    .find(|state| state.to_string() == name)
    .unwrap_or_else(|| panic!("unknown state {name}"))
}

fn event_of(kind: CircuitBreakerEventKind) -> Value {
    match kind {
        CircuitBreakerEventKind::Success { .. } => json!({"k": "success"}),
        CircuitBreakerEventKind::Error { .. } => json!({"k": "error"}),
        CircuitBreakerEventKind::IgnoredError { .. } => json!({"k": "ignored_error"}),
        CircuitBreakerEventKind::NotPermitted => json!({"k": "not_permitted"}),
        CircuitBreakerEventKind::Reset => json!({"k": "reset"}),
        CircuitBreakerEventKind::StateTransition { from, to } => {
            json!({"k": "state_transition", "from": from.to_string(), "to": to.to_string()})
        }
        CircuitBreakerEventKind::FailureRateExceeded { rate } => {
            json!({"k": "failure_rate_exceeded", "rate": rate})
        }
        CircuitBreakerEventKind::SlowCallRateExceeded { rate } => {
            json!({"k": "slow_call_rate_exceeded", "rate": rate})
        }
        other => json!({"k": format!("{other:?}")}),
    }
}
