//! A budget of retries, shared by name: retries must not amplify an outage.

mod allowance;
#[cfg(all(test, resilience_loom))]
mod interleavings;
mod ledger;
#[cfg(all(test, not(resilience_loom)))]
mod properties;

use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

use self::allowance::{Allowance, AtomicAllowance};
use self::ledger::{Ledger, SLICES};
use super::config::RetryConfig;
use crate::clock::Clock;
use crate::sync::atomic::{AtomicU64, Ordering};

/// How many retries there may be: a handle, cheap to clone, on a budget that all retries share which
/// name it.
///
/// When a backend is down, every call fails, and retries multiply the load that it has to recover
/// under. A budget bounds them: in any second there are no more of them than a share of that second's
/// calls (`budget_percentage`, 20 by default), so that the load stays within 1.2 of what it is
/// without them. However few the calls are, `budget_min_retries_per_second` retries (10 by default)
/// are allowed. What a second does not use is not saved for the next.
///
/// A retry that the budget refuses is not made: the call ends with the failure that it would have
/// retried. It is counted and announced, see
/// [`RetryEventKind::BudgetExhausted`](crate::RetryEventKind::BudgetExhausted).
///
/// A call counts when its first attempt begins, a retry when its wait begins. The second is one on
/// the registry's clock, in slices of 62.5 ms.
///
/// The retry that makes a budget settles how much it allows. Where a running retry's share or minimum
/// [changes](crate::Retry::change_config), the budget's does: for all that share it, the last change
/// wins.
///
/// ```
/// use std::time::Duration;
/// use resilience4rs::{Clock, Registry};
///
/// let registry = Registry::builder().clock(Clock::manual()).build();
/// let configured = |name| {
///     registry.retry_with(name, |config| {
///         config.wait_duration(Duration::ZERO).budget("bank").budget_min_retries_per_second(1)
///     })
/// };
/// let (pay, refund) = (configured("pay").unwrap(), configured("refund").unwrap());
///
/// let mut attempts = 0;
/// for retry in [pay, refund] {
///     let failed = retry.call_blocking(|| {
///         attempts += 1;
///         Err::<(), _>("down")
///     });
///     assert!(failed.is_err());
/// }
/// assert_eq!(attempts, 3, "two calls, and the one retry that they may have together");
/// assert_eq!(registry.find_retry_budget("bank").unwrap().metrics().refused_retries, 2);
/// ```
#[derive(Clone)]
pub struct RetryBudget {
    shared: Arc<Shared>,
}

struct Shared {
    name: Arc<str>,
    allowance: AtomicAllowance,
    clock: Clock,
    origin_nanos: u64,
    ledger: Ledger,
    refused: AtomicU64,
}

/// What a [`RetryBudget`] has counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryBudgetMetrics {
    /// Calls in the last second.
    pub calls: u64,
    /// Retries in the last second.
    pub retries: u64,
    /// Retries that the calls of the last second allow.
    pub allowed_retries: u64,
    /// Retries that were refused since the budget was made.
    pub refused_retries: u64,
}

/// Where a retry finds the budget that it comes to name while it runs; the registry is.
pub(crate) trait Budgets: Send + Sync {
    /// The budget of this name; made with these settings if there is none yet.
    fn find_or_make(&self, name: &str, config: &RetryConfig) -> RetryBudget;
}

const NANOS_PER_SLICE: u64 = 1_000_000_000 / SLICES as u64;

impl RetryBudget {
    pub(crate) fn new(
        name: Arc<str>,
        percentage: f32,
        min_retries_per_second: u32,
        clock: Clock,
    ) -> Self {
        Self {
            shared: Arc::new(Shared {
                name,
                allowance: AtomicAllowance::new(Allowance {
                    percentage,
                    min_retries_per_second,
                }),
                origin_nanos: clock.now_nanos(),
                clock,
                ledger: Ledger::new(),
                refused: AtomicU64::new(0),
            }),
        }
    }

    /// The budget's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.shared.name
    }

    /// Share of the calls that may be retried, in percent.
    #[must_use]
    pub fn percentage(&self) -> f32 {
        self.shared.allowance.get().percentage
    }

    /// How many retries are allowed in each second, however few the calls.
    #[must_use]
    pub fn min_retries_per_second(&self) -> u32 {
        self.shared.allowance.get().min_retries_per_second
    }

    /// What it has counted.
    #[must_use]
    pub fn metrics(&self) -> RetryBudgetMetrics {
        let counts = self.shared.ledger.counts(self.shared.slice());
        RetryBudgetMetrics {
            calls: counts.calls,
            retries: counts.retries,
            allowed_retries: self.shared.allowed_with(counts.calls),
            // Relaxed: a count that nothing is decided by.
            refused_retries: self.shared.refused.load(Ordering::Relaxed),
        }
    }

    /// Counts a call, whose retries the budget is to allow. Retries that name the budget do so
    /// themselves; this is for a loop of one's own.
    ///
    /// ```
    /// use resilience4rs::Registry;
    ///
    /// let budget = Registry::new().retry_budget("bank");
    /// budget.record_call();
    /// assert_eq!(budget.metrics().calls, 1);
    /// ```
    pub fn record_call(&self) {
        self.shared.ledger.record_call(self.shared.slice());
    }

    /// Asks for leave to retry once. A refusal is counted.
    ///
    /// ```
    /// use resilience4rs::Registry;
    ///
    /// let budget = Registry::new().retry_budget("bank");
    /// let allowed = (0..100).filter(|_| budget.try_acquire()).count();
    /// assert_eq!(allowed, 10, "the minimum of a second without calls");
    /// ```
    #[must_use]
    pub fn try_acquire(&self) -> bool {
        let shared = &self.shared;
        let is_allowed = shared
            .ledger
            .take_retry(shared.slice(), |calls| shared.allowed_with(calls));
        if !is_allowed {
            // Relaxed: a count that nothing is decided by.
            shared.refused.fetch_add(1, Ordering::Relaxed);
        }
        is_allowed
    }

    /// Changes the settings that are given, for all that share it; what the last second has seen
    /// stays, and counts under the new ones.
    pub(super) fn change(&self, percentage: Option<f32>, min_retries_per_second: Option<u32>) {
        self.shared.allowance.change(|old| Allowance {
            percentage: percentage.unwrap_or(old.percentage),
            min_retries_per_second: min_retries_per_second.unwrap_or(old.min_retries_per_second),
        });
    }

    pub(super) fn is_same_as(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }

    pub(super) fn shared_name(&self) -> Arc<str> {
        Arc::clone(&self.shared.name)
    }
}

impl Shared {
    fn slice(&self) -> u64 {
        self.clock.now_nanos().saturating_sub(self.origin_nanos) / NANOS_PER_SLICE
    }

    /// How many retries a second may have that has so many calls.
    fn allowed_with(&self, calls: u64) -> u64 {
        self.allowance.get().with(calls)
    }
}

/// A panic leaves a budget whole: it is made of atomics.
impl UnwindSafe for RetryBudget {}
impl RefUnwindSafe for RetryBudget {}

impl fmt::Debug for RetryBudget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryBudget")
            .field("name", &self.name())
            .field("percentage", &self.percentage())
            .field("min_retries_per_second", &self.min_retries_per_second())
            .field("metrics", &self.metrics())
            .finish()
    }
}
