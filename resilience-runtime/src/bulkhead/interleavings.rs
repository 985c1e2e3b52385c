//! Every interleaving of a few operations on a semaphore keeps what it promises.
//!
//! Run by `cargo xtask loom`. A wake-up that is lost shows as a deadlock.

use std::task::{Context, Poll, Waker};
use std::time::Duration;

use loom::sync::Arc;
use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::thread;

use super::config::BulkheadConfig;
use super::machine::Machine;
use super::semaphore::{Semaphore, Waiter};
use crate::clock::Clock;
use crate::membership::Membership;
use crate::parking;

/// Waits for a permit.
fn take(semaphore: &Semaphore) {
    wait(&mut semaphore.waiter());
}

/// Waits until it has a permit.
fn wait(waiter: &mut Waiter<'_>) {
    let parking = parking::of_this_thread();
    let waker = parking.waker();
    while waiter.poll(&waker).is_pending() {
        parking.wait();
    }
}

/// All of its permits are back, and nobody waits.
fn assert_at_rest(semaphore: &Semaphore, limit: u32) {
    assert_eq!(semaphore.permits(), (limit, limit));
    assert_eq!(semaphore.waiting(), 0);
    for _ in 0..limit {
        assert!(semaphore.try_take());
    }
    assert!(!semaphore.try_take(), "a permit was invented");
    for _ in 0..limit {
        semaphore.give_back();
    }
    assert_eq!(semaphore.permits(), (limit, limit));
}

fn both(model: impl Fn(bool) + Sync + Send + Copy + 'static) {
    for is_fair in [true, false] {
        loom::model(move || model(is_fair));
    }
}

/// Takes a permit, sees who else has one, and gives it back.
fn call(semaphore: &Semaphore, inside: &AtomicUsize, limit: usize) {
    take(semaphore);
    assert!(inside.fetch_add(1, Ordering::Relaxed) < limit);
    inside.fetch_sub(1, Ordering::Relaxed);
    semaphore.give_back();
}

#[test]
fn calls_that_wait_for_one_permit_all_get_it_one_after_another() {
    both(|is_fair| {
        let shared = Arc::new((Semaphore::new(1, is_fair), AtomicUsize::new(0)));
        let others = [(); 2].map(|()| {
            let shared = shared.clone();
            thread::spawn(move || call(&shared.0, &shared.1, 1))
        });
        call(&shared.0, &shared.1, 1);
        for other in others {
            other.join().unwrap();
        }
        assert_at_rest(&shared.0, 1);
    });
}

#[test]
fn no_more_get_in_without_waiting_than_there_are_permits() {
    both(|is_fair| {
        let shared = Arc::new((Semaphore::new(2, is_fair), AtomicUsize::new(0)));
        let call = |shared: Arc<(Semaphore, AtomicUsize)>| {
            move || {
                let (semaphore, inside) = &*shared;
                if semaphore.try_take() {
                    assert!(inside.fetch_add(1, Ordering::Relaxed) < 2);
                    inside.fetch_sub(1, Ordering::Relaxed);
                    semaphore.give_back();
                }
            }
        };
        let others = [(); 2].map(|()| thread::spawn(call(shared.clone())));
        call(shared.clone())();
        for other in others {
            other.join().unwrap();
        }
        assert_at_rest(&shared.0, 2);
    });
}

#[test]
fn the_next_call_sees_what_the_one_before_it_did() {
    both(|is_fair| {
        // Relaxed: nothing but the permit may make it seen.
        let shared = Arc::new((Semaphore::new(1, is_fair), AtomicUsize::new(0)));
        let call = |(semaphore, written): &(Semaphore, AtomicUsize)| {
            take(semaphore);
            written.store(written.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
            semaphore.give_back();
        };
        let other = {
            let shared = shared.clone();
            thread::spawn(move || call(&shared))
        };
        call(&shared);
        other.join().unwrap();
        assert_eq!(shared.1.load(Ordering::Relaxed), 2);
    });
}

#[test]
fn a_waiter_that_gives_up_while_a_permit_comes_back_keeps_it_or_never_had_it() {
    both(|is_fair| {
        let semaphore = Arc::new(Semaphore::new(1, is_fair));
        assert!(semaphore.try_take());
        let other = {
            let semaphore = semaphore.clone();
            thread::spawn(move || semaphore.give_back())
        };
        let mut waiter = semaphore.waiter();
        let has_permit = waiter.poll(Waker::noop()).is_ready() || waiter.give_up();
        other.join().unwrap();
        assert_eq!(semaphore.permits(), (1, u32::from(!has_permit)));
        if has_permit {
            semaphore.give_back();
        }
        assert_at_rest(&semaphore, 1);
    });
}

#[test]
fn a_call_whose_time_is_over_when_a_permit_comes_has_it_or_leaves_it_to_others() {
    both(|is_fair| {
        let time = Clock::manual();
        let config = BulkheadConfig::builder()
            .max_concurrent_calls(1)
            .max_wait_duration(Duration::from_nanos(1))
            .fair_call_handling_enabled(is_fair)
            .build()
            .unwrap();
        let machine = Arc::new(Machine::new(
            Membership::alone("model"),
            config,
            Clock::from(&time),
        ));
        assert!(machine.try_take());
        let mut cx = Context::from_waker(Waker::noop());
        let mut acquire = machine.begin_to_wait().unwrap();
        assert!(acquire.poll(&mut cx).is_pending());
        time.advance(Duration::from_nanos(1));
        let other = {
            let machine = machine.clone();
            thread::spawn(move || machine.give_back())
        };
        let Poll::Ready(outcome) = acquire.poll(&mut cx) else {
            panic!("its time is over")
        };
        other.join().unwrap();
        drop(outcome);
        assert_at_rest(&machine.semaphore, 1);
    });
}

#[test]
fn a_waiter_that_is_dropped_while_a_permit_comes_back_passes_it_on() {
    both(|is_fair| {
        let semaphore = Arc::new(Semaphore::new(1, is_fair));
        assert!(semaphore.try_take());
        let mut dropped = semaphore.waiter();
        assert!(dropped.poll(Waker::noop()).is_pending());
        let next = {
            let semaphore = semaphore.clone();
            thread::spawn(move || {
                take(&semaphore);
                semaphore.give_back();
            })
        };
        let holder = {
            let semaphore = semaphore.clone();
            thread::spawn(move || semaphore.give_back())
        };
        drop(dropped);
        next.join().unwrap();
        holder.join().unwrap();
        assert_at_rest(&semaphore, 1);
    });
}

#[test]
fn nobody_gets_past_the_first_in_line() {
    loom::model(|| {
        let semaphore = Arc::new(Semaphore::new(1, true));
        assert!(semaphore.try_take());
        let mut first = semaphore.waiter();
        assert!(first.poll(Waker::noop()).is_pending());
        let newcomer = {
            let semaphore = semaphore.clone();
            thread::spawn(move || {
                assert!(!semaphore.try_take());
                let mut second = semaphore.waiter();
                assert!(second.poll(Waker::noop()).is_pending());
            })
        };
        semaphore.give_back();
        newcomer.join().unwrap();
        assert!(first.poll(Waker::noop()).is_ready());
        semaphore.give_back();
        assert_at_rest(&semaphore, 1);
    });
}

#[test]
fn a_limit_that_grows_lets_in_who_waits() {
    both(|is_fair| {
        let semaphore = Arc::new(Semaphore::new(0, is_fair));
        let others = [(); 2].map(|()| {
            let semaphore = semaphore.clone();
            thread::spawn(move || take(&semaphore))
        });
        semaphore.reshape(2, is_fair);
        for other in others {
            other.join().unwrap();
        }
        assert_eq!(semaphore.permits(), (2, 0));
        semaphore.give_back();
        semaphore.give_back();
        assert_at_rest(&semaphore, 2);
    });
}

#[test]
fn a_limit_that_shrinks_and_grows_neither_loses_permits_nor_invents_any() {
    both(|is_fair| {
        let semaphore = Arc::new(Semaphore::new(2, is_fair));
        assert!(semaphore.try_take());
        let other = {
            let semaphore = semaphore.clone();
            thread::spawn(move || {
                take(&semaphore);
                semaphore.give_back();
            })
        };
        let operator = {
            let semaphore = semaphore.clone();
            thread::spawn(move || {
                semaphore.reshape(0, is_fair);
                semaphore.reshape(1, is_fair);
            })
        };
        semaphore.give_back();
        other.join().unwrap();
        operator.join().unwrap();
        assert_at_rest(&semaphore, 1);
    });
}

#[test]
fn two_limits_set_at_once_leave_one_of_them() {
    both(|is_fair| {
        let semaphore = Arc::new(Semaphore::new(1, is_fair));
        assert!(semaphore.try_take());
        let other = {
            let semaphore = semaphore.clone();
            thread::spawn(move || semaphore.reshape(3, is_fair))
        };
        semaphore.reshape(2, is_fair);
        other.join().unwrap();
        let (limit, free) = semaphore.permits();
        assert!(limit == 2 || limit == 3);
        assert_eq!(free, limit - 1);
        semaphore.give_back();
        assert_at_rest(&semaphore, limit);
    });
}

#[test]
fn one_who_is_called_and_dropped_calls_the_next() {
    loom::model(|| {
        let semaphore = Arc::new(Semaphore::new(1, false));
        assert!(semaphore.try_take());
        let mut called = semaphore.waiter();
        assert!(called.poll(Waker::noop()).is_pending());
        semaphore.give_back();
        let barging = {
            let semaphore = semaphore.clone();
            thread::spawn(move || {
                if semaphore.try_take() {
                    semaphore.give_back();
                }
            })
        };
        let next = {
            let semaphore = semaphore.clone();
            thread::spawn(move || {
                take(&semaphore);
                semaphore.give_back();
            })
        };
        drop(called);
        barging.join().unwrap();
        next.join().unwrap();
        assert_at_rest(&semaphore, 1);
    });
}

/// The waker of the last poll counts, wherever the permit comes from meanwhile.
#[test]
fn a_waiter_that_moves_to_another_task_is_woken_there() {
    both(|is_fair| {
        let semaphore = Arc::new(Semaphore::new(1, is_fair));
        assert!(semaphore.try_take());
        let mut waiter = semaphore.waiter();
        assert!(waiter.poll(Waker::noop()).is_pending());
        let holder = {
            let semaphore = semaphore.clone();
            thread::spawn(move || semaphore.give_back())
        };
        wait(&mut waiter);
        holder.join().unwrap();
        semaphore.give_back();
        assert_at_rest(&semaphore, 1);
    });
}

/// Whoever is called when the calls begin to be served in turn gets what is left, or stands first.
#[test]
fn a_rule_that_changes_while_one_is_called_neither_loses_nor_invents_a_permit() {
    both(|becomes_fair| {
        let semaphore = Arc::new(Semaphore::new(1, !becomes_fair));
        assert!(semaphore.try_take());
        let other = {
            let semaphore = semaphore.clone();
            thread::spawn(move || {
                take(&semaphore);
                semaphore.give_back();
            })
        };
        let operator = {
            let semaphore = semaphore.clone();
            thread::spawn(move || semaphore.reshape(1, becomes_fair))
        };
        semaphore.give_back();
        if semaphore.try_take() {
            semaphore.give_back();
        }
        other.join().unwrap();
        operator.join().unwrap();
        assert_eq!(semaphore.is_fair(), becomes_fair);
        assert_at_rest(&semaphore, 1);
    });
}

#[test]
fn those_who_wait_all_get_in_while_rule_and_limit_change() {
    both(|becomes_fair| {
        let shared = Arc::new((Semaphore::new(1, !becomes_fair), AtomicUsize::new(0)));
        let other = {
            let shared = shared.clone();
            thread::spawn(move || call(&shared.0, &shared.1, 2))
        };
        let operator = {
            let shared = shared.clone();
            thread::spawn(move || {
                shared.0.reshape(2, becomes_fair);
                shared.0.reshape(1, !becomes_fair);
            })
        };
        call(&shared.0, &shared.1, 2);
        other.join().unwrap();
        operator.join().unwrap();
        assert_at_rest(&shared.0, 1);
    });
}

/// It is woken by the call, and finds the permit given to it or stands in line again.
#[test]
fn one_who_is_called_and_gives_up_while_the_rule_changes_has_the_permit_or_leaves_it() {
    loom::model(|| {
        let semaphore = Arc::new(Semaphore::new(1, false));
        assert!(semaphore.try_take());
        let mut called = semaphore.waiter();
        assert!(called.poll(Waker::noop()).is_pending());
        semaphore.give_back();
        let operator = {
            let semaphore = semaphore.clone();
            thread::spawn(move || semaphore.reshape(1, true))
        };
        let barging = {
            let semaphore = semaphore.clone();
            thread::spawn(move || {
                if semaphore.try_take() {
                    semaphore.give_back();
                }
            })
        };
        if called.give_up() {
            semaphore.give_back();
        }
        barging.join().unwrap();
        operator.join().unwrap();
        assert_at_rest(&semaphore, 1);
    });
}
