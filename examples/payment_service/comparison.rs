//! What the breaker is worth to a caller: the same moments of the same outage, with and without.
//!
//! For a sample of the payments that come up during the outage, the provider is asked twice at
//! once: through the annotated method, and directly, as a service without a breaker would. The
//! direct request is a dry run, so that the comparison costs nobody any money.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hdrhistogram::Histogram;

/// Enough for a steady 99th percentile, and few enough to leave the provider's outage as it is.
const SAMPLES: usize = 300;

/// Longer waits count as this. The client's timeout is shorter by far.
const LONGEST_WAIT_MICROS: u64 = 60_000_000;

/// How long the callers waited, with the breaker and without it.
#[derive(Debug)]
pub(crate) struct Comparison {
    every: usize,
    with: Mutex<Waits>,
    without: Mutex<Waits>,
}

impl Comparison {
    /// For an outage that so many payments fall into.
    pub(crate) fn new(payments: usize) -> Self {
        Self {
            every: payments.div_ceil(SAMPLES).max(1),
            with: Mutex::new(Waits::new()),
            without: Mutex::new(Waits::new()),
        }
    }

    /// Whether the `index`th payment of the outage is in the sample.
    pub(crate) fn samples(&self, index: usize) -> bool {
        index.is_multiple_of(self.every)
    }

    pub(crate) fn with_breaker(&self) -> MutexGuard<'_, Waits> {
        self.with.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn without_breaker(&self) -> MutexGuard<'_, Waits> {
        self.without.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long callers waited. Displays as a line of the ledger.
#[derive(Debug)]
pub(crate) struct Waits {
    micros: Histogram<u64>,
    total: Duration,
}

impl Waits {
    fn new() -> Self {
        #[expect(clippy::expect_used, reason = "the bounds are constants, and good")]
        let micros = Histogram::new_with_bounds(1, LONGEST_WAIT_MICROS, 3).expect("valid bounds");
        Self {
            micros,
            total: Duration::ZERO,
        }
    }

    pub(crate) fn record(&mut self, wait: Duration) {
        self.total += wait;
        self.micros
            .saturating_record(u64::try_from(wait.as_micros()).unwrap_or(u64::MAX));
    }

    pub(crate) fn count(&self) -> u64 {
        self.micros.len()
    }

    fn quantile(&self, quantile: f64) -> Duration {
        Duration::from_micros(self.micros.value_at_quantile(quantile))
    }
}

impl fmt::Display for Waits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = |wait: Duration| wait.as_secs_f64() * 1000.0;
        write!(
            f,
            "p50 {:>7.1} ms   p99 {:>7.1} ms   {:>6.1} s spent waiting",
            millis(self.quantile(0.50)),
            millis(self.quantile(0.99)),
            self.total.as_secs_f64(),
        )
    }
}
