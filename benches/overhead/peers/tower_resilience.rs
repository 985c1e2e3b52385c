use std::future::poll_fn;
use std::hint::black_box;

use resilience_benches::call::{CallError, fail_each_tenth, now, succeed};
use resilience_benches::{Case, Workload, group};
use tower::{Layer, Service, service_fn};
use tower_resilience_circuitbreaker::{CircuitBreakerError, CircuitBreakerLayer};

use super::{OPEN_WAIT, peer, runtime};

pub(super) fn cases() -> Vec<Case> {
    vec![
        peer(group::CLOSED_ASYNC, "tower-resilience, count 100", || {
            call(of_100(|number| async move { succeed(number) }))
        }),
        peer(group::CLOSED_FAILING, "tower-resilience, count 100", || {
            call(of_100(|number| async move { fail_each_tenth(number) }))
        }),
        peer(group::OPEN_ASYNC, "tower-resilience", || call(open())),
    ]
}

type Failure = CircuitBreakerError<CallError>;

/// What is cloned for each thread, as a server clones it for each connection.
trait Guarded: Service<u64, Response = u64, Error = Failure> + Clone + Send + Sync + 'static {}
impl<S> Guarded for S where
    S: Service<u64, Response = u64, Error = Failure> + Clone + Send + Sync + 'static
{
}

#[expect(
    clippy::expect_used,
    reason = "a benchmark whose settings are wrong must end"
)]
fn of_100<F>(operation: impl Fn(u64) -> F + Clone + Send + Sync + 'static) -> impl Guarded
where
    F: Future<Output = Result<u64, CallError>> + Send + 'static,
{
    CircuitBreakerLayer::builder()
        .failure_rate_threshold(0.5)
        .sliding_window_size(100)
        .wait_duration_in_open(OPEN_WAIT)
        .build()
        .expect("the settings fit")
        .layer(service_fn(operation))
}

fn open() -> impl Guarded {
    let service = of_100(|_| async { Err(CallError::REFUSED) });
    call_each(service.clone(), 100);
    let rejected = now(ready_and_call(&mut service.clone(), 0));
    assert!(matches!(rejected, Err(CircuitBreakerError::OpenCircuit)));
    service
}

fn call(service: impl Guarded) -> Workload {
    Box::new(move |calls| call_each(service.clone(), calls))
}

fn call_each(mut service: impl Guarded, calls: u64) {
    runtime().block_on(async {
        for number in 0..calls {
            let answer = ready_and_call(&mut service, black_box(number)).await;
            drop(black_box(answer));
        }
    });
}

async fn ready_and_call(service: &mut impl Guarded, number: u64) -> Result<u64, Failure> {
    poll_fn(|context| service.poll_ready(context)).await?;
    service.call(number).await
}
