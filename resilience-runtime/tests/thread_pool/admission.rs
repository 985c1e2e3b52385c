//! Who gets a thread, who queues, who is rejected, and where the body runs.

use std::pin::pin;
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use resilience_runtime::__private::{in_circuit_breaker, in_thread_pool_bulkhead, run};
use resilience_runtime::{BulkheadEventKind, Failure, PolicyError, Registry, Verdict};

use super::{
    Asking, PATIENCE, bulkhead_of, gated, is_full, load, patiently, poll_once, thread_name,
    wait_until,
};

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
        (
            patiently(core).await,
            patiently(queued).await,
            patiently(above).await
        ),
        (Ok(()), Ok(()), Ok(()))
    );
    assert_eq!(load(&bulkhead), [2, 0, 0]);
}

#[tokio::test]
async fn a_core_that_is_not_complete_grows_although_a_thread_is_idle() {
    let bulkhead = bulkhead_of(2, 2, 10);
    for threads in [1, 2, 2] {
        assert_eq!(patiently(bulkhead.submit(|| Ok::<_, ()>(()))).await, Ok(()));
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
        assert_eq!(patiently(call).await, Ok(()));
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
            patiently(bulkhead.submit(move || Ok::<_, ()>(number))).await,
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
    assert_eq!(patiently(running).await, Ok(()));
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
    assert_eq!(patiently(running).await, Ok(()));
    assert_eq!(patiently(queued).await, Err(Failure::Call(())));
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
    assert_eq!(patiently(layered()).await.unwrap(), "bulkhead-tested-1");
    assert_eq!(breaker.metrics().successful_calls, 1);
    breaker.transition_to_forced_open().unwrap();
    let rejected = patiently(layered()).await.unwrap_err();
    assert!(matches!(
        rejected,
        Failure::Policy(PolicyError::CircuitOpen(_))
    ));
}

#[test]
fn what_a_rejected_call_holds_may_use_the_bulkhead_when_it_is_dropped() {
    let bulkhead = bulkhead_of(1, 1, 0);
    let (_gate, body) = gated();
    let mut running = pin!(bulkhead.call(body));
    assert!(poll_once(running.as_mut()).is_pending());

    let (answers, asked) = mpsc::channel();
    // On a thread of its own, which stays behind should it never come back.
    let late = thread::spawn({
        let bulkhead = bulkhead.clone();
        move || {
            let held = Asking {
                bulkhead: bulkhead.clone(),
                answers,
            };
            let mut late = pin!(bulkhead.submit(move || {
                let _held = &held;
                Ok(())
            }));
            is_full(&poll_once(late.as_mut()), 1)
        }
    });
    assert_eq!(asked.recv_timeout(PATIENCE), Ok([1, 1, 0]));
    assert!(late.join().unwrap());
}
