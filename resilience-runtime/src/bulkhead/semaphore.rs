//! Permits, and those who wait for them.
//!
//! While nobody waits, a permit is taken and given back by one exchange of the word. Whoever finds
//! no permit takes the lock of the line and marks the word as awaited, and from then on permits come
//! back under that lock too: the one who brings a permit hands it to the first in line.

use std::task::{Poll, Waker};

use super::line::{Grant, Line, Place, Turn};
use super::permit_word::PermitWord;
use crate::sync::atomic::{AtomicU64, Ordering};
use crate::sync::{Mutex, MutexGuard, lock};

#[derive(Debug)]
pub(super) struct Semaphore {
    /// A [`PermitWord`]. It is awaited exactly where somebody stands in line, which only holders of
    /// the line's lock change.
    word: AtomicU64,
    queue: Mutex<Queue>,
}

/// What goes by the lock.
#[derive(Debug)]
struct Queue {
    /// What is given to the first in line when a permit comes back: that, in the same step, so that
    /// none is free while somebody waits; or leave to try and take it.
    grant: Grant,
    line: Line,
}

/// One who takes a permit, in as many polls as need be. Dropped before it has one, it leaves the
/// line, and what had been given to it goes to the next.
#[derive(Debug)]
pub(super) struct Waiter<'a> {
    semaphore: &'a Semaphore,
    place: Option<Place>,
}

/// Whom to wake, once the lock is free: the code of wakers is not ours.
#[must_use = "they sleep until they are woken"]
#[derive(Debug, Default)]
struct Woken {
    first: Option<Waker>,
    /// Nearly always none, and then not allocated.
    others: Vec<Waker>,
}

impl Semaphore {
    pub(super) fn new(limit: u32, is_fair: bool) -> Self {
        Self {
            word: AtomicU64::new(PermitWord::new(limit).bits()),
            queue: Mutex::new(Queue {
                grant: grant(is_fair),
                line: Line::new(),
            }),
        }
    }

    /// Takes a permit if one is free.
    #[inline]
    pub(super) fn try_take(&self) -> bool {
        let mut word = self.word();
        while word.has_free() {
            // Acquire: with what the call before did under this permit.
            match self.exchange(word, word.with_one_out(), Ordering::Acquire) {
                Ok(()) => return true,
                Err(newer) => word = newer,
            }
        }
        false
    }

    /// Gives a permit back. One that was never taken is ignored, unless another is out: then it
    /// counts as that one.
    #[inline]
    pub(super) fn give_back(&self) {
        let mut word = self.word();
        while word.takes_back_quietly() {
            // Release: for the next call under this permit.
            match self.exchange(word, word.with_one_in(), Ordering::Release) {
                Ok(()) => return,
                Err(newer) => word = newer,
            }
        }
        self.give_back_to_the_line();
    }

    #[cold]
    #[inline(never)]
    fn give_back_to_the_line(&self) {
        let mut queue = lock(&self.queue);
        let woken = self.change(&mut queue, PermitWord::with_one_back);
        drop(queue);
        woken.wake();
    }

    /// Changes how many permits there are, and whether those who wait are served in turn. Permits
    /// that are out stay out: a limit below them holds from when enough have come back.
    pub(super) fn reshape(&self, limit: u32, is_fair: bool) {
        let mut queue = lock(&self.queue);
        queue.grant = grant(is_fair);
        if is_fair {
            // Or else those who come next might take what they were called for.
            queue.line.recall();
        }
        let woken = self.change(&mut queue, |word| word.with_limit(limit));
        drop(queue);
        woken.wake();
    }

    /// The limit, and how many of that many are free.
    pub(super) fn permits(&self) -> (u32, u32) {
        let word = self.word();
        (word.limit(), word.free())
    }

    pub(super) fn is_fair(&self) -> bool {
        lock(&self.queue).grant == Grant::Permit
    }

    /// How many stand in line.
    pub(super) fn waiting(&self) -> u32 {
        lock(&self.queue).line.len()
    }

    /// Whether no permit is out and nobody waits for one.
    pub(super) fn is_at_rest(&self) -> bool {
        let queue = lock(&self.queue);
        queue.line.is_deserted() && self.word().out() == 0
    }

    pub(super) fn waiter(&self) -> Waiter<'_> {
        Waiter {
            semaphore: self,
            place: None,
        }
    }

    /// Changes the word and admits, in the same step, as many as it then has permits for.
    fn change(&self, queue: &mut Queue, change: impl Fn(PermitWord) -> PermitWord) -> Woken {
        let Queue { grant, line } = queue;
        let mut word = self.word();
        let admitted = loop {
            let changed = change(word);
            let free = changed.free();
            let (admitted, changed) = match grant {
                Grant::Permit => {
                    let admitted = free.min(line.len());
                    (admitted, changed.with_out(admitted))
                }
                // Each who has been called and has not come yet may take one.
                Grant::Try => (free.saturating_sub(line.called()).min(line.len()), changed),
            };
            let changed = changed.with_awaited(admitted < line.len());
            match self.exchange(word, changed, Ordering::AcqRel) {
                Ok(()) => break admitted,
                Err(newer) => word = newer,
            }
        };
        let mut admit = || line.admit_first(*grant);
        Woken {
            first: if admitted > 0 { admit() } else { None },
            others: (1..admitted).filter_map(|_| admit()).collect(),
        }
    }

    /// Takes a permit, or marks the word as awaited by one who is about to join the line, whose lock
    /// the caller holds.
    fn take_or_await(&self) -> bool {
        let mut word = self.word();
        loop {
            let takes = word.has_free();
            let changed = if takes {
                word.with_one_out()
            } else {
                word.with_awaited(true)
            };
            match self.exchange(word, changed, Ordering::Acquire) {
                Ok(()) => return takes,
                Err(newer) => word = newer,
            }
        }
    }

    /// Takes the mark off the word if nobody stands in line any more.
    fn unmark(&self, line: &Line) {
        if line.len() == 0 {
            // Relaxed: it publishes nothing.
            self.word
                .fetch_and(PermitWord::NOT_AWAITED, Ordering::Relaxed);
        }
    }

    // Relaxed: whoever decides by it exchanges it, and fails if it is old.
    #[inline]
    fn word(&self) -> PermitWord {
        PermitWord::from_bits(self.word.load(Ordering::Relaxed))
    }

    #[inline]
    fn exchange(
        &self,
        word: PermitWord,
        changed: PermitWord,
        order: Ordering,
    ) -> Result<(), PermitWord> {
        self.word
            .compare_exchange_weak(word.bits(), changed.bits(), order, Ordering::Relaxed)
            .map(drop)
            .map_err(PermitWord::from_bits)
    }
}

fn grant(is_fair: bool) -> Grant {
    if is_fair { Grant::Permit } else { Grant::Try }
}

impl Waiter<'_> {
    /// Ready with a permit, which is the caller's to give back.
    pub(super) fn poll(&mut self, waker: &Waker) -> Poll<()> {
        match self.place {
            None if self.semaphore.try_take() => Poll::Ready(()),
            None => self.join(waker),
            Some(_) => self.look(waker),
        }
    }

    fn join(&mut self, waker: &Waker) -> Poll<()> {
        // Outside the lock, as every use of a waker.
        let waker = waker.clone();
        let mut queue = lock(&self.semaphore.queue);
        if self.semaphore.take_or_await() {
            drop(queue);
            return Poll::Ready(());
        }
        self.place = Some(queue.line.join(waker));
        Poll::Pending
    }

    fn look(&mut self, waker: &Waker) -> Poll<()> {
        let waker = waker.clone();
        let mut queue = lock(&self.semaphore.queue);
        let Some(place) = &self.place else {
            return Poll::Pending;
        };
        let has_permit = match queue.line.turn(place) {
            Turn::Waiting(old) => {
                let old = std::mem::replace(old, waker);
                // The last handle on a task may go with it, and the task's waiter in this line.
                drop(queue);
                drop(old);
                return Poll::Pending;
            }
            Turn::Granted => true,
            Turn::Called => self.semaphore.take_or_await(),
        };
        if !has_permit {
            queue.line.rejoin(place, waker);
            return Poll::Pending;
        }
        self.leave(queue);
        Poll::Ready(())
    }

    /// Gives the wait up. If a permit was given to it before, it has one: true.
    pub(super) fn give_up(&mut self) -> bool {
        let mut queue = lock(&self.semaphore.queue);
        let Some(place) = self.place.take() else {
            return false;
        };
        let turn = queue.line.leave(place);
        let has_permit = match turn {
            Turn::Granted => true,
            // No more permits are free than waiters are called: if this one gets none, there is none
            // to call the next for.
            Turn::Called => self.semaphore.try_take(),
            Turn::Waiting(_) => {
                self.semaphore.unmark(&queue.line);
                false
            }
        };
        drop(queue);
        drop(turn);
        has_permit
    }

    fn leave(&mut self, mut queue: MutexGuard<'_, Queue>) {
        if let Some(place) = self.place.take() {
            let turn = queue.line.leave(place);
            drop(queue);
            drop(turn);
        }
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        if self.place.is_some() && self.give_up() {
            self.semaphore.give_back();
        }
    }
}

impl Woken {
    fn wake(self) {
        for waker in self.first.into_iter().chain(self.others) {
            waker.wake();
        }
    }
}
