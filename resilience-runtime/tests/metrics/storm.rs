//! Calls, cancellations, panics and transitions on two threads: one outcome for each call.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use resilience4rs::{CircuitBreaker, Registry};

use crate::{family, value};

const CALLS: u64 = 30_000;

/// What this test has seen of its calls, by itself.
#[derive(Default)]
struct Seen {
    asked: AtomicU64,
    rejected: AtomicU64,
}

impl Seen {
    fn ask(&self, is_rejected: bool) {
        self.asked.fetch_add(1, Ordering::Relaxed);
        self.rejected
            .fetch_add(is_rejected.into(), Ordering::Relaxed);
    }
}

fn call(breaker: &CircuitBreaker, random: &mut fastrand::Rng, seen: &Seen) {
    match random.u8(0..9) {
        0..3 => {
            let is_failing = random.u8(0..4) == 0;
            let answer = breaker.call_blocking(|| if is_failing { Err("down") } else { Ok(1) });
            seen.ask(matches!(answer, Err(resilience4rs::Failure::Policy(_))));
        }
        3 => {
            // Ready at its first poll, or dropped before any, in which case it never asked.
            let future = breaker.call(async { Ok::<_, &str>(1) });
            if random.bool() {
                let ready = pin!(future).poll(&mut Context::from_waker(Waker::noop()));
                seen.ask(matches!(ready, Poll::Ready(Err(_))));
            }
        }
        4 => {
            let mut future = pin!(breaker.call(async {
                std::future::pending::<()>().await;
                Ok::<_, &str>(1)
            }));
            let poll = future
                .as_mut()
                .poll(&mut Context::from_waker(Waker::noop()));
            seen.ask(poll.is_ready());
        }
        5 => {
            let called = std::cell::Cell::new(false);
            let panics = AssertUnwindSafe(|| {
                breaker.call_blocking(|| -> Result<(), &str> {
                    called.set(true);
                    std::panic::resume_unwind(Box::new("panic"));
                })
            });
            let _ = catch_unwind(panics);
            seen.ask(!called.get());
        }
        6 => {
            let called = std::cell::Cell::new(false);
            let panics = AssertUnwindSafe(|| {
                let future = breaker.call(async {
                    called.set(true);
                    if called.get() {
                        std::panic::resume_unwind(Box::new("panic"));
                    }
                    Ok::<_, &str>(1)
                });
                let _ = pin!(future).poll(&mut Context::from_waker(Waker::noop()));
            });
            let _ = catch_unwind(panics);
            seen.ask(!called.get());
        }
        7 => {
            let permit = breaker.try_acquire();
            seen.ask(permit.is_err());
            match (permit, random.u8(0..3)) {
                (Ok(permit), 0) => permit.success(),
                (Ok(permit), 1) => permit.ignore(),
                _ => {}
            }
        }
        _ => {
            let is_permitted = breaker.try_acquire_permission();
            seen.ask(!is_permitted);
            match random.u8(0..3) {
                _ if !is_permitted => {}
                0 => breaker.release_permission(),
                1 => breaker.on_success(Duration::from_millis(1)),
                _ => breaker.on_error(Duration::from_millis(1), &"down"),
            }
        }
    }
}

fn transition(breaker: &CircuitBreaker, random: &mut fastrand::Rng) {
    let _ = match random.u8(0..8) {
        0 => breaker.transition_to_open(),
        1 => breaker.transition_to_half_open(),
        2 => breaker.transition_to_forced_open(),
        3 => breaker.transition_to_disabled(),
        4 => breaker.transition_to_metrics_only(),
        _ => {
            breaker.reset();
            Ok(())
        }
    };
}

fn outcomes(registry: &Registry) -> f64 {
    let kinds = [
        "successful",
        "failed",
        "ignored",
        "not_permitted",
        "cancelled",
    ];
    let of = |kind| {
        value(
            registry,
            "resilience4rs.circuitbreaker.outcomes",
            &[("kind", kind)],
        )
    };
    kinds.map(of).iter().sum()
}

#[test]
fn every_call_of_a_storm_has_one_outcome() {
    for seed in 0..4 {
        let registry = Registry::builder().metrics(true).build();
        let breaker = registry
            .circuit_breaker_with("storm", |config| {
                config
                    .sliding_window_size(10)
                    .wait_duration_in_open_state(Duration::from_millis(1))
                    .permitted_number_of_calls_in_half_open_state(2)
            })
            .unwrap();
        let seen = Seen::default();
        thread::scope(|threads| {
            for thread in 0..2 {
                let (breaker, seen) = (&breaker, &seen);
                threads.spawn(move || {
                    let mut random = fastrand::Rng::with_seed(seed * 2 + thread);
                    for _ in 0..CALLS {
                        if random.u8(0..50) == 0 {
                            transition(breaker, &mut random);
                        }
                        call(breaker, &mut random, seen);
                    }
                });
            }
        });
        let asked = seen.asked.load(Ordering::Relaxed) as f64;
        let rejected = seen.rejected.load(Ordering::Relaxed) as f64;
        let started = value(&registry, "resilience4rs.circuitbreaker.started.calls", &[]);
        assert_eq!(started, asked, "seed {seed}");
        assert_eq!(outcomes(&registry), asked, "seed {seed}");
        let kind = [("kind", "not_permitted")];
        let not_permitted = value(&registry, "resilience4rs.circuitbreaker.outcomes", &kind);
        assert_eq!(not_permitted, rejected, "seed {seed}");
        // Nothing was left out or counted twice in Resilience4j's meters either.
        let timed = family(&registry, "resilience4j.circuitbreaker.calls").samples;
        assert_eq!(timed.len(), 3);
    }
}

#[test]
fn many_short_lived_threads_lose_nothing() {
    let registry = Registry::builder().metrics(true).build();
    let breaker = registry.circuit_breaker("crowd");
    for _ in 0..3 {
        // More than have slots of their own.
        thread::scope(|threads| {
            for _ in 0..200 {
                threads.spawn(|| {
                    for _ in 0..50 {
                        breaker.try_acquire().unwrap().success();
                    }
                });
            }
        });
    }
    assert_eq!(outcomes(&registry), 30_000.0);
    let started = value(&registry, "resilience4rs.circuitbreaker.started.calls", &[]);
    assert_eq!(started, 30_000.0);
}
