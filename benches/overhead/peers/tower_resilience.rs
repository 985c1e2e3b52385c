use std::time::Duration;

use resilience_benches::call::{CallError, fail_each_tenth, now, succeed, succeed_later};
use resilience_benches::{Case, group};
use tower::{Layer, service_fn};
use tower_resilience_bulkhead::BulkheadLayer;
use tower_resilience_circuitbreaker::{CircuitBreakerError, CircuitBreakerLayer};
use tower_resilience_ratelimiter::{RateLimiterLayer, RateLimiterServiceError};
use tower_resilience_retry::RetryLayer;
use tower_resilience_timelimiter::{FixedTimeout, TimeLimiterLayer};

use super::tower_service::{Guarded, await_each, poll_once, poll_twice, ready_and_call};
use super::{CALLS_PER_SECOND, CONCURRENT_CALLS, OPEN_WAIT, TIME_LIMIT, peer};

pub(super) fn cases() -> Vec<Case> {
    vec![
        peer(group::CLOSED_ASYNC, "tower-resilience, count 100", || {
            await_each(breaker().layer(well()))
        }),
        peer(group::CLOSED_FAILING, "tower-resilience, count 100", || {
            let failing = service_fn(|number| async move { fail_each_tenth(number) });
            await_each(breaker().layer(failing))
        }),
        peer(group::OPEN_ASYNC, "tower-resilience", || await_each(open())),
        peer(group::RATE_LIMIT, "tower-resilience, fixed window", || {
            poll_once(generous().layer(well()))
        }),
        peer(
            group::RATE_LIMIT_REJECTED,
            "tower-resilience, fixed window",
            || poll_once(exhausted()),
        ),
        peer(group::BULKHEAD, "tower-resilience", || {
            poll_once(bulkhead().layer(well()))
        }),
        peer(group::TIME_LIMIT, "tower-resilience", || {
            poll_once(time_limiter().layer(well()))
        }),
        peer(group::TIME_LIMIT_PENDING, "tower-resilience", || {
            let slow = service_fn(succeed_later::<CallError>);
            poll_twice(time_limiter().layer(slow))
        }),
        peer(group::RETRY, "tower-resilience", || {
            poll_once(retry().layer(well()))
        }),
        peer(group::STACK, "tower-resilience, all five", || {
            let limited = time_limiter().layer(bulkhead().layer(well()));
            let limited = generous().layer(limited);
            await_each(retry().layer(breaker().layer(limited)))
        }),
    ]
}

/// What the layers stand around.
fn well() -> impl Guarded<Error = CallError, Future: Send + 'static> {
    service_fn(|number| async move { succeed(number) })
}

#[expect(
    clippy::expect_used,
    reason = "a benchmark whose settings are wrong must end"
)]
fn breaker() -> CircuitBreakerLayer {
    CircuitBreakerLayer::builder()
        .failure_rate_threshold(0.5)
        .sliding_window_size(100)
        .wait_duration_in_open(OPEN_WAIT)
        .build()
        .expect("the settings fit")
}

fn open() -> impl Guarded {
    let failing = service_fn(|_| async { Err::<u64, _>(CallError::REFUSED) });
    let service = breaker().layer(failing);
    await_each(service.clone())(100);
    let rejected = now(ready_and_call(&mut service.clone(), 0));
    assert!(matches!(rejected, Err(CircuitBreakerError::OpenCircuit)));
    service
}

#[expect(
    clippy::expect_used,
    reason = "a benchmark whose settings are wrong must end"
)]
fn rate_limiter(calls: usize, period: Duration) -> RateLimiterLayer {
    RateLimiterLayer::builder()
        .limit_for_period(calls)
        .refresh_period(period)
        .timeout_duration(Duration::ZERO)
        .build()
        .expect("the settings fit")
}

fn generous() -> RateLimiterLayer {
    rate_limiter(CALLS_PER_SECOND as usize, Duration::from_secs(1))
}

fn exhausted() -> impl Guarded {
    let service = rate_limiter(1, OPEN_WAIT).layer(well());
    let call = |number| now(ready_and_call(&mut service.clone(), number));
    let rejected = call(0).and_then(|_| call(1));
    assert!(matches!(
        rejected,
        Err(RateLimiterServiceError::RateLimited)
    ));
    service
}

#[expect(
    clippy::expect_used,
    reason = "a benchmark whose settings are wrong must end"
)]
fn bulkhead() -> BulkheadLayer {
    BulkheadLayer::builder()
        .max_concurrent_calls(CONCURRENT_CALLS)
        .reject_when_full()
        .build()
        .expect("the settings fit")
}

fn time_limiter() -> TimeLimiterLayer<FixedTimeout> {
    TimeLimiterLayer::builder()
        .timeout_duration(TIME_LIMIT)
        .cancel_running_future(true)
        .build()
}

fn retry<E>() -> RetryLayer<u64, u64, E> {
    RetryLayer::builder().max_attempts(3).build()
}
