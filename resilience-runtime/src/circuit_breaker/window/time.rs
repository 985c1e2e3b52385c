//! The outcomes of the last n seconds.
//!
//! The running second's outcomes are in one word, the page; those of the seconds before it are
//! summed up beside it. A record is one compare-and-swap on the page. Once a second (or when a
//! count on the page is about to overflow) one of the callers turns the page: it books the page's
//! counts under its second, drops the seconds that left the window, and publishes the new sums
//! together with an empty page. Callers that come meanwhile go on with the old page.

use crate::sync::atomic::{AtomicU64, Ordering};
use crate::sync::{Mutex, MutexGuard, lock, try_lock, yield_now};

use super::Recorded;
use crate::circuit_breaker::metrics::Totals;

const NANOS_PER_SECOND: u64 = 1_000_000_000;

#[derive(Debug)]
pub(in super::super) struct TimeWindow {
    page: AtomicU64,
    /// The sums of what lies before the page; which of the two is told by the page's number. The
    /// other is nobody's to read, so that the next turn can prepare it.
    earlier: [Sums; 2],
    /// The second that the page is for.
    second: AtomicU64,
    book: Mutex<Book>,
}

/// What turning a page works on.
#[derive(Debug)]
struct Book {
    /// The seconds of the window, each at its number modulo the length, without the page.
    seconds: Box<[Totals]>,
    current: u64,
    /// The sum of `seconds`.
    total: Totals,
}

#[derive(Debug, Default)]
struct Sums {
    calls: AtomicU64,
    failed: AtomicU64,
    slow: AtomicU64,
    slow_failed: AtomicU64,
}

/// From the lowest bit: calls, failed, slow, slow and failed, the page's number and the era.
///
/// The number makes a page differ from its successors, and so a thread that was suspended with an
/// old page and its sums fails to replace it: it would have to sleep through 64 turns, which is
/// a minute at least or 64 times 2^11 failures, and wake at equal counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Page(u64);

const CALLS_BITS: u32 = 19;
const FAILED_BITS: u32 = 11;
const FAILED_SHIFT: u32 = CALLS_BITS;
const SLOW_SHIFT: u32 = FAILED_SHIFT + FAILED_BITS;
const SLOW_FAILED_SHIFT: u32 = SLOW_SHIFT + FAILED_BITS;
const NUMBER_SHIFT: u32 = SLOW_FAILED_SHIFT + FAILED_BITS;
const NUMBER_BITS: u32 = 6;
const ERA_SHIFT: u32 = NUMBER_SHIFT + NUMBER_BITS;

impl Page {
    fn blank(number: u64, era: u64) -> Self {
        Self((number & mask(NUMBER_BITS)) << NUMBER_SHIFT | era << ERA_SHIFT)
    }

    #[inline]
    fn is_in_era(self, era: u64) -> bool {
        (self.0 ^ era << ERA_SHIFT) >> ERA_SHIFT == 0
    }

    fn in_era(self, era: u64) -> Self {
        Self(self.0 & mask(ERA_SHIFT) | era << ERA_SHIFT)
    }

    fn era(self) -> u64 {
        self.0 >> ERA_SHIFT
    }

    fn number(self) -> u64 {
        self.0 >> NUMBER_SHIFT & mask(NUMBER_BITS)
    }

    #[inline]
    fn totals(self) -> Totals {
        Totals {
            calls: self.0 & mask(CALLS_BITS),
            failed: self.0 >> FAILED_SHIFT & mask(FAILED_BITS),
            slow: self.0 >> SLOW_SHIFT & mask(FAILED_BITS),
            slow_failed: self.0 >> SLOW_FAILED_SHIFT & mask(FAILED_BITS),
        }
    }

    /// Whether no count is at its limit; `slow_failed` is never above the others.
    #[inline]
    fn has_room(self) -> bool {
        let totals = self.totals();
        totals.calls < mask(CALLS_BITS)
            && totals.failed < mask(FAILED_BITS)
            && totals.slow < mask(FAILED_BITS)
    }

    #[inline]
    fn with(self, outcome: Recorded) -> Self {
        let Recorded { failed, slow } = outcome;
        Self(
            self.0
                + 1
                + (u64::from(failed) << FAILED_SHIFT)
                + (u64::from(slow) << SLOW_SHIFT)
                + (u64::from(failed && slow) << SLOW_FAILED_SHIFT),
        )
    }
}

const fn mask(bits: u32) -> u64 {
    (1 << bits) - 1
}

impl TimeWindow {
    pub(super) fn new(seconds: u32, now_nanos: u64) -> Self {
        let second = now_nanos / NANOS_PER_SECOND;
        Self {
            page: AtomicU64::new(Page::blank(0, 0).0),
            earlier: [Sums::default(), Sums::default()],
            second: AtomicU64::new(second),
            book: Mutex::new(Book {
                seconds: (0..seconds).map(|_| Totals::default()).collect(),
                current: second,
                total: Totals::default(),
            }),
        }
    }

    #[inline]
    pub(super) fn record(&self, era: u64, now_nanos: u64, outcome: Recorded) -> Option<Totals> {
        let second = now_nanos / NANOS_PER_SECOND;
        let mut page = self.load();
        loop {
            if !page.is_in_era(era) {
                return None;
            }
            // Relaxed: an old value only means trying to turn a page that has been turned.
            let is_over = second > self.second.load(Ordering::Relaxed);
            if is_over || !page.has_room() {
                if let Some(mut book) = try_lock(&self.book) {
                    // Somebody else may have turned it before we had the lock.
                    if second > book.current || !self.load().has_room() {
                        self.turn(&mut book, second);
                    }
                    page = self.load();
                    if !page.is_in_era(era) {
                        return None;
                    }
                } else if !page.has_room() {
                    // Half a million calls, or two thousand failures, within the time that
                    // somebody takes to turn a page: we have to let them finish.
                    yield_now();
                    page = self.load();
                    continue;
                }
                // Otherwise somebody is turning it right now, and we are still on the old one.
            }
            let earlier = self.earlier(page);
            let next = page.with(outcome);
            // AcqRel: the turn that books this page sees what led to it, and we see the sums that
            // were published with it. If the sums were overwritten while we read them, two turns
            // have come since, the page is another, and the exchange fails.
            match self
                .page
                .compare_exchange(page.0, next.0, Ordering::AcqRel, Ordering::Acquire)
            {
                Ok(_) => return Some(earlier.plus(next.totals())),
                Err(newer) => page = Page(newer),
            }
        }
    }

    pub(super) fn totals(&self, now_nanos: u64) -> Totals {
        let second = now_nanos / NANOS_PER_SECOND;
        let mut book = lock(&self.book);
        if second > book.current {
            self.turn(&mut book, second);
        }
        // The lock holds off every turn, so the sums fit the page.
        book.total.plus(self.load().totals())
    }

    pub(super) fn is_in_era(&self, era: u64) -> bool {
        self.load().is_in_era(era)
    }

    pub(super) fn restart(&self, era: u64, now_nanos: u64) {
        let mut book = lock(&self.book);
        let second = now_nanos / NANOS_PER_SECOND;
        book.seconds.fill(Totals::default());
        book.total = Totals::default();
        book.current = second.max(book.current);
        // Relaxed: see `record`.
        self.second.store(book.current, Ordering::Relaxed);
        self.publish(&book, |page| {
            (Page::blank(page.number() + 1, era), Totals::default())
        });
    }

    /// As [`restart`](Self::restart), for so many seconds.
    pub(super) fn restart_with(&self, era: u64, now_nanos: u64, seconds: u32) {
        let mut book = lock(&self.book);
        book.seconds = (0..seconds).map(|_| Totals::default()).collect();
        drop(book);
        self.restart(era, now_nanos);
    }

    /// Holds so many seconds from now on, of which it keeps what it has. Callers notice a page that is
    /// turned, if anything.
    pub(super) fn resize(&self, now_nanos: u64, seconds: u32) {
        let mut book = lock(&self.book);
        let second = (now_nanos / NANOS_PER_SECOND).max(book.current);
        self.turn(&mut book, second);
        book.resize(seconds);
        // Publishes the new sums with an empty page. What was recorded since the first turn is
        // booked with it.
        self.turn(&mut book, second);
    }

    pub(super) fn carry_over(&self, era: u64) {
        let _no_turn = lock(&self.book);
        let mut page = self.load();
        while let Err(newer) = self.page.compare_exchange(
            page.0,
            page.in_era(era).0,
            Ordering::AcqRel,
            Ordering::Acquire,
        ) {
            page = Page(newer);
        }
    }

    /// Books the page and opens the next, for `second` or, where that has passed, the same.
    fn turn(&self, book: &mut MutexGuard<'_, Book>, second: u64) {
        let second = second.max(book.current);
        let expired = book.expired_by(second);
        let total = book.total;
        let booked = self.publish(book, |page| {
            let sum = match expired {
                Expired::Everything => Totals::default(),
                Expired::Some(left) => total.plus(page.totals()).minus(left),
            };
            (Page::blank(page.number() + 1, page.era()), sum)
        });
        book.book(booked, second, expired);
        // Relaxed: see `record`.
        self.second.store(second, Ordering::Relaxed);
    }

    /// Replaces the page, with the sums that belong to the new one, and returns the old counts.
    fn publish(&self, _held: &Book, next: impl Fn(Page) -> (Page, Totals)) -> Totals {
        let mut page = self.load();
        loop {
            let (new, sums) = next(page);
            self.sums_of(new).store(sums);
            // Release: with the sums. Acquire: with everything recorded on the old page.
            match self
                .page
                .compare_exchange(page.0, new.0, Ordering::AcqRel, Ordering::Acquire)
            {
                Ok(_) => return page.totals(),
                Err(newer) => page = Page(newer),
            }
        }
    }

    #[inline]
    fn earlier(&self, page: Page) -> Totals {
        self.sums_of(page).load()
    }

    #[inline]
    fn sums_of(&self, page: Page) -> &Sums {
        if page.number() & 1 == 0 {
            &self.earlier[0]
        } else {
            &self.earlier[1]
        }
    }

    #[inline]
    fn load(&self) -> Page {
        Page(self.page.load(Ordering::Acquire))
    }
}

/// What leaves the window when it moves on.
#[derive(Clone, Copy)]
enum Expired {
    Everything,
    Some(Totals),
}

impl Book {
    fn length(&self) -> u64 {
        self.seconds.len() as u64
    }

    fn index(&self, second: u64) -> usize {
        #[allow(
            clippy::cast_possible_truncation,
            reason = "it is below the length, a usize"
        )]
        let index = (second % self.length()) as usize;
        index
    }

    fn expired_by(&self, second: u64) -> Expired {
        if second - self.current >= self.length() {
            return Expired::Everything;
        }
        let left = (self.current + 1..=second)
            .map(|entered| self.seconds[self.index(entered)])
            .fold(Totals::default(), Totals::plus);
        Expired::Some(left)
    }

    /// Keeps the last seconds.
    fn resize(&mut self, seconds: u32) {
        let kept = self.length().min(seconds.into());
        let mut next = Self {
            seconds: (0..seconds).map(|_| Totals::default()).collect(),
            current: self.current,
            total: Totals::default(),
        };
        for second in (self.current + 1).saturating_sub(kept)..=self.current {
            let totals = self.seconds[self.index(second)];
            let index = next.index(second);
            next.seconds[index] = totals;
            next.total = next.total.plus(totals);
        }
        *self = next;
    }

    fn book(&mut self, page: Totals, second: u64, expired: Expired) {
        let of_page = self.index(self.current);
        self.seconds[of_page] = self.seconds[of_page].plus(page);
        match expired {
            Expired::Everything => {
                self.seconds.fill(Totals::default());
                self.total = Totals::default();
            }
            Expired::Some(left) => {
                for entered in self.current + 1..=second {
                    let index = self.index(entered);
                    self.seconds[index] = Totals::default();
                }
                self.total = self.total.plus(page).minus(left);
            }
        }
        self.current = second;
    }
}

/// Relaxed throughout: the page publishes and guards them.
impl Sums {
    #[inline]
    fn load(&self) -> Totals {
        Totals {
            calls: self.calls.load(Ordering::Relaxed),
            failed: self.failed.load(Ordering::Relaxed),
            slow: self.slow.load(Ordering::Relaxed),
            slow_failed: self.slow_failed.load(Ordering::Relaxed),
        }
    }

    fn store(&self, totals: Totals) {
        self.calls.store(totals.calls, Ordering::Relaxed);
        self.failed.store(totals.failed, Ordering::Relaxed);
        self.slow.store(totals.slow, Ordering::Relaxed);
        self.slow_failed
            .store(totals.slow_failed, Ordering::Relaxed);
    }
}

impl Totals {
    #[inline]
    fn plus(self, other: Self) -> Self {
        Self {
            calls: self.calls + other.calls,
            failed: self.failed + other.failed,
            slow: self.slow + other.slow,
            slow_failed: self.slow_failed + other.slow_failed,
        }
    }

    fn minus(self, other: Self) -> Self {
        Self {
            calls: self.calls - other.calls,
            failed: self.failed - other.failed,
            slow: self.slow - other.slow,
            slow_failed: self.slow_failed - other.slow_failed,
        }
    }
}
