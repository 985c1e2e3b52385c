use layered::{Execute, Service, Stack};
use resilience_benches::call::{CallError, fail_each_tenth, now, succeed};
use resilience_benches::{Case, Workload, group};
use seatbelt::breaker::Breaker;
use seatbelt::{RecoveryInfo, ResilienceContext};
use tick::Clock;
use tokio::runtime::Runtime;

use super::{OPEN_WAIT, await_each, peer, runtime};

pub(super) fn cases() -> Vec<Case> {
    vec![
        peer(group::CLOSED_ASYNC, "seatbelt, window 10 s", || {
            call(in_10_s(|number| async move { succeed(number) }))
        }),
        peer(group::CLOSED_FAILING, "seatbelt, window 10 s", || {
            call(in_10_s(|number| async move { fail_each_tenth(number) }))
        }),
        peer(group::OPEN_ASYNC, "seatbelt", || call(open())),
    ]
}

type Answer = Result<u64, CallError>;

/// A service, and the runtime that its clock belongs to.
struct Guarded<S> {
    service: S,
    _runtime: Runtime,
}

fn in_10_s<F>(
    operation: impl Fn(u64) -> F + Send + Sync + 'static,
) -> Guarded<impl Service<u64, Out = Answer> + 'static>
where
    F: Future<Output = Answer> + Send + 'static,
{
    let runtime = runtime();
    let clock = runtime.block_on(async { Clock::new_tokio() });
    let context = ResilienceContext::new(&clock);
    let breaker = Breaker::layer("benchmark", &context)
        .failure_threshold(0.5)
        .break_duration(OPEN_WAIT)
        .recovery_with(|answer: &Answer, _| match answer {
            Ok(_) => RecoveryInfo::never(),
            Err(_) => RecoveryInfo::retry(),
        })
        .rejected_input_error(|_, _| CallError::REJECTED);
    Guarded {
        service: (breaker, Execute::new(operation)).into_service(),
        _runtime: runtime,
    }
}

fn open() -> Guarded<impl Service<u64, Out = Answer> + 'static> {
    let guarded = in_10_s(|_| async { Err(CallError::REFUSED) });
    await_each(10_000, |number| guarded.service.execute(number));
    let rejected = now(guarded.service.execute(0));
    assert!(matches!(rejected, Err(CallError::REJECTED)));
    guarded
}

fn call(guarded: Guarded<impl Service<u64, Out = Answer> + 'static>) -> Workload {
    Box::new(move |calls| await_each(calls, |number| guarded.service.execute(number)))
}
