//! A backend that goes down under callers who retry, on a clock moved by hand.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::mem;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Wake, Waker};
use std::time::Duration;

use resilience4rs::{Clock, ConfigError, Registry, Retry, RetryConfigBuilder};

/// Each makes a call every second, spread evenly over it, unless its last one has not ended yet.
pub(crate) const CALLERS: usize = 1_000;
/// Requests per second, when all is well.
pub(crate) const NORMAL: u32 = 1_000;
/// All times are seconds.
pub(crate) const DURATION: usize = 90;
pub(crate) const DOWN_FROM: usize = 30;
pub(crate) const DOWN_UNTIL: usize = 60;

/// Of the waits.
const SEED: u64 = 5;

/// How the backend fares when it is up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Backend {
    /// It answers everybody.
    Tireless,
    /// It answers nobody while it gets more than so many requests a second.
    Overloadable(u32),
}

/// What the backend saw.
#[derive(Debug)]
pub(crate) struct Storm {
    /// Requests of each millisecond.
    pub(crate) requests: Vec<u32>,
    /// Those that it answered.
    pub(crate) answered: Vec<u32>,
}

impl Storm {
    /// Requests of each second.
    pub(crate) fn load(&self) -> Vec<u32> {
        per_second(&self.requests)
    }

    /// Requests of each second that the backend answered.
    pub(crate) fn goodput(&self) -> Vec<u32> {
        per_second(&self.answered)
    }

    /// The most requests in any second, wherever it begins.
    pub(crate) fn peak(&self) -> u32 {
        let windows = self.requests.windows(1_000);
        windows.map(|second| second.iter().sum()).max().unwrap_or(0)
    }
}

fn per_second(counts: &[u32]) -> Vec<u32> {
    let seconds = counts.chunks(1_000);
    seconds.map(|second| second.iter().sum()).collect()
}

/// The retries that services are told to use: three at most, further and further apart, at random.
pub(crate) fn usual(config: RetryConfigBuilder) -> RetryConfigBuilder {
    config
        .max_attempts(4)
        .wait_duration(Duration::from_millis(100))
        .enable_exponential_backoff(true)
        .exponential_backoff_multiplier(2.0)
        .enable_randomized_wait(true)
}

/// Runs it. The waits are random, but those of one run are those of the next.
///
/// # Errors
/// When the settings do not fit.
pub(crate) fn run(
    backend: Backend,
    configure: impl FnOnce(RetryConfigBuilder) -> RetryConfigBuilder,
) -> Result<Storm, ConfigError> {
    fastrand::seed(SEED);
    let time = Clock::manual();
    let registry = Registry::builder().clock(&time).build();
    let retry = registry.retry_with("callers", configure)?;
    let requests = RefCell::new(Requests::new(backend));
    let mut callers: Vec<_> = (0..CALLERS).map(|_| None).collect();
    let woken = Arc::new(Mutex::new(Vec::new()));
    for millis in 0..DURATION * 1_000 {
        requests.borrow_mut().begin(millis);
        for index in mem::take(&mut *lock(&woken)) {
            poll(&mut callers, index, &woken);
        }
        let index = millis % 1_000;
        if callers[index].is_none() {
            callers[index] = Some(call(&retry, &requests));
            poll(&mut callers, index, &woken);
        }
        time.advance(Duration::from_millis(1));
    }
    drop(callers);
    let Requests { storm, .. } = requests.into_inner();
    Ok(storm)
}

type Call<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

fn call<'a>(retry: &'a Retry, requests: &'a RefCell<Requests>) -> Call<'a> {
    Box::pin(async {
        let answer = retry.call(|| async { requests.borrow_mut().arrive() });
        drop(answer.await);
    })
}

fn poll(callers: &mut [Option<Call<'_>>], index: usize, woken: &Arc<Mutex<Vec<usize>>>) {
    let waker = Waker::from(Arc::new(Caller {
        index,
        woken: Arc::clone(woken),
    }));
    if let Some(call) = &mut callers[index]
        && call
            .as_mut()
            .poll(&mut Context::from_waker(&waker))
            .is_ready()
    {
        callers[index] = None;
    }
}

struct Caller {
    index: usize,
    woken: Arc<Mutex<Vec<usize>>>,
}

impl Wake for Caller {
    fn wake(self: Arc<Self>) {
        lock(&self.woken).push(self.index);
    }
}

fn lock(woken: &Mutex<Vec<usize>>) -> std::sync::MutexGuard<'_, Vec<usize>> {
    woken.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What arrives at the backend.
struct Requests {
    backend: Backend,
    now: usize,
    storm: Storm,
    /// The requests of the last second, and their sum.
    last_second: VecDeque<u32>,
    sum: u32,
}

impl Requests {
    fn new(backend: Backend) -> Self {
        Self {
            backend,
            now: 0,
            storm: Storm {
                requests: Vec::new(),
                answered: Vec::new(),
            },
            last_second: VecDeque::from(vec![0; 1_000]),
            sum: 0,
        }
    }

    fn begin(&mut self, millis: usize) {
        self.now = millis;
        if let Some(last) = self.storm.requests.last() {
            self.last_second.push_back(*last);
            self.sum += last;
            self.sum -= self.last_second.pop_front().unwrap_or(0);
        }
        self.storm.requests.push(0);
        self.storm.answered.push(0);
    }

    fn arrive(&mut self) -> Result<(), &'static str> {
        self.storm.requests[self.now] += 1;
        let is_down = (DOWN_FROM * 1_000..DOWN_UNTIL * 1_000).contains(&self.now);
        let is_overloaded = match self.backend {
            Backend::Tireless => false,
            Backend::Overloadable(capacity) => self.sum > capacity,
        };
        if is_down || is_overloaded {
            return Err("no answer");
        }
        self.storm.answered[self.now] += 1;
        Ok(())
    }
}
