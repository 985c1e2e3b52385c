//! When the threads end: by the keep-alive, by a shutdown, with the last handle.

use std::pin::pin;
use std::sync::{Arc, Barrier, mpsc};
use std::task::{Context, Wake, Waker};
use std::thread;
use std::time::Duration;

use resilience_runtime::{Clock, Registry};

use super::{
    Asking, PATIENCE, bulkhead_of, gated, is_full, load, patiently, poll_once, thread_name,
    wait_until,
};

/// Waits on a thread that is in no runtime yet.
fn end_of(drained: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    runtime.unwrap().block_on(patiently(drained));
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
    assert_eq!(patiently(running).await, Ok(()));
    assert_eq!(patiently(queued).await, Ok(42));
    patiently(drained).await;
    assert_eq!(load(&bulkhead), [0, 0, 0]);
}

#[tokio::test]
async fn a_bulkhead_that_never_had_a_thread_is_drained_at_once() {
    let bulkhead = bulkhead_of(1, 1, 1);
    let mut drained = pin!(bulkhead.drained());
    assert!(poll_once(drained.as_mut()).is_pending());
    bulkhead.shutdown();
    patiently(drained).await;
}

/// A waker that nobody wakes, for the sake of its end.
impl Wake for Asking {
    fn wake(self: Arc<Self>) {}
}

#[test]
fn who_no_longer_waits_for_the_end_leaves_no_waker_behind() {
    let bulkhead = bulkhead_of(1, 1, 0);
    let (answers, asked) = mpsc::channel();
    let (go_on, goes_on) = mpsc::channel();
    // On a thread of its own, which stays behind should it never come back.
    let waiting = thread::spawn(move || {
        let mut drained = pin!(Some(bulkhead.drained()));
        for _ in 0..2 {
            let waker = Waker::from(Arc::new(Asking {
                bulkhead: bulkhead.clone(),
                answers: answers.clone(),
            }));
            let waiting = drained.as_mut().as_pin_mut().unwrap();
            assert!(waiting.poll(&mut Context::from_waker(&waker)).is_pending());
        }
        goes_on.recv().unwrap();
        drained.set(None);
        goes_on.recv().unwrap();
    });
    // Of the poll before the last.
    assert_eq!(asked.recv_timeout(PATIENCE), Ok([0, 0, 0]));
    assert_eq!(asked.try_recv(), Err(mpsc::TryRecvError::Empty));
    go_on.send(()).unwrap();
    // Of the last poll.
    assert_eq!(asked.recv_timeout(PATIENCE), Ok([0, 0, 0]));
    go_on.send(()).unwrap();
    waiting.join().unwrap();
}

#[test]
fn of_two_in_one_task_who_wait_for_the_end_the_one_who_stays_is_woken() {
    struct Bell(mpsc::Sender<()>);
    impl Wake for Bell {
        fn wake(self: Arc<Self>) {
            let _ = self.0.send(());
        }
    }
    let bulkhead = bulkhead_of(1, 1, 0);
    let (bell, rings) = mpsc::channel();
    let waker = Waker::from(Arc::new(Bell(bell)));
    let mut cx = Context::from_waker(&waker);
    let mut gone = Box::pin(bulkhead.drained());
    let mut stays = pin!(bulkhead.drained());
    assert!(gone.as_mut().poll(&mut cx).is_pending());
    assert!(stays.as_mut().poll(&mut cx).is_pending());
    drop(gone);
    bulkhead.shutdown();
    assert_eq!(rings.try_iter().count(), 1);
    assert!(stays.as_mut().poll(&mut cx).is_ready());
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
    end_of(drained);
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
    end_of(drained);
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

#[test]
fn a_name_that_no_thread_can_have_is_shortened() {
    let bulkhead = Registry::new().thread_pool_bulkhead("nul\0l");
    let name = bulkhead.call_blocking(|| Ok::<_, ()>(thread_name()));
    assert_eq!(name.unwrap(), "bulkhead-null-1");
}
