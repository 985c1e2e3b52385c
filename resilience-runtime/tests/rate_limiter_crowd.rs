//! A hundred thousand tasks wait for one rate limiter, and a third of them goes away.

#![allow(
    clippy::unwrap_used,
    reason = "a test that meets something unforeseen is to fail"
)]

use std::collections::BTreeMap;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::Duration;

use fastrand::Rng;
use resilience_runtime::{Clock, ManualClock, PolicyError, RateLimiter, Registry};

const LIMIT: usize = 100;
const PERIOD: Duration = Duration::from_secs(1);
const TASKS: usize = 100_000;

fn limiter(timeout: Duration) -> (RateLimiter, ManualClock) {
    let time = Clock::manual();
    let limiter = Registry::builder()
        .clock(&time)
        .build()
        .rate_limiter_with("crowded", |config| {
            config
                .limit_for_period(LIMIT.try_into().unwrap())
                .limit_refresh_period(PERIOD)
                .timeout_duration(timeout)
        })
        .unwrap();
    (limiter, time)
}

/// Notes which task is to be polled.
struct Bell {
    task: usize,
    rung: Arc<Mutex<Vec<usize>>>,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.rung.lock().unwrap().push(self.task);
    }
}

type Acquiring<'a> = Pin<Box<dyn Future<Output = Result<(), PolicyError>> + 'a>>;

/// The tasks that wait, and when each was let through.
struct Crowd<'a> {
    limiter: &'a RateLimiter,
    tasks: Vec<Option<Acquiring<'a>>>,
    rung: Arc<Mutex<Vec<usize>>>,
    cycle: usize,
    /// Which tasks each cycle let through, in their order.
    admitted: Vec<Vec<usize>>,
}

impl<'a> Crowd<'a> {
    fn new(limiter: &'a RateLimiter) -> Self {
        Self {
            limiter,
            tasks: Vec::new(),
            rung: Arc::default(),
            cycle: 0,
            admitted: vec![Vec::new()],
        }
    }

    fn come(&mut self) -> usize {
        let task = self.tasks.len();
        self.tasks.push(Some(Box::pin(self.limiter.acquire(1))));
        self.poll(task);
        task
    }

    fn poll(&mut self, task: usize) {
        let bell = Bell {
            task,
            rung: Arc::clone(&self.rung),
        };
        let waker = Waker::from(Arc::new(bell));
        let Some(acquiring) = &mut self.tasks[task] else {
            return;
        };
        if let Poll::Ready(acquired) = acquiring.as_mut().poll(&mut Context::from_waker(&waker)) {
            acquired.unwrap();
            self.tasks[task] = None;
            self.admitted[self.cycle].push(task);
        }
    }

    /// Returns whether it was still waiting.
    fn go_away(&mut self, task: usize) -> bool {
        self.tasks[task].take().is_some()
    }

    fn next_cycle(&mut self, time: &ManualClock) {
        time.advance(PERIOD);
        self.cycle += 1;
        self.admitted.push(Vec::new());
        let rung = mem::take(&mut *self.rung.lock().unwrap());
        for task in rung {
            self.poll(task);
        }
    }
}

/// Which cycle each task is to go in, and where somebody went away.
#[derive(Default)]
struct Plan {
    cycle_of: Vec<usize>,
    open: BTreeMap<usize, usize>,
}

impl Plan {
    fn open(&mut self, task: usize) {
        *self.open.entry(self.cycle_of[task]).or_default() += 1;
    }

    fn earliest(&mut self, now: usize) -> Option<usize> {
        let cycle = *self.open.range(now..).next()?.0;
        let open = self.open.get_mut(&cycle)?;
        *open -= 1;
        if *open == 0 {
            self.open.remove(&cycle);
        }
        Some(cycle)
    }
}

#[test]
fn every_permit_of_a_crowd_is_accounted_for() {
    let (limiter, time) = limiter(Duration::from_secs(2_000));
    let mut random = Rng::with_seed(5);
    let mut crowd = Crowd::new(&limiter);
    let mut plan = Plan::default();
    for task in 0..TASKS {
        assert_eq!(crowd.come(), task);
        plan.cycle_of.push(task / LIMIT);
    }
    let waiting = TASKS - LIMIT;
    assert_eq!(limiter.metrics().number_of_waiting_threads, waiting);
    assert_eq!(
        limiter.available_permissions(),
        -i32::try_from(waiting).unwrap()
    );

    let mut leaving = vec![Vec::new(); TASKS / LIMIT];
    let mut leavers: Vec<_> = (LIMIT..TASKS).collect();
    random.shuffle(&mut leavers);
    for task in &leavers[..TASKS / 3] {
        leaving[random.usize(..task / LIMIT)].push(*task);
    }
    let (mut gone, mut came) = (0, 0);
    for leaving in leaving {
        for task in leaving {
            assert!(crowd.go_away(task), "it is not its turn yet");
            gone += 1;
            plan.open(task);
            // For some of them somebody else comes.
            if random.u8(..) < 160
                && let Some(cycle) = plan.earliest(crowd.cycle)
            {
                came += 1;
                crowd.come();
                plan.cycle_of.push(cycle);
            }
        }
        crowd.next_cycle(&time);
    }
    assert_eq!(limiter.metrics().number_of_waiting_threads, 0);
    assert!(gone == TASKS / 3 && came > TASKS / 6, "{came} came");

    let admitted: usize = crowd.admitted.iter().map(Vec::len).sum();
    assert_eq!(
        admitted,
        TASKS - gone + came,
        "each that stayed was let through"
    );
    let lapsed: usize = plan.open.values().sum();
    assert_eq!(
        gone,
        came + lapsed,
        "what was given back was given out or has lapsed"
    );
    for (cycle, tasks) in crowd.admitted.iter().enumerate() {
        assert!(tasks.iter().all(|task| plan.cycle_of[*task] == cycle));
        let lapsed = plan.open.get(&cycle).copied().unwrap_or(0);
        if cycle < TASKS / LIMIT {
            assert_eq!(tasks.len(), LIMIT - lapsed, "cycle {cycle}");
        }
        let first_comers = tasks.iter().filter(|task| **task < TASKS);
        assert!(first_comers.is_sorted(), "in the order in which they came");
    }
    assert_eq!(
        limiter.available_permissions(),
        i32::try_from(LIMIT).unwrap()
    );
    assert!(format!("{time:?}").contains("timers: 0"), "{time:?}");
}

#[test]
fn threads_never_get_more_than_the_cycles_bring() {
    const THREADS: usize = 4;
    const CYCLES: usize = 200;
    let (limiter, time) = limiter(Duration::ZERO);
    let had: usize = thread::scope(|scope| {
        let callers = [(); THREADS].map(|()| {
            let limiter = &limiter;
            scope.spawn(move || {
                let mut had = 0;
                while limiter.metrics().cycle < CYCLES as u64 {
                    had += usize::from(limiter.try_acquire().is_ok());
                }
                had
            })
        });
        for cycle in 0..CYCLES {
            // Until somebody has found nothing left.
            while limiter.available_permissions() > 0 {
                thread::yield_now();
            }
            assert_eq!(limiter.metrics().cycle, cycle as u64);
            time.advance(PERIOD);
        }
        callers.map(|caller| caller.join().unwrap()).iter().sum()
    });
    let left = usize::try_from(limiter.available_permissions()).unwrap();
    assert_eq!(had + left, LIMIT * (CYCLES + 1));
}
