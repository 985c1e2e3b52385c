//! Every interleaving of a caller and a thread of the pool keeps what they promise each other.
//!
//! Run by `cargo xtask loom`. A wake-up that is lost shows as a deadlock.

use std::future::poll_fn;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use loom::sync::Arc;
use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::thread;

use super::call::Pooled;
use super::{ThreadPoolBulkhead, ThreadPoolBulkheadConfig};
use crate::clock::Clock;
use crate::failure::PolicyError;
use crate::layer::Layer;
use crate::membership::{Member, Membership};
use crate::parking::block_on;

/// So many threads, and a queue of this capacity.
fn config(threads: u32, queue_capacity: u32) -> ThreadPoolBulkheadConfig {
    ThreadPoolBulkheadConfig::builder()
        .core_thread_pool_size(threads)
        .max_thread_pool_size(threads)
        .queue_capacity(queue_capacity)
        .build()
        .unwrap()
}

/// One thread, and a queue of this capacity.
fn bulkhead(queue_capacity: u32) -> ThreadPoolBulkhead {
    let config = config(1, queue_capacity);
    ThreadPoolBulkhead::new(Membership::alone("model"), config, Clock::manual().into())
}

/// A call that goes well.
fn well<F: Future>(body: F) -> impl Future<Output = Result<F::Output, ()>> {
    async { Ok(body.await) }
}

fn wait_for<F>(bulkhead: &ThreadPoolBulkhead, body: F) -> Result<F::Output, PolicyError>
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    let mut call = pin!(Pooled::new(bulkhead, well(body)));
    let made = block_on(poll_fn(move |cx| call.as_mut().poll_layer(cx)));
    made.map(|outcome| outcome.unwrap())
}

fn end(bulkhead: ThreadPoolBulkhead) {
    bulkhead.shutdown();
    bulkhead.drained_blocking();
    assert_eq!(bulkhead.metrics().thread_pool_size, 0);
}

/// Counts its drops.
struct Dropped(Arc<AtomicUsize>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn a_caller_learns_of_the_outcome_and_finds_the_thread_free() {
    loom::model(|| {
        let bulkhead = bulkhead(0);
        for number in 0..2 {
            // No queue: the second call is rejected unless the thread counts as free already.
            assert_eq!(wait_for(&bulkhead, async move { number }).unwrap(), number);
        }
        end(bulkhead);
    });
}

#[test]
fn a_call_that_is_dropped_is_dropped_once_wherever_it_is() {
    loom::model(|| {
        let bulkhead = bulkhead(1);
        let drops = Arc::new(AtomicUsize::new(0));
        let held = Dropped(drops.clone());
        {
            // It never ends by itself.
            let mut call = pin!(Pooled::new(
                &bulkhead,
                poll_fn(move |_| {
                    let _held = &held;
                    Poll::<Result<(), ()>>::Pending
                })
            ));
            let mut cx = Context::from_waker(Waker::noop());
            assert!(call.as_mut().poll_layer(&mut cx).is_pending());
        }
        end(bulkhead);
        assert_eq!(drops.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn a_call_beside_a_shutdown_is_made_or_rejected_and_never_lost() {
    loom::model(|| {
        let bulkhead = bulkhead(1);
        let closing = {
            let bulkhead = bulkhead.clone();
            thread::spawn(move || bulkhead.shutdown())
        };
        match wait_for(&bulkhead, async { 42 }) {
            Ok(answer) => assert_eq!(answer, 42),
            Err(error) => assert!(matches!(error, PolicyError::BulkheadFull(_)), "{error:?}"),
        }
        closing.join().unwrap();
        end(bulkhead);
    });
}

#[test]
fn what_waits_in_the_queue_is_made_though_the_last_handle_goes() {
    loom::model(|| {
        let bulkhead = bulkhead(1);
        let calls = Arc::new(AtomicUsize::new(0));
        let counting = |calls: &Arc<AtomicUsize>| {
            let calls = calls.clone();
            async move { calls.fetch_add(1, Ordering::SeqCst) }
        };
        let other = {
            let bulkhead = bulkhead.clone();
            let body = counting(&calls);
            thread::spawn(move || wait_for(&bulkhead, body).is_ok())
        };
        let mine = wait_for(&bulkhead, counting(&calls)).is_ok();
        let drained = bulkhead.drained();
        drop(bulkhead);
        assert!(mine && other.join().unwrap(), "there is place for both");
        block_on(drained);
        assert_eq!(calls.load(Ordering::SeqCst), 2);
    });
}

#[test]
fn a_call_beside_a_smaller_pool_is_made() {
    loom::model(|| {
        let bulkhead = bulkhead(1);
        bulkhead.apply(&config(2, 1));
        let other = {
            let bulkhead = bulkhead.clone();
            thread::spawn(move || {
                bulkhead.apply(&config(1, 1));
                wait_for(&bulkhead, async { 1 }).unwrap()
            })
        };
        assert_eq!(wait_for(&bulkhead, async { 2 }).unwrap(), 2);
        assert_eq!(other.join().unwrap(), 1);
        end(bulkhead);
    });
}

#[test]
fn what_waits_is_made_once_when_the_core_grows() {
    loom::model(|| {
        let bulkhead = bulkhead(1);
        let calls = Arc::new(AtomicUsize::new(0));
        let counting = || {
            let calls = calls.clone();
            async move { calls.fetch_add(1, Ordering::SeqCst) }
        };
        let mut runs = pin!(Pooled::new(&bulkhead, well(counting())));
        let mut waits = pin!(Pooled::new(&bulkhead, well(counting())));
        let mut cx = Context::from_waker(Waker::noop());
        assert!(runs.as_mut().poll_layer(&mut cx).is_pending());
        assert!(waits.as_mut().poll_layer(&mut cx).is_pending());
        bulkhead.apply(&config(2, 0));
        assert!(block_on(poll_fn(|cx| waits.as_mut().poll_layer(cx))).is_ok());
        assert!(block_on(poll_fn(|cx| runs.as_mut().poll_layer(cx))).is_ok());
        assert_eq!(calls.load(Ordering::SeqCst), 2);
        end(bulkhead.clone());
    });
}
