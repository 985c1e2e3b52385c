//! Every interleaving of a few operations on a breaker, and on its probes, keeps what it promises.
//!
//! Run by `cargo xtask loom`.

use std::sync::Arc as StdArc;

use loom::sync::Arc;
use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::thread;

use super::config::CircuitBreakerConfig;
use super::event::FailureCause;
use super::machine::Machine;
use super::probes::{Probe, Probes};
use super::recording::Completion;
use super::state::State;
use super::transition::Wait;
use crate::clock::Clock;
use crate::membership::Membership;

const FAILED: Completion = Completion::Failed(FailureCause::Error);

/// One call decides in every state.
fn machine() -> StdArc<Machine> {
    let config = with_a_window_of(1);
    Machine::new(Membership::alone("model"), &config, Clock::manual().into())
}

fn with_a_window_of(calls: u32) -> CircuitBreakerConfig {
    CircuitBreakerConfig::builder()
        .sliding_window_size(calls)
        .permitted_number_of_calls_in_half_open_state(1)
        .build()
        .unwrap()
}

fn half_open() -> StdArc<Machine> {
    let machine = machine();
    machine.change(State::Open, Wait::Configured).unwrap();
    machine.change(State::HalfOpen, Wait::Configured).unwrap();
    machine
}

#[test]
fn no_more_probes_are_let_through_than_permits_exist() {
    loom::model(|| {
        let probes = Arc::new(Probes::new());
        probes.begin(1, 2);
        let inside = Arc::new(AtomicUsize::new(0));
        let probe = |probes: Arc<Probes>, inside: Arc<AtomicUsize>| {
            move || {
                if probes.take(1, || 0) == Probe::Taken {
                    assert!(inside.fetch_add(1, Ordering::SeqCst) < 2);
                    inside.fetch_sub(1, Ordering::SeqCst);
                    probes.give_back(1);
                }
            }
        };
        let others = [(); 2].map(|()| thread::spawn(probe(probes.clone(), inside.clone())));
        probe(probes.clone(), inside.clone())();
        for other in others {
            other.join().unwrap();
        }
        assert_eq!(probes.take(1, || 0), Probe::Taken);
        assert_eq!(probes.take(1, || 0), Probe::Taken);
        assert_eq!(probes.take(1, || 0), Probe::NoneLeft);
    });
}

#[test]
fn a_permit_of_an_ended_round_does_not_reach_the_next() {
    loom::model(|| {
        let probes = Arc::new(Probes::new());
        probes.begin(1, 1);
        assert_eq!(probes.take(1, || 0), Probe::Taken);
        let late = {
            let probes = probes.clone();
            thread::spawn(move || {
                probes.give_back(1);
                probes.take(1, || 0)
            })
        };
        probes.begin(2, 1);
        late.join().unwrap();
        assert_eq!(probes.take(2, || 0), Probe::Taken);
        assert_eq!(probes.take(2, || 0), Probe::NoneLeft);
    });
}

#[test]
fn whoever_finds_no_permit_finds_the_time_when_the_last_one_went() {
    loom::model(|| {
        let probes = Arc::new(Probes::new());
        probes.begin(1, 1);
        let other = {
            let probes = probes.clone();
            thread::spawn(move || probes.take(1, || 7))
        };
        if probes.take(1, || 7) == Probe::NoneLeft {
            assert_eq!(probes.exhausted_nanos(), 7);
        }
        other.join().unwrap();
    });
}

#[test]
fn a_reset_outlasts_every_call_that_was_admitted_before_it() {
    loom::model(|| {
        let machine = machine();
        let admitted = machine.admit().unwrap();
        let failing = {
            let machine = machine.clone();
            thread::spawn(move || machine.complete(admitted, FAILED))
        };
        machine.reset();
        failing.join().unwrap();
        assert_eq!(machine.word().state(), State::Closed);
        assert_eq!(machine.metrics().buffered_calls, 0);
        // The window is in the era that the state word shows.
        machine.complete(machine.admit().unwrap(), Completion::Succeeded);
        assert_eq!(machine.metrics().buffered_calls, 1);
    });
}

#[test]
fn of_two_calls_that_would_open_the_breaker_one_does() {
    loom::model(|| {
        let machine = machine();
        let (mine, others) = (machine.admit().unwrap(), machine.admit().unwrap());
        let era = machine.word().era();
        let other = {
            let machine = machine.clone();
            thread::spawn(move || machine.complete(others, FAILED))
        };
        machine.complete(mine, FAILED);
        other.join().unwrap();
        assert_eq!(machine.word().state(), State::Open);
        assert_eq!(machine.word().era(), era + 1);
        assert_eq!(machine.metrics().failed_calls, 1);
    });
}

#[test]
fn an_outcome_that_comes_while_the_window_is_exchanged_is_counted() {
    loom::model(|| {
        let machine = machine();
        let admitted = machine.admit().unwrap();
        let other = {
            let machine = machine.clone();
            thread::spawn(move || machine.complete(admitted, Completion::Succeeded))
        };
        machine.apply(&with_a_window_of(2));
        other.join().unwrap();
        assert_eq!(machine.metrics().successful_calls, 1);
    });
}

#[test]
fn an_outcome_that_comes_while_windows_are_exchanged_twice_is_counted() {
    loom::model(|| {
        let machine = machine();
        let admitted = machine.admit().unwrap();
        let other = {
            let machine = machine.clone();
            thread::spawn(move || machine.complete(admitted, Completion::Succeeded))
        };
        machine.apply(&with_a_window_of(3));
        machine.apply(&with_a_window_of(2));
        other.join().unwrap();
        assert_eq!(machine.metrics().successful_calls, 1);
    });
}

#[test]
fn an_outcome_that_comes_while_the_window_is_exchanged_counts_for_no_other_state() {
    loom::model(|| {
        let machine = machine();
        let admitted = machine.admit().unwrap();
        let other = {
            let machine = machine.clone();
            thread::spawn(move || machine.complete(admitted, Completion::Succeeded))
        };
        machine.apply(&with_a_window_of(2));
        machine.reset();
        machine.apply(&with_a_window_of(3));
        other.join().unwrap();
        assert_eq!(machine.metrics().buffered_calls, 0);
    });
}

#[test]
fn a_probe_that_succeeds_and_an_operator_who_opens_leave_a_whole_breaker() {
    loom::model(|| {
        let machine = half_open();
        let probe = machine.admit().unwrap();
        let operator = {
            let machine = machine.clone();
            thread::spawn(move || machine.change(State::ForcedOpen, Wait::Configured).unwrap())
        };
        machine.complete(probe, Completion::Succeeded);
        operator.join().unwrap();
        assert_eq!(
            machine.word().state(),
            State::ForcedOpen,
            "whichever came first"
        );
        machine.reset();
        machine.complete(machine.admit().unwrap(), Completion::Succeeded);
        assert_eq!(machine.metrics().successful_calls, 1);
    });
}

#[test]
fn of_two_that_ask_for_the_one_probe_one_gets_it() {
    loom::model(|| {
        let machine = half_open();
        let other = {
            let machine = machine.clone();
            thread::spawn(move || machine.admit().is_ok())
        };
        let mine = machine.admit().is_ok();
        assert!(mine ^ other.join().unwrap());
    });
}
