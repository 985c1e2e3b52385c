//! What each policy of the annotated method did in a run.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use resilience4rs::{
    Bulkhead, BulkheadEventKind, CircuitBreakerEventKind, Registry, Retry, RetryEventKind,
};

use crate::provider::Traffic;
use crate::service::POLICIES;
use crate::teller::Teller;

/// The figures of one run. Each policy gets what the one outside of it let through:
///
/// - `calls` = `well_at_once` + `well_after_retries` + `not_retried` + `given_up`
/// - `attempts` = `calls` + `retries` = `let_through` + `turned_away`
/// - `let_through` = `got_a_place` + `found_none`
/// - `got_a_place` = `well_in_time` + `failed_in_time` + `timed_out`
/// - `well_in_time` = `well_at_once` + `well_after_retries`
#[derive(Debug, Default)]
pub(crate) struct Parts {
    /// Of the annotated method.
    pub(crate) calls: u64,
    pub(crate) saved_calls: u64,

    pub(crate) well_at_once: u64,
    pub(crate) well_after_retries: u64,
    pub(crate) not_retried: u64,
    pub(crate) given_up: u64,
    /// Among those that were given up.
    pub(crate) refused_retries: u64,
    pub(crate) attempts: u64,
    pub(crate) retries: u64,

    pub(crate) let_through: u64,
    pub(crate) turned_away: u64,

    pub(crate) got_a_place: u64,
    pub(crate) found_none: u64,
    pub(crate) places: u32,
    pub(crate) most_places: u32,
    /// Seen when a place was taken, given back or refused.
    pub(crate) most_waiting: u32,

    pub(crate) well_in_time: u64,
    pub(crate) failed_in_time: u64,
    pub(crate) timed_out: u64,

    /// Fewer than got a place where an attempt was over before the provider had read its order.
    pub(crate) orders: u64,
    pub(crate) repeats: u64,
}

/// Counts what the policies announce; of the rest they keep account themselves.
#[derive(Debug)]
pub(crate) struct PartsWatch {
    retry: Retry,
    bulkhead: Bulkhead,
    counts: Arc<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    retries: AtomicU64,
    let_through: AtomicU64,
    turned_away: AtomicU64,
    got_a_place: AtomicU64,
    found_none: AtomicU64,
    most_places: AtomicU32,
    most_waiting: AtomicU32,
}

impl PartsWatch {
    /// Counts from now on, which is after the first call: the attributes create the policies, with
    /// their settings, at that call. It was alone, with a breaker that too few calls had reached to
    /// open it and a bulkhead of free places, so each of its attempts passed both.
    pub(crate) fn follow() -> Self {
        let registry = Registry::global();
        let retry = registry.retry(POLICIES);
        let bulkhead = registry.bulkhead(POLICIES);
        let first = retry.metrics().total_calls;
        let counts = Arc::new(Counts {
            retries: first.saturating_sub(1).into(),
            let_through: first.into(),
            got_a_place: first.into(),
            most_places: 1.into(),
            ..Counts::default()
        });

        let counting = Arc::clone(&counts);
        retry.on_event(move |event| {
            if let RetryEventKind::Retry { .. } = event.kind {
                increment(&counting.retries);
            }
        });
        let counting = Arc::clone(&counts);
        registry
            .circuit_breaker(POLICIES)
            .on_event(move |event| match event.kind {
                CircuitBreakerEventKind::NotPermitted => increment(&counting.turned_away),
                CircuitBreakerEventKind::Success { .. }
                | CircuitBreakerEventKind::Error { .. }
                | CircuitBreakerEventKind::IgnoredError { .. } => increment(&counting.let_through),
                _ => {}
            });
        let counting = Arc::clone(&counts);
        let watched = bulkhead.clone();
        bulkhead.on_event(move |event| {
            match event.kind {
                BulkheadEventKind::CallPermitted => increment(&counting.got_a_place),
                BulkheadEventKind::CallRejected => increment(&counting.found_none),
                _ => {}
            }
            counting.look_at(&watched);
        });
        Self {
            retry,
            bulkhead,
            counts,
        }
    }

    /// The account, when no call is under way any more.
    pub(crate) fn sum_up(&self, teller: &Teller, traffic: &Traffic) -> Parts {
        let retry = self.retry.metrics();
        let time_limiter = Registry::global().time_limiter(POLICIES).metrics();
        let counts = &self.counts;
        let count = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Parts {
            calls: teller.calls(),
            saved_calls: teller.saved_calls(),
            well_at_once: retry.successful_calls_without_retry,
            well_after_retries: retry.successful_calls_with_retry,
            not_retried: retry.failed_calls_without_retry,
            given_up: retry.failed_calls_with_retry,
            refused_retries: retry.refused_retries,
            attempts: retry.total_calls,
            retries: count(&counts.retries),
            let_through: count(&counts.let_through),
            turned_away: count(&counts.turned_away),
            got_a_place: count(&counts.got_a_place),
            found_none: count(&counts.found_none),
            places: self.bulkhead.metrics().max_allowed_concurrent_calls,
            most_places: counts.most_places.load(Ordering::Relaxed),
            most_waiting: counts.most_waiting.load(Ordering::Relaxed),
            well_in_time: time_limiter.successful_calls,
            failed_in_time: time_limiter.failed_calls,
            timed_out: time_limiter.timed_out_calls,
            orders: traffic.orders(),
            repeats: traffic.repeats(),
        }
    }
}

impl Counts {
    fn look_at(&self, bulkhead: &Bulkhead) {
        let metrics = bulkhead.metrics();
        let places = metrics.max_allowed_concurrent_calls - metrics.available_concurrent_calls;
        self.most_places.fetch_max(places, Ordering::Relaxed);
        self.most_waiting
            .fetch_max(metrics.waiting_calls, Ordering::Relaxed);
    }
}

/// Relaxed: a count is the whole message.
fn increment(count: &AtomicU64) {
    count.fetch_add(1, Ordering::Relaxed);
}
