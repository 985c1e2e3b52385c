use super::config::CircuitBreakerConfig;
use super::metrics::{Totals, percentage};
use super::window::Window;

/// The fewest calls that may open a CLOSED breaker. Comparing with them spares computing the rates
/// on the way of a call.
#[derive(Debug)]
pub(super) struct Fewest {
    /// Where there are just enough calls for a rate.
    at_first: Among,
    /// Where the window is full, for the windows that get full.
    when_full: Among,
}

/// How many of `calls`, or of more, it takes for the rates to reach their thresholds.
#[derive(Debug)]
struct Among {
    calls: u64,
    failed: u64,
    slow: u64,
}

impl Fewest {
    pub(super) fn new(config: &CircuitBreakerConfig, window: &Window) -> Self {
        let at_first = window.calls_for_a_rate(config.minimum_number_of_calls());
        let among = |calls| Among {
            calls,
            failed: fewest_to_reach(config.failure_rate_threshold(), calls),
            slow: fewest_to_reach(config.slow_call_rate_threshold(), calls),
        };
        Self {
            at_first: among(at_first),
            when_full: among(window.size().unwrap_or(at_first)),
        }
    }

    /// Whether the rates, if there are any yet, are below their thresholds for certain.
    #[inline]
    pub(super) fn are_more_than(&self, totals: Totals) -> bool {
        self.at_first.is_more_than(totals)
            || totals.calls >= self.when_full.calls && self.when_full.is_more_than(totals)
    }
}

impl Among {
    #[inline]
    fn is_more_than(&self, totals: Totals) -> bool {
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
