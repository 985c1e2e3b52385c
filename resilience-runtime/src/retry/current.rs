//! The settings that a retry has now. Calls read them while they change.

use std::sync::{Arc, OnceLock};

use super::budget::RetryBudget;
use super::config::RetryConfig;
use crate::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use crate::sync::{Mutex, lock};

/// What a call reads that goes well at once is in words of its own, relaxed: it takes what it finds,
/// and nothing hangs on it but that. Whoever judges a failed attempt takes the whole configuration
/// once, and goes by that alone.
#[derive(Debug)]
pub(super) struct Current {
    max_attempts: AtomicU32,
    /// Whether the beginning of a call is of any interest: to the budget, or to `max_duration`.
    notes_beginnings: AtomicBool,
    bounds_duration: AtomicBool,
    /// Whether the registry is to know of the next call.
    tells_of_next_call: AtomicBool,
    /// Whether no predicate has a say in what is retried.
    judges_plainly: AtomicBool,
    budgets: Budgets,
    config: Mutex<Arc<RetryConfig>>,
}

impl Current {
    pub(super) fn new(config: RetryConfig, budget: Option<RetryBudget>) -> Self {
        let current = Self {
            max_attempts: AtomicU32::new(0),
            notes_beginnings: AtomicBool::new(false),
            bounds_duration: AtomicBool::new(false),
            tells_of_next_call: AtomicBool::new(false),
            judges_plainly: AtomicBool::new(false),
            budgets: Budgets::new(),
            config: Mutex::new(Arc::new(config.clone())),
        };
        current.change(config, budget);
        current
    }

    /// Not to be called twice at the same time.
    pub(super) fn change(&self, config: RetryConfig, budget: Option<RetryBudget>) {
        let bounds_duration = config.max_duration().is_some();
        let tells = self.tells_of_next_call.load(Ordering::Relaxed);
        let notes_beginnings = bounds_duration || tells || budget.is_some();
        let (max_attempts, judges_plainly) = (config.max_attempts(), config.has_no_predicates());
        // The former one is dropped without the lock: it may hold what a user wrote.
        let former = std::mem::replace(&mut *lock(&self.config), Arc::new(config));
        drop(former);
        self.budgets.turn_to(budget);
        self.max_attempts.store(max_attempts, Ordering::Relaxed);
        self.judges_plainly.store(judges_plainly, Ordering::Relaxed);
        self.bounds_duration
            .store(bounds_duration, Ordering::Relaxed);
        self.notes_beginnings
            .store(notes_beginnings, Ordering::Relaxed);
    }

    pub(super) fn config(&self) -> Arc<RetryConfig> {
        Arc::clone(&lock(&self.config))
    }

    /// Not to be called at the same time as [`change`](Self::change), which decides anew whether calls
    /// note their beginnings.
    pub(super) fn tell_of_next_call(&self, tells: bool) {
        self.tells_of_next_call.store(tells, Ordering::Relaxed);
        if tells {
            self.notes_beginnings.store(true, Ordering::Relaxed);
        }
    }

    pub(super) fn tells_of_next_call(&self) -> bool {
        self.tells_of_next_call.load(Ordering::Relaxed)
    }

    #[inline]
    pub(super) fn max_attempts(&self) -> u32 {
        self.max_attempts.load(Ordering::Relaxed)
    }

    #[inline]
    pub(super) fn notes_beginnings(&self) -> bool {
        self.notes_beginnings.load(Ordering::Relaxed)
    }

    #[inline]
    pub(super) fn judges_plainly(&self) -> bool {
        self.judges_plainly.load(Ordering::Relaxed)
    }

    pub(super) fn bounds_duration(&self) -> bool {
        self.bounds_duration.load(Ordering::Relaxed)
    }

    pub(super) fn budget(&self) -> Option<&RetryBudget> {
        self.budgets.now()
    }
}

/// The budgets that a retry has ever named, so that a call finds the one of now without a lock. They
/// are few: the registry keeps each of them by its name, too.
#[derive(Debug)]
struct Budgets {
    /// The number of the one that is used, from 1; 0 is none.
    used: AtomicUsize,
    first: OnceLock<Box<Named>>,
}

#[derive(Debug)]
struct Named {
    budget: RetryBudget,
    next: OnceLock<Box<Named>>,
}

impl Budgets {
    fn new() -> Self {
        Self {
            used: AtomicUsize::new(0),
            first: OnceLock::new(),
        }
    }

    fn turn_to(&self, budget: Option<RetryBudget>) {
        let used = budget.map_or(0, |budget| self.number_of(budget));
        // Release: with the place that it tells of.
        self.used.store(used, Ordering::Release);
    }

    fn number_of(&self, budget: RetryBudget) -> usize {
        let (mut place, mut number) = (&self.first, 1);
        while let Some(named) = place.get() {
            if named.budget.is_same_as(&budget) {
                return number;
            }
            (place, number) = (&named.next, number + 1);
        }
        let next = OnceLock::new();
        place.get_or_init(|| Box::new(Named { budget, next }));
        number
    }

    fn now(&self) -> Option<&RetryBudget> {
        let used = self.used.load(Ordering::Acquire);
        let mut named = self.first.get().filter(|_| used > 0)?;
        for _ in 1..used {
            named = named.next.get()?;
        }
        Some(&named.budget)
    }
}
