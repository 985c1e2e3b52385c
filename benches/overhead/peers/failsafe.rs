use std::time::Duration;

use failsafe::{CircuitBreaker, Config, Error, backoff, failure_policy};
use resilience_benches::call::{CallError, fail_each_tenth, now, succeed};
use resilience_benches::{Case, Workload, group, repeat};

use super::{OPEN_WAIT, peer};

pub(super) fn cases() -> Vec<Case> {
    vec![
        peer(group::CLOSED_ASYNC, "failsafe, 5 in a row", || {
            call(in_a_row())
        }),
        peer(group::CLOSED_ASYNC, "failsafe, window 10 s", || {
            call(in_10_s())
        }),
        peer(group::CLOSED_PLAIN, "failsafe, 5 in a row", || {
            call_plain(in_a_row())
        }),
        peer(group::CLOSED_PLAIN, "failsafe, window 10 s", || {
            call_plain(in_10_s())
        }),
        peer(group::CLOSED_FAILING, "failsafe, window 10 s", || {
            call_failing(in_10_s())
        }),
        peer(group::OPEN_ASYNC, "failsafe", || call(open())),
        peer(group::OPEN_PLAIN, "failsafe", || call_plain(open())),
    ]
}

/// What can be called both ways.
trait Breaker: CircuitBreaker + failsafe::futures::CircuitBreaker + Send + Sync + 'static {}
impl<B> Breaker for B where
    B: CircuitBreaker + failsafe::futures::CircuitBreaker + Send + Sync + 'static
{
}

fn in_a_row() -> impl Breaker {
    Config::new()
        .failure_policy(failure_policy::consecutive_failures(
            5,
            backoff::constant(OPEN_WAIT),
        ))
        .build()
}

fn in_10_s() -> impl Breaker {
    let window = Duration::from_secs(10);
    Config::new()
        .failure_policy(failure_policy::success_rate_over_time_window(
            0.5,
            100,
            window,
            backoff::constant(OPEN_WAIT),
        ))
        .build()
}

fn open() -> impl Breaker {
    let breaker = in_a_row();
    for _ in 0..5 {
        drop(CircuitBreaker::call(&breaker, || {
            Err::<u64, _>(CallError::REFUSED)
        }));
    }
    let rejected = CircuitBreaker::call(&breaker, || succeed::<CallError>(0));
    assert!(matches!(rejected, Err(Error::Rejected)));
    breaker
}

fn call(breaker: impl Breaker) -> Workload {
    repeat(move |number| {
        let call = async move { succeed::<CallError>(number) };
        now(failsafe::futures::CircuitBreaker::call(&breaker, call))
    })
}

fn call_failing(breaker: impl Breaker) -> Workload {
    repeat(move |number| {
        let call = async move { fail_each_tenth(number) };
        now(failsafe::futures::CircuitBreaker::call(&breaker, call))
    })
}

fn call_plain(breaker: impl Breaker) -> Workload {
    repeat(move |number| CircuitBreaker::call(&breaker, || succeed::<CallError>(number)))
}
