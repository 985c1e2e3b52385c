//! Calls on threads of a pool.

#![allow(
    clippy::unwrap_used,
    reason = "a test that meets something unforeseen is to fail"
)]

mod admission;
mod changes;
mod endings;
mod threads;

use std::future::Future;
use std::pin::Pin;
use std::sync::mpsc;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use resilience_runtime::{Clock, Failure, PolicyError, Registry, ThreadPoolBulkhead};
use tokio::sync::oneshot;

/// So that what never happens fails its test instead of holding it up.
const PATIENCE: Duration = Duration::from_mins(1);

/// On a clock that stands still: threads above the core stay.
fn bulkhead_of(core: u32, max: u32, queue: u32) -> ThreadPoolBulkhead {
    Registry::builder()
        .clock(Clock::manual())
        .build()
        .thread_pool_bulkhead_with("tested", |config| {
            config
                .core_thread_pool_size(core)
                .max_thread_pool_size(max)
                .queue_capacity(queue)
        })
        .unwrap()
}

fn poll_once<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Threads, those with a call, calls in the queue.
fn load(bulkhead: &ThreadPoolBulkhead) -> [u32; 3] {
    let metrics = bulkhead.metrics();
    assert_eq!(
        metrics.available_thread_count + metrics.active_thread_count,
        metrics.maximum_thread_pool_size
    );
    assert_eq!(
        metrics.remaining_queue_capacity + metrics.queue_depth,
        metrics.queue_capacity
    );
    [
        metrics.thread_pool_size,
        metrics.active_thread_count,
        metrics.queue_depth,
    ]
}

fn wait_until(mut happens: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !happens() {
        assert!(begun.elapsed() < PATIENCE, "it never happens");
        thread::yield_now();
    }
}

async fn patiently<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(PATIENCE, future).await.unwrap()
}

/// A body that ends when its gate opens.
fn gated() -> (
    oneshot::Sender<()>,
    impl Future<Output = Result<(), ()>> + Send + 'static,
) {
    let (gate, opened) = oneshot::channel();
    (gate, async move { opened.await.map_err(|_| ()) })
}

fn is_full<T: std::fmt::Debug>(poll: &Poll<Result<T, Failure<()>>>, most: u32) -> bool {
    let Poll::Ready(Err(Failure::Policy(PolicyError::BulkheadFull(full)))) = poll else {
        return false;
    };
    &*full.name == "tested" && full.max_concurrent_calls == most && full.max_wait_duration.is_zero()
}

fn thread_name() -> String {
    thread::current().name().unwrap_or_default().to_owned()
}

/// Its end asks the bulkhead how it is.
struct Asking {
    bulkhead: ThreadPoolBulkhead,
    answers: mpsc::Sender<[u32; 3]>,
}

impl Drop for Asking {
    fn drop(&mut self) {
        let _ = self.answers.send(load(&self.bulkhead));
    }
}
