use super::super::collect::{Collection, Definition, Instance};
use super::super::family::MetricValue;
use super::{counter, gauge, timer};
use crate::circuit_breaker::{Reading, State, Timed};
use crate::policy::Policy;

const CALLS: Definition = timer(
    "resilience4j.circuitbreaker.calls",
    "Total number of successful calls",
);
const NOT_PERMITTED: Definition = counter(
    "resilience4j.circuitbreaker.not.permitted.calls",
    "Total number of not permitted calls",
);
const STATE: Definition = gauge(
    "resilience4j.circuitbreaker.state",
    "The states of the circuit breaker",
);
const BUFFERED: Definition = gauge(
    "resilience4j.circuitbreaker.buffered.calls",
    "The number of buffered failed calls stored in the ring buffer",
);
const SLOW: Definition = gauge(
    "resilience4j.circuitbreaker.slow.calls",
    "The number of slow successful which were slower than a certain threshold",
);
const FAILURE_RATE: Definition = gauge(
    "resilience4j.circuitbreaker.failure.rate",
    "The failure rate of the circuit breaker",
);
const SLOW_CALL_RATE: Definition = gauge(
    "resilience4j.circuitbreaker.slow.call.rate",
    "The slow call of the circuit breaker",
);
/// No module of Resilience4j's exports it any more, but its Grafana dashboard asks for it.
const MAX_BUFFERED: Definition = gauge(
    "resilience4j.circuitbreaker.max.buffered.calls",
    "The maximum number of buffered calls which can be stored in the ring buffer",
);
const STARTED: Definition = counter(
    "resilience4rs.circuitbreaker.started.calls",
    "Calls that asked the circuit breaker for leave",
);
const OUTCOMES: Definition = counter(
    "resilience4rs.circuitbreaker.outcomes",
    "What became of the calls: one outcome for each",
);
const STATE_SECONDS: Definition = counter(
    "resilience4rs.circuitbreaker.state.seconds",
    "How long the circuit breaker was in each state",
);
const TRANSITIONS: Definition = counter(
    "resilience4rs.circuitbreaker.transitions",
    "Changes of state, and states that began afresh, by their causes",
);

pub(super) const DEFINITIONS: &[Definition] = &[
    CALLS,
    NOT_PERMITTED,
    STATE,
    BUFFERED,
    SLOW,
    FAILURE_RATE,
    SLOW_CALL_RATE,
    MAX_BUFFERED,
    STARTED,
    OUTCOMES,
    STATE_SECONDS,
    TRANSITIONS,
];

const NANOS_PER_SECOND: f64 = 1e9;

pub(super) fn collect(collection: &mut Collection<'_>) {
    for breaker in collection.registry().circuit_breakers() {
        // One may have been made while nothing was counted yet.
        breaker.begin_counting();
        let mut instance = collection.instance(Policy::CircuitBreaker, breaker.name());
        if let Some(reading) = breaker.reading() {
            collect_resilience4j(&mut instance, &reading);
            collect_ours(&mut instance, &reading);
        }
    }
}

fn collect_resilience4j(instance: &mut Instance<'_, '_>, reading: &Reading) {
    for (kind, timed) in timed(reading) {
        let value = MetricValue::Timer {
            count: timed.calls,
            total_seconds: seconds(timed.nanos),
            max_seconds: seconds(timed.longest_nanos),
        };
        instance.add(&CALLS, &[("kind", kind)], value);
    }
    let rejected = reading.not_permitted as f64;
    instance.counter(&NOT_PERMITTED, &[("kind", "not_permitted")], rejected);
    for state in Reading::STATES {
        let is_there = if state == reading.state { 1.0 } else { 0.0 };
        instance.gauge(&STATE, &[("state", label_of(state))], is_there);
    }
    let metrics = &reading.metrics;
    for (kind, buffered, slow) in [
        ("failed", metrics.failed_calls, metrics.slow_failed_calls),
        (
            "successful",
            metrics.successful_calls,
            metrics.slow_successful_calls,
        ),
    ] {
        instance.gauge(&BUFFERED, &[("kind", kind)], buffered as f64);
        instance.gauge(&SLOW, &[("kind", kind)], slow as f64);
    }
    instance.gauge(&FAILURE_RATE, &[], metrics.failure_rate.into());
    instance.gauge(&SLOW_CALL_RATE, &[], metrics.slow_call_rate.into());
    let window = reading.window_size.map_or(-1.0, f64::from);
    instance.gauge(&MAX_BUFFERED, &[], window);
}

fn collect_ours(instance: &mut Instance<'_, '_>, reading: &Reading) {
    instance.counter(&STARTED, &[], reading.started as f64);
    let ends = timed(reading).map(|(kind, timed)| (kind, timed.calls));
    let others = [
        ("not_permitted", reading.not_permitted),
        ("cancelled", reading.cancelled),
    ];
    for (kind, calls) in ends.into_iter().chain(others) {
        instance.counter(&OUTCOMES, &[("kind", kind)], calls as f64);
    }
    for (state, nanos) in reading.nanos_in_states() {
        let state = [("state", label_of(state))];
        instance.counter(&STATE_SECONDS, &state, seconds(nanos));
    }
    for (from, to, cause, count) in reading.transitions() {
        let labels = [
            ("cause", cause),
            ("from", label_of(from)),
            ("to", label_of(to)),
        ];
        instance.counter(&TRANSITIONS, &labels, count as f64);
    }
}

fn timed(reading: &Reading) -> [(&'static str, Timed); 3] {
    [
        ("successful", reading.successful),
        ("failed", reading.failed),
        ("ignored", reading.ignored),
    ]
}

/// Exact to the nanosecond for three months, and to the microsecond for two centuries.
fn seconds(nanos: u64) -> f64 {
    nanos as f64 / NANOS_PER_SECOND
}

const fn label_of(state: State) -> &'static str {
    match state {
        State::Closed => "closed",
        State::Open => "open",
        State::HalfOpen => "half_open",
        State::ForcedOpen => "forced_open",
        State::Disabled => "disabled",
        State::MetricsOnly => "metrics_only",
    }
}
