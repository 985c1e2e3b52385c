//! Streams of what happens at all instances of a policy.

use std::sync::{Arc, Barrier};
use std::thread;

use resilience_runtime::{CircuitBreakerEvent, EventStream, Registry};

fn names(mut events: EventStream<CircuitBreakerEvent>) -> Vec<String> {
    let mut names = Vec::new();
    while let Some(event) = events.next_blocking() {
        names.push(event.unwrap().name.to_string());
    }
    names
}

#[test]
fn a_stream_has_the_events_of_instances_that_exist_and_that_are_made_later_in_their_order() {
    let registry = Registry::new();
    let early = registry.circuit_breaker("early");
    let events = registry.circuit_breaker_events(16);
    let late = registry.circuit_breaker("late");
    for breaker in [&early, &late, &early] {
        breaker.reset();
    }
    registry.remove_circuit_breaker("late");
    registry.circuit_breaker("late");
    late.reset();
    drop((registry, early, late));
    assert_eq!(names(events), ["early", "late", "early", "late"]);
}

#[test]
fn one_instance_that_goes_does_not_end_the_stream() {
    let registry = Registry::builder().max_instances(1).build();
    let events = registry.circuit_breaker_events(16);
    for name in ["one", "two"] {
        registry.circuit_breaker(name).reset();
    }
    drop(registry);
    assert_eq!(names(events), ["one", "two"]);
}

#[test]
fn a_slow_reader_loses_the_oldest_of_all_instances_together() {
    let registry = Registry::new();
    let mut events = registry.circuit_breaker_events(2);
    for name in ["one", "two", "three"] {
        registry.circuit_breaker(name).reset();
    }
    assert_eq!(events.next_blocking().unwrap().unwrap_err().count, 1);
    assert_eq!(&*events.next_blocking().unwrap().unwrap().name, "two");
}

#[test]
fn streams_come_and_go_while_instances_are_made() {
    let registry = Registry::new();
    let start = Arc::new(Barrier::new(2));
    let makes = {
        let (registry, start) = (registry.clone(), Arc::clone(&start));
        thread::spawn(move || {
            start.wait();
            for number in 0..500 {
                registry.circuit_breaker(&number.to_string()).reset();
            }
        })
    };
    start.wait();
    for _ in 0..200 {
        drop(registry.circuit_breaker_events(4));
    }
    makes.join().unwrap();
    let mut events = registry.circuit_breaker_events(4);
    registry.circuit_breaker("7").reset();
    assert_eq!(&*events.next_blocking().unwrap().unwrap().name, "7");
}
