//! The breaker: every way to call through it, in every state, over every kind of window.

mod attributed;
#[cfg(feature = "metrics")]
mod counted;

use resilience4rs::{
    CircuitBreaker, CircuitBreakerConfigBuilder as Config, Permit, Registry, SlidingWindowType,
    State,
};

use super::ours;
use crate::call::{CallError, fail_each_tenth, now, succeed};
use crate::case::{Case, Workload, repeat};
use crate::group::{CLOSED_ASYNC, CLOSED_FAILING, CLOSED_PLAIN, HALF_OPEN, OPEN_ASYNC, OPEN_PLAIN};

pub(crate) fn cases() -> Vec<Case> {
    let cases = vec![
        ours(CLOSED_ASYNC, "#[circuit_breaker]", attributed::closed),
        ours(CLOSED_ASYNC, "CircuitBreaker::call", |_| call(of_100())),
        ours(CLOSED_ASYNC, "call, window 100,000", |_| call(of_100_000())),
        ours(CLOSED_ASYNC, "call, window 60 s", |_| call(of_60_s())),
        ours(
            CLOSED_PLAIN,
            "#[circuit_breaker], plain",
            attributed::closed_plain,
        ),
        ours(CLOSED_PLAIN, "call_blocking", |_| call_blocking(of_100())),
        ours(CLOSED_PLAIN, "try_acquire, success", |_| acquire(of_100())),
        ours(CLOSED_FAILING, "call, window 100", |_| {
            call_failing(of_100())
        }),
        ours(CLOSED_FAILING, "call, window 100,000", |_| {
            call_failing(of_100_000())
        }),
        ours(CLOSED_FAILING, "call, window 60 s", |_| {
            call_failing(of_60_s())
        }),
        ours(OPEN_ASYNC, "#[circuit_breaker]", attributed::open),
        ours(OPEN_ASYNC, "CircuitBreaker::call", |_| call(open(of_100()))),
        ours(
            OPEN_PLAIN,
            "#[circuit_breaker], plain",
            attributed::open_plain,
        ),
        ours(OPEN_PLAIN, "call_blocking", |_| {
            call_blocking(open(of_100()))
        }),
        ours(OPEN_PLAIN, "try_acquire", |_| acquire(open(of_100()))),
        ours(HALF_OPEN, "CircuitBreaker::call", |_| call_probes()),
    ];
    #[cfg(feature = "metrics")]
    let cases = cases.into_iter().chain(counted::cases()).collect();
    cases
}

fn of_100() -> CircuitBreaker {
    breaker(|config| config)
}

fn of_100_000() -> CircuitBreaker {
    breaker(|config| config.sliding_window_size(100_000))
}

fn of_60_s() -> CircuitBreaker {
    breaker(|config| {
        config
            .sliding_window_type(SlidingWindowType::TimeBased)
            .sliding_window_size(60)
    })
}

#[expect(
    clippy::expect_used,
    reason = "a benchmark whose settings are wrong must end"
)]
fn breaker(configure: fn(Config) -> Config) -> CircuitBreaker {
    Registry::new()
        .circuit_breaker_with("benchmark", configure)
        .expect("the settings fit")
}

fn open(breaker: CircuitBreaker) -> CircuitBreaker {
    change(&breaker, State::Open);
    breaker
}

/// Every change asked for here is a legal one.
fn change(breaker: &CircuitBreaker, to: State) {
    let changed = match to {
        State::Open => breaker.transition_to_open(),
        _ => breaker.transition_to_half_open(),
    };
    assert!(changed.is_ok() && breaker.state() == to, "{changed:?}");
}

fn call(breaker: CircuitBreaker) -> Workload {
    repeat(move |number| now(breaker.call(async move { succeed::<CallError>(number) })))
}

fn call_failing(breaker: CircuitBreaker) -> Workload {
    repeat(move |number| now(breaker.call(async move { fail_each_tenth(number) })))
}

fn call_blocking(breaker: CircuitBreaker) -> Workload {
    repeat(move |number| breaker.call_blocking(|| succeed::<CallError>(number)))
}

fn acquire(breaker: CircuitBreaker) -> Workload {
    repeat(move |_| breaker.try_acquire().map(Permit::success))
}

/// A round of probes ends when all have reported, so this begins another before that.
fn call_probes() -> Workload {
    const PROBES: u32 = 200_000;

    let breaker = open(breaker(|config| {
        config
            .permitted_number_of_calls_in_half_open_state(PROBES)
            .minimum_number_of_calls(PROBES)
    }));
    repeat(move |number| {
        // Of two threads, each makes a quarter of the round at most before it begins another.
        if number.is_multiple_of(u64::from(PROBES / 4)) {
            change(&breaker, State::HalfOpen);
        }
        now(breaker.call(async move { succeed::<CallError>(number) }))
    })
}
