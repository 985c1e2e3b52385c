use super::config::CircuitBreakerConfig;
use super::metrics::{Totals, percentage};

/// The fewest calls that may open a CLOSED breaker: as many make the rates reach their thresholds
/// where there are just enough calls for a rate. Comparing with them spares computing the rates.
#[derive(Debug)]
pub(super) struct Fewest {
    failed: u64,
    slow: u64,
}

impl Fewest {
    pub(super) fn new(config: &CircuitBreakerConfig, calls_for_a_rate: u64) -> Self {
        let fewest = |threshold| fewest_to_reach(threshold, calls_for_a_rate);
        Self {
            failed: fewest(config.failure_rate_threshold()),
            slow: fewest(config.slow_call_rate_threshold()),
        }
    }

    #[inline]
    pub(super) fn are_more_than(&self, totals: Totals) -> bool {
        totals.failed < self.failed && totals.slow < self.slow
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
