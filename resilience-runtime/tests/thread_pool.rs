//! Calls on threads of a pool: who gets a thread, who queues, who is rejected, and what becomes of
//! those that are dropped, panic or wait at the end.

#![allow(
    clippy::unwrap_used,
    reason = "a test that meets something unforeseen is to fail"
)]

use std::future::{Future, pending};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::{Arc, Barrier, Mutex, mpsc};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use resilience_runtime::__private::{in_circuit_breaker, in_thread_pool_bulkhead, run};
use resilience_runtime::{
    BulkheadEventKind, Clock, Failure, PolicyError, Registry, ThreadPoolBulkhead, Verdict,
};
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

/// Says on which thread it is dropped.
struct Dropped(mpsc::Sender<String>);

impl Drop for Dropped {
    fn drop(&mut self) {
        let _ = self.0.send(thread_name());
    }
}

#[tokio::test]
async fn the_core_comes_first_then_the_queue_then_more_threads_then_rejection() {
    let bulkhead = bulkhead_of(1, 2, 1);
    let (gates, bodies): (Vec<_>, Vec<_>) = (0..4).map(|_| gated()).unzip();
    let mut calls = bodies.into_iter().map(|body| Box::pin(bulkhead.call(body)));
    let mut next = || calls.next().unwrap();

    let (mut core, mut queued, mut above, mut late) = (next(), next(), next(), next());
    assert_eq!(load(&bulkhead), [0, 0, 0], "nothing begins before its poll");
    assert!(poll_once(core.as_mut()).is_pending());
    assert_eq!(load(&bulkhead), [1, 1, 0]);
    assert!(poll_once(queued.as_mut()).is_pending());
    assert_eq!(load(&bulkhead), [1, 1, 1]);
    assert!(poll_once(above.as_mut()).is_pending());
    assert_eq!(load(&bulkhead), [2, 2, 1]);
    assert!(is_full(&poll_once(late.as_mut()), 3));
    assert_eq!(load(&bulkhead), [2, 2, 1]);

    for gate in gates {
        let _ = gate.send(());
    }
    assert_eq!(
        (core.await, queued.await, above.await),
        (Ok(()), Ok(()), Ok(()))
    );
    assert_eq!(load(&bulkhead), [2, 0, 0]);
}

#[tokio::test]
async fn a_core_that_is_not_complete_grows_although_a_thread_is_idle() {
    let bulkhead = bulkhead_of(2, 2, 10);
    for threads in [1, 2, 2] {
        assert_eq!(bulkhead.submit(|| Ok::<_, ()>(())).await, Ok(()));
        assert_eq!(load(&bulkhead), [threads, 0, 0]);
    }
}

#[tokio::test]
async fn the_queue_is_first_come_first_served() {
    let bulkhead = bulkhead_of(1, 1, 50);
    let (gate, body) = gated();
    let order = Arc::new(Mutex::new(Vec::new()));
    let mut first = pin!(bulkhead.call(body));
    assert!(poll_once(first.as_mut()).is_pending());
    let mut calls: Vec<_> = (0..50)
        .map(|number| {
            let order = Arc::clone(&order);
            Box::pin(bulkhead.submit(move || {
                order.lock().unwrap().push(number);
                Ok::<_, ()>(())
            }))
        })
        .collect();
    for call in &mut calls {
        assert!(poll_once(call.as_mut()).is_pending());
    }
    // Every third one leaves the queue again.
    let mut number = 0;
    calls.retain(|_| {
        number += 1;
        number % 3 != 0
    });
    gate.send(()).unwrap();
    for call in calls {
        assert_eq!(call.await, Ok(()));
    }
    let expected: Vec<_> = (0..50).filter(|number| number % 3 != 2).collect();
    assert_eq!(*order.lock().unwrap(), expected);
}

#[tokio::test]
async fn without_a_queue_a_call_gets_a_thread_or_a_rejection() {
    let bulkhead = bulkhead_of(1, 1, 0);
    // Whoever has the answer finds the thread free, every time.
    for number in 0..1_000 {
        assert_eq!(
            bulkhead.submit(move || Ok::<_, ()>(number)).await,
            Ok(number)
        );
    }
    let (gate, body) = gated();
    let mut running = pin!(bulkhead.call(body));
    assert!(poll_once(running.as_mut()).is_pending());
    assert_eq!(load(&bulkhead), [1, 1, 0]);
    let mut rejected = pin!(bulkhead.submit(|| Ok::<_, ()>(())));
    assert!(is_full(&poll_once(rejected.as_mut()), 1));
    gate.send(()).unwrap();
    assert_eq!(running.await, Ok(()));
}

#[tokio::test]
async fn a_call_dropped_in_the_queue_leaves_it_at_once() {
    let bulkhead = bulkhead_of(1, 1, 1);
    let (gate, body) = gated();
    let mut running = pin!(bulkhead.call(body));
    assert!(poll_once(running.as_mut()).is_pending());
    let (tell, told) = mpsc::channel();
    {
        let held = Dropped(tell);
        let mut queued = pin!(bulkhead.call(async move {
            let _held = held;
            Ok::<(), ()>(())
        }));
        assert!(poll_once(queued.as_mut()).is_pending());
        assert_eq!(load(&bulkhead), [1, 1, 1]);
    }
    assert_eq!(load(&bulkhead), [1, 1, 0], "its place is free");
    assert_eq!(told.try_recv(), Ok(thread_name()), "dropped by its caller");
    gate.send(()).unwrap();
    assert_eq!(running.await, Ok(()));
}

#[tokio::test]
async fn a_call_dropped_while_it_runs_is_dropped_by_its_thread() {
    let bulkhead = bulkhead_of(1, 1, 0);
    let events = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&events);
    bulkhead.on_event(move |event| log.lock().unwrap().push(event.kind));
    let (tell, told) = mpsc::channel();
    let (starts, on_thread) = mpsc::channel();
    {
        let held = Dropped(tell);
        let mut call = pin!(bulkhead.call(async move {
            let _held = held;
            starts.send(()).unwrap();
            pending::<Result<(), ()>>().await
        }));
        assert!(poll_once(call.as_mut()).is_pending());
        on_thread.recv_timeout(PATIENCE).unwrap();
    }
    assert_eq!(told.recv_timeout(PATIENCE).unwrap(), "bulkhead-tested-1");
    wait_until(|| load(&bulkhead) == [1, 0, 0]);
    assert_eq!(*events.lock().unwrap(), [BulkheadEventKind::CallPermitted]);
    assert_eq!(
        bulkhead
            .submit(|| Ok::<_, ()>(thread_name()))
            .await
            .unwrap(),
        "bulkhead-tested-1"
    );
}

/// A value that must not be dropped.
struct Explosive;

impl Drop for Explosive {
    fn drop(&mut self) {
        panic!("on purpose: nobody took it");
    }
}

#[tokio::test]
async fn an_outcome_that_nobody_waits_for_is_dropped_and_the_thread_goes_on() {
    let bulkhead = bulkhead_of(1, 1, 0);
    let (open, gate) = mpsc::channel::<()>();
    let (starts, on_thread) = mpsc::channel();
    {
        let mut call = pin!(bulkhead.submit(move || {
            starts.send(()).unwrap();
            gate.recv().unwrap();
            Ok::<_, ()>(Explosive)
        }));
        assert!(poll_once(call.as_mut()).is_pending());
        on_thread.recv_timeout(PATIENCE).unwrap();
    }
    assert_eq!(load(&bulkhead), [1, 1, 0], "what blocks is not stopped");
    open.send(()).unwrap();
    wait_until(|| load(&bulkhead) == [1, 0, 0]);
    assert_eq!(
        bulkhead
            .submit(|| Ok::<_, ()>(thread_name()))
            .await
            .unwrap(),
        "bulkhead-tested-1"
    );
}

#[tokio::test]
async fn a_panic_unwinds_on_at_the_caller_and_the_thread_survives() {
    let bulkhead = bulkhead_of(1, 1, 0);
    for _ in 0..3 {
        let caught = catch_unwind(AssertUnwindSafe(|| {
            bulkhead.call_blocking::<Result<(), ()>>(|| panic!("on purpose"))
        }));
        assert_eq!(
            *caught.unwrap_err().downcast::<&str>().unwrap(),
            "on purpose"
        );
    }
    let name = bulkhead.submit(|| Ok::<_, ()>(thread_name())).await;
    assert_eq!(name.unwrap(), "bulkhead-tested-1");
    assert_eq!(load(&bulkhead), [1, 0, 0]);
}

#[tokio::test]
async fn a_call_is_announced_on_its_thread_when_it_begins_and_ends_and_a_rejection_at_once() {
    let bulkhead = bulkhead_of(1, 1, 1);
    let events = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&events);
    bulkhead.on_event(move |event| log.lock().unwrap().push((event.kind, thread_name())));
    bulkhead.on_event(|_| panic!("on purpose: a listener must not break the call"));
    let on_pool = |kind| (kind, "bulkhead-tested-1".to_owned());
    let permitted = on_pool(BulkheadEventKind::CallPermitted);
    let finished = on_pool(BulkheadEventKind::CallFinished);

    let (gate, body) = gated();
    let mut running = pin!(bulkhead.call(body));
    assert!(poll_once(running.as_mut()).is_pending());
    let (queued_gate, body) = gated();
    let mut queued = pin!(bulkhead.call(body));
    assert!(poll_once(queued.as_mut()).is_pending());
    wait_until(|| !events.lock().unwrap().is_empty());
    let mut rejected = pin!(bulkhead.submit(|| Ok::<_, ()>(())));
    assert!(is_full(&poll_once(rejected.as_mut()), 2));
    let rejection = (BulkheadEventKind::CallRejected, thread_name());
    assert_eq!(
        *events.lock().unwrap(),
        [permitted.clone(), rejection.clone()]
    );

    gate.send(()).unwrap();
    drop(queued_gate);
    assert_eq!(running.await, Ok(()));
    assert_eq!(queued.await, Err(Failure::Call(())));
    assert_eq!(
        *events.lock().unwrap(),
        [
            permitted.clone(),
            rejection,
            finished.clone(),
            permitted,
            finished
        ]
    );
}

#[tokio::test]
async fn shutting_down_lets_finish_what_runs_and_what_waits_and_nothing_else() {
    let bulkhead = bulkhead_of(1, 1, 1);
    let (gate, body) = gated();
    let mut running = pin!(bulkhead.call(body));
    let mut queued = pin!(bulkhead.submit(|| Ok::<_, ()>(42)));
    assert!(poll_once(running.as_mut()).is_pending());
    assert!(poll_once(queued.as_mut()).is_pending());
    let mut drained = pin!(bulkhead.drained());
    assert!(poll_once(drained.as_mut()).is_pending());
    bulkhead.shutdown();
    let mut late = pin!(bulkhead.submit(|| Ok::<_, ()>(())));
    assert!(is_full(&poll_once(late.as_mut()), 2));
    assert!(poll_once(drained.as_mut()).is_pending());
    gate.send(()).unwrap();
    assert_eq!(running.await, Ok(()));
    assert_eq!(queued.await, Ok(42));
    drained.await;
    assert_eq!(load(&bulkhead), [0, 0, 0]);
}

#[tokio::test]
async fn a_bulkhead_that_never_had_a_thread_is_drained_at_once() {
    let bulkhead = bulkhead_of(1, 1, 1);
    let mut drained = pin!(bulkhead.drained());
    assert!(poll_once(drained.as_mut()).is_pending());
    bulkhead.shutdown();
    drained.await;
}

#[test]
fn when_the_last_handle_goes_the_idle_threads_end() {
    let bulkhead = bulkhead_of(2, 2, 1);
    for _ in 0..2 {
        assert_eq!(bulkhead.call_blocking(|| Ok::<_, ()>(())), Ok(()));
    }
    let drained = bulkhead.drained();
    let same = bulkhead.clone();
    drop(bulkhead);
    assert_eq!(same.call_blocking(|| Ok::<_, ()>(42)), Ok(42));
    drop(same);
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap().block_on(drained);
}

#[test]
fn a_handle_that_goes_last_on_a_thread_of_the_pool_ends_it() {
    let bulkhead = bulkhead_of(1, 1, 1);
    let drained = bulkhead.drained();
    let (open, gate) = mpsc::channel::<()>();
    let (starts, on_thread) = mpsc::channel();
    let own = bulkhead.clone();
    {
        let mut call = pin!(bulkhead.submit(move || {
            starts.send(()).unwrap();
            gate.recv().unwrap();
            drop(own);
            Ok::<_, ()>(())
        }));
        assert!(poll_once(call.as_mut()).is_pending());
        on_thread.recv_timeout(PATIENCE).unwrap();
    }
    drop(bulkhead);
    open.send(()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap().block_on(drained);
}

#[test]
fn threads_above_the_core_end_when_they_have_had_no_work_for_long_enough() {
    let time = Clock::manual();
    let bulkhead = Registry::builder()
        .clock(&time)
        .build()
        .thread_pool_bulkhead_with("tested", |config| {
            config
                .core_thread_pool_size(1)
                .max_thread_pool_size(3)
                .queue_capacity(0)
                .keep_alive_duration(Duration::from_secs(10))
        })
        .unwrap();
    let timers = || {
        let shown = format!("{time:?}");
        shown[shown.find("timers").unwrap()..].to_owned()
    };
    // Each thread gets a call of its own: none ends before all have begun.
    let run_three = || {
        let all = Arc::new(Barrier::new(3));
        let mut calls = [(); 3].map(|()| {
            let all = Arc::clone(&all);
            Box::pin(bulkhead.submit(move || {
                all.wait();
                Ok::<_, ()>(())
            }))
        });
        for call in &mut calls {
            assert!(poll_once(call.as_mut()).is_pending());
        }
        for call in &mut calls {
            wait_until(|| poll_once(call.as_mut()).is_ready());
        }
    };
    for _ in 0..2 {
        run_three();
        wait_until(|| timers() == "timers: 3 }");
        time.advance(Duration::from_nanos(9_999_999_999));
        assert_eq!(load(&bulkhead), [3, 0, 0]);
        // Work in between keeps its thread.
        run_three();
        wait_until(|| timers() == "timers: 3 }");
        time.advance(Duration::from_nanos(1));
        assert_eq!(load(&bulkhead), [3, 0, 0]);
        time.advance(Duration::from_secs(10));
        wait_until(|| load(&bulkhead) == [1, 0, 0]);
        wait_until(|| timers() == "timers: 0 }");
        // The one that is left stays, however long.
        time.advance(Duration::from_hours(1));
        assert_eq!(bulkhead.call_blocking(|| Ok::<_, ()>(())), Ok(()));
        assert_eq!(load(&bulkhead), [1, 0, 0]);
    }
}

#[test]
fn without_a_keep_alive_a_thread_above_the_core_ends_with_its_call() {
    let bulkhead = Registry::new()
        .thread_pool_bulkhead_with("tested", |config| {
            config
                .core_thread_pool_size(1)
                .max_thread_pool_size(2)
                .queue_capacity(0)
                .keep_alive_duration(Duration::ZERO)
        })
        .unwrap();
    let (gates, bodies): (Vec<_>, Vec<_>) = (0..2).map(|_| gated()).unzip();
    let mut calls: Vec<_> = bodies
        .into_iter()
        .map(|body| Box::pin(bulkhead.call(body)))
        .collect();
    for call in &mut calls {
        assert!(poll_once(call.as_mut()).is_pending());
    }
    drop(gates);
    wait_until(|| load(&bulkhead) == [1, 0, 0]);
}

#[tokio::test(start_paused = true)]
async fn the_runtime_of_the_caller_works_on_the_threads_of_the_pool() {
    let bulkhead = bulkhead_of(1, 1, 0);
    let caller = thread_name();
    let body = async move {
        assert_ne!(thread_name(), caller);
        tokio::time::sleep(Duration::from_hours(1)).await;
        tokio::spawn(async { 42 }).await.map_err(|_| ())
    };
    assert_eq!(bulkhead.call(body).await, Ok(42));
    let runtime = bulkhead.submit(|| {
        tokio::runtime::Handle::try_current()
            .map(|handle| handle.id())
            .map_err(|_| ())
    });
    assert_eq!(runtime.await, Ok(tokio::runtime::Handle::current().id()));
    // Outside of one there is none.
    let none = thread::spawn(move || {
        bulkhead.call_blocking(|| Ok::<_, ()>(tokio::runtime::Handle::try_current().is_err()))
    });
    assert_eq!(none.join().unwrap(), Ok(true));
}

#[tokio::test]
async fn the_policies_inside_run_on_the_pool_and_their_failures_come_through() {
    let bulkhead = bulkhead_of(1, 1, 0);
    let breaker: &'static _ = Box::leak(Box::new(Registry::new().circuit_breaker("inside")));
    let layered = || {
        let classify = |_: Result<&String, &()>| Verdict::Success;
        let body = async { Ok(thread_name()) };
        run(in_thread_pool_bulkhead(
            &bulkhead,
            in_circuit_breaker(breaker, classify, body),
        ))
    };
    assert_eq!(layered().await.unwrap(), "bulkhead-tested-1");
    assert_eq!(breaker.metrics().successful_calls, 1);
    breaker.transition_to_forced_open().unwrap();
    let rejected = layered().await.unwrap_err();
    assert!(matches!(
        rejected,
        Failure::Policy(PolicyError::CircuitOpen(_))
    ));
}

#[test]
fn a_name_that_no_thread_can_have_is_shortened() {
    let bulkhead = Registry::new().thread_pool_bulkhead("nul\0l");
    let name = bulkhead.call_blocking(|| Ok::<_, ()>(thread_name()));
    assert_eq!(name.unwrap(), "bulkhead-null-1");
}

#[tokio::test]
async fn every_place_is_accounted_for_when_a_third_of_many_callers_go_at_random() {
    const CALLS: usize = 20_000;
    let bulkhead = bulkhead_of(2, 4, 64);
    let alive = Arc::new(());
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut draw = move |below: u64| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random % below
    };
    let mut waiting = Vec::new();
    let [mut done, mut dropped, mut rejected] = [0; 3];
    for number in 0..CALLS {
        let held = Arc::clone(&alive);
        let polls = draw(3);
        let mut call = Box::pin(bulkhead.call(async move {
            for _ in 0..polls {
                tokio::task::yield_now().await;
            }
            drop(held);
            Ok::<_, ()>(number)
        }));
        match poll_once(call.as_mut()) {
            Poll::Pending => waiting.push((number, call)),
            full @ Poll::Ready(_) => {
                assert!(is_full(&full, 68));
                rejected += 1;
            }
        }
        if waiting.len() == 48 {
            for (number, call) in waiting.drain(..) {
                if draw(3) == 0 {
                    drop(call);
                    dropped += 1;
                } else {
                    assert_eq!(call.await, Ok(number));
                    done += 1;
                }
            }
        }
    }
    done += waiting.len();
    for (number, call) in waiting {
        assert_eq!(call.await, Ok(number));
    }
    assert_eq!(done + dropped + rejected, CALLS);
    assert!(dropped > CALLS / 4, "{dropped}");
    wait_until(|| load(&bulkhead)[1..] == [0, 0]);
    bulkhead.shutdown();
    bulkhead.drained().await;
    assert_eq!(Arc::strong_count(&alive), 1, "every body is gone");
}
