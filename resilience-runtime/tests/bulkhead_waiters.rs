//! Many who wait for one bulkhead, a third of them dropped: every place is accounted for, and those
//! who stay are served in the order in which they came.

#![allow(
    clippy::unwrap_used,
    reason = "a test that meets something unforeseen is to fail"
)]

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::Duration;

use resilience_runtime::{Bulkhead, BulkheadPermit, Clock, ManualClock, PolicyError, Registry};

const HOUR: Duration = Duration::from_secs(3600);
const PLACES: u32 = 8;

type Acquiring<'a> = Pin<Box<dyn Future<Output = Result<BulkheadPermit<'a>, PolicyError>> + 'a>>;

/// Who was woken, in that order.
type Calls = Arc<Mutex<VecDeque<usize>>>;

struct Bell {
    who: usize,
    calls: Calls,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.calls.lock().unwrap().push_back(self.who);
    }
}

/// Pseudo-random numbers, the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}

fn bulkhead(is_fair: bool) -> (Bulkhead, ManualClock) {
    let time = Clock::manual();
    let bulkhead = Registry::builder()
        .clock(&time)
        .build()
        .bulkhead_with("crowded", |config| {
            config
                .max_concurrent_calls(PLACES)
                .max_wait_duration(HOUR)
                .fair_call_handling_enabled(is_fair)
        })
        .unwrap();
    (bulkhead, time)
}

/// What a crowd came to.
#[derive(Debug, Default)]
struct Crowd {
    served: Vec<usize>,
    dropped: usize,
}

/// `many` who wait. Every third on the average is dropped: some before anybody is served, some while
/// others are, some when they have just been woken.
fn serve(bulkhead: &Bulkhead, many: usize, dice: &mut Dice) -> Crowd {
    let calls = Calls::default();
    let mut permits: Vec<_> = (0..PLACES)
        .map(|_| bulkhead.try_acquire().unwrap())
        .collect();
    let waker = |who| {
        Waker::from(Arc::new(Bell {
            who,
            calls: Arc::clone(&calls),
        }))
    };
    let mut crowd = Crowd::default();
    let mut waiters: Vec<Option<Acquiring<'_>>> = (0..many)
        .map(|who| {
            let mut acquiring: Acquiring<'_> = Box::pin(bulkhead.acquire());
            let poll = acquiring
                .as_mut()
                .poll(&mut Context::from_waker(&waker(who)));
            assert!(poll.is_pending());
            Some(acquiring)
        })
        .collect();
    assert_eq!(bulkhead.metrics().waiting_calls as usize, many);
    let mut drop_one = |waiters: &mut Vec<Option<Acquiring<'_>>>, who: usize| {
        crowd.dropped += usize::from(waiters[who].take().is_some());
    };
    for _ in 0..many / 9 {
        drop_one(&mut waiters, dice.below(many));
    }
    while !permits.is_empty() {
        drop(permits.swap_remove(dice.below(permits.len())));
        if dice.below(4) == 0 {
            drop_one(&mut waiters, dice.below(many));
        }
        loop {
            let Some(who) = calls.lock().unwrap().pop_front() else {
                break;
            };
            if dice.below(6) == 0 {
                drop_one(&mut waiters, who);
            } else if let Some(acquiring) = &mut waiters[who] {
                match acquiring
                    .as_mut()
                    .poll(&mut Context::from_waker(&waker(who)))
                {
                    Poll::Ready(permit) => {
                        permits.push(permit.unwrap());
                        crowd.served.push(who);
                        waiters[who] = None;
                    }
                    Poll::Pending => {}
                }
            }
        }
        let metrics = bulkhead.metrics();
        let out = u32::try_from(permits.len()).unwrap();
        assert_eq!(metrics.available_concurrent_calls, PLACES - out);
    }
    assert!(waiters.iter().all(Option::is_none), "nobody is forgotten");
    crowd
}

#[test]
fn a_hundred_thousand_who_wait_are_served_in_turn_and_no_place_is_lost() {
    let many = 100_000;
    let (bulkhead, time) = bulkhead(true);
    let crowd = serve(&bulkhead, many, &mut Dice(0x9E37_79B9_7F4A_7C15));
    assert_eq!(crowd.served.len() + crowd.dropped, many);
    let share = crowd.dropped * 100 / many;
    assert!((31..=36).contains(&share), "{share} % were dropped");
    assert!(crowd.served.is_sorted(), "first come, first served");
    let metrics = bulkhead.metrics();
    assert_eq!(metrics.available_concurrent_calls, PLACES);
    assert_eq!(metrics.waiting_calls, 0);
    assert!(format!("{time:?}").contains("timers: 0"), "{time:?}");
}

#[test]
fn without_fairness_no_place_is_lost_either() {
    let many = 10_000;
    let (bulkhead, _) = bulkhead(false);
    let crowd = serve(&bulkhead, many, &mut Dice(0xD1B5_4A32_D192_ED03));
    assert_eq!(crowd.served.len() + crowd.dropped, many);
    assert_eq!(bulkhead.metrics().available_concurrent_calls, PLACES);
}

#[test]
fn a_crowd_whose_time_is_over_leaves_nothing_behind() {
    let (bulkhead, time) = bulkhead(true);
    let permits: Vec<_> = (0..PLACES)
        .map(|_| bulkhead.try_acquire().unwrap())
        .collect();
    let calls = Calls::default();
    let mut waiters: Vec<Acquiring<'_>> = (0..10_000)
        .map(|_| Box::pin(bulkhead.acquire()) as _)
        .collect();
    for (who, waiter) in waiters.iter_mut().enumerate() {
        let calls = Arc::clone(&calls);
        let waker = Waker::from(Arc::new(Bell { who, calls }));
        assert!(
            waiter
                .as_mut()
                .poll(&mut Context::from_waker(&waker))
                .is_pending()
        );
        time.advance(Duration::from_millis(1));
    }
    time.advance(HOUR);
    let calls = std::mem::take(&mut *calls.lock().unwrap());
    assert!(
        calls.iter().copied().eq(0..10_000),
        "in the order of their times"
    );
    for waiter in &mut waiters {
        let poll = waiter
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(poll, Poll::Ready(Err(_))));
    }
    drop(permits);
    assert_eq!(bulkhead.metrics().waiting_calls, 0);
    assert_eq!(bulkhead.metrics().available_concurrent_calls, PLACES);
}

#[test]
fn tasks_and_threads_stand_in_one_line() {
    let (bulkhead, _) = bulkhead(true);
    let mut permits: Vec<_> = (0..PLACES)
        .map(|_| bulkhead.try_acquire().unwrap())
        .collect();
    let served = Mutex::new(Vec::new());
    let calls = Calls::default();
    let waiting = || bulkhead.metrics().waiting_calls as usize;
    thread::scope(|threads| {
        let mut tasks: Vec<Option<Acquiring<'_>>> = Vec::new();
        for who in 0..64 {
            if who % 2 == 0 {
                tasks.push(None);
                let (bulkhead, served) = (&bulkhead, &served);
                threads.spawn(move || {
                    let permit = bulkhead.acquire_blocking().unwrap();
                    served.lock().unwrap().push(who);
                    permit.complete();
                });
            } else {
                let calls = Arc::clone(&calls);
                let waker = Waker::from(Arc::new(Bell { who, calls }));
                let mut task: Acquiring<'_> = Box::pin(bulkhead.acquire());
                assert!(
                    task.as_mut()
                        .poll(&mut Context::from_waker(&waker))
                        .is_pending()
                );
                tasks.push(Some(task));
            }
            while waiting() <= who {
                thread::yield_now();
            }
        }
        // One place goes round from now on.
        drop(permits.pop());
        while served.lock().unwrap().len() < 64 {
            let next = calls.lock().unwrap().pop_front();
            if let Some(who) = next {
                let mut task = tasks[who].take().unwrap();
                let poll = task.as_mut().poll(&mut Context::from_waker(Waker::noop()));
                let Poll::Ready(Ok(permit)) = poll else {
                    panic!("it is its turn")
                };
                served.lock().unwrap().push(who);
                permit.complete();
            }
            thread::yield_now();
        }
    });
    assert!(served.lock().unwrap().iter().copied().eq(0..64));
    drop(permits);
    assert_eq!(bulkhead.metrics().available_concurrent_calls, PLACES);
}

/// For what the models of every interleaving are too small for.
#[test]
fn threads_that_crowd_in_while_the_limit_changes_all_get_in_and_never_too_many() {
    const THREADS: usize = 6;
    const CALLS: usize = 400;
    for is_fair in [true, false] {
        let bulkhead = Registry::new()
            .bulkhead_with("crowded", |config| {
                config
                    .max_concurrent_calls(1)
                    .max_wait_duration(Duration::MAX)
                    .fair_call_handling_enabled(is_fair)
            })
            .unwrap();
        let inside = AtomicU32::new(0);
        let most = AtomicU32::new(0);
        thread::scope(|threads| {
            for _ in 0..THREADS {
                threads.spawn(|| {
                    for _ in 0..CALLS {
                        let permit = bulkhead.acquire_blocking().unwrap();
                        let now = inside.fetch_add(1, Ordering::SeqCst) + 1;
                        most.fetch_max(now, Ordering::SeqCst);
                        thread::yield_now();
                        inside.fetch_sub(1, Ordering::SeqCst);
                        permit.complete();
                    }
                });
            }
            threads.spawn(|| {
                let mut dice = Dice(0x2545_F491_4F6C_DD1D);
                for _ in 0..CALLS {
                    bulkhead.change_max_concurrent_calls(u32::try_from(dice.below(4)).unwrap());
                    thread::yield_now();
                }
                bulkhead.change_max_concurrent_calls(3);
            });
        });
        assert!(most.load(Ordering::SeqCst) <= 3);
        let metrics = bulkhead.metrics();
        assert_eq!(metrics.available_concurrent_calls, 3);
        assert_eq!(metrics.waiting_calls, 0);
    }
}
