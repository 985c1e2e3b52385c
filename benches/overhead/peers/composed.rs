//! What a service composes by hand of one crate for each policy, in the order of our stacks.

use backon::{BlockingRetryable, ExponentialBuilder, Retryable};
use governor::RateLimiter;
use recloser::{AsyncRecloser, Recloser};
use resilience_benches::call::{CallError, now, succeed};
use resilience_benches::{Case, Workload, group, repeat};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::governor::generous;
use super::{CONCURRENT_CALLS, TIME_LIMIT, among_timers, peer};

pub(super) fn cases() -> Vec<Case> {
    vec![
        peer(
            group::STACK,
            "by hand, without rate limit",
            without_rate_limit,
        ),
        peer(group::STACK, "by hand, all five", with_rate_limit),
        peer(group::STACK_PLAIN, "by hand, all four", plain),
    ]
}

fn without_rate_limit() -> Workload {
    let backoff = ExponentialBuilder::default();
    let breaker = AsyncRecloser::from(Recloser::default());
    let bulkhead = Semaphore::new(CONCURRENT_CALLS);
    among_timers(move |number| now((|| breaker.call(limited(&bulkhead, number))).retry(backoff)))
}

fn with_rate_limit() -> Workload {
    let backoff = ExponentialBuilder::default();
    let breaker = AsyncRecloser::from(Recloser::default());
    let limiter = RateLimiter::direct(generous());
    let bulkhead = Semaphore::new(CONCURRENT_CALLS);
    among_timers(move |number| {
        let permitted = || async {
            limiter.check().map_err(|_| CallError::REJECTED)?;
            limited(&bulkhead, number).await
        };
        now((|| breaker.call(permitted())).retry(backoff))
    })
}

/// The time limit and the bulkhead.
async fn limited(bulkhead: &Semaphore, number: u64) -> Result<u64, CallError> {
    let in_bulkhead = async {
        let _permit = bulkhead.try_acquire().map_err(|_| CallError::REJECTED)?;
        succeed(number)
    };
    timeout(TIME_LIMIT, in_bulkhead)
        .await
        .map_err(|_| CallError::REJECTED)?
}

fn plain() -> Workload {
    let backoff = ExponentialBuilder::default();
    let breaker = Recloser::default();
    let limiter = RateLimiter::direct(generous());
    let bulkhead = Semaphore::new(CONCURRENT_CALLS);
    repeat(move |number| {
        let permitted = || {
            limiter.check().map_err(|_| CallError::REJECTED)?;
            let _permit = bulkhead.try_acquire().map_err(|_| CallError::REJECTED)?;
            succeed::<CallError>(number)
        };
        (|| breaker.call(permitted)).retry(backoff).call()
    })
}
