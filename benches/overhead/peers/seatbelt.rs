use std::time::Duration;

use layered::{Execute, Service, Stack};
use resilience_benches::call::{CallError, fail_each_tenth, later, now, succeed, succeed_later};
use resilience_benches::{Case, Workload, group, repeat};
use seatbelt::breaker::{Breaker, BreakerLayer};
use seatbelt::retry::{Retry, RetryLayer};
use seatbelt::timeout::{Timeout, TimeoutLayer};
use seatbelt::{RecoveryInfo, ResilienceContext};
use tick::Clock;
use tokio::runtime::Runtime;

use super::{OPEN_WAIT, TIME_LIMIT, await_each, peer, runtime};

pub(super) fn cases() -> Vec<Case> {
    vec![
        peer(group::CLOSED_ASYNC, "seatbelt, window 10 s", || {
            await_each_call(|on| (on.breaker(), well()).into_service())
        }),
        peer(group::CLOSED_FAILING, "seatbelt, window 10 s", || {
            let failing = Execute::new(|number| async move { fail_each_tenth(number) });
            await_each_call(|on| (on.breaker(), failing).into_service())
        }),
        peer(group::OPEN_ASYNC, "seatbelt", || await_each_call(open)),
        peer(group::TIME_LIMIT, "seatbelt", || {
            poll_once(|on| (on.timeout(), well()).into_service())
        }),
        peer(group::TIME_LIMIT_PENDING, "seatbelt", || {
            let slow = Execute::new(succeed_later::<CallError>);
            poll_twice(|on| (on.timeout(), slow).into_service())
        }),
        peer(group::RETRY, "seatbelt", || {
            poll_once(|on| (on.retry(), well()).into_service())
        }),
        peer(group::RETRY_SECOND, "seatbelt", || poll_once(failing_first)),
        peer(group::STACK, "seatbelt, retry, breaker, timeout", || {
            await_each_call(|on| (on.retry(), on.breaker(), on.timeout(), well()).into_service())
        }),
    ]
}

type Answer = Result<u64, CallError>;

/// What the layers stand around.
fn well() -> impl Service<u64, Out = Answer> + 'static {
    Execute::new(|number| async move { succeed(number) })
}

/// The layers' settings, and the runtime that their clock belongs to.
struct OnTokio {
    context: ResilienceContext<u64, Answer>,
    runtime: Runtime,
}

impl OnTokio {
    fn new() -> Self {
        let runtime = runtime();
        let clock = runtime.block_on(async { Clock::new_tokio() });
        Self {
            context: ResilienceContext::new(&clock),
            runtime,
        }
    }

    /// The clock goes on as long as its runtime is there.
    fn keep(self, workload: Workload) -> Workload {
        Box::new(move |calls| {
            let _kept = &self.runtime;
            workload(calls);
        })
    }

    fn breaker(&self) -> BreakerLayer<u64, Answer> {
        Breaker::layer("benchmark", &self.context)
            .failure_threshold(0.5)
            .break_duration(OPEN_WAIT)
            .recovery_with(|answer, _| recovery(answer))
            .rejected_input_error(|_, _| CallError::REJECTED)
    }

    fn timeout(&self) -> TimeoutLayer<u64, Answer> {
        Timeout::layer("benchmark", &self.context)
            .timeout(TIME_LIMIT)
            .timeout_error(|_| CallError::REJECTED)
    }

    fn retry(&self) -> RetryLayer<u64, Answer> {
        Retry::layer("benchmark", &self.context)
            .clone_input()
            .recovery_with(|answer, _| recovery(answer))
    }
}

/// Calls that wait for a lock when two threads make them.
fn await_each_call<S>(service: impl FnOnce(&OnTokio) -> S) -> Workload
where
    S: Service<u64, Out = Answer> + 'static,
{
    let on = OnTokio::new();
    let service = service(&on);
    on.keep(Box::new(move |calls| {
        await_each(calls, |number| service.execute(number));
    }))
}

/// Calls that are ready at once.
fn poll_once<S>(service: impl FnOnce(&OnTokio) -> S) -> Workload
where
    S: Service<u64, Out = Answer> + 'static,
{
    let on = OnTokio::new();
    let service = service(&on);
    on.keep(repeat(move |number| now(service.execute(number))))
}

/// Calls that are ready at their second poll.
fn poll_twice<S>(service: impl FnOnce(&OnTokio) -> S) -> Workload
where
    S: Service<u64, Out = Answer> + 'static,
{
    let on = OnTokio::new();
    let service = service(&on);
    on.keep(repeat(move |number| later(service.execute(number))))
}

fn recovery(answer: &Answer) -> RecoveryInfo {
    match answer {
        Ok(_) => RecoveryInfo::never(),
        Err(_) => RecoveryInfo::retry(),
    }
}

fn open(on: &OnTokio) -> impl Service<u64, Out = Answer> + use<> {
    let failing = Execute::new(|_| async { Err(CallError::REFUSED) });
    let service = (on.breaker(), failing).into_service();
    await_each(10_000, |number| service.execute(number));
    let rejected = now(service.execute(0));
    assert!(matches!(rejected, Err(CallError::REJECTED)));
    service
}

/// The attempt is in the highest bit of the number.
fn failing_first(on: &OnTokio) -> impl Service<u64, Out = Answer> + use<> {
    const AGAIN: u64 = 1 << 63;

    let retry = Retry::layer("benchmark", &on.context)
        .base_delay(Duration::ZERO)
        .clone_input_with(|number, args| {
            let is_first = args.attempt().is_first();
            Some(if is_first { *number } else { *number | AGAIN })
        })
        .recovery_with(|answer, _| recovery(answer));
    let operation = Execute::new(|number| async move {
        match number & AGAIN {
            0 => Err(CallError::REFUSED),
            _ => succeed(number),
        }
    });
    (retry, operation).into_service()
}
