//! How a service of tower is called.

use std::fmt;
use std::future::poll_fn;
use std::hint::black_box;

use resilience_benches::Workload;
use resilience_benches::call::{later, now};
use tower::Service;

use super::runtime;

/// What is cloned for each thread, as a server clones it for each connection.
pub(super) trait Guarded:
    Service<u64, Response = u64, Error: fmt::Debug> + Clone + Send + Sync + 'static
{
}
impl<S> Guarded for S where
    S: Service<u64, Response = u64, Error: fmt::Debug> + Clone + Send + Sync + 'static
{
}

/// Calls that wait for a lock when two threads make them.
pub(super) fn await_each(service: impl Guarded) -> Workload {
    Box::new(move |calls| {
        let mut service = service.clone();
        super::await_each(calls, async |number| {
            ready_and_call(&mut service, number).await
        });
    })
}

/// Calls that are ready at once.
pub(super) fn poll_once(service: impl Guarded) -> Workload {
    poll(service, |service, number| {
        now(ready_and_call(service, number))
    })
}

/// Calls that are ready at their second poll.
pub(super) fn poll_twice(service: impl Guarded) -> Workload {
    poll(service, |service, number| {
        later(ready_and_call(service, number))
    })
}

fn poll<S: Guarded>(service: S, call: fn(&mut S, u64) -> Result<u64, S::Error>) -> Workload {
    let runtime = runtime();
    Box::new(move |calls| {
        let _timers = runtime.enter();
        let mut service = service.clone();
        for number in 0..calls {
            drop(black_box(call(&mut service, black_box(number))));
        }
    })
}

pub(super) async fn ready_and_call<S: Guarded>(
    service: &mut S,
    number: u64,
) -> Result<u64, S::Error> {
    poll_fn(|context| service.poll_ready(context)).await?;
    service.call(number).await
}
