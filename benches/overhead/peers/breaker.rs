use breaker::{CircuitBreaker, CircuitBreakerConfig, CircuitBreakerError};
use resilience_benches::call::{CallError, fail_each_tenth, now, succeed};
use resilience_benches::{Case, Workload, group, repeat};

use super::{OPEN_WAIT, peer};

pub(super) fn cases() -> Vec<Case> {
    vec![
        peer(
            group::CLOSED_ASYNC,
            "breaker, window 100",
            || call(closed()),
        ),
        peer(group::CLOSED_FAILING, "breaker, window 100", || {
            call_failing(closed())
        }),
        peer(group::OPEN_ASYNC, "breaker", || call(open())),
    ]
}

fn closed() -> CircuitBreaker {
    let config = CircuitBreakerConfig::builder()
        .sliding_window_size(100)
        .minimum_calls(100)
        .wait_duration(OPEN_WAIT)
        .build();
    CircuitBreaker::new(config)
}

fn open() -> CircuitBreaker {
    let breaker = closed();
    breaker.trip();
    let rejected = now(breaker.call(|| async { succeed::<CallError>(0) }));
    assert!(!matches!(
        rejected,
        Ok(_) | Err(CircuitBreakerError::Failure(_))
    ));
    breaker
}

fn call(breaker: CircuitBreaker) -> Workload {
    repeat(move |number| now(breaker.call(|| async move { succeed::<CallError>(number) })))
}

fn call_failing(breaker: CircuitBreaker) -> Workload {
    repeat(move |number| now(breaker.call(|| async move { fail_each_tenth(number) })))
}
