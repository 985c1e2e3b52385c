//! Policies, attempts, fallbacks and the user's own spans nest as they are written.

use resilience4rs::{
    Failure, PolicyError, Registry, bulkhead, circuit_breaker, rate_limiter, retry, time_limiter,
};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;
use tracing::{Instrument, info_span, instrument};

use crate::{Answer, CallError, finish, later, poll, start};

const SHOWN: [&str; 5] = ["name", "attempt", "outcome", "attempts", "failure"];

// Below, since what is below is put around: the first attribute takes the body, and leaves the others to
// the function that it makes of it.
#[retry("bank", registry = registry, max_attempts = 2, wait_duration = "0ms", fallback = stale)]
#[circuit_breaker("bank", registry = registry)]
#[instrument(skip_all)]
async fn fetch(registry: &Registry) -> Answer {
    later().instrument(info_span!("work")).await;
    Err(CallError::Down)
}

async fn stale(_: &Registry, _: Failure<CallError>) -> Answer {
    later().instrument(info_span!("cache")).await;
    Ok(1)
}

const ATTEMPTS: &str = "  retry name=bank outcome=retries_exhausted attempts=2
    retry_attempt name=bank attempt=1 outcome=failure
      circuit_breaker name=bank outcome=failure
        work
    retry_attempt name=bank attempt=2 outcome=failure
      circuit_breaker name=bank outcome=failure
        work
";

#[test]
fn a_retry_a_breaker_and_a_fallback() {
    let (recording, _guard, registry, _) = start();
    assert_eq!(finish(&recording, fetch(&registry)), Ok(1));
    assert_eq!(
        recording.tree(&SHOWN),
        format!("fetch\n{ATTEMPTS}  fallback name=bank outcome=answered failure=call\n    cache\n")
    );
    let fallback = recording.span("fallback");
    assert_eq!(fallback.fields["policy"], "retry");
    assert_eq!(fallback.polls, 3, "the call that makes it, and its polls");
    assert_eq!(recording.span("retry").fields["reason"], "max_attempts");
    recording.assert_all_over();
}

#[retry("bank", registry = registry, max_attempts = 2, wait_duration = "0ms", fallback = stale_plain)]
#[circuit_breaker("bank", registry = registry)]
fn fetch_plain(registry: &Registry) -> Answer {
    info_span!("work").in_scope(|| Err(CallError::Down))
}

fn stale_plain(_: &Registry, _: Failure<CallError>) -> Answer {
    info_span!("cache").in_scope(|| Ok(1))
}

#[test]
fn the_same_in_a_plain_function() {
    let (recording, _guard, registry, _) = start();
    assert_eq!(
        info_span!("caller").in_scope(|| fetch_plain(&registry)),
        Ok(1)
    );
    assert_eq!(
        recording.tree(&SHOWN),
        format!(
            "caller\n{ATTEMPTS}  fallback name=bank outcome=answered failure=call\n    cache\n"
        )
    );
    recording.assert_all_over();
}

/// The loop of its attempts is in the function's own body.
#[retry("bank", registry = registry, max_attempts = 3, wait_duration = "1s")]
#[circuit_breaker("bank", registry = registry)]
async fn fetch_second(registry: &Registry, failures: &mut u8) -> Answer {
    later().await;
    let fails = *failures > 0;
    *failures = failures.saturating_sub(1);
    if fails { Err(CallError::Down) } else { Ok(2) }
}

#[test]
fn the_second_attempt_of_a_retry_in_place() {
    let (recording, _guard, registry, clock) = start();
    let mut failures = 1;
    let caller = info_span!("caller");
    let mut call = Box::pin(fetch_second(&registry, &mut failures).instrument(caller));
    assert!(poll(call.as_mut()).is_pending());
    assert!(poll(call.as_mut()).is_pending(), "it waits");
    recording.assert_none_entered();
    clock.advance(Duration::from_secs(1));
    assert_eq!(finish(&recording, call), Ok(2));
    assert_eq!(
        recording.tree(&SHOWN),
        "\
caller
  retry name=bank outcome=success
    retry_attempt name=bank attempt=1 outcome=failure
      circuit_breaker name=bank outcome=failure
    retry_attempt name=bank attempt=2 outcome=success
      circuit_breaker name=bank outcome=success
"
    );
    recording.assert_all_over();
}

#[test]
fn a_retry_that_is_dropped_while_it_waits() {
    let (recording, _guard, registry, _) = start();
    let mut failures = 1;
    let mut call = Box::pin(fetch_second(&registry, &mut failures));
    assert!(poll(call.as_mut()).is_pending());
    assert!(poll(call.as_mut()).is_pending(), "it waits");
    drop(call);
    assert_eq!(
        recording.tree(&SHOWN),
        "\
retry name=bank outcome=cancelled
  retry_attempt name=bank attempt=1 outcome=failure
    circuit_breaker name=bank outcome=failure
"
    );
    recording.assert_all_over();
}

#[test]
fn a_retry_that_is_dropped_in_an_attempt() {
    let (recording, _guard, registry, _) = start();
    let mut failures = 1;
    let mut call = Box::pin(fetch_second(&registry, &mut failures));
    assert!(poll(call.as_mut()).is_pending());
    drop(call);
    assert_eq!(
        recording.tree(&SHOWN),
        "\
retry name=bank outcome=cancelled
  retry_attempt name=bank attempt=1 outcome=cancelled
    circuit_breaker name=bank outcome=cancelled
"
    );
    recording.assert_all_over();
}

#[retry("all", registry = registry)]
#[circuit_breaker("all", registry = registry, fallback(Failure::Policy(_) => instead))]
#[rate_limiter("all", registry = registry)]
#[time_limiter("all", registry = registry)]
#[bulkhead("all", registry = registry)]
async fn all_five(registry: &Registry) -> Answer {
    later().instrument(info_span!("work")).await;
    Ok(5)
}

/// A plain one, called when its arguments are there.
#[expect(clippy::needless_pass_by_value, reason = "the signature of a fallback")]
fn instead(_: &Registry, failure: Failure<CallError>) -> Answer {
    info_span!("cache").in_scope(|| match failure {
        Failure::Policy(PolicyError::CircuitOpen(_)) => Ok(1),
        _ => Ok(2),
    })
}

#[test]
fn all_five_policies() {
    let (recording, _guard, registry, _) = start();
    assert_eq!(finish(&recording, all_five(&registry)), Ok(5));
    assert_eq!(
        recording.tree(&["outcome"]),
        "\
retry outcome=success
  retry_attempt outcome=success
    circuit_breaker outcome=success
      rate_limiter outcome=success
        time_limiter outcome=success
          bulkhead outcome=success
            work
"
    );
    recording.assert_all_over();
}

#[test]
fn a_fallback_inside_is_beside_its_policy() {
    let (recording, _guard, registry, _) = start();
    registry
        .circuit_breaker("all")
        .transition_to_open()
        .unwrap();
    assert_eq!(finish(&recording, all_five(&registry)), Ok(1));
    assert_eq!(
        recording.tree(&["outcome", "failure"]),
        "\
retry outcome=success
  retry_attempt outcome=success
    circuit_breaker outcome=rejected
    fallback outcome=answered failure=circuit_open
      cache
"
    );
    recording.assert_all_over();
}

#[circuit_breaker("none", registry = registry, fallback = no_number)]
async fn number(registry: &Registry) -> u8 {
    3
}

async fn no_number(_: &Registry, _: PolicyError) -> u8 {
    later().await;
    0
}

#[test]
fn a_function_that_cannot_fail() {
    let (recording, _guard, registry, _) = start();
    registry
        .circuit_breaker("none")
        .transition_to_open()
        .unwrap();
    assert_eq!(finish(&recording, number(&registry)), 0);
    assert_eq!(
        recording.tree(&["outcome", "failure"]),
        "circuit_breaker outcome=rejected\nfallback outcome=answered failure=circuit_open\n"
    );
    recording.assert_all_over();
}

#[circuit_breaker("worse", registry = registry, fallback = panics)]
async fn worse(registry: &Registry) -> Answer {
    Err(CallError::Down)
}

async fn panics(_: &Registry, _: Failure<CallError>) -> Answer {
    later().await;
    panic!("as it is to")
}

#[test]
fn a_fallback_that_panics_or_is_dropped() {
    for panics in [true, false] {
        let (recording, _guard, registry, _) = start();
        let mut call = Box::pin(worse(&registry));
        assert!(poll(call.as_mut()).is_pending());
        if panics {
            assert!(catch_unwind(AssertUnwindSafe(|| poll(call.as_mut()))).is_err());
        }
        drop(call);
        let outcome = if panics { "panicked" } else { "cancelled" };
        assert_eq!(recording.span("fallback").fields["outcome"], outcome);
        recording.assert_all_over();
    }
}
