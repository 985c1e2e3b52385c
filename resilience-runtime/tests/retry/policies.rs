//! Failures of policies inside of the retry.

use std::pin::pin;
use std::time::Duration;

use resilience_runtime::{
    AttemptFailure, Failure, PolicyError, Registry, Retry, RetryConfigBuilder, RetryEventKind,
    RetryWait,
};

use super::{NANO, WAIT, events_of, plainly, poll_once, retry_with};

const OPEN: Duration = Duration::from_secs(30);

fn circuit_open() -> PolicyError {
    let breaker = Registry::new().circuit_breaker("inner");
    breaker.transition_to_forced_open().unwrap();
    breaker.try_acquire().unwrap_err()
}

/// Of a breaker that is open for half a minute.
fn circuit_open_for_a_while() -> PolicyError {
    let time = resilience_runtime::Clock::manual();
    let registry = Registry::builder().clock(&time).build();
    let breaker = registry.circuit_breaker("inner");
    breaker.transition_to_open_for(OPEN - NANO).unwrap();
    breaker.try_acquire().unwrap_err()
}

fn judge(retry: &Retry, error: PolicyError) -> Option<RetryWait<'_>> {
    let outcome: Result<Result<(), ()>, _> = Err(error);
    retry.attempts().judge(plainly, outcome).continue_value()
}

#[test]
fn an_open_circuit_is_not_retried_unless_the_settings_say_so() {
    let (retry, _) = retry_with(|config| config);
    let events = events_of(&retry);
    assert!(judge(&retry, circuit_open()).is_none());
    let metrics = retry.metrics();
    assert_eq!(
        (metrics.failed_calls_without_retry, metrics.total_calls),
        (1, 1)
    );
    let ignored = RetryEventKind::IgnoredError {
        failure: AttemptFailure::Policy,
    };
    assert_eq!(*events.lock().unwrap(), [ignored]);

    let told: [fn(RetryConfigBuilder) -> RetryConfigBuilder; 2] = [
        |config| config.retry_on_circuit_open(true),
        |config| config.retry_on_policy_error(|_| true),
    ];
    for configure in told {
        let (retry, _) = retry_with(configure);
        assert!(judge(&retry, circuit_open()).is_some());
    }
    let (retry, _) = retry_with(|config| {
        config
            .retry_on_circuit_open(true)
            .retry_on_policy_error(|_| false)
    });
    assert!(judge(&retry, circuit_open()).is_none());
}

#[test]
fn a_call_waits_for_as_long_as_the_breaker_stays_open() {
    for (configured, waits) in [(WAIT, OPEN), (OPEN * 2, OPEN * 2)] {
        let (retry, time) =
            retry_with(|config| config.retry_on_circuit_open(true).wait_duration(configured));
        let mut wait = pin!(judge(&retry, circuit_open_for_a_while()).unwrap());
        assert!(poll_once(wait.as_mut()).is_pending());
        time.advance(waits - NANO);
        assert!(poll_once(wait.as_mut()).is_pending(), "{configured:?}");
        time.advance(NANO);
        assert!(poll_once(wait.as_mut()).is_ready(), "{configured:?}");
    }
}

#[test]
fn a_custom_function_of_the_wait_sees_a_policys_failure() {
    let (retry, _) = retry_with(|config| {
        config
            .retry_on_circuit_open(true)
            .interval_bi_function(|_, outcome| {
                let error: &PolicyError = outcome.err()?.downcast_ref()?;
                matches!(error, PolicyError::CircuitOpen(_)).then_some(WAIT)
            })
    });
    assert!(judge(&retry, circuit_open()).is_some());
    let failed: Result<Result<(), ()>, _> = Ok(Err(()));
    assert!(retry.attempts().judge(plainly, failed).is_break());
}

#[test]
fn a_refusal_by_a_rate_limiter_is_retried_after_the_configured_wait() {
    let time = resilience_runtime::Clock::manual();
    let limiter = Registry::builder()
        .clock(&time)
        .build()
        .rate_limiter_with("inner", |config| {
            config
                .limit_for_period(1)
                .limit_refresh_period(OPEN)
                .timeout_duration(Duration::ZERO)
        })
        .unwrap();
    let call = || limiter.call_blocking(|| Ok::<_, ()>(()));
    assert!(call().is_ok());
    let Err(Failure::Policy(refusal)) = call() else {
        panic!("there is one permission")
    };
    let (retry, time) = retry_with(|config| config);
    let mut wait = pin!(judge(&retry, refusal).unwrap());
    assert!(poll_once(wait.as_mut()).is_pending());
    time.advance(WAIT - NANO);
    assert!(poll_once(wait.as_mut()).is_pending());
    time.advance(NANO);
    assert!(poll_once(wait.as_mut()).is_ready());
}

/// In a program, the failure of a policy inside is an error like any other.
#[test]
fn a_nested_policys_failure_is_to_be_named_in_a_program() {
    let breaker = Registry::new().circuit_breaker("inner");
    breaker.transition_to_forced_open().unwrap();
    let (retry, _) = retry_with(|config| {
        config
            .wait_duration(Duration::ZERO)
            .ignore_error(|failure: &Failure<&str>| {
                matches!(failure, Failure::Policy(PolicyError::CircuitOpen(_)))
            })
    });
    let failed = retry.call_blocking(|| breaker.call_blocking(|| Ok::<(), &str>(())));
    let Err(Failure::Call(Failure::Policy(PolicyError::CircuitOpen(_)))) = failed else {
        panic!("{failed:?}")
    };
    assert_eq!(breaker.metrics().not_permitted_calls, 1);
}
