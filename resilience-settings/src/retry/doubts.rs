//! Settings that fit one by one and yet do not do what they say.

use std::time::Duration;

use super::{
    BUDGET_MIN_RETRIES_PER_SECOND, BUDGET_PERCENTAGE, DEFAULT_MAX_ATTEMPTS, DEFAULT_MULTIPLIER,
    DEFAULT_RANDOMIZED_WAIT_FACTOR, DEFAULT_WAIT_DURATION, EXPONENTIAL_BACKOFF_MULTIPLIER,
    EXPONENTIAL_MAX_WAIT_DURATION, MAX_ATTEMPTS, MAX_DURATION, RANDOMIZED_WAIT_FACTOR,
    WAIT_DURATION,
};
use crate::{Setting, SettingDoubt, duration};

/// The settings that depend on each other, as far as they are given.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Given {
    /// `max_attempts`
    pub max_attempts: Option<u32>,
    /// `wait_duration`
    pub wait_duration: Option<Duration>,
    /// `enable_exponential_backoff`
    pub enable_exponential_backoff: bool,
    /// `exponential_backoff_multiplier`
    pub exponential_backoff_multiplier: Option<f64>,
    /// `exponential_max_wait_duration`
    pub exponential_max_wait_duration: Option<Duration>,
    /// `enable_randomized_wait`
    pub enable_randomized_wait: bool,
    /// `randomized_wait_factor`
    pub randomized_wait_factor: Option<f64>,
    /// `max_duration`
    pub max_duration: Option<Duration>,
    /// Whether there is a `budget`.
    pub has_budget: bool,
    /// `budget_percentage`
    pub budget_percentage: Option<f32>,
    /// `budget_min_retries_per_second`
    pub budget_min_retries_per_second: Option<u32>,
}

/// What is doubtful about settings; no configuration is refused for it.
///
/// ```
/// use resilience_settings::retry::{Given, doubts};
///
/// let given = Given { max_attempts: Some(1), ..Given::default() };
/// assert_eq!(
///     doubts(&given)[0].to_string(),
///     "`max_attempts` is 1, and the first call is the first attempt, so nothing is ever retried: give at least 2",
/// );
/// ```
#[must_use]
pub fn doubts(given: &Given) -> Vec<SettingDoubt> {
    let idle = |is_idle: bool, setting: Setting, needed: &str| {
        is_idle.then(|| SettingDoubt::idle(setting, needed))
    };
    let (exponential, budget) = ("`enable_exponential_backoff = true`", "`budget = \"name\"`");
    [
        (given.max_attempts == Some(1)).then(|| {
            SettingDoubt::new(
                MAX_ATTEMPTS,
                "is 1, and the first call is the first attempt, so nothing is ever retried: give at least 2",
            )
        }),
        no_whole_millisecond(given),
        nothing_to_vary(given),
        idle(
            given.exponential_backoff_multiplier.is_some() && !given.enable_exponential_backoff,
            EXPONENTIAL_BACKOFF_MULTIPLIER,
            exponential,
        ),
        idle(
            given.exponential_max_wait_duration.is_some() && !given.enable_exponential_backoff,
            EXPONENTIAL_MAX_WAIT_DURATION,
            exponential,
        ),
        limit_below_wait(given),
        idle(
            given.randomized_wait_factor.is_some() && !given.enable_randomized_wait,
            RANDOMIZED_WAIT_FACTOR,
            "`enable_randomized_wait = true`",
        ),
        bound_below_wait(given),
        idle(
            given.budget_percentage.is_some() && !given.has_budget,
            BUDGET_PERCENTAGE,
            budget,
        ),
        idle(
            given.budget_min_retries_per_second.is_some() && !given.has_budget,
            BUDGET_MIN_RETRIES_PER_SECOND,
            budget,
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn no_whole_millisecond(given: &Given) -> Option<SettingDoubt> {
    let wait = given.wait_duration?;
    (!wait.is_zero() && wait < Duration::from_millis(1)).then(|| {
        SettingDoubt::new(
            WAIT_DURATION,
            format!(
                "is {}, of which only whole milliseconds count, so there is no wait: give at least \"1ms\", or \"0s\" if that is meant",
                duration::format(wait)
            ),
        )
    })
}

fn nothing_to_vary(given: &Given) -> Option<SettingDoubt> {
    let varied = if given.enable_exponential_backoff {
        "enable_exponential_backoff"
    } else if given.enable_randomized_wait {
        "enable_randomized_wait"
    } else {
        return None;
    };
    given.wait_duration?.is_zero().then(|| {
        SettingDoubt::new(
            WAIT_DURATION,
            format!("is zero, and stays zero with `{varied}`: give for example \"100ms\""),
        )
    })
}

fn limit_below_wait(given: &Given) -> Option<SettingDoubt> {
    let wait = given.wait_duration?;
    let limit = given.exponential_max_wait_duration?;
    (given.enable_exponential_backoff && limit < wait).then(|| {
        SettingDoubt::new(
            EXPONENTIAL_MAX_WAIT_DURATION,
            format!(
                "is \"{}\" and so shorter than `{}`, \"{}\": every wait is as long as the limit; raise the limit, or shorten the wait",
                duration::format(limit),
                WAIT_DURATION.name,
                duration::format(wait)
            ),
        )
    })
}

fn bound_below_wait(given: &Given) -> Option<SettingDoubt> {
    let bound = given.max_duration?;
    let wait = given.waits().map(|(shortest, _)| shortest).next()?;
    (bound < wait).then(|| {
        SettingDoubt::new(
            MAX_DURATION,
            format!(
                "is \"{}\" and ends before the first wait does, which takes \"{}\" at least: nothing is ever retried; give more, or shorten `{}`",
                duration::format(bound),
                duration::format(wait),
                WAIT_DURATION.name
            ),
        )
    })
}

impl Given {
    /// The shortest and the longest time that a call waits which fails at every attempt; what is
    /// not given is at its default.
    ///
    /// ```
    /// use std::time::Duration;
    /// use resilience_settings::retry::Given;
    ///
    /// let given = Given { max_attempts: Some(4), wait_duration: Some(Duration::from_millis(100)), ..Given::default() };
    /// assert_eq!(given.total_wait(), (Duration::from_millis(300), Duration::from_millis(300)));
    ///
    /// let random = Given { enable_randomized_wait: true, randomized_wait_factor: Some(0.5), ..given };
    /// assert_eq!(random.total_wait(), (Duration::from_millis(150), Duration::from_millis(450)));
    /// ```
    #[must_use]
    pub fn total_wait(&self) -> (Duration, Duration) {
        let (mut least, mut most) = (Duration::ZERO, Duration::ZERO);
        let limit = self.max_duration.unwrap_or(Duration::MAX);
        for (shortest, longest) in self.waits() {
            most = most.saturating_add(longest).min(limit);
            if least.saturating_add(shortest) > limit {
                break;
            }
            least = least.saturating_add(shortest);
        }
        (least, most)
    }

    /// The shortest and the longest that each wait may be. More than a thousand need no counting.
    fn waits(&self) -> impl Iterator<Item = (Duration, Duration)> {
        const ENOUGH: u32 = 1_000;
        let first = self.wait_duration.unwrap_or(DEFAULT_WAIT_DURATION);
        let multiplier = match self.exponential_backoff_multiplier {
            _ if !self.enable_exponential_backoff => 1.0,
            given => given.unwrap_or(DEFAULT_MULTIPLIER),
        };
        let limit = match self.exponential_max_wait_duration {
            Some(limit) if self.enable_exponential_backoff => limit,
            _ => Duration::MAX,
        };
        let strays = match self.randomized_wait_factor {
            _ if !self.enable_randomized_wait => 0.0,
            given => given.unwrap_or(DEFAULT_RANDOMIZED_WAIT_FACTOR),
        };
        let scaled = |wait: Duration, factor: f64| {
            Duration::try_from_secs_f64(wait.as_secs_f64() * factor).unwrap_or(Duration::MAX)
        };
        let attempts = self.max_attempts.unwrap_or(DEFAULT_MAX_ATTEMPTS);
        let exact = move |wait, factor: f64| {
            // A factor of one must not round.
            if (factor - 1.0).abs() < f64::EPSILON {
                wait
            } else {
                scaled(wait, factor)
            }
        };
        std::iter::successors(Some(first), move |wait| Some(exact(*wait, multiplier)))
            .map(move |wait| {
                (
                    exact(wait, 1.0 - strays).min(limit),
                    exact(wait, 1.0 + strays).min(limit),
                )
            })
            .take(attempts.saturating_sub(1).min(ENOUGH) as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doubted(given: Given) -> Vec<&'static str> {
        doubts(&given)
            .into_iter()
            .map(|doubt| doubt.setting)
            .collect()
    }

    const NONE: [&str; 0] = [];

    fn millis(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn a_wait_is_doubted_only_together_with_what_makes_it_doubtful() {
        let waits = Given {
            wait_duration: Some(millis(100)),
            enable_exponential_backoff: true,
            exponential_backoff_multiplier: Some(2.0),
            exponential_max_wait_duration: Some(millis(100)),
            ..Given::default()
        };
        assert_eq!(doubted(Given::default()), NONE);
        assert_eq!(doubted(waits), NONE);
        let constant = Given {
            enable_exponential_backoff: false,
            ..waits
        };
        assert_eq!(
            doubted(constant),
            [
                "exponential_backoff_multiplier",
                "exponential_max_wait_duration"
            ]
        );
        let low = Given {
            exponential_max_wait_duration: Some(millis(99)),
            ..waits
        };
        assert_eq!(doubted(low), ["exponential_max_wait_duration"]);
        let zero = Given {
            wait_duration: Some(millis(0)),
            ..waits
        };
        assert_eq!(doubted(zero), ["wait_duration"]);
        let too_short = |micros| Given {
            wait_duration: Some(Duration::from_micros(micros)),
            ..Given::default()
        };
        assert_eq!(doubted(too_short(999)), ["wait_duration"]);
        assert_eq!(doubted(too_short(1000)), NONE);
        assert_eq!(doubted(too_short(0)), NONE);
        let factor = Given {
            randomized_wait_factor: Some(0.2),
            ..Given::default()
        };
        assert_eq!(doubted(factor), ["randomized_wait_factor"]);
        let random = Given {
            enable_randomized_wait: true,
            ..factor
        };
        assert_eq!(doubted(random), NONE);
        let nowhere = Given {
            wait_duration: Some(millis(0)),
            ..random
        };
        assert_eq!(doubted(nowhere), ["wait_duration"]);
    }

    #[test]
    fn a_bound_is_doubted_that_ends_before_the_shortest_first_wait() {
        let bound = Given {
            wait_duration: Some(millis(100)),
            max_duration: Some(millis(99)),
            ..Given::default()
        };
        assert_eq!(doubted(bound), ["max_duration"]);
        let random = Given {
            enable_randomized_wait: true,
            ..bound
        };
        assert_eq!(doubted(random), NONE);
        let long = Given {
            max_duration: Some(millis(100)),
            ..bound
        };
        assert_eq!(doubted(long), NONE);
        let once = Given {
            max_attempts: Some(1),
            ..bound
        };
        assert_eq!(doubted(once), ["max_attempts"]);
    }

    #[test]
    fn a_budget_is_doubted_that_has_no_name() {
        let nameless = Given {
            budget_percentage: Some(10.0),
            budget_min_retries_per_second: Some(5),
            ..Given::default()
        };
        assert_eq!(
            doubted(nameless),
            ["budget_percentage", "budget_min_retries_per_second"]
        );
        let named = Given {
            has_budget: true,
            ..nameless
        };
        assert_eq!(doubted(named), NONE);
    }

    #[test]
    fn the_total_wait_adds_up_what_the_attempts_wait() {
        let seconds = Duration::from_secs;
        let total = |given: Given| given.total_wait();
        assert_eq!(total(Given::default()), (seconds(1), seconds(1)));
        let doubling = Given {
            max_attempts: Some(5),
            wait_duration: Some(seconds(1)),
            enable_exponential_backoff: true,
            exponential_backoff_multiplier: Some(2.0),
            ..Given::default()
        };
        assert_eq!(total(doubling), (seconds(15), seconds(15)));
        let capped = Given {
            exponential_max_wait_duration: Some(seconds(3)),
            ..doubling
        };
        assert_eq!(total(capped), (seconds(9), seconds(9)));
        let bounded = Given {
            max_duration: Some(seconds(8)),
            ..doubling
        };
        assert_eq!(total(bounded), (seconds(7), seconds(8)));
        let many = Given {
            max_attempts: Some(u32::MAX),
            ..doubling
        };
        assert_eq!(total(many), (Duration::MAX, Duration::MAX));
    }
}
