//! How long to wait, by the number of the attempt.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

/// The wait after so many attempts (from 1) have failed.
pub(crate) type WaitFunction = Arc<dyn Fn(u32) -> Duration + Send + Sync>;

/// A wait that may grow with the attempts, stray at random, or both.
///
/// Waits are whole milliseconds, as in Resilience4j: an exponential one is truncated at every
/// step, so that 1 ms times 1.5 stays 1 ms for ever.
#[derive(Clone)]
pub(crate) enum WaitInterval {
    Fixed(Duration),
    Exponential {
        initial: Duration,
        multiplier: f64,
        max: Option<Duration>,
    },
    Randomized {
        around: Duration,
        factor: f64,
    },
    /// What is exponential, randomised, and capped last.
    ExponentialRandomized {
        initial: Duration,
        multiplier: f64,
        factor: f64,
        max: Option<Duration>,
    },
    Custom {
        wait: WaitFunction,
        /// What holds if the function panics.
        otherwise: Duration,
    },
}

impl WaitInterval {
    /// A wait of this length, which grows by a multiplier where there is one, to `max` at the most,
    /// and strays by a factor where there is one.
    pub(crate) fn varied(
        length: Duration,
        multiplier: Option<f64>,
        max: Option<Duration>,
        factor: Option<f64>,
    ) -> Self {
        match (multiplier, factor) {
            (None, None) => Self::Fixed(length),
            (Some(multiplier), None) => Self::Exponential {
                initial: length,
                multiplier,
                max,
            },
            (None, Some(factor)) => Self::Randomized {
                around: length,
                factor,
            },
            (Some(multiplier), Some(factor)) => Self::ExponentialRandomized {
                initial: length,
                multiplier,
                factor,
                max,
            },
        }
    }

    /// The wait before the next try, after `attempt` (from 1) has failed.
    pub(crate) fn after(&self, attempt: u32) -> Duration {
        match self {
            Self::Fixed(wait) => whole_millis(*wait),
            Self::Exponential {
                initial,
                multiplier,
                max,
            } => {
                let grown = exponential(millis(*initial), *multiplier, attempt);
                capped(grown, *max)
            }
            Self::Randomized { around, factor } => {
                Duration::from_millis(randomized(millis(*around), *factor, fastrand::f64()))
            }
            Self::ExponentialRandomized {
                initial,
                multiplier,
                factor,
                max,
            } => {
                let grown = exponential(millis(*initial), *multiplier, attempt);
                capped(randomized(grown, *factor, fastrand::f64()), *max)
            }
            // The panic hook has already reported it. The state is changing, perhaps because a call
            // panics, or on the thread of the timers: none of them may end by it.
            Self::Custom { wait, otherwise } => {
                whole_millis(catch_unwind(AssertUnwindSafe(|| wait(attempt))).unwrap_or(*otherwise))
            }
        }
    }
}

impl fmt::Debug for WaitInterval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(wait) => write!(f, "Fixed({wait:?})"),
            Self::Exponential {
                initial,
                multiplier,
                max,
            } => f
                .debug_struct("Exponential")
                .field("initial", initial)
                .field("multiplier", multiplier)
                .field("max", max)
                .finish(),
            Self::Randomized { around, factor } => f
                .debug_struct("Randomized")
                .field("around", around)
                .field("factor", factor)
                .finish(),
            Self::ExponentialRandomized {
                initial,
                multiplier,
                factor,
                max,
            } => f
                .debug_struct("ExponentialRandomized")
                .field("initial", initial)
                .field("multiplier", multiplier)
                .field("factor", factor)
                .field("max", max)
                .finish(),
            Self::Custom { .. } => f.write_str("Custom(..)"),
        }
    }
}

/// The longest wait: Java's `Long.MAX_VALUE` milliseconds.
const LONGEST: u64 = i64::MAX as u64;

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).map_or(LONGEST, |millis| millis.min(LONGEST))
}

fn whole_millis(duration: Duration) -> Duration {
    Duration::from_millis(millis(duration))
}

fn capped(wait: u64, max: Option<Duration>) -> Duration {
    Duration::from_millis(max.map_or(wait, |max| wait.min(millis(max))))
}

fn exponential(initial: u64, multiplier: f64, attempt: u32) -> u64 {
    let mut wait = initial;
    for _ in 1..attempt {
        let grown = truncate(wait as f64 * multiplier);
        if grown == wait {
            break;
        }
        wait = grown;
    }
    wait
}

/// `random` in [0, 1) to a whole number from `around` - `factor` to `around` + `factor`, both included.
fn randomized(around: u64, factor: f64, random: f64) -> u64 {
    let delta = factor * around as f64;
    let lowest = around as f64 - delta;
    truncate((lowest + random * (2.0 * delta + 1.0)).max(1.0))
}

/// As Java casts a double to a long: towards zero, and the nearest end where it does not fit.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates, which is what is wanted"
)]
fn truncate(value: f64) -> u64 {
    (value as u64).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exponential_wait_is_truncated_at_every_step() {
        let waits: Vec<_> = (1..=8)
            .map(|attempt| {
                let wait = WaitInterval::Exponential {
                    initial: Duration::from_millis(100),
                    multiplier: 1.5,
                    max: Some(Duration::from_secs(1)),
                };
                wait.after(attempt).as_millis()
            })
            .collect();
        assert_eq!(waits, [100, 150, 225, 337, 505, 757, 1000, 1000]);
        assert_eq!(exponential(1, 1.5, u32::MAX), 1);
        assert_eq!(exponential(500, 2.0, 80), LONGEST);
    }

    #[test]
    fn an_exponential_and_random_wait_is_capped_last() {
        let wait = WaitInterval::ExponentialRandomized {
            initial: Duration::from_millis(100),
            multiplier: 2.0,
            factor: 0.5,
            max: Some(Duration::from_millis(350)),
        };
        let waits: Vec<_> = (0..1_000).map(|_| wait.after(3).as_millis()).collect();
        assert!(
            waits.iter().all(|wait| (200..=350).contains(wait)),
            "{waits:?}"
        );
        assert!(waits.contains(&350), "400 may come to 600");
        assert!(waits.iter().any(|wait| *wait < 250));
    }

    #[test]
    fn a_random_wait_reaches_both_ends_and_no_further() {
        assert_eq!(randomized(100, 0.5, 0.0), 50);
        assert_eq!(randomized(100, 0.5, 0.999_999_9), 150);
        assert_eq!(randomized(1, 1.0, 0.0), 1);
    }
}
