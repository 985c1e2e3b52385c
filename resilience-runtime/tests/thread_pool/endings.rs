//! Calls that are dropped, that panic, or that nobody waits for.

use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::{Arc, Mutex, mpsc};
use std::task::Poll;

use resilience_runtime::BulkheadEventKind;

use super::{
    PATIENCE, bulkhead_of, gated, is_full, load, patiently, poll_once, thread_name, wait_until,
};

/// Says on which thread it is dropped.
struct Dropped(mpsc::Sender<String>);

impl Drop for Dropped {
    fn drop(&mut self) {
        let _ = self.0.send(thread_name());
    }
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
    assert_eq!(patiently(running).await, Ok(()));
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
        patiently(bulkhead.submit(|| Ok::<_, ()>(thread_name())))
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
        patiently(bulkhead.submit(|| Ok::<_, ()>(thread_name())))
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
    let name = patiently(bulkhead.submit(|| Ok::<_, ()>(thread_name()))).await;
    assert_eq!(name.unwrap(), "bulkhead-tested-1");
    assert_eq!(load(&bulkhead), [1, 0, 0]);
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
                    assert_eq!(patiently(call).await, Ok(number));
                    done += 1;
                }
            }
        }
    }
    done += waiting.len();
    for (number, call) in waiting {
        assert_eq!(patiently(call).await, Ok(number));
    }
    assert_eq!(done + dropped + rejected, CALLS);
    assert!(dropped > CALLS / 4, "{dropped}");
    wait_until(|| load(&bulkhead)[1..] == [0, 0]);
    bulkhead.shutdown();
    bulkhead.drained().await;
    assert_eq!(Arc::strong_count(&alive), 1, "every body is gone");
}
