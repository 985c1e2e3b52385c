//! Settings that change while calls run and wait.

use std::pin::pin;
use std::time::Duration;

use resilience_runtime::{Clock, Registry};

use super::{bulkhead_of, gated, is_full, load, patiently, poll_once, wait_until};

#[tokio::test]
async fn a_larger_core_gets_threads_for_what_waits_in_the_queue() {
    let bulkhead = bulkhead_of(1, 1, 3);
    let (gates, bodies): (Vec<_>, Vec<_>) = (0..4).map(|_| gated()).unzip();
    let mut calls: Vec<_> = bodies
        .into_iter()
        .map(|body| Box::pin(bulkhead.call(body)))
        .collect();
    for call in &mut calls {
        assert!(poll_once(call.as_mut()).is_pending());
    }
    assert_eq!(load(&bulkhead), [1, 1, 3]);
    bulkhead
        .change_config(|config| config.core_thread_pool_size(3).max_thread_pool_size(3))
        .unwrap();
    assert_eq!(load(&bulkhead), [3, 3, 1]);
    for gate in gates {
        gate.send(()).unwrap();
    }
    for call in calls {
        assert_eq!(patiently(call).await, Ok(()));
    }
    assert_eq!(load(&bulkhead), [3, 0, 0]);
}

#[tokio::test]
async fn a_thread_that_is_too_many_finishes_its_call_and_ends() {
    let bulkhead = bulkhead_of(3, 3, 1);
    let (gates, bodies): (Vec<_>, Vec<_>) = (0..4).map(|_| gated()).unzip();
    let mut calls: Vec<_> = bodies
        .into_iter()
        .map(|body| Box::pin(bulkhead.call(body)))
        .collect();
    for call in &mut calls {
        assert!(poll_once(call.as_mut()).is_pending());
    }
    assert_eq!(load(&bulkhead), [3, 3, 1]);
    bulkhead
        .change_config(|config| config.core_thread_pool_size(1).max_thread_pool_size(1))
        .unwrap();
    let metrics = bulkhead.metrics();
    assert_eq!(metrics.thread_pool_size, 3, "their calls run on");
    assert_eq!(metrics.available_thread_count, 0);
    for gate in gates {
        gate.send(()).unwrap();
    }
    for call in calls {
        assert_eq!(patiently(call).await, Ok(()), "the queued one as well");
    }
    wait_until(|| load(&bulkhead) == [1, 0, 0]);
}

#[test]
fn idle_threads_that_are_too_many_end_at_once_whatever_their_keep_alive() {
    let bulkhead = bulkhead_of(2, 2, 1);
    for _ in 0..2 {
        assert_eq!(bulkhead.call_blocking(|| Ok::<_, ()>(())), Ok(()));
    }
    wait_until(|| load(&bulkhead) == [2, 0, 0]);
    bulkhead
        .change_config(|config| config.core_thread_pool_size(1).max_thread_pool_size(1))
        .unwrap();
    wait_until(|| load(&bulkhead) == [1, 0, 0]);
}

#[tokio::test]
async fn a_shorter_queue_keeps_who_is_in_it_and_lets_nobody_else_in() {
    let bulkhead = bulkhead_of(1, 1, 2);
    let (gate, body) = gated();
    let mut running = pin!(bulkhead.call(body));
    let mut queued = [(); 2].map(|()| Box::pin(bulkhead.submit(|| Ok::<_, ()>(42))));
    assert!(poll_once(running.as_mut()).is_pending());
    for call in &mut queued {
        assert!(poll_once(call.as_mut()).is_pending());
    }
    bulkhead
        .change_config(|config| config.queue_capacity(1))
        .unwrap();
    assert_eq!(bulkhead.metrics().queue_depth, 2);
    assert_eq!(bulkhead.metrics().remaining_queue_capacity, 0);
    let mut late = pin!(bulkhead.submit(|| Ok::<_, ()>(())));
    assert!(is_full(&poll_once(late.as_mut()), 2));
    gate.send(()).unwrap();
    assert_eq!(patiently(running).await, Ok(()));
    for call in queued {
        assert_eq!(patiently(call).await, Ok(42));
    }
}

#[test]
fn a_keep_alive_holds_for_threads_that_are_idle_already() {
    let time = Clock::manual();
    let bulkhead = Registry::builder()
        .clock(&time)
        .build()
        .thread_pool_bulkhead_with("tested", |config| {
            config
                .core_thread_pool_size(2)
                .max_thread_pool_size(2)
                .keep_alive_duration(Duration::from_secs(10))
        })
        .unwrap();
    for _ in 0..2 {
        assert_eq!(bulkhead.call_blocking(|| Ok::<_, ()>(())), Ok(()));
    }
    bulkhead
        .change_config(|config| config.core_thread_pool_size(1))
        .unwrap();
    let timers = || {
        let shown = format!("{time:?}");
        shown[shown.find("timers").unwrap()..].to_owned()
    };
    wait_until(|| timers() == "timers: 2 }");
    time.advance(Duration::from_secs(4));
    assert_eq!(load(&bulkhead), [2, 0, 0]);
    bulkhead
        .change_config(|config| config.keep_alive_duration(Duration::from_secs(4)))
        .unwrap();
    wait_until(|| load(&bulkhead) == [1, 0, 0]);
}

#[tokio::test]
async fn a_removed_one_comes_back_open_and_not_before() {
    let registry = Registry::new();
    let bulkhead = registry
        .thread_pool_bulkhead_with("reports", |config| config.queue_capacity(7))
        .unwrap();
    assert_eq!(bulkhead.submit(|| Ok::<_, ()>(42)).await, Ok(42));
    registry.remove_thread_pool_bulkhead("reports");
    bulkhead.shutdown();
    bulkhead.drained().await;
    assert!(registry.find_thread_pool_bulkhead("reports").is_none());
    let rejected = bulkhead.submit(|| Ok::<_, ()>(42)).await;
    assert!(rejected.is_err(), "by the call that brings it back");
    assert!(registry.find_thread_pool_bulkhead("reports").is_some());
    assert_eq!(bulkhead.submit(|| Ok::<_, ()>(42)).await, Ok(42));
    assert_eq!(bulkhead.config().queue_capacity(), 7);
}

#[test]
fn a_removed_one_that_nobody_holds_ends_its_threads() {
    let registry = Registry::new();
    let bulkhead = registry.thread_pool_bulkhead("reports");
    assert_eq!(bulkhead.call_blocking(|| Ok::<_, ()>(42)), Ok(42));
    let drained = bulkhead.drained();
    drop(registry.remove_thread_pool_bulkhead("reports"));
    assert_eq!(bulkhead.metrics().thread_pool_size, 1, "it is held");
    drop(bulkhead);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    runtime.unwrap().block_on(patiently(drained));
}

#[test]
fn a_size_that_does_not_fit_changes_nothing() {
    let bulkhead = bulkhead_of(2, 3, 1);
    let error = bulkhead
        .change_config(|config| config.queue_capacity(9).core_thread_pool_size(4))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "`max_thread_pool_size` takes a whole number of at least 4, the `core_thread_pool_size`, but was 3"
    );
    assert_eq!(bulkhead.config().queue_capacity(), 1);
}
