//! What becomes of a bulkhead's permits.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use resilience4rs::{Bulkhead, BulkheadPermit, Clock, PolicyError, Registry};

use super::{Load, reload, sum, vary};

const SECTION: &str = "bulkhead";

/// The highest limit that is ever in force.
const MOST: u64 = 12;

type Acquiring<'a> =
    Pin<Box<dyn Future<Output = Result<BulkheadPermit<'a>, PolicyError>> + Send + 'a>>;

fn change(registry: &Registry, bulkhead: &Bulkhead, most: u64, change: u64) {
    let settings = format!(
        "maxConcurrentCalls: {}, fairCallHandlingEnabled: {}",
        vary(change, 1, most),
        change.is_multiple_of(3),
    );
    reload(registry, SECTION, &settings);
    let wait = Duration::from_secs(vary(change, 60, 90));
    bulkhead
        .change_config(|config| config.max_wait_duration(wait))
        .unwrap();
}

/// Nobody has a permit, and nobody waits for one.
fn assert_all_back(bulkhead: &Bulkhead) {
    let metrics = bulkhead.metrics();
    assert_eq!(metrics.waiting_calls, 0);
    assert_eq!(
        metrics.available_concurrent_calls,
        metrics.max_allowed_concurrent_calls
    );
}

#[derive(Debug, Default)]
struct Holder<'a> {
    held: VecDeque<BulkheadPermit<'a>>,
    granted: u64,
    rejected: u64,
}

/// Each caller holds up to eight permits at a time, so that limits shrink below what is out.
pub(super) fn permits(load: Load) -> String {
    let registry = Registry::builder().clock(Clock::manual()).build();
    let bulkhead = registry.bulkhead("loaded");
    change(&registry, &bulkhead, MOST, load.changes + 1);
    let out = AtomicU64::new(0);
    let holders = load.run(
        |holder, number| hold(&bulkhead, &out, holder, number),
        |number| change(&registry, &bulkhead, MOST, number),
    );
    let granted = sum(&holders, |holder| holder.granted);
    let rejected = sum(&holders, |holder| holder.rejected);
    assert_eq!(granted + rejected, load.calls);
    drop(holders);
    assert_all_back(&bulkhead);
    format!("{granted} permits given out and back, {rejected} calls rejected")
}

fn hold<'a>(bulkhead: &'a Bulkhead, out: &AtomicU64, holder: &mut Holder<'a>, number: u64) {
    match bulkhead.try_acquire() {
        Ok(permit) => {
            let now = out.fetch_add(1, Ordering::SeqCst) + 1;
            assert!(now <= MOST, "{now} at a time");
            holder.granted += 1;
            holder.held.push_back(permit);
        }
        Err(_) => holder.rejected += 1,
    }
    while holder.held.len() as u64 > number % 9 {
        out.fetch_sub(1, Ordering::SeqCst);
        let permit = holder.held.pop_front().unwrap();
        if number.is_multiple_of(2) {
            permit.complete();
        }
    }
}

#[derive(Default)]
struct Waiters<'a> {
    waiting: VecDeque<Acquiring<'a>>,
    served: u64,
    gone: u64,
}

fn poll<'a>(acquiring: &mut Acquiring<'a>) -> Option<BulkheadPermit<'a>> {
    match acquiring
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
    {
        Poll::Ready(permit) => Some(permit.unwrap()),
        Poll::Pending => None,
    }
}

/// Stands in line, and lets the first of those who do be served, or go away.
fn wait<'a>(bulkhead: &'a Bulkhead, waiters: &mut Waiters<'a>, number: u64) {
    let mut acquiring: Acquiring<'_> = Box::pin(bulkhead.acquire());
    // It is given back when others have been looked after.
    let permit = poll(&mut acquiring);
    match &permit {
        Some(_) => waiters.served += 1,
        None => waiters.waiting.push_back(acquiring),
    }
    while waiters.waiting.len() as u64 > number % 7 {
        let mut first = waiters.waiting.pop_front().unwrap();
        if number.is_multiple_of(3) {
            waiters.gone += 1;
        } else if poll(&mut first).is_some() {
            waiters.served += 1;
        } else {
            waiters.waiting.push_back(first);
            break;
        }
    }
}

/// Tasks stand in line, some go away before they are served or when they have just been, and the rest is
/// served in the end.
pub(super) fn tasks_that_wait(load: Load) -> String {
    let registry = Registry::builder().clock(Clock::manual()).build();
    let bulkhead = registry.bulkhead("loaded");
    change(&registry, &bulkhead, 4, load.changes + 1);
    let mut callers = load.run(
        |waiters, number| wait(&bulkhead, waiters, number),
        |number| change(&registry, &bulkhead, 4, number),
    );
    let mut waiting: Vec<_> = callers
        .iter_mut()
        .flat_map(|waiters| waiters.waiting.drain(..))
        .collect();
    let left = waiting.len() as u64;
    while !waiting.is_empty() {
        let before = waiting.len();
        waiting.retain_mut(|acquiring| poll(acquiring).is_none());
        assert!(
            waiting.len() < before,
            "permits are free and nobody is given one"
        );
    }
    let served = sum(&callers, |waiters| waiters.served) + left;
    let gone = sum(&callers, |waiters| waiters.gone);
    assert_eq!(served + gone, load.calls);
    assert_all_back(&bulkhead);
    format!("{served} served, {gone} gone before; none waits")
}

/// Threads that would wait a minute for a wake-up that is lost, and be rejected then.
pub(super) fn threads_that_wait(load: Load) -> String {
    let load = load.with_one_call_in(100);
    let registry = Registry::new();
    let bulkhead = registry.bulkhead("loaded");
    change(&registry, &bulkhead, 1, load.changes + 1);
    let call = |(served, waited): &mut (u64, u64), _| {
        *waited += u64::from(bulkhead.metrics().available_concurrent_calls == 0);
        let done = bulkhead.call_blocking(|| {
            // The other one comes, and finds the place taken.
            std::thread::yield_now();
            Ok::<_, ()>(1)
        });
        *served += done.unwrap();
    };
    let tallies = load.run(call, |number| change(&registry, &bulkhead, 2, number));
    let served = sum(&tallies, |(served, _)| *served);
    assert_eq!(served, load.calls);
    assert_all_back(&bulkhead);
    format!(
        "{served} served, none rejected; {} found no place and waited, more or less",
        sum(&tallies, |(_, waited)| *waited)
    )
}
