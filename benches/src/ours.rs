//! Our breaker: every way to call through it, in every state, over every kind of window.

use resilience4rs::__private::{
    CircuitBreakerConfigBuilder as Config, CircuitBreakerSite, classify_errors, guard,
    guard_blocking,
};
use resilience4rs::{CircuitBreaker, Registry, SlidingWindowType};

use crate::call::{CallError, fail_each_tenth, now, succeed};
use crate::case::{Case, Workload, repeat};

type Answer = Result<u64, CallError>;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new("closed", "async attribute", |_| {
            async fn call(number: u64) -> Answer {
                static SITE: CircuitBreakerSite =
                    CircuitBreakerSite::new("closed", |config| config);
                guard(
                    SITE.resolve(),
                    classify_errors,
                    async move { succeed(number) },
                )
                .await
            }
            repeat(|number| now(call(number)))
        }),
        Case::new("closed", "plain attribute", |_| {
            fn call(number: u64) -> Answer {
                static SITE: CircuitBreakerSite =
                    CircuitBreakerSite::new("closed", |config| config);
                guard_blocking(SITE.resolve(), classify_errors, move || succeed(number))
            }
            repeat(call)
        }),
        Case::new("closed", "call", |_| call_async(closed(|config| config))),
        Case::new("closed", "call_blocking", |_| {
            let breaker = closed(|config| config);
            repeat(move |number| breaker.call_blocking(|| succeed::<CallError>(number)))
        }),
        Case::new("closed", "try_acquire, success", |_| {
            acquire(closed(|config| config))
        }),
        Case::new("closed", "call, window 100,000", |_| {
            call_async(closed(of_100_000))
        }),
        Case::new("closed", "call, window 60 s", |_| {
            call_async(closed(of_60_seconds))
        }),
        Case::new("closed, 10 % fail", "call, window 100", |_| {
            call_failing(closed(|config| config))
        }),
        Case::new("closed, 10 % fail", "call, window 100,000", |_| {
            call_failing(closed(of_100_000))
        }),
        Case::new("closed, 10 % fail", "call, window 60 s", |_| {
            call_failing(closed(of_60_seconds))
        }),
        Case::new("open", "async attribute", |_| {
            async fn call(number: u64) -> Answer {
                static SITE: CircuitBreakerSite = CircuitBreakerSite::new("open", |config| config);
                guard(
                    SITE.resolve(),
                    classify_errors,
                    async move { succeed(number) },
                )
                .await
            }
            open(Registry::global().circuit_breaker("open"));
            repeat(|number| now(call(number)))
        }),
        Case::new("open", "plain attribute", |_| {
            fn call(number: u64) -> Answer {
                static SITE: CircuitBreakerSite = CircuitBreakerSite::new("open", |config| config);
                guard_blocking(SITE.resolve(), classify_errors, move || succeed(number))
            }
            open(Registry::global().circuit_breaker("open"));
            repeat(call)
        }),
        Case::new("open", "call", |_| {
            call_async(open(closed(|config| config)))
        }),
        Case::new("open", "try_acquire", |_| {
            let breaker = open(closed(|config| config));
            repeat(move |_| breaker.try_acquire().is_ok())
        }),
        Case::new("half-open", "call", |_| {
            let breaker = probed(closed(|config| {
                config
                    .permitted_number_of_calls_in_half_open_state(PROBES)
                    .minimum_number_of_calls(PROBES)
            }));
            Box::new(move |calls| {
                for number in 0..calls {
                    if number.is_multiple_of(u64::from(PROBES / 4)) {
                        drop(breaker.transition_to_half_open());
                    }
                    let _ = std::hint::black_box(now(breaker
                        .call(async move { succeed::<CallError>(std::hint::black_box(number)) })));
                }
            })
        }),
    ]
}

const PROBES: u32 = 200_000;

fn of_100_000(config: Config) -> Config {
    config.sliding_window_size(100_000)
}

fn of_60_seconds(config: Config) -> Config {
    config
        .sliding_window_type(SlidingWindowType::TimeBased)
        .sliding_window_size(60)
}

fn closed(configure: fn(Config) -> Config) -> CircuitBreaker {
    Registry::new()
        .circuit_breaker_with("closed", configure)
        .expect("settings that fit")
}

fn open(breaker: CircuitBreaker) -> CircuitBreaker {
    breaker.transition_to_open().expect("CLOSED may open");
    breaker
}

fn probed(breaker: CircuitBreaker) -> CircuitBreaker {
    let breaker = open(breaker);
    breaker
        .transition_to_half_open()
        .expect("OPEN may be probed");
    breaker
}

fn call_async(breaker: CircuitBreaker) -> Workload {
    repeat(move |number| now(breaker.call(async move { succeed::<CallError>(number) })))
}

fn call_failing(breaker: CircuitBreaker) -> Workload {
    repeat(move |number| {
        now(breaker.call(async move { fail_each_tenth(number, CallError::Refused) }))
    })
}

fn acquire(breaker: CircuitBreaker) -> Workload {
    repeat(move |_| breaker.try_acquire().map(|permit| permit.success()))
}
