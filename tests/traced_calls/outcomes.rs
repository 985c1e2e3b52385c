//! The span of each policy says what became of the call, however it ended.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use resilience4rs::{
    Registry, State, bulkhead, circuit_breaker, rate_limiter, retry, time_limiter,
};
use tracing::Level;

use crate::recording::Seen;
use crate::{Answer, CallError, finish, later, poll, start};

const POLICIES: [&str; 5] = [
    "circuit_breaker",
    "retry",
    "rate_limiter",
    "bulkhead",
    "time_limiter",
];

/// What is to become of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Well,
    Badly,
    Ignored,
    Panic,
    Never,
}

async fn body(end: End) -> Answer {
    later().await;
    match end {
        End::Never => std::future::pending().await,
        other => at_once(other),
    }
}

fn at_once(end: End) -> Answer {
    match end {
        End::Well => Ok(7),
        End::Badly => Err(CallError::Down),
        End::Ignored => Err(CallError::Declined),
        End::Panic => panic!("as it is to"),
        End::Never => unreachable!("a plain call ends"),
    }
}

macro_rules! guarded {
    ($(#[$attribute:meta])* $name:ident($registry:ident)) => {
        $(#[$attribute])*
        async fn $name($registry: &Registry, end: End) -> Answer {
            body(end).await
        }
    };
    (plain: $(#[$attribute:meta])* $name:ident($registry:ident)) => {
        $(#[$attribute])*
        fn $name($registry: &Registry, end: End) -> Answer {
            at_once(end)
        }
    };
}

guarded!(
    #[circuit_breaker("it", registry = registry, classify)]
    in_breaker(registry)
);
guarded!(
    #[retry("it", registry = registry, max_attempts = 2, wait_duration = "0ms", ignore_errors(CallError::Declined))]
    in_retry(registry)
);
guarded!(
    #[rate_limiter("it", registry = registry)]
    in_rate_limiter(registry)
);
guarded!(
    #[bulkhead("it", registry = registry)]
    in_bulkhead(registry)
);
guarded!(
    #[time_limiter("it", registry = registry)]
    in_time_limiter(registry)
);
guarded!(plain: #[circuit_breaker("it", registry = registry, classify)] in_breaker_plain(registry));
guarded!(plain: #[retry("it", registry = registry, max_attempts = 2, wait_duration = "0ms", ignore_errors(CallError::Declined))] in_retry_plain(registry));
guarded!(plain: #[rate_limiter("it", registry = registry)] in_rate_limiter_plain(registry));
guarded!(plain: #[bulkhead("it", registry = registry)] in_bulkhead_plain(registry));

async fn in_policy(policy: &str, registry: &Registry, end: End) -> Answer {
    match policy {
        "circuit_breaker" => in_breaker(registry, end).await,
        "retry" => in_retry(registry, end).await,
        "rate_limiter" => in_rate_limiter(registry, end).await,
        "bulkhead" => in_bulkhead(registry, end).await,
        _ => in_time_limiter(registry, end).await,
    }
}

fn in_plain_policy(policy: &str, registry: &Registry, end: End) -> Answer {
    match policy {
        "circuit_breaker" => in_breaker_plain(registry, end),
        "retry" => in_retry_plain(registry, end),
        "rate_limiter" => in_rate_limiter_plain(registry, end),
        _ => in_bulkhead_plain(registry, end),
    }
}

/// By the methods of the instances.
async fn in_instance(policy: &str, registry: &Registry, end: End) {
    match policy {
        "circuit_breaker" => drop(registry.circuit_breaker("it").call(body(end)).await),
        "retry" => {
            let retry = registry.retry_with("it", |config| {
                config.max_attempts(2).wait_duration(Duration::ZERO)
            });
            drop(retry.unwrap().call(|| body(end)).await);
        }
        "rate_limiter" => drop(registry.rate_limiter("it").call(body(end)).await),
        "bulkhead" => drop(registry.bulkhead("it").call(body(end)).await),
        _ => drop(registry.time_limiter("it").call(body(end)).await),
    }
}

#[track_caller]
fn assert_ended(span: &Seen, outcome: &str, error_type: Option<&str>, is_error: bool) {
    assert!(span.is_closed, "{span:?}");
    assert_eq!(span.level, Level::DEBUG);
    assert_eq!(span.fields["name"], "it");
    assert_eq!(span.fields["policy"], span.name);
    assert_eq!(span.fields["outcome"], outcome, "{span:?}");
    let status = span.fields.get("otel.status_code").map(String::as_str);
    assert_eq!(status, is_error.then_some("ERROR"), "{span:?}");
    let of_type = span.fields.get("error.type").map(String::as_str);
    assert_eq!(of_type, error_type, "{span:?}");
}

const CALL_ERROR: Option<&str> = Some("traced_calls::CallError");

fn expected(policy: &str, end: End) -> (&'static str, Option<&'static str>, bool) {
    match (end, policy) {
        (End::Well, _) => ("success", None, false),
        (End::Badly, "retry") => ("retries_exhausted", CALL_ERROR, true),
        (End::Ignored, "circuit_breaker") => ("ignored", CALL_ERROR, false),
        (End::Badly | End::Ignored, _) => ("failure", CALL_ERROR, true),
        (End::Panic, _) => ("panicked", Some("panic"), true),
        (End::Never, _) => ("cancelled", None, false),
    }
}

#[test]
fn async_calls() {
    for policy in POLICIES {
        for end in [End::Well, End::Badly, End::Ignored] {
            let (recording, _guard, registry, _) = start();
            let _ = finish(&recording, in_policy(policy, &registry, end));
            let (outcome, error_type, is_error) = expected(policy, end);
            let span = recording.span(policy);
            assert_ended(&span, outcome, error_type, is_error);
            if policy != "retry" {
                // That one is of a loop, whose attempts are entered.
                assert_eq!(span.polls, 2);
            }
            recording.assert_all_over();
        }
    }
}

#[test]
fn calls_through_an_instance() {
    for policy in POLICIES {
        for end in [End::Well, End::Badly] {
            let (recording, _guard, registry, _) = start();
            finish(&recording, in_instance(policy, &registry, end));
            let (outcome, error_type, is_error) = expected(policy, end);
            assert_ended(&recording.span(policy), outcome, error_type, is_error);
            recording.assert_all_over();
        }
    }
}

#[test]
fn plain_calls() {
    for policy in &POLICIES[..4] {
        for end in [End::Well, End::Badly, End::Ignored, End::Panic] {
            let (recording, _guard, registry, _) = start();
            let _ = catch_unwind(AssertUnwindSafe(|| in_plain_policy(policy, &registry, end)));
            let (outcome, error_type, is_error) = expected(policy, end);
            assert_ended(&recording.span(policy), outcome, error_type, is_error);
            recording.assert_all_over();
        }
    }
}

#[test]
fn calls_that_panic() {
    for policy in POLICIES {
        let (recording, _guard, registry, _) = start();
        let mut call = Box::pin(in_policy(policy, &registry, End::Panic));
        assert!(poll(call.as_mut()).is_pending());
        let panicked = catch_unwind(AssertUnwindSafe(|| poll(call.as_mut())));
        assert!(panicked.is_err());
        recording.assert_none_entered();
        // It is dropped when the thread unwinds no more: that does not make it a cancelled one.
        drop(call);
        let (outcome, error_type, is_error) = expected(policy, End::Panic);
        assert_ended(&recording.span(policy), outcome, error_type, is_error);
        recording.assert_all_over();
    }
}

#[test]
fn calls_that_are_dropped() {
    for policy in POLICIES {
        for polls in 0..3 {
            let (recording, _guard, registry, _) = start();
            let mut call = Box::pin(in_policy(policy, &registry, End::Never));
            for _ in 0..polls {
                assert!(poll(call.as_mut()).is_pending());
                recording.assert_none_entered();
            }
            drop(call);
            if polls == 0 {
                assert_eq!(recording.tree(&[]), "", "a call begins when it is polled");
                continue;
            }
            let (outcome, error_type, is_error) = expected(policy, End::Never);
            assert_ended(&recording.span(policy), outcome, error_type, is_error);
            recording.assert_all_over();
        }
    }
}

#[test]
fn rejected_by_a_circuit_breaker() {
    let (recording, _guard, registry, _) = start();
    registry.circuit_breaker("it").transition_to_open().unwrap();
    for call in 0..2 {
        let _ = match call {
            0 => finish(&recording, in_breaker(&registry, End::Well)),
            _ => in_breaker_plain(&registry, End::Well),
        };
        let span = recording.spans().pop().unwrap();
        assert_ended(&span, "rejected", Some("circuit_open"), true);
        assert_eq!(span.fields["state"], "OPEN");
        assert_eq!(span.fields["era"], "2");
        let said = &span.fields["otel.status_description"];
        assert!(said.starts_with("circuit breaker 'it' is OPEN"), "{said}");
    }
    recording.assert_all_over();
}

#[test]
fn rejected_by_a_rate_limiter() {
    let (recording, _guard, registry, _) = start();
    let limiter = registry.rate_limiter_with("it", |config| {
        config.limit_for_period(1).timeout_duration(Duration::ZERO)
    });
    limiter.unwrap().try_acquire().unwrap();
    for call in 0..2 {
        let _ = match call {
            0 => finish(&recording, in_rate_limiter(&registry, End::Well)),
            _ => in_rate_limiter_plain(&registry, End::Well),
        };
        let span = recording.spans().pop().unwrap();
        assert_ended(&span, "rejected", Some("rate_limited"), true);
    }
    recording.assert_all_over();
}

#[test]
fn rejected_by_a_bulkhead() {
    let (recording, _guard, registry, _) = start();
    let bulkhead = registry.bulkhead_with("it", |config| config.max_concurrent_calls(1));
    let bulkhead = bulkhead.unwrap();
    let _permit = bulkhead.try_acquire().unwrap();
    for call in 0..2 {
        let _ = match call {
            0 => finish(&recording, in_bulkhead(&registry, End::Well)),
            _ => in_bulkhead_plain(&registry, End::Well),
        };
        let span = recording.spans().pop().unwrap();
        assert_ended(&span, "rejected", Some("bulkhead_full"), true);
    }
    recording.assert_all_over();
}

#[test]
fn a_wait_belongs_to_the_span() {
    let (recording, _guard, registry, clock) = start();
    let limiter = registry.rate_limiter_with("it", |config| {
        config
            .limit_for_period(1)
            .limit_refresh_period(Duration::from_secs(1))
    });
    limiter.unwrap().try_acquire().unwrap();
    let mut call = Box::pin(in_rate_limiter(&registry, End::Well));
    assert!(poll(call.as_mut()).is_pending());
    recording.assert_none_entered();
    clock.advance(Duration::from_secs(1));
    assert_eq!(finish(&recording, call), Ok(7));
    let span = recording.span("rate_limiter");
    assert_ended(&span, "success", None, false);
    assert_eq!(span.polls, 3);
}

#[test]
fn timed_out() {
    let (recording, _guard, registry, clock) = start();
    let mut call = Box::pin(in_time_limiter(&registry, End::Never));
    assert!(poll(call.as_mut()).is_pending());
    clock.advance(Duration::from_secs(2));
    assert!(poll(call.as_mut()).is_ready());
    let span = recording.span("time_limiter");
    assert_ended(&span, "timed_out", Some("timed_out"), true);
    recording.assert_all_over();
}

#[test]
fn the_state_and_the_era_are_those_that_admitted_the_call() {
    let (recording, _guard, registry, clock) = start();
    let breaker = registry.circuit_breaker("it");
    let _ = in_breaker_plain(&registry, End::Well);
    let closed = recording.span("circuit_breaker");
    assert_eq!(closed.fields["state"], "CLOSED");
    assert_eq!(closed.fields["era"], "1");

    breaker.transition_to_open().unwrap();
    clock.advance(Duration::from_secs(61));
    let mut probe = Box::pin(in_breaker(&registry, End::Well));
    assert!(poll(probe.as_mut()).is_pending());
    assert_eq!(breaker.state(), State::HalfOpen);
    breaker.transition_to_closed().unwrap();
    assert_eq!(finish(&recording, probe), Ok(7));
    let probe = recording.spans().pop().unwrap();
    assert_eq!(probe.fields["state"], "HALF_OPEN");
    assert_eq!(probe.fields["era"], "3");
}
