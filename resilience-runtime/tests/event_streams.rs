//! Events that are read later: streams and the buffer, and what they never do to a call.

#![allow(
    clippy::unwrap_used,
    reason = "a test that meets something unforeseen is to fail"
)]

use std::future::Future;
use std::panic::panic_any;
use std::pin::pin;
use std::sync::{Arc, Barrier, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;

use resilience_runtime::{
    CircuitBreaker, CircuitBreakerEvent, CircuitBreakerEventKind, Clock, EventStream, EventsLost,
    Registry, State,
};

type Received = Option<Result<CircuitBreakerEvent, EventsLost>>;

fn breaker() -> CircuitBreaker {
    Registry::builder()
        .clock(Clock::manual())
        .build()
        .circuit_breaker_with("tested", |config| config.sliding_window_size(2))
        .unwrap()
}

fn succeed(breaker: &CircuitBreaker) {
    breaker.try_acquire().unwrap().success();
}

/// What there is to be read at once.
fn look(stream: &mut EventStream<CircuitBreakerEvent>) -> Poll<Received> {
    pin!(stream.next()).poll(&mut Context::from_waker(Waker::noop()))
}

fn is_pending(stream: &mut EventStream<CircuitBreakerEvent>) -> bool {
    look(stream).is_pending()
}

/// All that can be read without waiting: the types of the events, and how many were lost.
fn read(stream: &mut EventStream<CircuitBreakerEvent>) -> Vec<String> {
    let mut lines = Vec::new();
    while let Poll::Ready(Some(received)) = look(stream) {
        lines.push(match received {
            Ok(event) => event.kind.type_name().to_owned(),
            Err(lost) => lost.to_string(),
        });
    }
    lines
}

fn buffered(breaker: &CircuitBreaker) -> Vec<&'static str> {
    let events = breaker.buffered_events().into_iter();
    events.map(|event| event.kind.type_name()).collect()
}

#[test]
fn a_slow_reader_loses_the_oldest_events_and_is_told_how_many() {
    let breaker = breaker();
    let mut stream = breaker.events_with_capacity(3);
    for _ in 0..1000 {
        succeed(&breaker);
    }
    breaker.reset();
    assert_eq!(
        read(&mut stream),
        [
            "998 events were lost, since they were not read in time",
            "SUCCESS",
            "SUCCESS",
            "RESET"
        ]
    );
    succeed(&breaker);
    assert_eq!(read(&mut stream), ["SUCCESS"], "told once");
    assert!(is_pending(&mut stream));
}

#[test]
fn a_reader_that_keeps_up_loses_nothing() {
    let breaker = breaker();
    let mut stream = breaker.events_with_capacity(1);
    for _ in 0..1000 {
        succeed(&breaker);
        assert_eq!(read(&mut stream), ["SUCCESS"]);
    }
}

#[test]
fn a_capacity_of_zero_is_one() {
    let breaker = breaker();
    let mut stream = breaker.events_with_capacity(0);
    breaker.buffer_events(0);
    succeed(&breaker);
    assert_eq!(read(&mut stream), ["SUCCESS"]);
    assert_eq!(buffered(&breaker), ["SUCCESS"]);
}

#[test]
fn a_stream_has_what_happens_from_now_on_and_ends_with_the_instance() {
    let breaker = breaker();
    succeed(&breaker);
    let mut stream = breaker.events();
    let other_handle = breaker.clone();
    breaker.reset();
    drop(breaker);
    assert_eq!(read(&mut stream), ["RESET"]);
    assert!(is_pending(&mut stream), "there is a handle left");

    other_handle.reset();
    drop(other_handle);
    assert_eq!(read(&mut stream), ["RESET"], "what is left comes first");
    for _ in 0..2 {
        assert!(matches!(look(&mut stream), Poll::Ready(None)), "no panic");
    }
}

#[test]
fn a_future_that_is_dropped_loses_nothing() {
    let breaker = breaker();
    let mut stream = breaker.events();
    for _ in 0..3 {
        // Polled, so that it waits.
        assert!(is_pending(&mut stream));
    }
    succeed(&breaker);
    assert_eq!(read(&mut stream), ["SUCCESS"]);
}

#[test]
fn several_streams_have_every_event_each() {
    let breaker = breaker();
    let mut streams = [(); 3].map(|()| breaker.events());
    succeed(&breaker);
    let [first, others @ ..] = &mut streams;
    assert_eq!(read(first), ["SUCCESS"]);
    succeed(&breaker);
    assert_eq!(read(first), ["SUCCESS"]);
    for other in others {
        assert_eq!(read(other), ["SUCCESS", "SUCCESS"]);
    }
}

#[test]
fn a_waiting_reader_is_woken_once_it_has_something_to_read() {
    struct Count(Mutex<u32>);
    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            *self.0.lock().unwrap() += 1;
        }
    }
    let breaker = breaker();
    let mut stream = breaker.events();
    let count = Arc::new(Count(Mutex::new(0)));
    let waker = Waker::from(Arc::clone(&count));
    let mut next = pin!(stream.next());
    assert!(
        next.as_mut()
            .poll(&mut Context::from_waker(&waker))
            .is_pending()
    );
    for _ in 0..3 {
        succeed(&breaker);
    }
    assert_eq!(*count.0.lock().unwrap(), 1, "it knows already");
    assert!(next.poll(&mut Context::from_waker(&waker)).is_ready());
}

#[test]
fn a_dropped_stream_holds_on_to_no_waker() {
    struct Held;
    impl Wake for Held {
        fn wake(self: Arc<Self>) {}
    }
    let breaker = breaker();
    let mut stream = breaker.events();
    let held = Arc::new(Held);
    let waker = Waker::from(Arc::clone(&held));
    assert!(
        pin!(stream.next())
            .poll(&mut Context::from_waker(&waker))
            .is_pending()
    );
    drop((stream, waker));
    assert_eq!(Arc::strong_count(&held), 1);
}

#[test]
fn streams_that_come_and_go_while_events_are_raised_miss_nothing_that_they_wait_for() {
    let breaker = breaker();
    breaker.transition_to_metrics_only().unwrap();
    let start = Barrier::new(2);
    thread::scope(|scope| {
        scope.spawn(|| {
            start.wait();
            for _ in 0..1000 {
                succeed(&breaker);
            }
            breaker.reset();
        });
        let mut stream = breaker.events_with_capacity(7);
        start.wait();
        for _ in 0..100 {
            drop(breaker.events());
        }
        // It gets the very last one, however slow it is.
        let mut seen = 0;
        loop {
            match stream.next_blocking().unwrap() {
                Ok(event) if event.kind == CircuitBreakerEventKind::Reset => break,
                Ok(_) => seen += 1,
                Err(EventsLost { count, .. }) => seen += count,
            }
        }
        // And the transition to CLOSED, which goes before the reset.
        assert_eq!(seen, 1001);
    });
}

#[test]
fn the_buffer_keeps_the_last_events_the_oldest_first() {
    let breaker = breaker();
    succeed(&breaker);
    assert!(buffered(&breaker).is_empty(), "nobody has asked for it");

    breaker.buffer_events(3);
    for _ in 0..1000 {
        succeed(&breaker);
    }
    breaker.transition_to_open().unwrap();
    breaker.reset();
    assert_eq!(
        buffered(&breaker),
        ["STATE_TRANSITION", "STATE_TRANSITION", "RESET"]
    );
    assert_eq!(buffered(&breaker).len(), 3, "looking takes nothing away");

    breaker.buffer_events(2);
    assert_eq!(buffered(&breaker), ["STATE_TRANSITION", "RESET"]);
    breaker.buffer_events(4);
    for _ in 0..2 {
        succeed(&breaker);
    }
    assert_eq!(
        buffered(&breaker),
        ["STATE_TRANSITION", "RESET", "SUCCESS", "SUCCESS"]
    );

    breaker.stop_buffering_events();
    succeed(&breaker);
    assert!(buffered(&breaker).is_empty());
    breaker.buffer_events(2);
    assert!(buffered(&breaker).is_empty(), "forgotten");
}

#[test]
fn a_huge_capacity_takes_no_memory_before_it_is_used() {
    let breaker = breaker();
    breaker.buffer_events(usize::MAX);
    let mut stream = breaker.events_with_capacity(usize::MAX);
    succeed(&breaker);
    assert_eq!(buffered(&breaker), read(&mut stream));
    breaker.buffer_events(1);
}

#[test]
fn those_who_read_later_have_events_in_their_order_though_a_listener_causes_more() {
    let breaker = breaker();
    let handle = breaker.clone();
    breaker.on_event(move |event| match event.kind {
        CircuitBreakerEventKind::Success { .. } => handle.reset(),
        CircuitBreakerEventKind::StateTransition {
            to: State::Open, ..
        } => {
            handle.transition_to_disabled().unwrap();
            assert_eq!(buffered(&handle).len(), 5, "told before any listener");
        }
        _ => {}
    });
    breaker.buffer_events(100);
    let mut stream = breaker.events();
    succeed(&breaker);
    // The reset had emptied the window.
    for _ in 0..2 {
        breaker.try_acquire().unwrap().failure();
    }
    let expected = [
        "SUCCESS",
        "RESET",
        "ERROR",
        "ERROR",
        "FAILURE_RATE_EXCEEDED",
        "STATE_TRANSITION",
        "STATE_TRANSITION",
    ];
    assert_eq!(read(&mut stream), expected);
    assert_eq!(buffered(&breaker), expected);
}

#[test]
fn a_listener_may_subscribe_and_unsubscribe_while_it_is_told() {
    let breaker = breaker();
    let handle = breaker.clone();
    let opened = Arc::new(Mutex::new(None));
    let slot = Arc::clone(&opened);
    breaker.on_event(move |_| {
        // The one before it is dropped, and so unsubscribed.
        let former = slot.lock().unwrap().replace(handle.events());
        drop(former);
        handle.buffer_events(1);
        handle.stop_buffering_events();
    });
    for _ in 0..3 {
        succeed(&breaker);
    }
    let stream = opened.lock().unwrap().take();
    assert!(
        is_pending(&mut stream.unwrap()),
        "it came while the last event was told"
    );
}

/// Panics when it is dropped, too.
struct Spiteful;

impl Drop for Spiteful {
    fn drop(&mut self) {
        panic!("dropped");
    }
}

#[test]
fn a_listener_that_panics_with_a_payload_that_panics_harms_nobody() {
    let breaker = breaker();
    breaker.on_event(|_| panic_any(Spiteful));
    let mut stream = breaker.events();
    let heard = Arc::new(Mutex::new(0));
    let count = Arc::clone(&heard);
    breaker.on_event(move |_| *count.lock().unwrap() += 1);
    succeed(&breaker);
    breaker.transition_to_open().unwrap();
    breaker.reset();
    assert_eq!(
        read(&mut stream),
        ["SUCCESS", "STATE_TRANSITION", "STATE_TRANSITION", "RESET"]
    );
    assert_eq!(*heard.lock().unwrap(), 4);
}

#[test]
fn a_stream_moves_between_threads() {
    fn is_send_and_sync<T: Send + Sync>(_: &T) {}
    let breaker = breaker();
    let mut stream = breaker.events();
    is_send_and_sync(&stream);
    let reader = thread::spawn(move || stream.next_blocking().unwrap().unwrap().to_string());
    breaker.reset();
    assert_eq!(reader.join().unwrap(), "circuit breaker 'tested' was reset");
}
