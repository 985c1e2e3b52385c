//! What the events of each policy say: their types, by Resilience4j's names, and the errors.

#![allow(
    clippy::unwrap_used,
    reason = "a test that meets something unforeseen is to fail"
)]

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use resilience_runtime::{
    AttemptFailure, BulkheadEventKind, CircuitBreakerEventKind, Clock, ErrorSummary, FailureCause,
    GiveUpReason, RateLimiterEventKind, Registry, RetryEventKind, State, TimeLimiterEventKind,
    Verdict,
};

/// It neither prints nor outlives anything.
struct Borrowed<'a>(#[allow(dead_code, reason = "an error may hold what it likes")] &'a str);

fn ready<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("nothing to wait for"),
    }
}

#[test]
fn types_of_breakers_have_resilience4js_names() {
    let elapsed = Duration::ZERO;
    let cause = FailureCause::Panic;
    let (from, to, rate) = (State::Closed, State::Open, 50.0);
    let breaker = [
        (CircuitBreakerEventKind::Error { elapsed, cause }, "ERROR"),
        (
            CircuitBreakerEventKind::IgnoredError { elapsed },
            "IGNORED_ERROR",
        ),
        (CircuitBreakerEventKind::Success { elapsed }, "SUCCESS"),
        (CircuitBreakerEventKind::NotPermitted, "NOT_PERMITTED"),
        (
            CircuitBreakerEventKind::StateTransition { from, to },
            "STATE_TRANSITION",
        ),
        (CircuitBreakerEventKind::Reset, "RESET"),
        (
            CircuitBreakerEventKind::FailureRateExceeded { rate },
            "FAILURE_RATE_EXCEEDED",
        ),
        (
            CircuitBreakerEventKind::SlowCallRateExceeded { rate },
            "SLOW_CALL_RATE_EXCEEDED",
        ),
        (CircuitBreakerEventKind::Cancelled { elapsed }, "CANCELLED"),
    ];
    assert!(breaker.iter().all(|(kind, name)| kind.type_name() == *name));
    assert!(
        breaker
            .iter()
            .map(|(_, name)| name)
            .eq(CircuitBreakerEventKind::TYPE_NAMES)
    );
}

#[test]
fn types_of_retries_have_resilience4js_names() {
    let (attempts, wait, failure) = (2, Duration::ZERO, AttemptFailure::Error);
    let (reason, budget) = (GiveUpReason::Budget, "bank".into());
    let retry = [
        (
            RetryEventKind::Retry {
                attempts,
                wait,
                failure,
            },
            "RETRY",
            2,
        ),
        (
            RetryEventKind::Error {
                attempts,
                failure,
                reason,
            },
            "ERROR",
            2,
        ),
        (RetryEventKind::Success { attempts, failure }, "SUCCESS", 2),
        (RetryEventKind::IgnoredError { failure }, "IGNORED_ERROR", 0),
        (
            RetryEventKind::BudgetExhausted { attempts, budget },
            "BUDGET_EXHAUSTED",
            2,
        ),
    ];
    for (kind, name, attempts) in &retry {
        assert_eq!((kind.type_name(), kind.attempts()), (*name, *attempts));
    }
    assert!(
        retry
            .iter()
            .map(|(_, name, _)| name)
            .eq(RetryEventKind::TYPE_NAMES)
    );
}

#[test]
fn types_of_limiters_and_bulkheads_have_resilience4js_names() {
    let permits = 1;
    let limiter = [
        RateLimiterEventKind::FailedAcquire { permits },
        RateLimiterEventKind::SuccessfulAcquire { permits },
        RateLimiterEventKind::Drained { permits },
    ];
    let names = ["FAILED_ACQUIRE", "SUCCESSFUL_ACQUIRE", "DRAINED"];
    assert_eq!(
        limiter.each_ref().map(RateLimiterEventKind::type_name),
        names
    );
    assert_eq!(RateLimiterEventKind::TYPE_NAMES, names);

    let bulkhead = [
        BulkheadEventKind::CallPermitted,
        BulkheadEventKind::CallRejected,
        BulkheadEventKind::CallFinished,
    ];
    let names = ["CALL_PERMITTED", "CALL_REJECTED", "CALL_FINISHED"];
    assert_eq!(bulkhead.each_ref().map(BulkheadEventKind::type_name), names);
    assert_eq!(BulkheadEventKind::TYPE_NAMES, names);

    let limiter = [
        TimeLimiterEventKind::Success,
        TimeLimiterEventKind::Error,
        TimeLimiterEventKind::Timeout,
    ];
    let names = ["SUCCESS", "ERROR", "TIMEOUT"];
    assert_eq!(
        limiter.each_ref().map(TimeLimiterEventKind::type_name),
        names
    );
    assert_eq!(TimeLimiterEventKind::TYPE_NAMES, names);
}

fn type_of(error: Option<&ErrorSummary>) -> Option<&'static str> {
    error.map(|error| error.type_name)
}

#[test]
fn a_breaker_names_the_type_of_the_error() {
    let registry = Registry::new();
    let breaker = registry
        .circuit_breaker_with("tested", |config| {
            config
                .ignore_error(|_: &std::fmt::Error| true)
                .record_result(|status: &u16| *status >= 500)
        })
        .unwrap();
    breaker.buffer_events(10);
    let _ = breaker.call_blocking(|| Ok::<u16, &str>(200));
    let _ = breaker.call_blocking(|| Ok::<u16, &str>(503));
    let _ = breaker.call_blocking(|| Err::<u16, _>("declined"));
    let _ = ready(breaker.call(async { Err::<(), _>(std::fmt::Error) }));
    breaker.on_error(Duration::ZERO, &7_i32);
    breaker.try_acquire().unwrap().failure();
    drop(breaker.try_acquire().unwrap());

    let events = breaker.buffered_events();
    let seen = events
        .iter()
        .map(|event| (event.kind.type_name(), type_of(event.error.as_ref())));
    assert_eq!(
        seen.collect::<Vec<_>>(),
        [
            ("SUCCESS", None),
            ("ERROR", None),
            ("ERROR", Some("&str")),
            ("IGNORED_ERROR", Some("core::fmt::Error")),
            ("ERROR", Some("i32")),
            ("ERROR", None),
            ("CANCELLED", None),
        ]
    );
}

#[test]
fn an_error_that_borrows_and_does_not_print_has_a_type_too() {
    let word = String::from("down");
    let registry = Registry::new();
    let breaker = registry.circuit_breaker("tested");
    breaker.buffer_events(1);
    let body = || Err::<(), _>(Borrowed(&word));
    let classify = |result: Result<&(), &Borrowed<'_>>| match result {
        Ok(()) => Verdict::Success,
        Err(_) => Verdict::Failure,
    };
    let call = resilience_runtime::__private::in_circuit_breaker_blocking(&breaker, classify, body);
    assert!(resilience_runtime::__private::run_blocking(call).is_err());
    let events = breaker.buffered_events();
    let error = events[0].error.as_ref().unwrap();
    assert!(
        error.type_name.contains("event_contents::Borrowed"),
        "{error}"
    );
    assert_eq!(error.to_string(), error.type_name);
}

#[test]
fn the_failure_of_a_policy_further_inside_says_what_it_is() {
    let registry = Registry::new();
    let (outer, inner) = (
        registry.circuit_breaker("outer"),
        registry.circuit_breaker("inner"),
    );
    inner.transition_to_forced_open().unwrap();
    outer.buffer_events(1);
    let guarded = resilience_runtime::__private::in_circuit_breaker_blocking(
        &inner,
        resilience_runtime::__private::classify_errors,
        || Ok::<(), ()>(()),
    );
    let guarded = resilience_runtime::__private::in_circuit_breaker_blocking(
        &outer,
        resilience_runtime::__private::classify_errors,
        guarded,
    );
    assert!(resilience_runtime::__private::run_blocking(guarded).is_err());
    let events = outer.buffered_events();
    let error = events[0].error.as_ref().unwrap();
    let message = "circuit breaker 'inner' is FORCED_OPEN and does not permit further calls";
    assert_eq!(error.message.as_deref(), Some(message));
    assert_eq!(error.to_string(), format!("{}: {message}", error.type_name));
}

#[test]
fn a_retry_names_the_type_of_the_last_error() {
    let registry = Registry::new();
    let retry = registry
        .retry_with("tested", |config| {
            config
                .max_attempts(2)
                .wait_duration(Duration::ZERO)
                .retry_on_result(|status: &u16| *status == 503)
                .ignore_error(|_: &std::fmt::Error| true)
        })
        .unwrap();
    retry.buffer_events(20);
    let mut answers = [Err("down"), Ok(200)].into_iter();
    let _ = retry.call_blocking(|| answers.next().unwrap());
    let _ = retry.call_blocking(|| Err::<(), _>("down"));
    let _ = retry.call_blocking(|| Err::<(), _>(std::fmt::Error));
    let _ = retry.call_blocking(|| Ok::<u16, ()>(503));
    let events = retry.buffered_events();
    let seen = events
        .iter()
        .map(|event| (event.kind.type_name(), type_of(event.error.as_ref())));
    assert_eq!(
        seen.collect::<Vec<_>>(),
        [
            ("RETRY", Some("&str")),
            ("SUCCESS", Some("&str")),
            ("RETRY", Some("&str")),
            ("ERROR", Some("&str")),
            ("IGNORED_ERROR", Some("core::fmt::Error")),
            ("RETRY", None),
            ("ERROR", None),
        ]
    );
}

#[test]
fn a_time_limiter_names_the_type_of_the_error() {
    let limiter = Registry::new().time_limiter("tested");
    limiter.buffer_events(10);
    let _ = ready(limiter.call(async { Ok::<_, &str>(7) }));
    let _ = ready(limiter.call(async { Err::<(), _>("down") }));
    limiter.on_error();
    limiter.on_timeout();
    let events = limiter.buffered_events();
    let seen = events
        .iter()
        .map(|event| (event.kind.type_name(), type_of(event.error.as_ref())));
    assert_eq!(
        seen.collect::<Vec<_>>(),
        [
            ("SUCCESS", None),
            ("ERROR", Some("&str")),
            ("ERROR", None),
            ("TIMEOUT", None)
        ]
    );
}

#[test]
fn every_event_has_its_instances_name_and_its_time_on_the_registrys_clock() {
    let time = Clock::manual();
    time.advance(Duration::from_secs(7));
    let registry = Registry::builder().clock(&time).build();
    let moment = registry.clock().now();
    let breaker = registry.circuit_breaker("a");
    let retry = registry.retry_with("b", |config| config.max_attempts(1));
    let retry = retry.unwrap();
    let limiter = registry.rate_limiter("c");
    let bulkhead = registry.bulkhead("d");
    let pool = registry.thread_pool_bulkhead("e");
    let time_limiter = registry.time_limiter("f");
    breaker.buffer_events(1);
    retry.buffer_events(1);
    limiter.buffer_events(1);
    bulkhead.buffer_events(1);
    pool.buffer_events(1);
    time_limiter.buffer_events(1);

    breaker.reset();
    let _ = retry.call_blocking(|| Err::<(), _>(()));
    limiter.drain_permissions();
    drop(bulkhead.try_acquire());
    pool.shutdown();
    let _ = pool.call_blocking(|| Ok::<(), ()>(()));
    time_limiter.on_success();

    let mut seen: Vec<(Arc<str>, SystemTime)> = Vec::new();
    seen.extend(
        breaker
            .buffered_events()
            .into_iter()
            .map(|event| (event.name, event.created_at)),
    );
    seen.extend(
        retry
            .buffered_events()
            .into_iter()
            .map(|event| (event.name, event.created_at)),
    );
    seen.extend(
        limiter
            .buffered_events()
            .into_iter()
            .map(|event| (event.name, event.created_at)),
    );
    seen.extend(
        bulkhead
            .buffered_events()
            .into_iter()
            .map(|event| (event.name, event.created_at)),
    );
    seen.extend(
        pool.buffered_events()
            .into_iter()
            .map(|event| (event.name, event.created_at)),
    );
    seen.extend(
        time_limiter
            .buffered_events()
            .into_iter()
            .map(|event| (event.name, event.created_at)),
    );
    let names: Vec<_> = seen.iter().map(|(name, _)| &**name).collect();
    assert_eq!(names, ["a", "b", "c", "d", "e", "f"]);
    assert!(seen.iter().all(|(_, created_at)| *created_at == moment));
    assert!(moment > UNIX_EPOCH);
}
