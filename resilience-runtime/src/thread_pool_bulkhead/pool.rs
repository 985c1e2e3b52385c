//! The threads and the queue.
//!
//! One lock guards both; no body of a call, no listener and no waker's code runs under it. The rules
//! are those of Java's `ThreadPoolExecutor`: below the core a call gets a new thread, then it queues,
//! then it gets a thread above the core, then it is rejected.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::mem;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, UNIX_EPOCH};

use super::config::ThreadPoolBulkheadConfig;
use super::config_builder::ThreadPoolBulkheadConfigBuilder;
use super::metrics::ThreadPoolBulkheadMetrics;
use super::worker::{Job, Worker};
use crate::bulkhead::{BulkheadEvent, BulkheadEventKind};
use crate::clock::{Alarm, Clock, Ring, Timer, nanos_of};
use crate::event_bus::EventBus;
use crate::failure::{BulkheadFull, PolicyError};
use crate::membership::Membership;
use crate::policy::Policy;
use crate::sync::{Condvar, Mutex, lock, spawn_named, wait};
use crate::trace::log;

pub(super) struct Pool {
    pub(super) membership: Membership<ThreadPoolBulkheadConfigBuilder>,
    pub(super) events: EventBus<BulkheadEvent>,
    clock: Clock,
    /// For timers, which must not keep the pool alive, and for the threads, which must.
    this: Weak<Pool>,
    state: Mutex<State>,
    /// Where idle threads wait.
    work: Condvar,
}

struct State {
    config: ThreadPoolBulkheadConfig,
    /// In the order in which they came. No longer than its capacity and the idle threads together.
    queue: VecDeque<(Ticket, Arc<dyn Job>)>,
    next_ticket: u64,
    threads: usize,
    /// The threads that have no call, and look into the queue before they end unless they are too many.
    idle: usize,
    threads_started: u64,
    is_shut_down: bool,
    /// Who waits for the last thread to end.
    awaiting_end: BTreeMap<Ticket, Waker>,
}

/// The number of a call, or of one who waits for the last thread to end: they grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ticket(u64);

impl Pool {
    pub(super) fn new(
        membership: Membership<ThreadPoolBulkheadConfigBuilder>,
        config: ThreadPoolBulkheadConfig,
        clock: Clock,
    ) -> Arc<Self> {
        Arc::new_cyclic(|this| Self {
            membership,
            events: EventBus::default(),
            clock,
            this: Weak::clone(this),
            state: Mutex::new(State::new(config)),
            work: Condvar::new(),
        })
    }

    /// Takes a call on, which is made only then: a rejection allocates nothing.
    pub(super) fn submit(
        &self,
        make: impl FnOnce() -> Arc<dyn Job>,
    ) -> Result<Ticket, PolicyError> {
        // Of a call that is rejected it has the body, which is dropped when the lock is free again.
        let mut make = Some(make);
        // A statement of its own, so that the lock is free again when the listeners are told.
        let ticket = self.accept(&mut lock(&self.state), &mut make);
        ticket.map_err(|most| {
            self.announce(BulkheadEventKind::CallRejected);
            let name = self.membership.name();
            let full = || BulkheadFull {
                name: Arc::clone(name),
                max_concurrent_calls: most,
                max_wait_duration: Duration::ZERO,
            };
            let limit = &self.membership.log_limit;
            log::rejected(limit, &self.clock, Policy::ThreadPoolBulkhead, name, full);
            PolicyError::BulkheadFull(full())
        })
    }

    /// Makes the call, if it takes it on; if not, says how many calls there may be.
    fn accept(
        &self,
        state: &mut State,
        make: &mut Option<impl FnOnce() -> Arc<dyn Job>>,
    ) -> Result<Ticket, u32> {
        let (core, max) = state.sizes();
        let queue_capacity = state.config.queue_capacity();
        let most = state
            .config
            .max_thread_pool_size()
            .saturating_add(queue_capacity);
        let has_core = state.threads >= core;
        // Of the idle ones, those that are too many end without a look at the queue.
        let surplus = state.threads.saturating_sub(max);
        let sure = state.idle.saturating_sub(surplus);
        let has_place = state.queue.len() < size(queue_capacity).saturating_add(sure);
        let may_grow = state.threads < max;
        if state.is_shut_down || (has_core && !has_place && !may_grow) {
            return Err(most);
        }
        let Some(make) = make.take() else {
            unreachable!("it is made once");
        };
        let job = make();
        let ticket = state.next_ticket();
        let starts = !(has_core && has_place);
        if starts && self.start_thread(state, &job) {
            return Ok(ticket);
        }
        // Also where the system has no more threads to give, unless there is none at all.
        if !has_place || state.threads == 0 {
            return Err(most);
        }
        state.queue.push_back((ticket, job));
        if state.idle > 0 {
            self.work.notify_one();
        }
        Ok(ticket)
    }

    fn start_thread(&self, state: &mut State, job: &Arc<dyn Job>) -> bool {
        let Some(pool) = self.this.upgrade() else {
            return false;
        };
        let number = state.threads_started + 1;
        let job = Arc::clone(job);
        // No thread's name has a zero byte in it.
        let name = format!("bulkhead-{}-{number}", self.membership.name()).replace('\0', "");
        let has_started = spawn_named(name, move || Worker::new(pool).work(job)).is_ok();
        if has_started {
            state.threads_started = number;
            state.threads += 1;
        }
        has_started
    }

    /// Takes a call out of the queue, if it is still there.
    pub(super) fn withdraw(&self, ticket: Ticket) {
        let mut state = lock(&self.state);
        let place = state.queue.binary_search_by_key(&ticket, |entry| entry.0);
        let withdrawn = place.ok().and_then(|place| state.queue.remove(place));
        drop(state);
        // Outside the lock: it may be the last handle on the call.
        drop(withdrawn);
    }

    /// A thread is done with its call, but for telling the caller. From now on others may count on
    /// it, the caller's next call among them.
    pub(super) fn thread_is_free(&self) {
        lock(&self.state).idle += 1;
    }

    /// The next call of a thread that is free; `None` when it is to end.
    pub(super) fn next_job(&self) -> Option<Arc<dyn Job>> {
        let mut idle_since = None;
        let mut state = lock(&self.state);
        loop {
            if state.has_too_many_threads() {
                break;
            }
            if let Some((_, job)) = state.queue.pop_front() {
                state.idle -= 1;
                return Some(job);
            }
            if state.is_shut_down || self.is_surplus(&state, &mut idle_since) {
                break;
            }
            state = wait(&self.work, state);
        }
        state.idle -= 1;
        state.threads -= 1;
        let awaiting_end = state.take_those_awaiting_the_end();
        drop(state);
        wake_all(awaiting_end);
        None
    }

    /// Whether an idle thread is one more than are kept, and has been for long enough.
    fn is_surplus(&self, state: &State, idle: &mut Option<IdleSurplus>) -> bool {
        if state.threads <= state.sizes().0 {
            *idle = None;
            return false;
        }
        let keep_alive = nanos_of(state.config.keep_alive_duration());
        let since = match idle {
            Some(idle) => idle.since,
            None => self.clock.now_nanos(),
        };
        let until = since.saturating_add(keep_alive);
        if idle.as_ref().is_none_or(|idle| idle.until != until) {
            let timer = (keep_alive > 0).then(|| {
                let target: Weak<dyn Ring> = Weak::<Self>::clone(&self.this);
                let alarm = Alarm {
                    target,
                    occasion: 0,
                };
                self.clock.schedule(until, alarm)
            });
            *idle = Some(IdleSurplus {
                since,
                until,
                _timer: timer,
            });
        }
        // The clock may have passed the time while the timer was set, by another thread's hand.
        self.clock.now_nanos() >= until
    }

    pub(super) fn config(&self) -> ThreadPoolBulkheadConfig {
        lock(&self.state).config
    }

    /// Takes other settings. Calls in the queue get the threads that a larger core has for them, at
    /// once; threads that are too many now end when they have no call.
    pub(super) fn apply(&self, config: &ThreadPoolBulkheadConfig) {
        let mut state = lock(&self.state);
        state.config = *config;
        let (core, _) = state.sizes();
        // Those that idle threads are about to take need none.
        while state.threads < core && state.queue.len() > state.idle {
            let Some((ticket, job)) = state.queue.pop_front() else {
                break;
            };
            if !self.start_thread(&mut state, &job) {
                state.queue.push_front((ticket, job));
                break;
            }
        }
        self.work.notify_all();
    }

    /// Accepts calls again, if it was shut down.
    pub(super) fn reopen(&self) {
        lock(&self.state).is_shut_down = false;
    }

    /// Whether it has no call, and accepts some.
    pub(super) fn is_at_rest(&self) -> bool {
        let state = lock(&self.state);
        state.threads == state.idle && state.queue.is_empty() && !state.is_shut_down
    }

    /// Lets those that are queued or running finish, and nobody else begin.
    pub(super) fn shut_down(&self) {
        let mut state = lock(&self.state);
        state.is_shut_down = true;
        let awaiting_end = state.take_those_awaiting_the_end();
        self.work.notify_all();
        drop(state);
        wake_all(awaiting_end);
    }

    /// Whether the pool has been shut down and its last thread has ended. One who waits for that has
    /// a ticket, which it gives back by [`forget`](Self::forget).
    pub(super) fn poll_end(&self, place: &mut Option<Ticket>, cx: &mut Context<'_>) -> Poll<()> {
        // Outside the lock, as every use of a waker: its code is not ours, and may use the bulkhead.
        let waker = cx.waker().clone();
        let mut state = lock(&self.state);
        if state.has_ended() {
            drop(state);
            return Poll::Ready(());
        }
        let ticket = *place.get_or_insert_with(|| state.next_ticket());
        let former = state.awaiting_end.insert(ticket, waker);
        drop(state);
        drop(former);
        Poll::Pending
    }

    /// Nobody waits for the end under this ticket any more.
    pub(super) fn forget(&self, ticket: Ticket) {
        // A statement of its own, so that the lock is free again when the waker is dropped.
        let waker = lock(&self.state).awaiting_end.remove(&ticket);
        drop(waker);
    }

    pub(super) fn metrics(&self) -> ThreadPoolBulkheadMetrics {
        let state = lock(&self.state);
        let (threads, idle, queued) = (state.threads, state.idle, state.queue.len());
        let config = state.config;
        drop(state);
        let about_to_begin = queued.min(idle);
        let active = count(threads - idle + about_to_begin);
        let depth = count(queued - about_to_begin);
        ThreadPoolBulkheadMetrics {
            core_thread_pool_size: config.core_thread_pool_size(),
            thread_pool_size: count(threads),
            maximum_thread_pool_size: config.max_thread_pool_size(),
            queue_depth: depth,
            remaining_queue_capacity: config.queue_capacity().saturating_sub(depth),
            queue_capacity: config.queue_capacity(),
            active_thread_count: active,
            available_thread_count: config.max_thread_pool_size().saturating_sub(active),
        }
    }

    #[inline]
    pub(super) fn announce(&self, kind: BulkheadEventKind) {
        if !self.events.has_consumers() {
            return;
        }
        let created_at = UNIX_EPOCH + Duration::from_nanos(self.clock.now_nanos());
        self.events.publish(&BulkheadEvent {
            name: Arc::clone(self.membership.name()),
            created_at,
            kind,
        });
    }
}

/// A thread above the core that has no call.
struct IdleSurplus {
    since: u64,
    /// When it has been idle for long enough, by the settings of now.
    until: u64,
    _timer: Option<Timer>,
}

impl State {
    fn new(config: ThreadPoolBulkheadConfig) -> Self {
        Self {
            config,
            queue: VecDeque::new(),
            next_ticket: 0,
            threads: 0,
            idle: 0,
            threads_started: 0,
            is_shut_down: false,
            awaiting_end: BTreeMap::new(),
        }
    }

    /// The core and the most threads.
    fn sizes(&self) -> (usize, usize) {
        (
            size(self.config.core_thread_pool_size()),
            size(self.config.max_thread_pool_size()),
        )
    }

    /// Whether there are more threads than there may be, after a change of the settings. One is
    /// always left to those in the queue.
    fn has_too_many_threads(&self) -> bool {
        self.threads > self.sizes().1
    }

    fn next_ticket(&mut self) -> Ticket {
        let ticket = Ticket(self.next_ticket);
        self.next_ticket += 1;
        ticket
    }

    fn has_ended(&self) -> bool {
        self.is_shut_down && self.threads == 0
    }

    fn take_those_awaiting_the_end(&mut self) -> BTreeMap<Ticket, Waker> {
        if self.has_ended() {
            mem::take(&mut self.awaiting_end)
        } else {
            BTreeMap::new()
        }
    }
}

/// A thread above the core has been idle for long enough. Which one, they find out themselves.
impl Ring for Pool {
    fn ring(&self, _occasion: u64) {
        // Under the lock, so that no thread is between looking at the clock and waiting.
        let _state = lock(&self.state);
        self.work.notify_all();
    }
}

fn wake_all(wakers: BTreeMap<Ticket, Waker>) {
    wakers.into_values().for_each(Waker::wake);
}

/// No processor that this runs on has addresses of 16 bits.
fn size(setting: u32) -> usize {
    usize::try_from(setting).unwrap_or(usize::MAX)
}

fn count(size: usize) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool")
            .field("name", &self.membership.name())
            .finish_non_exhaustive()
    }
}
