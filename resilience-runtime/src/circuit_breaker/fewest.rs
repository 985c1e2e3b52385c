use super::config::CircuitBreakerConfig;
use super::metrics::{Totals, percentage};
use super::window::Shape;
use crate::sync::atomic::{AtomicU64, Ordering};

/// The fewest calls that may open a CLOSED breaker. Comparing with them spares computing the rates
/// on the way of a call.
///
/// Its numbers are loaded and stored one by one. A call that comes while they change may find some
/// of either: at worst it takes the rates to be below their thresholds, and leaves them to the next
/// call to judge. It never opens the breaker by them: that is decided by the rates themselves.
#[derive(Debug, Default)]
pub(super) struct Fewest {
    /// Where there are just enough calls for a rate.
    at_first: Among,
    /// Where the window is full, for the windows that get full.
    when_full: Among,
}

/// How many of `calls`, or of more, it takes for the rates to reach their thresholds.
#[derive(Debug, Default)]
struct Among {
    calls: AtomicU64,
    failed: AtomicU64,
    slow: AtomicU64,
}

impl Fewest {
    pub(super) fn new(config: &CircuitBreakerConfig) -> Self {
        let fewest = Self::default();
        fewest.follow(config);
        fewest
    }

    /// Takes the numbers of other settings.
    pub(super) fn follow(&self, config: &CircuitBreakerConfig) {
        let minimum = config.minimum_number_of_calls().into();
        let window = Shape::of(config).calls().unwrap_or(u64::MAX);
        let at_first = window.min(minimum);
        let full = if window == u64::MAX { at_first } else { window };
        for (among, calls) in [(&self.at_first, at_first), (&self.when_full, full)] {
            let failed = fewest_to_reach(config.failure_rate_threshold(), calls);
            let slow = fewest_to_reach(config.slow_call_rate_threshold(), calls);
            // Relaxed: see above.
            among.calls.store(calls, Ordering::Relaxed);
            among.failed.store(failed, Ordering::Relaxed);
            among.slow.store(slow, Ordering::Relaxed);
        }
    }

    /// Whether the rates, if there are any yet, are below their thresholds for certain.
    #[inline]
    pub(super) fn are_more_than(&self, totals: Totals) -> bool {
        self.at_first.is_more_than(totals)
            || totals.calls >= self.when_full.calls.load(Ordering::Relaxed)
                && self.when_full.is_more_than(totals)
    }
}

impl Among {
    #[inline]
    fn is_more_than(&self, totals: Totals) -> bool {
        totals.failed < self.failed.load(Ordering::Relaxed)
            && totals.slow < self.slow.load(Ordering::Relaxed)
    }
}

/// The fewest of `total` that come to `threshold` percent, by the very arithmetic of
/// [`percentage`], which rises with the count.
fn fewest_to_reach(threshold: f32, total: u64) -> u64 {
    let (mut below, mut reaching) = (0, total);
    while reaching - below > 1 {
        let middle = below + (reaching - below) / 2;
        if percentage(middle, total) < threshold {
            below = middle;
        } else {
            reaching = middle;
        }
    }
    reaching
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fewest_to_reach_agrees_with_the_rates() {
        for total in (1..200).chain([9_999, 100_000, 262_143]) {
            for threshold in [0.001, 1.0, 33.3, 50.0, 66.667, 99.99, 100.0] {
                let fewest = fewest_to_reach(threshold, total);
                assert!(
                    percentage(fewest, total) >= threshold,
                    "{fewest} of {total}"
                );
                assert!(
                    percentage(fewest - 1, total) < threshold,
                    "{fewest} of {total}"
                );
            }
        }
    }
}
