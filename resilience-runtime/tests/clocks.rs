//! The clocks, and the timers that breakers set on them.

#![allow(
    clippy::unwrap_used,
    reason = "a test that meets something unforeseen is to fail"
)]

use std::sync::mpsc;
use std::time::{Duration, SystemTime};

use resilience_runtime::{CircuitBreaker, CircuitBreakerEventKind, Clock, Registry, State};

fn goes_half_open_by_itself(clock: impl Into<Clock>, wait: Duration) -> CircuitBreaker {
    Registry::builder()
        .clock(clock)
        .build()
        .circuit_breaker_with("tested", |config| {
            config
                .wait_duration_in_open_state(wait)
                .automatic_transition_from_open_to_half_open_enabled(true)
        })
        .unwrap()
}

#[tokio::test(start_paused = true)]
async fn tokios_paused_time_moves_breakers_on_its_clock() {
    let breaker = goes_half_open_by_itself(Clock::tokio(), Duration::from_secs(3600));
    breaker.transition_to_open().unwrap();
    // Lets the timer's task set its alarm.
    tokio::task::yield_now().await;
    tokio::time::advance(Duration::from_millis(3_599_999)).await;
    assert_eq!(breaker.state(), State::Open);
    tokio::time::advance(Duration::from_millis(2)).await;
    tokio::task::yield_now().await;
    assert_eq!(breaker.state(), State::HalfOpen);
}

#[test]
fn tokios_clock_works_outside_of_a_runtime() {
    let clock = Clock::tokio();
    assert!(clock.now() <= clock.now());
    let breaker = goes_half_open_by_itself(clock, Duration::from_secs(60));
    breaker.transition_to_open().unwrap();
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn the_system_clock_rings_its_timers_on_a_thread_of_its_own() {
    let breaker = goes_half_open_by_itself(Clock::system(), Duration::from_millis(1));
    let (sender, arrived) = mpsc::channel();
    breaker.on_event(move |event| {
        if let CircuitBreakerEventKind::StateTransition {
            to: State::HalfOpen,
            ..
        } = event.kind
        {
            sender.send(std::thread::current().id()).unwrap();
        }
    });
    // Twice, since the thread ends when nothing is left to wait for.
    for _ in 0..2 {
        breaker.transition_to_open().unwrap();
        // A minute, so that a timer that is dead fails the test instead of holding it up.
        let thread = arrived.recv_timeout(Duration::from_secs(60)).unwrap();
        assert_ne!(thread, std::thread::current().id());
    }
}

#[test]
fn the_system_clock_shows_the_time_of_day() {
    let now = Clock::system().now();
    let difference = now
        .duration_since(SystemTime::now())
        .unwrap_or_else(|error| error.duration());
    assert!(difference < Duration::from_secs(60), "{difference:?}");
}

#[test]
fn a_breaker_that_is_gone_leaves_no_timer_behind() {
    let time = Clock::manual();
    let breaker = goes_half_open_by_itself(&time, Duration::from_secs(1));
    breaker.transition_to_open().unwrap();
    let shown = format!("{time:?}");
    assert!(shown.contains("timers: 1"), "{shown}");
    drop(breaker);
    let shown = format!("{time:?}");
    assert!(shown.contains("timers: 0"), "{shown}");
}

#[test]
fn a_breaker_opened_until_a_time_that_has_passed_lets_the_next_call_probe() {
    let registry = Registry::new();
    let breaker = registry.circuit_breaker("past");
    let now = SystemTime::now();
    breaker
        .transition_to_open_until(now - Duration::from_secs(60))
        .unwrap();
    assert!(breaker.try_acquire().is_ok());
    breaker
        .transition_to_open_until(now + Duration::from_secs(60))
        .unwrap();
    assert!(breaker.try_acquire().is_err());
}
