use recloser::{AsyncRecloser, Recloser};
use resilience_benches::call::{CallError, fail_each_tenth, now, succeed};
use resilience_benches::{Case, Workload, group, repeat};

use super::{OPEN_WAIT, peer};

pub(super) fn cases() -> Vec<Case> {
    vec![
        peer(group::CLOSED_ASYNC, "recloser, ring 100", || call(closed())),
        peer(group::CLOSED_ASYNC, "recloser, ring 100,000", || {
            call(closed_of(100_000))
        }),
        peer(group::CLOSED_PLAIN, "recloser, ring 100", || {
            call_plain(closed())
        }),
        peer(group::CLOSED_FAILING, "recloser, ring 100", || {
            call_failing(closed())
        }),
        peer(group::OPEN_ASYNC, "recloser", || call(open())),
        peer(group::OPEN_PLAIN, "recloser", || call_plain(open())),
    ]
}

fn closed() -> Recloser {
    closed_of(100)
}

fn closed_of(length: usize) -> Recloser {
    Recloser::custom()
        .closed_len(length)
        .open_wait(OPEN_WAIT)
        .build()
}

fn open() -> Recloser {
    let recloser = closed();
    for _ in 0..=100 {
        drop(recloser.call(|| Err::<u64, _>(CallError::REFUSED)));
    }
    let rejected = recloser.call(succeed_once);
    assert!(matches!(rejected, Err(recloser::Error::Rejected)));
    recloser
}

fn succeed_once() -> Result<u64, CallError> {
    succeed(0)
}

fn call(recloser: Recloser) -> Workload {
    let recloser = AsyncRecloser::from(recloser);
    repeat(move |number| now(recloser.call(async move { succeed::<CallError>(number) })))
}

fn call_failing(recloser: Recloser) -> Workload {
    let recloser = AsyncRecloser::from(recloser);
    repeat(move |number| now(recloser.call(async move { fail_each_tenth(number) })))
}

fn call_plain(recloser: Recloser) -> Workload {
    repeat(move |number| recloser.call(|| succeed::<CallError>(number)))
}
