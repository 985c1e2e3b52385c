use std::cell::Cell;
use std::future::ready;
use std::time::Duration;

use backon::{BlockingRetryable, ConstantBuilder, ExponentialBuilder, Retryable};
use resilience_benches::call::{CallError, fail_first, now, succeed};
use resilience_benches::{Case, group, repeat};

use super::peer;

pub(super) fn cases() -> Vec<Case> {
    vec![
        peer(group::RETRY, "backon", || {
            let backoff = ExponentialBuilder::default();
            repeat(move |number| {
                now((|| async move { succeed::<CallError>(number) }).retry(backoff))
            })
        }),
        peer(group::RETRY_PLAIN, "backon", || {
            let backoff = ExponentialBuilder::default();
            repeat(move |number| (|| succeed::<CallError>(number)).retry(backoff).call())
        }),
        // Its own sleep of no length takes until tokio's next millisecond.
        peer(group::RETRY_SECOND, "backon, a sleep that is over", || {
            let backoff = ConstantBuilder::default().with_delay(Duration::ZERO);
            repeat(move |number| {
                let has_failed = Cell::new(false);
                let attempt = || async { fail_first(&has_failed, number) };
                now(attempt.retry(backoff).sleep(|_| ready(())))
            })
        }),
        peer(group::RETRY_SECOND, "backon, plain", || {
            let backoff = ConstantBuilder::default().with_delay(Duration::ZERO);
            repeat(move |number| {
                let has_failed = Cell::new(false);
                (|| fail_first(&has_failed, number)).retry(backoff).call()
            })
        }),
    ]
}
