//! Calls through a bulkhead: who gets in, who waits, who is told, and that no place is ever lost.

#![allow(
    clippy::unwrap_used,
    reason = "a test that meets something unforeseen is to fail"
)]

use std::future::{Future, pending, ready};
use std::panic::{AssertUnwindSafe, RefUnwindSafe, UnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use resilience_runtime::__private::{
    classify_errors, guard, guard_blocking, in_bulkhead, in_bulkhead_blocking, in_circuit_breaker,
    in_circuit_breaker_blocking,
};
use resilience_runtime::{
    Bulkhead, BulkheadConfig, BulkheadConfigBuilder, BulkheadEventKind, BulkheadPermit, Clock,
    Failure, ManualClock, PolicyError, Registry,
};

use BulkheadEventKind::{CallFinished, CallPermitted, CallRejected};

const MINUTE: Duration = Duration::from_secs(60);

type Acquiring<'a> =
    Pin<Box<dyn Future<Output = Result<BulkheadPermit<'a>, PolicyError>> + Send + 'a>>;

fn bulkhead_with(
    configure: impl FnOnce(BulkheadConfigBuilder) -> BulkheadConfigBuilder,
) -> (Bulkhead, ManualClock) {
    let time = Clock::manual();
    let bulkhead = Registry::builder()
        .clock(&time)
        .build()
        .bulkhead_with("tested", configure)
        .unwrap();
    (bulkhead, time)
}

/// One place, and a minute to wait for it.
fn with_one_place() -> (Bulkhead, ManualClock) {
    bulkhead_with(|config| config.max_concurrent_calls(1).max_wait_duration(MINUTE))
}

fn poll_once<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// One who waits now.
fn waiting(bulkhead: &Bulkhead) -> Acquiring<'_> {
    let mut acquiring: Acquiring<'_> = Box::pin(bulkhead.acquire());
    assert!(poll_once(acquiring.as_mut()).is_pending());
    acquiring
}

fn available(bulkhead: &Bulkhead) -> u32 {
    bulkhead.metrics().available_concurrent_calls
}

fn timers(time: &ManualClock) -> String {
    let shown = format!("{time:?}");
    let at = shown.find("timers").unwrap();
    shown[at..].trim_end_matches(" }").to_owned()
}

fn log_of(bulkhead: &Bulkhead) -> Arc<Mutex<Vec<BulkheadEventKind>>> {
    let log = Arc::new(Mutex::new(Vec::new()));
    let kinds = Arc::clone(&log);
    bulkhead.on_event(move |event| {
        assert_eq!(&*event.name, "tested");
        kinds.lock().unwrap().push(event.kind);
    });
    log
}

fn taken(log: &Mutex<Vec<BulkheadEventKind>>) -> Vec<BulkheadEventKind> {
    std::mem::take(&mut *log.lock().unwrap())
}

#[test]
fn a_rejection_says_which_bulkhead_is_full_and_of_how_many() {
    let (bulkhead, _) = bulkhead_with(|config| config.max_concurrent_calls(1));
    let _permit = bulkhead.try_acquire().unwrap();
    let error = bulkhead.try_acquire().unwrap_err();
    assert_eq!(
        error.to_string(),
        "bulkhead 'tested' is full and does not permit further calls"
    );
    let PolicyError::BulkheadFull(full) = error else {
        panic!("{error:?}")
    };
    assert_eq!((&*full.name, full.max_concurrent_calls), ("tested", 1));
    assert_eq!(full.max_wait_duration, Duration::ZERO);
}

#[test]
fn a_bulkhead_of_no_places_is_always_full() {
    let (bulkhead, time) =
        bulkhead_with(|config| config.max_concurrent_calls(0).max_wait_duration(MINUTE));
    assert!(bulkhead.try_acquire().is_err());
    let mut acquiring = waiting(&bulkhead);
    bulkhead.release_permission();
    assert!(
        poll_once(acquiring.as_mut()).is_pending(),
        "nothing was out"
    );
    time.advance(MINUTE);
    assert!(matches!(
        poll_once(acquiring.as_mut()),
        Poll::Ready(Err(PolicyError::BulkheadFull(_)))
    ));
}

#[test]
fn every_way_that_a_call_ends_frees_its_place_and_is_told_as_it_is() {
    let (bulkhead, _) = with_one_place();
    let log = log_of(&bulkhead);

    assert_eq!(bulkhead.call_blocking(|| Ok::<_, ()>(1)), Ok(1));
    assert_eq!(taken(&log), [CallPermitted, CallFinished]);

    let failed = bulkhead.call_blocking(|| Err::<(), _>("declined"));
    assert_eq!(failed, Err(Failure::Call("declined")));
    assert_eq!(taken(&log), [CallPermitted, CallFinished]);

    let panicking = || bulkhead.call_blocking(|| -> Result<(), ()> { panic!("on purpose") });
    assert!(catch_unwind(panicking).is_err());
    assert_eq!(taken(&log), [CallPermitted, CallFinished], "a panic");

    let mut call = Box::pin(bulkhead.call(async { panic!("on purpose") as Result<(), ()> }));
    let poll = AssertUnwindSafe(|| poll_once(call.as_mut()));
    assert!(catch_unwind(poll).is_err());
    drop(call);
    assert_eq!(taken(&log), [CallPermitted, CallFinished], "a panic");

    let mut call = Box::pin(bulkhead.call(pending::<Result<(), ()>>()));
    assert!(poll_once(call.as_mut()).is_pending());
    assert_eq!(available(&bulkhead), 0);
    assert!(bulkhead.try_acquire().is_err());
    drop(call);
    assert_eq!(
        taken(&log),
        [CallPermitted, CallRejected],
        "a dropped future"
    );

    drop(bulkhead.call(pending::<Result<(), ()>>()));
    assert_eq!(taken(&log), [], "a future that was never polled");

    bulkhead.try_acquire().unwrap().complete();
    drop(bulkhead.try_acquire().unwrap());
    assert_eq!(taken(&log), [CallPermitted, CallFinished, CallPermitted]);
    assert_eq!(available(&bulkhead), 1);
}

#[test]
fn a_wait_ends_in_a_permission_a_rejection_or_without_a_word() {
    let (bulkhead, time) = with_one_place();
    let permit = bulkhead.try_acquire().unwrap();
    let log = log_of(&bulkhead);
    let (mut served, mut late, dropped) =
        (waiting(&bulkhead), waiting(&bulkhead), waiting(&bulkhead));
    assert_eq!(bulkhead.metrics().waiting_calls, 3);
    permit.complete();
    assert_eq!(taken(&log), [CallFinished]);
    let Poll::Ready(Ok(permit)) = poll_once(served.as_mut()) else {
        panic!("it is its turn")
    };
    assert_eq!(taken(&log), [CallPermitted]);
    drop(dropped);
    time.advance(MINUTE);
    assert!(poll_once(late.as_mut()).is_ready());
    assert_eq!(taken(&log), [CallRejected]);
    drop(permit);
    assert_eq!(bulkhead.metrics().waiting_calls, 0);
    assert_eq!(available(&bulkhead), 1);
    assert_eq!(timers(&time), "timers: 0");
}

#[test]
fn a_listener_that_panics_costs_no_place() {
    let (bulkhead, time) = with_one_place();
    bulkhead.on_event(|event| panic!("on purpose, at {event}"));
    assert_eq!(bulkhead.call_blocking(|| Ok::<_, ()>(1)), Ok(1));
    let permit = bulkhead.try_acquire().unwrap();
    let mut rejected = waiting(&bulkhead);
    time.advance(MINUTE);
    assert!(poll_once(rejected.as_mut()).is_ready());
    permit.complete();
    assert!(bulkhead.try_acquire_permission());
    bulkhead.on_complete();
    assert_eq!(available(&bulkhead), 1);
}

#[test]
fn a_listener_may_use_the_bulkhead() {
    let (bulkhead, _) = bulkhead_with(|config| config.max_concurrent_calls(2));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (handle, metrics) = (bulkhead.clone(), Arc::clone(&seen));
    bulkhead.on_event(move |event| {
        if event.kind == CallPermitted {
            handle.change_max_concurrent_calls(3);
        }
        metrics.lock().unwrap().push(available(&handle));
    });
    assert_eq!(bulkhead.call_blocking(|| Ok::<_, ()>(1)), Ok(1));
    assert_eq!(*seen.lock().unwrap(), [2, 3]);
}

#[test]
fn a_wait_is_over_at_its_time_and_not_before() {
    let (bulkhead, time) = with_one_place();
    let permit = bulkhead.try_acquire().unwrap();
    let mut acquiring = waiting(&bulkhead);
    time.advance(Duration::from_nanos(59_999_999_999));
    assert!(poll_once(acquiring.as_mut()).is_pending());
    time.advance(Duration::from_nanos(1));
    assert!(poll_once(acquiring.as_mut()).is_ready());
    assert_eq!(bulkhead.metrics().waiting_calls, 0);
    permit.complete();
    assert_eq!(available(&bulkhead), 1);
}

#[test]
fn a_place_that_comes_at_the_last_moment_is_not_lost() {
    let (bulkhead, time) = with_one_place();
    let permit = bulkhead.try_acquire().unwrap();
    let mut acquiring = waiting(&bulkhead);
    permit.complete();
    time.advance(MINUTE);
    let Poll::Ready(Ok(permit)) = poll_once(acquiring.as_mut()) else {
        panic!("the place was its own before the time was over")
    };
    drop(permit);
    assert_eq!(available(&bulkhead), 1);
}

#[test]
fn who_is_dropped_with_a_place_passes_it_on() {
    let (bulkhead, _) = with_one_place();
    let permit = bulkhead.try_acquire().unwrap();
    let (first, mut second) = (waiting(&bulkhead), waiting(&bulkhead));
    permit.complete();
    drop(first);
    assert!(matches!(poll_once(second.as_mut()), Poll::Ready(Ok(_))));
}

#[test]
fn nobody_gets_past_those_who_wait() {
    let (bulkhead, _) = with_one_place();
    let permit = bulkhead.try_acquire().unwrap();
    let mut first = waiting(&bulkhead);
    permit.complete();
    assert!(bulkhead.try_acquire().is_err(), "the place is the first's");
    let mut newcomer = waiting(&bulkhead);
    let Poll::Ready(Ok(permit)) = poll_once(first.as_mut()) else {
        panic!("it is its turn")
    };
    permit.complete();
    assert!(poll_once(newcomer.as_mut()).is_ready());
}

#[test]
fn without_fairness_a_newcomer_may_take_the_place_first() {
    let (bulkhead, time) = bulkhead_with(|config| {
        config
            .max_concurrent_calls(1)
            .max_wait_duration(MINUTE)
            .fair_call_handling_enabled(false)
    });
    let permit = bulkhead.try_acquire().unwrap();
    let (mut first, mut second) = (waiting(&bulkhead), waiting(&bulkhead));
    permit.complete();
    let newcomer = bulkhead.try_acquire().unwrap();
    assert!(poll_once(first.as_mut()).is_pending(), "it waits on");
    newcomer.complete();
    let Poll::Ready(Ok(permit)) = poll_once(first.as_mut()) else {
        panic!("the place is free")
    };
    permit.complete();
    time.advance(MINUTE);
    assert!(
        matches!(poll_once(second.as_mut()), Poll::Ready(Ok(_))),
        "called before its time was over, it takes the place that is free"
    );
    assert_eq!(available(&bulkhead), 1);
}

#[test]
fn a_limit_below_the_calls_that_run_holds_from_when_they_are_over() {
    let (bulkhead, _) =
        bulkhead_with(|config| config.max_concurrent_calls(3).max_wait_duration(MINUTE));
    let permits: Vec<_> = (0..3).map(|_| bulkhead.try_acquire().unwrap()).collect();
    let mut acquiring = waiting(&bulkhead);
    bulkhead.change_max_concurrent_calls(1);
    assert_eq!(bulkhead.config().max_concurrent_calls(), 1);
    for (over, permit) in permits.into_iter().enumerate() {
        assert!(
            poll_once(acquiring.as_mut()).is_pending(),
            "{over} are over"
        );
        assert_eq!(available(&bulkhead), 0);
        permit.complete();
    }
    assert!(matches!(poll_once(acquiring.as_mut()), Poll::Ready(Ok(_))));
    assert_eq!(available(&bulkhead), 1);
}

#[test]
fn a_limit_that_grows_lets_in_as_many_of_those_who_wait() {
    let (bulkhead, _) =
        bulkhead_with(|config| config.max_concurrent_calls(0).max_wait_duration(MINUTE));
    let mut acquiring: Vec<_> = (0..5).map(|_| waiting(&bulkhead)).collect();
    bulkhead.change_max_concurrent_calls(3);
    assert_eq!(bulkhead.metrics().waiting_calls, 2);
    let permits: Vec<_> = acquiring
        .iter_mut()
        .map(|acquiring| poll_once(acquiring.as_mut()))
        .collect();
    let got: Vec<_> = permits.iter().map(Poll::is_ready).collect();
    assert_eq!(got, [true, true, true, false, false]);
    drop(permits);
    assert_eq!(bulkhead.metrics().waiting_calls, 0);
    drop(acquiring);
    assert_eq!(available(&bulkhead), 3);
}

#[test]
fn a_new_longest_wait_is_for_those_to_come() {
    let (bulkhead, time) = with_one_place();
    let _permit = bulkhead.try_acquire().unwrap();
    let mut before = waiting(&bulkhead);
    bulkhead.change_max_wait_duration(MINUTE / 2);
    let mut after = waiting(&bulkhead);
    time.advance(MINUTE / 2);
    assert!(poll_once(before.as_mut()).is_pending());
    assert!(poll_once(after.as_mut()).is_ready());
    bulkhead.change_max_wait_duration(Duration::ZERO);
    assert!(poll_once(pin!(bulkhead.acquire())).is_ready(), "at once");
    time.advance(MINUTE / 2);
    assert!(poll_once(before.as_mut()).is_ready());
}

#[test]
fn a_wait_of_the_longest_duration_has_no_end() {
    let (bulkhead, time) = bulkhead_with(|config| {
        config
            .max_concurrent_calls(1)
            .max_wait_duration(Duration::MAX)
    });
    let permit = bulkhead.try_acquire().unwrap();
    let mut acquiring = waiting(&bulkhead);
    assert_eq!(timers(&time), "timers: 0");
    time.advance(Duration::from_secs(u64::MAX));
    assert!(poll_once(acquiring.as_mut()).is_pending());
    permit.complete();
    assert!(matches!(poll_once(acquiring.as_mut()), Poll::Ready(Ok(_))));
}

#[test]
fn what_a_call_holds_is_free_before_its_place_is() {
    struct Connection(Bulkhead);
    impl Drop for Connection {
        fn drop(&mut self) {
            assert_eq!(available(&self.0), 0);
        }
    }
    let (bulkhead, _) = with_one_place();
    let connection = Connection(bulkhead.clone());
    let mut call = Box::pin(bulkhead.call(async move {
        let _connection = connection;
        pending::<Result<(), ()>>().await
    }));
    assert!(poll_once(call.as_mut()).is_pending());
    drop(call);
    assert_eq!(available(&bulkhead), 1);
}

#[test]
fn a_thread_waits_until_another_gives_it_the_place() {
    let (bulkhead, _) = with_one_place();
    let permit = bulkhead.try_acquire().unwrap();
    thread::scope(|threads| {
        let waits = threads.spawn(|| bulkhead.call_blocking(|| Ok::<_, ()>(42)));
        while bulkhead.metrics().waiting_calls == 0 {
            thread::yield_now();
        }
        permit.complete();
        assert_eq!(waits.join().unwrap(), Ok(42));
    });
    assert_eq!(available(&bulkhead), 1);
}

#[test]
fn a_thread_waits_no_longer_than_a_manual_clock_says() {
    let (bulkhead, time) = with_one_place();
    let _permit = bulkhead.try_acquire().unwrap();
    thread::scope(|threads| {
        let waits = threads.spawn(|| bulkhead.try_acquire_permission());
        while timers(&time) == "timers: 0" {
            thread::yield_now();
        }
        time.advance(MINUTE);
        assert!(!waits.join().unwrap());
    });
    assert_eq!(bulkhead.metrics().waiting_calls, 0);
}

#[test]
fn a_thread_waits_no_longer_than_the_system_clock_says() {
    let bulkhead = Registry::new()
        .bulkhead_with("tested", |config| {
            config
                .max_concurrent_calls(0)
                .max_wait_duration(Duration::from_millis(1))
        })
        .unwrap();
    assert!(bulkhead.acquire_blocking().is_err());
    assert_eq!(bulkhead.metrics().waiting_calls, 0);
}

#[tokio::test(start_paused = true)]
async fn a_task_waits_by_tokios_time() {
    let bulkhead = Registry::builder()
        .clock(Clock::tokio())
        .build()
        .bulkhead_with("tested", |config| {
            config.max_concurrent_calls(1).max_wait_duration(MINUTE)
        })
        .unwrap();
    let permit = bulkhead.try_acquire().unwrap();
    let before = tokio::time::Instant::now();
    let rejected = bulkhead.call(async { Ok::<_, ()>(()) }).await;
    assert!(matches!(rejected, Err(Failure::Policy(_))));
    assert_eq!(before.elapsed().as_secs(), 60);
    let (answer, ()) = tokio::join!(bulkhead.call(async { Ok::<_, ()>(42) }), async {
        permit.complete();
    });
    assert_eq!(answer, Ok(42));
}

#[test]
fn a_breaker_around_a_bulkhead_ignores_that_it_is_full() {
    type Answer = Result<i32, PolicyError>;
    let (bulkhead, time) = with_one_place();
    let breaker = Registry::builder()
        .clock(&time)
        .build()
        .circuit_breaker("tested");
    let stack = |body| {
        let layer = in_bulkhead(&bulkhead, body);
        guard(in_circuit_breaker(&breaker, classify_errors, layer))
    };
    let permit = bulkhead.try_acquire().unwrap();
    let mut late = Box::pin(stack(ready(Answer::Ok(1))));
    assert!(poll_once(late.as_mut()).is_pending());
    drop(Box::pin(stack(ready(Answer::Ok(1)))));
    let mut dropped = Box::pin(stack(ready(Answer::Ok(1))));
    assert!(poll_once(dropped.as_mut()).is_pending());
    drop(dropped);
    assert_eq!(bulkhead.metrics().waiting_calls, 1);
    time.advance(MINUTE);
    assert!(matches!(
        poll_once(late.as_mut()),
        Poll::Ready(Err(PolicyError::BulkheadFull(_)))
    ));
    assert_eq!(breaker.metrics().buffered_calls, 0);
    permit.complete();
    assert!(poll_once(pin!(stack(ready(Answer::Ok(1))))).is_ready());
    let layer = in_bulkhead_blocking(&bulkhead, || Answer::Ok(1));
    let layer = in_circuit_breaker_blocking(&breaker, classify_errors, layer);
    assert_eq!(guard_blocking(layer), Ok(1));
    assert_eq!(breaker.metrics().successful_calls, 2);
    assert_eq!(available(&bulkhead), 1);
}

#[test]
fn settings_that_do_not_fit_are_refused() {
    let error = Registry::new()
        .bulkhead_with("tested", |config| config.max_concurrent_calls(u32::MAX))
        .unwrap_err();
    assert_eq!(error.problems[0].setting, "max_concurrent_calls");
    let config = BulkheadConfig::builder().build().unwrap();
    assert_eq!(config, BulkheadConfig::default());
}

#[test]
fn a_handle_goes_anywhere() {
    fn anywhere<T: Send + Sync + UnwindSafe + RefUnwindSafe + Clone + 'static>(_: &T) {}
    fn send(_: &impl Send) {}
    let (bulkhead, _) = with_one_place();
    anywhere(&bulkhead);
    send(&bulkhead.acquire());
    send(&bulkhead.call(async { Ok::<_, ()>(()) }));
    send(&bulkhead.try_acquire());
}
