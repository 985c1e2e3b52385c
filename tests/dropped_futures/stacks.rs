//! A stack of all five policies, each of which waits somewhere, dropped at every await point.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use resilience4rs::{
    BulkheadPermit, Clock, ManualClock, Registry, State, bulkhead, circuit_breaker, rate_limiter,
    retry, time_limiter,
};

use crate::shape::{Wrong, awaits};

/// How long one poll takes.
const STEP: Duration = Duration::from_millis(100);
/// How many probes the breaker admits, each attempt one.
const PROBES: usize = 5;

/// The policies of a stack: a place that is taken at first, permits that come one by one, waits
/// between the attempts.
struct Policies {
    clock: ManualClock,
    registry: Arc<Registry>,
}

impl Policies {
    fn new() -> Self {
        let clock = Clock::manual();
        let registry = Arc::new(Registry::builder().clock(clock.clone()).build());
        let millis = Duration::from_millis;
        registry
            .retry_with("dropped", |config| config.wait_duration(millis(300)))
            .unwrap();
        let breaker = registry
            .circuit_breaker_with("dropped", |config| {
                config.permitted_number_of_calls_in_half_open_state(5)
            })
            .unwrap();
        breaker.transition_to_open().unwrap();
        breaker.transition_to_half_open().unwrap();
        registry
            .rate_limiter_with("dropped", |config| {
                let config = config.limit_for_period(1);
                config.limit_refresh_period(Duration::from_secs(1))
            })
            .unwrap();
        registry
            .time_limiter_with("dropped", |config| {
                config.timeout_duration(Duration::from_secs(3))
            })
            .unwrap();
        registry
            .bulkhead_with("dropped", |config| {
                let config = config.max_concurrent_calls(1);
                config.max_wait_duration(Duration::from_secs(9))
            })
            .unwrap();
        Self { clock, registry }
    }
}

/// Fails until its third attempt.
async fn body(attempts: &mut u8) -> Result<u8, Wrong> {
    *attempts += 1;
    let attempt = *attempts;
    awaits().await;
    if attempt == 3 {
        Ok(attempt)
    } else {
        Err(Wrong)
    }
}

#[retry("dropped", registry = registry)]
#[circuit_breaker("dropped", registry = registry)]
#[rate_limiter("dropped", registry = registry)]
#[time_limiter("dropped", registry = registry)]
#[bulkhead("dropped", registry = registry)]
async fn usual(registry: Arc<Registry>, attempts: &mut u8) -> Result<u8, Wrong> {
    let _used = registry;
    body(attempts).await
}

#[time_limiter("dropped", registry = registry)]
#[bulkhead("dropped", registry = registry)]
#[retry("dropped", registry = registry)]
#[rate_limiter("dropped", registry = registry)]
#[circuit_breaker("dropped", registry = registry)]
async fn another(registry: Arc<Registry>, attempts: &mut u8) -> Result<u8, Wrong> {
    let _used = registry;
    body(attempts).await
}

/// Polls a call so often, and lets go of the place that was taken after two polls.
fn polled(
    polls: usize,
    clock: &ManualClock,
    mut taken: Option<BulkheadPermit<'_>>,
    mut call: Pin<&mut dyn Future<Output = Result<u8, Wrong>>>,
) -> Option<Result<u8, Wrong>> {
    let mut context = Context::from_waker(Waker::noop());
    for poll in 0..polls {
        if let Poll::Ready(answer) = call.as_mut().poll(&mut context) {
            return Some(answer);
        }
        clock.advance(STEP);
        if poll == 2 {
            taken = None;
        }
    }
    drop(taken);
    None
}

/// Drops a call after so many polls; returns what it brought, if it was done.
fn dropped_after(polls: usize, usually: bool) -> Option<Result<u8, Wrong>> {
    let Policies { clock, registry } = Policies::new();
    let what = format!("dropped after {polls} polls, in the usual order: {usually}");
    let places = registry.bulkhead("dropped");
    let taken = places.try_acquire().unwrap();
    let mut attempts = 0;
    let answer = {
        let (usual_call, other_call);
        let call: Pin<&mut dyn Future<Output = _>> = if usually {
            usual_call = usual(Arc::clone(&registry), &mut attempts);
            pin!(usual_call)
        } else {
            other_call = another(Arc::clone(&registry), &mut attempts);
            pin!(other_call)
        };
        polled(polls, &clock, Some(taken), call)
    };
    assert_eq!(
        places.metrics().available_concurrent_calls,
        1,
        "{what}: places"
    );
    assert_eq!(places.metrics().waiting_calls, 0, "{what}: waiting calls");

    let breaker = registry.circuit_breaker("dropped");
    assert_eq!(breaker.state(), State::HalfOpen, "{what}");
    let metrics = breaker.metrics();
    let recorded = usize::try_from(metrics.successful_calls + metrics.failed_calls).unwrap();
    let mut permits = Vec::new();
    while let Ok(permit) = breaker.try_acquire() {
        permits.push(permit);
    }
    assert_eq!(permits.len(), PROBES - recorded, "{what}: probes");

    let limiter = registry.rate_limiter("dropped");
    // Negative, if one of a later period were still reserved.
    assert!(limiter.available_permissions() >= 0, "{what}: rate");
    assert_eq!(
        limiter.metrics().number_of_waiting_threads,
        0,
        "{what}: rate"
    );
    assert_eq!(clock.timers(), 0, "{what}");
    answer
}

#[test]
fn dropping_a_stack_of_five_at_every_await_point_gives_everything_back() {
    for usually in [true, false] {
        let mut polls = 0;
        let answer = loop {
            if let Some(answer) = dropped_after(polls, usually) {
                break answer;
            }
            polls += 1;
        };
        assert_eq!(answer.ok(), Some(3), "the third attempt goes well");
        assert!(polls > 20, "only {polls} await points");
    }
}
