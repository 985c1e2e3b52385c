//! A future of any shape, dropped at any await point, gives its permit back.
//!
//! Each of the functions is dropped after every number of polls, in its body and in its fallback,
//! while the breaker is CLOSED, HALF_OPEN and OPEN.

#![allow(clippy::unwrap_used, reason = "a test")]

#[macro_use]
mod shape;
mod results;
mod stacks;
mod values;

use std::sync::Arc;
use std::task::{Context, Waker};

use resilience4rs::{CircuitBreaker, Clock, Registry, State};

use crate::shape::{AWAITS, End, Shape};

const HALF_OPEN_CALLS: usize = 3;

/// A shape's call in a registry of its own.
struct Call {
    registry: Arc<Registry>,
    breaker: CircuitBreaker,
}

impl Call {
    fn new(state: State) -> Self {
        let registry = Arc::new(Registry::builder().clock(Clock::manual()).build());
        let breaker = registry
            .circuit_breaker_with("dropped", |config| {
                config.permitted_number_of_calls_in_half_open_state(3)
            })
            .unwrap();
        if state != State::Closed {
            breaker.transition_to_open().unwrap();
        }
        if state == State::HalfOpen {
            breaker.transition_to_half_open().unwrap();
        }
        Self { registry, breaker }
    }

    /// Polls the call that often, unless it is ready before, and drops it; says whether it was.
    fn dropped_after(&self, polls: usize, shape: &Shape, end: End) -> bool {
        let mut future = (shape.call)(Arc::clone(&self.registry), end);
        let mut context = Context::from_waker(Waker::noop());
        (0..polls).any(|_| future.as_mut().poll(&mut context).is_ready())
    }

    /// How many more calls a half-open breaker lets through.
    fn free_permits(&self) -> usize {
        let mut permits = Vec::new();
        while let Ok(permit) = self.breaker.try_acquire() {
            permits.push(permit);
            assert!(permits.len() <= HALF_OPEN_CALLS, "the breaker is half-open");
        }
        permits.len()
    }
}

/// Drops a call at each of its await points, and once it is done; returns how many there were.
fn drop_everywhere(shape: &Shape, end: End, state: State) -> usize {
    let in_body = if state == State::Open { 0 } else { AWAITS };
    let fails = state == State::Open || (end == End::Failure && shape.can_fail);
    let in_fallback = if fails && shape.awaits_fallback {
        AWAITS
    } else {
        0
    };
    let points = in_body + in_fallback;
    for polls in 0..=points + 1 {
        let what = format!(
            "{}, {end:?}, {state}, dropped after {polls} polls",
            shape.name
        );
        let call = Call::new(state);
        assert_eq!(
            call.dropped_after(polls, shape, end),
            polls > points,
            "{what}"
        );

        let metrics = call.breaker.metrics();
        let recorded = metrics.successful_calls + metrics.failed_calls;
        let body_is_done = state != State::Open && polls > in_body;
        assert_eq!(recorded, u64::from(body_is_done), "{what}: calls recorded");
        if state == State::HalfOpen {
            let free = HALF_OPEN_CALLS - usize::from(body_is_done);
            assert_eq!(call.free_permits(), free, "{what}: permits");
        }
        assert_eq!(call.breaker.state(), state, "{what}");
    }
    points
}

#[test]
fn dropping_at_every_await_point_gives_every_permit_back() {
    let shapes: Vec<_> = results::all().chain(values::all()).collect();
    assert_eq!(shapes.len(), 4 * 11 + 3 * 3);
    let mut points = 0;
    for shape in &shapes {
        for end in [End::Success, End::Failure] {
            for state in [State::Closed, State::HalfOpen, State::Open] {
                points += drop_everywhere(shape, end, state);
            }
        }
    }
    assert!(points > 900, "only {points} await points");
}
