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
use super::metrics::ThreadPoolBulkheadMetrics;
use super::worker::{Job, Worker};
use crate::bulkhead::{BulkheadEvent, BulkheadEventKind};
use crate::clock::{Alarm, Clock, Ring, Timer, nanos_of};
use crate::event_bus::EventBus;
use crate::failure::{BulkheadFull, PolicyError};
use crate::sync::{Condvar, Mutex, lock, spawn_named, wait};

pub(super) struct Pool {
    pub(super) name: Arc<str>,
    pub(super) config: ThreadPoolBulkheadConfig,
    pub(super) events: EventBus<BulkheadEvent>,
    clock: Clock,
    /// For timers, which must not keep the pool alive, and for the threads, which must.
    this: Weak<Pool>,
    state: Mutex<State>,
    /// Where idle threads wait.
    work: Condvar,
}

#[derive(Default)]
struct State {
    /// In the order in which they came. No longer than its capacity and the idle threads together.
    queue: VecDeque<(Ticket, Arc<dyn Job>)>,
    next_ticket: u64,
    threads: usize,
    /// The threads that are sure to look into the queue before they end.
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
    pub(super) fn new(name: Arc<str>, config: ThreadPoolBulkheadConfig, clock: Clock) -> Arc<Self> {
        Arc::new_cyclic(|this| Self {
            name,
            config,
            events: EventBus::default(),
            clock,
            this: Weak::clone(this),
            state: Mutex::new(State::default()),
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
        ticket.ok_or_else(|| {
            self.announce(BulkheadEventKind::CallRejected);
            self.full()
        })
    }

    /// Makes the call, if it takes it on.
    fn accept(
        &self,
        state: &mut State,
        make: &mut Option<impl FnOnce() -> Arc<dyn Job>>,
    ) -> Option<Ticket> {
        if state.is_shut_down {
            return None;
        }
        let has_core = state.threads >= size(self.config.core_thread_pool_size());
        let has_place = state.queue.len() < size(self.config.queue_capacity()) + state.idle;
        let may_grow = state.threads < size(self.config.max_thread_pool_size());
        if has_core && !has_place && !may_grow {
            return None;
        }
        let job = make.take()?();
        let ticket = state.next_ticket();
        let starts = !(has_core && has_place);
        if starts && self.start_thread(state, &job) {
            return Some(ticket);
        }
        // Also where the system has no more threads to give, unless there is none at all.
        if !has_place || state.threads == 0 {
            return None;
        }
        state.queue.push_back((ticket, job));
        if state.idle > 0 {
            self.work.notify_one();
        }
        Some(ticket)
    }

    fn start_thread(&self, state: &mut State, job: &Arc<dyn Job>) -> bool {
        let Some(pool) = self.this.upgrade() else {
            return false;
        };
        let number = state.threads_started + 1;
        let job = Arc::clone(job);
        // No thread's name has a zero byte in it.
        let name = format!("bulkhead-{}-{number}", self.name).replace('\0', "");
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
        let mut leave_at = None;
        let mut state = lock(&self.state);
        loop {
            if let Some((_, job)) = state.queue.pop_front() {
                state.idle -= 1;
                return Some(job);
            }
            if state.is_shut_down || self.is_surplus(&state, &mut leave_at) {
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
    fn is_surplus(&self, state: &State, leave_at: &mut Option<(u64, Timer)>) -> bool {
        if state.threads <= size(self.config.core_thread_pool_size()) {
            *leave_at = None;
            return false;
        }
        if let Some((at, _)) = leave_at {
            return self.clock.now_nanos() >= *at;
        }
        let keep_alive = nanos_of(self.config.keep_alive_duration());
        let at = self.clock.now_nanos().saturating_add(keep_alive);
        if keep_alive > 0 {
            let target: Weak<dyn Ring> = Weak::<Self>::clone(&self.this);
            let alarm = Alarm {
                target,
                occasion: 0,
            };
            *leave_at = Some((at, self.clock.schedule(at, alarm)));
        }
        // The clock may have passed the time while the timer was set, by another thread's hand.
        self.clock.now_nanos() >= at
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
        drop(state);
        let about_to_begin = queued.min(idle);
        let active = count(threads - idle + about_to_begin);
        let depth = count(queued - about_to_begin);
        let config = &self.config;
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
            name: Arc::clone(&self.name),
            created_at,
            kind,
        });
    }

    fn full(&self) -> PolicyError {
        let threads = self.config.max_thread_pool_size();
        PolicyError::BulkheadFull(BulkheadFull {
            name: Arc::clone(&self.name),
            max_concurrent_calls: threads.saturating_add(self.config.queue_capacity()),
            max_wait_duration: Duration::ZERO,
        })
    }
}

impl State {
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
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
