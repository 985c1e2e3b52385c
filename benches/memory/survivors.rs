//! Instances that are not to make room, however many others come: one is open, one in use, one held.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use resilience4rs::{Registry, State};

use crate::tenants::{self, Answer};

const HOUR: Duration = Duration::from_hours(1);

/// What is looked at when the others have come.
pub(crate) struct Survivors(Box<dyn FnOnce()>);

impl Survivors {
    pub(crate) fn assert_unharmed(self) {
        (self.0)();
    }
}

/// A call that runs through the instance called `in use` of each policy but the rate limiter.
struct Running(Pin<Box<dyn Future<Output = Answer>>>);

impl Running {
    fn new(registry: &Registry) -> Self {
        let registry = registry.clone();
        let mut running = Self(Box::pin(async move {
            tenants::later(&registry, "in use").await
        }));
        assert!(running.poll().is_pending());
        running
    }

    fn poll(&mut self) -> Poll<Answer> {
        self.0
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
    }

    fn finish(mut self) {
        assert_eq!(self.poll(), Poll::Ready(Ok(1)));
    }
}

pub(crate) fn circuit_breakers(registry: &Registry) -> Survivors {
    let open = registry.circuit_breaker("open");
    assert!(open.transition_to_open_for(HOUR).is_ok());
    let running = Running::new(registry);
    let held = registry.circuit_breaker("held");
    let registry = registry.clone();
    Survivors(Box::new(move || {
        let find = |name| registry.find_circuit_breaker(name);
        assert_eq!(
            find("open").map(|breaker| breaker.state()),
            Some(State::Open)
        );
        let successes = |name| find(name).map(|breaker| breaker.metrics().successful_calls);
        running.finish();
        held.on_success(Duration::ZERO);
        assert_eq!((successes("in use"), successes("held")), (Some(1), Some(1)));
    }))
}

pub(crate) fn bulkheads(registry: &Registry) -> Survivors {
    let running = Running::new(registry);
    let held = registry.bulkhead("held");
    let registry = registry.clone();
    Survivors(Box::new(move || {
        let free = |name| {
            let found = registry.find_bulkhead(name);
            found.map(|bulkhead| bulkhead.metrics().available_concurrent_calls)
        };
        let permit = held.try_acquire();
        assert_eq!((free("in use"), free("held")), (Some(24), Some(24)));
        drop(permit);
        running.finish();
        assert_eq!((free("in use"), free("held")), (Some(25), Some(25)));
    }))
}

pub(crate) fn rate_limiters(registry: &Registry) -> Survivors {
    let of_an_hour = |name| {
        registry.rate_limiter_with(name, |config| {
            config.limit_for_period(50).limit_refresh_period(HOUR)
        })
    };
    // One that is in use has less than it brought.
    assert!(of_an_hour("in use").is_ok_and(|limiter| limiter.try_acquire().is_ok()));
    let held = of_an_hour("held");
    let registry = registry.clone();
    Survivors(Box::new(move || {
        assert!(held.is_ok_and(|limiter| limiter.try_acquire().is_ok()));
        let left = |name| {
            let found = registry.find_rate_limiter(name);
            found.map(|limiter| limiter.available_permissions())
        };
        assert_eq!((left("in use"), left("held")), (Some(49), Some(49)));
    }))
}

pub(crate) fn retries(registry: &Registry) -> Survivors {
    let running = Running::new(registry);
    let held = registry.retry("held");
    let registry = registry.clone();
    Survivors(Box::new(move || {
        running.finish();
        assert_eq!(held.call_blocking(|| Ok::<_, ()>(1)), Ok(1));
        let calls = |name| {
            let found = registry.find_retry(name);
            found.map(|retry| retry.metrics().total_calls)
        };
        assert_eq!((calls("in use"), calls("held")), (Some(1), Some(1)));
    }))
}

pub(crate) fn time_limiters(registry: &Registry) -> Survivors {
    let running = Running::new(registry);
    let held = registry.time_limiter("held");
    let registry = registry.clone();
    Survivors(Box::new(move || {
        running.finish();
        held.on_success();
        let calls = |name| {
            let found = registry.find_time_limiter(name);
            found.map(|limiter| limiter.metrics().successful_calls)
        };
        assert_eq!((calls("in use"), calls("held")), (Some(1), Some(1)));
    }))
}
